//! What git ignores, for imports.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::git;
use crate::resolve::import::Ignored;

/// Asks git.
#[derive(Debug)]
pub(crate) struct AskGit;

impl Ignored for AskGit {
    fn ignored(&self, directory: &Path) -> BTreeSet<PathBuf> {
        // Without git and outside of repositories nothing is ignored.
        git::ignored(directory).unwrap_or_default()
    }
}
