//! What version control ignores inside of imported directories.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use walkdir::WalkDir;

use super::imported::Imported;

/// A source that knows what version control ignores.
pub trait Ignored: Debug + Send + Sync {
    /// The paths in a directory, and in those below that are no repositories of their own, that the
    /// directory's repository ignores, absolute. A path stands for all below it.
    fn ignored(&self, directory: &Path) -> BTreeSet<PathBuf>;
}

/// Asks once for each repository.
#[derive(Debug, Clone)]
pub(super) struct Ignoring {
    of: Arc<dyn Ignored>,
    known: Arc<Mutex<BTreeMap<PathBuf, Arc<BTreeSet<PathBuf>>>>>,
}

impl Ignoring {
    pub(super) fn new(of: Arc<dyn Ignored>) -> Self {
        Self {
            of,
            known: Arc::default(),
        }
    }

    /// What is ignored inside of an imported directory of the workspace `root`.
    pub(super) fn inside(&self, imported: &Imported, root: &Path) -> Vec<PathBuf> {
        let place = &imported.place;
        let within = place.ancestors().take_while(|above| *above != root);
        let is_repository = |above: &&Path| fs::symlink_metadata(above.join(".git")).is_ok();
        let mut repositories = imported.repositories.iter().filter_map(|git| git.parent());
        let around = within.into_iter().find(is_repository).unwrap_or(root);
        let asked = std::iter::once(around).chain(repositories.by_ref());
        let mut found = BTreeSet::new();
        for repository in asked {
            let ignored = self.ask(repository);
            let below = ignored.range(place.clone()..);
            let below = below.take_while(|path| path.starts_with(place));
            found.extend(below.filter(|path| *path != place).cloned());
        }
        outermost(found)
    }

    fn ask(&self, repository: &Path) -> Arc<BTreeSet<PathBuf>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let ask = || Arc::new(self.of.ignored(repository));
        let ignored = known.entry(repository.to_owned()).or_insert_with(ask);
        Arc::clone(ignored)
    }
}

/// Paths without those below others of them: where all in a directory is ignored, git tells of the
/// directory and of what is in it.
fn outermost(paths: BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        // What is below a path follows it in their order.
        if !found.last().is_some_and(|last| path.starts_with(last)) {
            found.push(path);
        }
    }
    found
}

/// How many files lie at a path and below it, and how many bytes are in them.
pub fn size(path: &Path) -> (usize, u64) {
    let entries = WalkDir::new(path).follow_root_links(false).into_iter();
    let entries = entries.filter_map(Result::ok);
    let sizes = entries.filter(|entry| !entry.file_type().is_dir());
    let sizes = sizes.map(|entry| entry.metadata().map_or(0, |metadata| metadata.len()));
    sizes.fold((0, 0), |(count, total), size| (count + 1, total + size))
}
