//! Where paths lead in a revision, of which nothing need be checked out to find out.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::MachineError;

use crate::compare::revision::CheckedOut;

/// The most links in a row: more lead in a circle, as the kernel has it.
const MOST_LINKS: usize = 40;

/// What paths lead to.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// The entries there, with all below directories, and the links on the way.
    pub(super) entries: BTreeSet<PathBuf>,
    /// The directories that the paths enter and leave again, if they are there.
    pub(super) left: BTreeSet<PathBuf>,
}

/// A link on the way to somewhere.
struct Crossing {
    /// Where the link is in the workspace.
    link: PathBuf,
    /// What is sought behind it.
    rest: PathBuf,
}

impl CheckedOut {
    /// What `paths` of the workspace lead to. They may have `..` in them; what leads out of the workspace
    /// has no entries.
    pub(super) fn reached<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p PathBuf>,
    ) -> Result<Reached, MachineError> {
        let mut reached = Reached::default();
        let mut next: Vec<PathBuf> = paths.into_iter().cloned().collect();
        for _ in 0..=MOST_LINKS {
            let mut crossings = Vec::new();
            for path in next {
                match self.walk(&path, &mut reached.left) {
                    Ok(Some(plain)) => reached.entries.extend(self.below(&plain)),
                    Ok(None) => {}
                    Err(crossing) => crossings.push(crossing),
                }
            }
            if crossings.is_empty() {
                break;
            }
            let links = crossings.iter().map(|crossing| crossing.link.clone());
            let links: BTreeSet<PathBuf> = links.collect();
            let targets = self.targets(&links)?;
            reached.entries.extend(links);
            next = crossings
                .into_iter()
                .filter_map(|Crossing { link, rest }| {
                    let beside = link.parent()?.join(targets.get(&link)?);
                    Some(beside.join(rest))
                })
                .collect();
        }
        Ok(reached)
    }

    /// The path without `.` and `..`, with the directories that it leaves by these; none if it leads out
    /// of the workspace.
    ///
    /// # Errors
    /// The first link on the way, or at its end.
    fn walk(&self, path: &Path, left: &mut BTreeSet<PathBuf>) -> Result<Option<PathBuf>, Crossing> {
        // The workspace may be left and entered again.
        let mut place = self.prefix.clone();
        let mut parts = path.components();
        while let Some(part) = parts.next() {
            match part {
                Component::CurDir => {}
                Component::Normal(name) => place.push(name),
                Component::ParentDir => {
                    if let Ok(directory) = place.strip_prefix(&self.prefix) {
                        left.insert(directory.to_owned());
                    }
                    if !place.pop() {
                        return Ok(None);
                    }
                }
                Component::RootDir | Component::Prefix(_) => return Ok(None),
            }
            if let Ok(link) = place.strip_prefix(&self.prefix)
                && self.is_link(link)
            {
                return Err(Crossing {
                    link: link.to_owned(),
                    rest: parts.as_path().to_owned(),
                });
            }
        }
        Ok(place.strip_prefix(&self.prefix).ok().map(Path::to_owned))
    }

    /// What is written in links.
    fn targets(
        &self,
        links: &BTreeSet<PathBuf>,
    ) -> Result<BTreeMap<PathBuf, PathBuf>, MachineError> {
        let mut of_parts: BTreeMap<usize, (Vec<&PathBuf>, Vec<_>)> = BTreeMap::new();
        for link in links {
            if let Some(held) = self.entries.get(link) {
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
