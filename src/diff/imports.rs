//! Imported files and directories compared by what is in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::secret::{Known, Mask};

use super::lines;
use super::{FileChange, ImportedContents, JobKind};

/// What is in something imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// A text.
    Text {
        /// All of it.
        text: String,
        /// Whether it may be executed.
        executable: bool,
    },
    /// What is no text, or too long.
    Bytes {
        /// How long it is.
        size: u64,
        /// Whether it may be executed.
        executable: bool,
    },
    /// The files of a directory by their paths.
    Directory(BTreeMap<String, Listed>),
}

/// A file or link of a directory, told from others by this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed(pub String);

/// What differs.
pub(super) fn compare(
    old: Option<&Contents>,
    new: Option<&Contents>,
    secrets: &Known,
) -> ImportedContents {
    let text = |one: &Contents| match one {
        Contents::Text { text, .. } => Some(text.clone()),
        Contents::Bytes { .. } | Contents::Directory(_) => None,
    };
    let size = |one: Option<&Contents>| match one {
        Some(Contents::Text { text, .. }) => Some(text.len() as u64),
        Some(Contents::Bytes { size, .. }) => Some(*size),
        Some(Contents::Directory(_)) => None,
        None => Some(0),
    };
    match (old, new) {
        (None, None) => ImportedContents::Unknown,
        (
            Some(Contents::Text {
                text: old,
                executable: before,
            }),
            Some(Contents::Text {
                text: new,
                executable: after,
            }),
        ) if old == new && before != after => ImportedContents::Mode { executable: *after },
        (Some(Contents::Directory(old)), Some(Contents::Directory(new))) => {
            ImportedContents::Files(files(old, new))
        }
        (Some(Contents::Directory(old)), None) => {
            ImportedContents::Files(files(old, &BTreeMap::new()))
        }
        (None, Some(Contents::Directory(new))) => {
            ImportedContents::Files(files(&BTreeMap::new(), new))
        }
        _ => {
            let texts = match (old, new) {
                (Some(old), Some(new)) => text(old).zip(text(new)),
                (Some(one), None) => text(one).map(|one| (one, String::new())),
                (None, Some(one)) => text(one).map(|one| (String::new(), one)),
                (None, None) => None,
            };
            let hunks = texts.and_then(|(old, new)| {
                let mask = mask(secrets, [&old, &new]);
                lines::hunks(&old, &old, &new, &mask)
            });
            match (hunks, size(old), size(new)) {
                (Some(hunks), ..) => ImportedContents::Lines(hunks),
                (None, Some(old), Some(new)) => ImportedContents::Bytes { old, new },
                _ => ImportedContents::Unknown,
            }
        }
    }
}

/// What hides the secrets of texts, and those that are known.
fn mask(known: &Known, texts: [&str; 2]) -> Mask {
    let mut known = known.clone();
    for text in texts {
        known.learn(text);
    }
    known.mask()
}

fn files(old: &BTreeMap<String, Listed>, new: &BTreeMap<String, Listed>) -> Vec<FileChange> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |path: &String| {
        let kind = match (old.get(path), new.get(path)) {
            (Some(old), Some(new)) if old == new => return None,
            (Some(_), Some(_)) => JobKind::Changed,
            (Some(_), None) => JobKind::Removed,
            (None, _) => JobKind::Added,
        };
        Some(FileChange {
            path: path.clone(),
            kind,
        })
    };
    paths.into_iter().filter_map(change).collect()
}
