//! What came of importing a path.

use std::path::PathBuf;

use crate::store::{Digest, StorePath};

/// An object of the store that lies in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Where a node finds it, as `nix-store --add` would put it.
    pub store_path: StorePath,
    /// The hash and the size of its archive.
    pub nar: Digest,
    /// Links that lead out of the object, though not out of the workspace. On a node they lead to
    /// nothing.
    pub dangling: Vec<PathBuf>,
    /// Files that may have secrets in them, some of those that do.
    pub suspects: Vec<PathBuf>,
    /// What is called `.git` in it.
    pub repositories: Vec<PathBuf>,
    /// Where it lies, without links.
    pub place: PathBuf,
}
