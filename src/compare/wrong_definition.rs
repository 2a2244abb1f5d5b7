//! A definition in which something is wrong, and what is known of it all the same.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Failure};
use crate::query::declared::Declared;

/// A definition in which something is wrong.
#[derive(Debug, Clone)]
pub(crate) struct WrongDefinition {
    /// Where it is, relative to the workspace.
    pub(super) path: PathBuf,
    /// What messages call it, or the lock if only that is why.
    pub(super) name: String,
    /// The jobs that it seems to have.
    pub(super) declared: Declared,
    /// What is wrong in it.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Why it could not be read.
    pub(super) trouble: Option<Failure>,
    /// Whether this side alone allows that it defines a job that was asked for.
    pub(super) is_wanted: bool,
}

impl WrongDefinition {
    /// Whether it may be why the job `key`, which another side has in `definition`, is not here.
    pub(super) fn hides(&self, key: &str, definition: Option<&Path>) -> bool {
        let is_same_file = definition == Some(&*self.path);
        self.declared.may_hold(key) || (is_same_file && !self.declared.is_clear())
    }
}
