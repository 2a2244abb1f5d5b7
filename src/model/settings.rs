//! The workspace's settings: `jobc.toml`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Bytes, Integer, JobDefaults, LintLevels, PackageName, PackageSource, PortAssignment, PortRange,
    PortSettings, Role, SchedulerSettings, Target,
};

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
    /// What all jobs have that do not say otherwise: fields of a job, and `environments` with what is
    /// different in each.
    pub defaults: Option<JobDefaults>,
    /// What jobs are compiled to unless the command line says otherwise (default `aurora-json`).
    pub target: Option<Target>,
    /// How closures are realised on the nodes.
    pub init: Option<InitSettings>,
    /// What the nodes' own Nix is told: what they ask and trust without being asked to.
    pub nodes: Option<NodeSettings>,
    /// The store directory of the nodes (default `/nix/store`).
    pub store_dir: Option<String>,
    /// What the scheduler's flags allow, named as they are.
    pub scheduler: Option<SchedulerSettings>,
    /// The system of the nodes, such as `x86_64-linux` (default); packages locked for another one
    /// are refused.
    pub system: Option<String>,
    /// What `<nixpkgs>` is for `jobc lock`: a directory or Nix file (`./nix/nixpkgs`), the address
    /// of an archive (`https://...tar.gz`), or a flake reference (`github:NixOS/nixpkgs/REVISION`).
    /// Packages that are bare attributes, such as `python3Packages.requests`, are looked up there.
    /// Without it, Nix's search path says what it is.
    pub nixpkgs: Option<String>,
    /// What becomes of lints: `allow`, `warn` or `deny` for each that is not as it comes
    /// (`jobc explain` lists them).
    pub lints: Option<LintLevels>,
    /// Compiled jobs that are kept beside the definitions, for reviews.
    pub snapshots: Option<SnapshotSettings>,
    /// How ports get numbers where the scheduler finds none.
    pub ports: Option<PortSettings>,
    /// Which jobs may be referred to: `${jobs.ROLE/NAME...}`.
    pub references: Option<ReferenceSettings>,
    /// What jobc cannot know of an Aurora.
    pub aurora: Option<AuroraSettings>,
}

/// What Nix asks unless it is told otherwise.
const DEFAULT_SUBSTITUTER: &str = "https://cache.nixos.org";
/// Whose signatures Nix trusts unless it is told otherwise.
const DEFAULT_KEY: &str = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";

impl Settings {
    /// What the scheduler's flags allow, the defaults if nothing is written.
    pub fn scheduler(&self) -> &SchedulerSettings {
        self.scheduler
            .as_ref()
            .unwrap_or(SchedulerSettings::DEFAULT)
    }

    /// The numbers of ports that `jobc lock` assigns.
    pub fn port_range(&self) -> PortRange {
        let range = self.ports.as_ref().and_then(|ports| ports.range);
        range.unwrap_or_default()
    }

    /// Which jobs' ports get numbers.
    pub fn port_assignment(&self) -> PortAssignment {
        let assign = self.ports.as_ref().and_then(|ports| ports.assign);
        assign.unwrap_or_default()
    }

    /// The binary caches that nodes ask: those of the init step, then those of their own, unless
    /// the init step says otherwise.
    pub fn substituters(&self) -> Vec<&str> {
        let init = self.init.as_ref();
        let first = init.and_then(|it| it.substituters.as_ref());
        if init.and_then(|it| it.only_substituters) == Some(true) {
            return first.into_iter().flatten().map(String::as_str).collect();
        }
        let nodes = self.nodes.as_ref().and_then(|it| it.substituters.as_ref());
        both(first, nodes, DEFAULT_SUBSTITUTER)
    }

    /// The public keys that nodes trust: those of the init step, then those of their own.
    pub fn trusted_public_keys(&self) -> Vec<&str> {
        let init = self.init.as_ref();
        let nodes = self.nodes.as_ref();
        both(
            init.and_then(|it| it.trusted_public_keys.as_ref()),
            nodes.and_then(|it| it.trusted_public_keys.as_ref()),
            DEFAULT_KEY,
        )
    }
}

