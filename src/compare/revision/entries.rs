//! All that lies in the workspace in a revision, with the repositories that have it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::diagnostic::MachineError;
use crate::git::{Checkout, EntryKind, ObjectId, Objects};

/// What lies in the workspace.
#[derive(Debug)]
pub(in crate::compare) struct Entries {
    /// By its path in the workspace.
    pub(in crate::compare) all: BTreeMap<PathBuf, Held>,
    /// The repositories; the first is the workspace's own.
    pub(super) parts: Vec<Part>,
    /// Where the workspace lies in the repository.
    pub(super) prefix: PathBuf,
}

/// What lies at a path.
#[derive(Debug)]
pub(in crate::compare) struct Held {
    pub(in crate::compare) kind: EntryKind,
    pub(super) id: ObjectId,
    pub(super) part: usize,
}

/// A repository that has some of the files: the workspace's own, or a submodule's.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) objects: Objects,
    pub(super) whole: ObjectId,
    pub(super) checkout: Checkout,
    /// Where its files lie in the workspace.
    pub(super) at: PathBuf,
    /// Where the workspace lies in it.
    pub(super) prefix: PathBuf,
}

impl Entries {
    /// Those at a path and below it.
    pub(super) fn below(&self, path: &Path) -> impl Iterator<Item = PathBuf> {
        let path = path.to_owned();
        let from = self.all.range(path.clone()..);
        from.map(|(found, _)| found.clone())
            .take_while(move |found| found.starts_with(&path))
    }

    /// Whether there is a link at a path.
    pub(super) fn is_link(&self, path: &Path) -> bool {
        let held = self.all.get(path);
        held.is_some_and(|held| held.kind == EntryKind::Link)
    }

    /// What is written in links.
    pub(super) fn targets(
        &self,
        links: &BTreeSet<PathBuf>,
    ) -> Result<BTreeMap<PathBuf, PathBuf>, MachineError> {
        let mut of_parts: BTreeMap<usize, (Vec<&PathBuf>, Vec<_>)> = BTreeMap::new();
        for link in links {
            if let Some(held) = self.all.get(link) {
                let (paths, ids) = of_parts.entry(held.part).or_default();
                paths.push(link);
                ids.push(&held.id);
            }
        }
        let mut targets = BTreeMap::new();
        for (part, (paths, ids)) in of_parts {
            let contents = self.parts[part].objects.contents(&ids)?;
            let written = contents.into_iter().map(OsString::from_vec);
            let paths = paths.into_iter().cloned();
            targets.extend(paths.zip(written.map(PathBuf::from)));
        }
        Ok(targets)
    }
}
