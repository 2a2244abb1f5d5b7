//! The sides of a change, and what changed below a package from one to the other.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diff::{ComparedJob, PackageKind};
use crate::resolve::Lock;
use crate::store::StoreDir;

/// What changed in a closure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependencies {
    /// Dependencies that are others by themselves: new, gone, of another version, or rebuilt though
    /// all that they refer to is the same. The nearest to the package first.
    pub changed: Vec<Dependency>,
    /// How many have another hash only because of what they refer to.
    pub consequences: usize,
}

/// A dependency that changed by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// What happened to it.
    pub kind: PackageKind,
    /// Its old store path; absent if it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// Its new store path; absent if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_path: Option<String>,
    /// The shortest chain from the package to it; each path refers to the next.
    pub chain: Vec<String>,
}

/// One side of a change.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The compiled job; none if there is none on this side.
    pub job: Option<&'a ComparedJob>,
    /// The store of its nodes.
    pub store_dir: &'a StoreDir,
    /// What its packages are.
    pub lock: Option<&'a Lock>,
}