/// The words of the first list and then those of the second, each of them once.
fn both<'s>(
    first: Option<&'s Vec<String>>,
    second: Option<&'s Vec<String>>,
    default: &'s str,
) -> Vec<&'s str> {
    let default: &[&str] = if second.is_none() { &[default] } else { &[] };
    let written = first.into_iter().chain(second).flatten();
    let mut words = Vec::new();
    for word in written.map(String::as_str).chain(default.iter().copied()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Which jobs may be referred to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceSettings {
    /// The roles whose jobs may be referred to by those of others (default: all).
    pub roles: Option<Vec<Role>>,
}

/// What jobc cannot know of an Aurora.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuroraSettings {
    /// What looks an announced job up, for `${jobs.NAME.address.PORT}`: a text with `{cluster}`, `{role}`,
    /// `{environment}`, `{name}`, `{port}` and `{instance}` in it, such as
    /// `zk!zk.example.org:2181!/aurora/{role}/{environment}/{name}!{port}`. Without it, such
    /// references are refused.
    pub address: Option<String>,
}

/// How closures are realised on the nodes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InitSettings {
    /// How init steps are named (default `hash`).
    pub names: Option<InitNames>,
    /// What keeps closures from being collected (default `process`).
    pub roots: Option<InitRoots>,
    /// Whether processes that need nothing from the store get an init step, too (default false).
    pub always: Option<bool>,
    /// How many runs of an init step may fail before it has failed for good (default 3). That fails
    /// a task whose own `max_failures` is 1, as it is by default; with more, the rest of the task
    /// goes on, and Thermos then says that its plan is deadlocked, since the process of that step
    /// cannot start.
    pub max_failures: Option<Integer<1, 100>>,
    /// How many times one run asks the caches before it fails, waiting longer each time
    /// (default 5).
    pub tries: Option<Integer<1, 100>>,
    /// The binary caches that nodes ask besides those of their own settings.
    pub substituters: Option<Vec<String>>,
    /// Whether nodes ask these alone, for clusters from which others cannot be reached: each that
    /// does not answer costs every step seconds (default false).
    pub only_substituters: Option<bool>,
    /// How many seconds Nix waits for a connection to a cache (default 10).
    pub connect_timeout: Option<Integer<1, 3600>>,
    /// How many seconds Nix waits for the next byte of a download before it starts again
    /// (default 60; Nix's own default is 300). Where a daemon downloads, its settings count.
    pub stalled_download_timeout: Option<Integer<1, 3600>>,
    /// Public keys that nodes trust besides those of their own settings: `NAME:BASE64`.
    pub trusted_public_keys: Option<Vec<String>>,
    /// A shell script that the init step reads first, where Nix needs one to be found.
    pub profile_script: Option<String>,
    /// The `nix-store` program (default: the first one found in the usual places).
    pub nix_store: Option<String>,
}

/// What the `nix.conf` of the nodes says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeSettings {
    /// The binary caches that nodes ask by themselves, as in Nix's setting of this name (default:
    /// `https://cache.nixos.org`, which is Nix's own).
    pub substituters: Option<Vec<String>>,
    /// The public keys that nodes trust by themselves, `NAME:BASE64`, as in Nix's setting of this
    /// name (default: the key of `cache.nixos.org`, which is Nix's own).
    pub trusted_public_keys: Option<Vec<String>>,
    /// How much of a closure a node fetches and unpacks in a second, by which jobc tells whether
    /// the grace period of health checks is long enough (default 100 MB).
    pub bandwidth: Option<Bytes>,
}

/// Compiled jobs that are kept beside the definitions, for reviews.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotSettings {
    /// The directory that `jobc snapshot` keeps them in, as `CLUSTER/ROLE/ENVIRONMENT/NAME.json`,
    /// relative to the workspace (default `snapshots`).
    pub directory: Option<String>,
}

/// How init steps are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitNames {
    /// `nix_init_PROCESS-HASH8`, or `nix_init-HASH8` for a whole job: the name changes with what is
    /// realised.
    #[default]
    Hash,
    /// `nix_init_PROCESS`, or `nix_init` for a whole job: the name stays.
    Process,
}

/// What keeps closures from being collected while a task's sandbox is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitRoots {
    /// A root for each process: each waits for what it needs, and for nothing else.
    #[default]
    Process,
    /// One root for the whole job, for nodes that suffer from many: one step realises what all
    /// processes need, and each that needs something waits for all of it.
    Job,
}
