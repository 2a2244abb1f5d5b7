//! Where paths lead in a revision, of which nothing need be checked out to find out.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::diagnostic::MachineError;

use super::entries::Entries;

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

/// What `paths` of the workspace lead to. They may have `..` in them; what leads out of the workspace
/// has no entries.
pub(super) fn reached<'p>(
    entries: &Entries,
    paths: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<Reached, MachineError> {
    let mut reached = Reached::default();
    let mut next: Vec<PathBuf> = paths.into_iter().cloned().collect();
    for _ in 0..=MOST_LINKS {
        let mut crossings = Vec::new();
        for path in next {
            match walk(entries, &path, &mut reached.left) {
                Ok(Some(plain)) => reached.entries.extend(entries.below(&plain)),
                Ok(None) => {}
                Err(crossing) => crossings.push(crossing),
            }
        }
        if crossings.is_empty() {
            break;
        }
        let links = crossings.iter().map(|crossing| crossing.link.clone());
        let links: BTreeSet<PathBuf> = links.collect();
        let targets = entries.targets(&links)?;
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
fn walk(
    entries: &Entries,
    path: &Path,
    left: &mut BTreeSet<PathBuf>,
) -> Result<Option<PathBuf>, Crossing> {
    // The workspace may be left and entered again.
    let mut place = entries.prefix.clone();
    let mut parts = path.components();
    while let Some(part) = parts.next() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => place.push(name),
            Component::ParentDir => {
                if let Ok(directory) = place.strip_prefix(&entries.prefix) {
                    left.insert(directory.to_owned());
                }
                if !place.pop() {
                    return Ok(None);
                }
            }
            Component::RootDir | Component::Prefix(_) => return Ok(None),
        }
        if let Ok(link) = place.strip_prefix(&entries.prefix)
            && entries.is_link(link)
        {
            return Err(Crossing {
                link: link.to_owned(),
                rest: parts.as_path().to_owned(),
            });
        }
    }
    Ok(place.strip_prefix(&entries.prefix).ok().map(Path::to_owned))
}
