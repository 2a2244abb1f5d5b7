//! Plain files of a cache, by their names in a directory that is open. Touches the world.

use std::fs::File;
use std::io::{Read, Write};

use crate::beneath::{DirectoryHandle, FileKind};
use crate::store::{NarInfo, StorePath};

use super::draft::{Drafts, Existing};
use super::error::PublishError;

/// What is compared of an archive that is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compared {
    /// Its size.
    #[default]
    Size,
    /// All of it.
    Contents,
}

/// What the narinfo of a store path is called.
pub(super) fn narinfo(path: &StorePath) -> String {
    format!("{}.narinfo", path.hash())
}

/// What the archive that jobc writes is called in its directory.
pub(super) fn archive_name(info: &NarInfo) -> &str {
    info.url.rsplit('/').next().unwrap_or(&info.url)
}

/// Writes a small file, whole or not at all.
pub(super) fn write(
    drafts: &Drafts,
    directory: &DirectoryHandle,
    name: &str,
    (contents, existing): (&[u8], Existing),
) -> Result<(), PublishError> {
    let written = drafts.begin().and_then(|draft| {
        let mut file = draft.file();
        file.write_all(contents)?;
        drafts.finish(draft, directory, name, existing)
    });
    written.map_err(PublishError::io("write", &directory.path().join(name)))
}

/// Refuses a link and whatever else has this name and is not of this kind.
pub(super) fn plain(
    cache: &DirectoryHandle,
    name: &str,
    expected: FileKind,
) -> Result<(), PublishError> {
    let path = cache.path().join(name);
    match cache
        .kind(name)
        .map_err(PublishError::io("inspect", &path))?
    {
        None => Ok(()),
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(PublishError::NotPlain {
            path,
            is_link: found == FileKind::Link,
            expected: match expected {
                FileKind::Directory => "directory",
                _ => "file",
            },
        }),
    }
}

/// The size of a regular file, if it is there. A link is none.
pub(super) fn size(directory: &DirectoryHandle, name: &str) -> Result<Option<u64>, PublishError> {
    let size = directory.size(name);
    size.map_err(PublishError::io("inspect", &directory.path().join(name)))
}

/// A regular file, if it is there; what would never end, or never begin, is not waited for.
pub(super) fn open(directory: &DirectoryHandle, name: &str) -> Result<Option<File>, PublishError> {
    if size(directory, name)?.is_none() {
        return Ok(None);
    }
    let file = directory.file(name);
    file.map_err(PublishError::io("read", &directory.path().join(name)))
}

/// The contents of a regular file, if it is there; those of one that is too large are cut.
pub(super) fn read(
    directory: &DirectoryHandle,
    name: &str,
    limit: usize,
) -> Result<Option<Vec<u8>>, PublishError> {
    let Some(file) = open(directory, name)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = file.take(limit as u64).read_to_end(&mut bytes);
    read.map_err(PublishError::io("read", &directory.path().join(name)))?;
    Ok(Some(bytes))
}
