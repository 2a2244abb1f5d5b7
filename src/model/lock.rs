//! The lock, `jobc.lock`: what the workspace's packages are, down to the last byte, and which numbers
//! were assigned to ports.
//!
//! JSON with one entry a line, lists sorted, so that two changes of it merge and a change of one
//! package is a change of few lines. Read as it is; `resolve` gives it its meaning.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Integer, PortNumber};

/// What `jobc.lock` holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockFile {
    /// The schema that an editor checks this document against; jobc ignores it.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// The version of this format: 1.
    pub version: Integer<{ LockFile::VERSION }, { LockFile::VERSION }>,
    /// What each package is, sorted by installable and system.
    pub packages: Vec<LockedPackage>,
    /// The runtime closures of all packages together, sorted by path.
    pub paths: Vec<LockedPath>,
    /// The numbers that ports were assigned, sorted; none if none were.
    pub ports: Option<Vec<LockedPort>>,
}

/// What a package is on one system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedPackage {
    /// The installable or attribute, with paths relative to the workspace.
    pub installable: String,
    /// The system that it was built for, such as `x86_64-linux`.
    pub system: String,
    /// Its store path.
    pub path: String,
    /// The hash of the workspace's files that say what it is, `sha256-BASE64`: of the Nix file or
    /// flake that the installable names, and of what that names by relative paths. Other packages
    /// have none, and neither have those that a jobc without this field locked.
    pub local: Option<String>,
}

/// The number of a port that the definition gives none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedPort {
    /// The port: `CLUSTER/ROLE/ENVIRONMENT/NAME[/INSTANCE]:PORT`.
    pub port: String,
    /// Its number.
    pub number: PortNumber,
}

/// A store path of a closure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockedPath {
    /// The store path.
    pub path: String,
    /// The hash of its archive: `sha256-BASE64`.
    pub nar_hash: String,
    /// The size of its archive in bytes.
    pub nar_size: Integer<0, { LockedPath::MAX_NAR_SIZE }>,
    /// The base names of the store paths that it refers to, without itself, sorted.
    pub references: Vec<String>,
}

impl LockFile {
    /// The version of the format.
    pub const VERSION: i64 = 1;
}

impl LockedPath {
    /// The greatest size that all readers of JSON can read.
    pub const MAX_NAR_SIZE: i64 = 1 << 53;
}
