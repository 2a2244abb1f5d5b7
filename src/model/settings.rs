//! The workspace's settings: `jobc.toml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Integer, PackageName, PackageSource};

/// What `jobc.toml` says about all jobs of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The schema that an editor checks this document against; jobc ignores it.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// The directories in which definitions are searched, relative to the workspace (default: the
    /// workspace itself).
    pub roots: Option<Vec<String>>,
    /// Packages that all jobs may call `${pkgs.NAME}`; a definition's own come first.
    pub packages: Option<BTreeMap<PackageName, PackageSource>>,
    /// How closures are realised on the nodes.
    pub init: Option<InitSettings>,
    /// The store directory of the nodes (default `/nix/store`).
    pub store_dir: Option<String>,
    /// The environments that the scheduler accepts: exact names, or a name with `*` at its end for
    /// any digits (default `prod`, `devel`, `test`, `staging*`).
    pub environments: Option<Vec<String>>,
    /// The system of the nodes, such as `x86_64-linux` (default); packages locked for another one
    /// are refused.
    pub system: Option<String>,
    /// What `<nixpkgs>` is for `jobc lock`: a directory or Nix file (`./nix/nixpkgs`), the address
    /// of an archive (`https://...tar.gz`), or a flake reference (`github:NixOS/nixpkgs/REVISION`).
    /// Packages that are bare attributes, such as `python3Packages.requests`, are looked up there.
    /// Without it, Nix's search path says what it is.
    pub nixpkgs: Option<String>,
}

/// How closures are realised on the nodes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InitSettings {
    /// How init steps are named (default `hash`).
    pub names: Option<InitNames>,
    /// Whether processes that need nothing from the store get an init step, too (default false).
    pub always: Option<bool>,
    /// How many runs of an init step may fail before the task has failed (default 3).
    pub max_failures: Option<Integer<1, 100>>,
    /// How many times one run asks the caches before it fails, waiting longer each time
    /// (default 5).
    pub tries: Option<Integer<1, 100>>,
    /// The binary caches that nodes ask besides those of their own settings.
    pub substituters: Option<Vec<String>>,
    /// Public keys that nodes trust besides those of their own settings: `NAME:BASE64`.
    pub trusted_public_keys: Option<Vec<String>>,
    /// A shell script that the init step reads first, where Nix needs one to be found.
    pub profile_script: Option<String>,
    /// The `nix-store` program (default: the first one found in the usual places).
    pub nix_store: Option<String>,
}

/// How init steps are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitNames {
    /// `nix_init_PROCESS-HASH8`: the name changes with what is realised.
    #[default]
    Hash,
    /// `nix_init_PROCESS`: the name stays.
    Process,
}
