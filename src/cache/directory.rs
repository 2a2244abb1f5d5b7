//! Small files of a cache that is a directory, and what is to be seen of large ones. Touches the
//! world.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::store::NarInfo;

use super::archive::{self, Archive, Fault};
use super::error::AskError;
use super::http::BEGIN;

/// The file of this name in the cache, if it is there and no larger than `limit`.
pub(super) fn fetch(
    directory: &Path,
    file: &str,
    limit: usize,
) -> Result<Option<Vec<u8>>, AskError> {
    let path = directory.join(file);
    let unreadable = |error: io::Error| AskError::Unreadable {
        file: file.to_owned(),
        cause: error.to_string(),
    };
    let Some((opened, size)) = open(&path).map_err(unreadable)? else {
        return Ok(None);
    };
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(limit).min(limit));
    let more = (limit as u64).saturating_add(1);
    match opened.take(more).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() > limit => Err(AskError::TooLarge {
            file: file.to_owned(),
            limit,
        }),
        Ok(_) => Ok(Some(bytes)),
        Err(error) => Err(unreadable(error)),
    }
}

/// Whether the archive is there that the cache says to have. It is looked for by the name as it is
/// written: to a directory, a `?` is a character as any other.
pub(super) fn archive(directory: &Path, info: &NarInfo) -> Archive {
    // Nix 2.34 goes through no dots in a directory.
    let has_dots = |url: &str| url.split('/').any(|part| matches!(part, "." | ".."));
    if info.url.contains("://") || has_dots(&info.url) {
        return Archive::Useless(Fault::Missing);
    }
    let look = || {
        let Some((file, size)) = open(&directory.join(&info.url))? else {
            return Ok(Err(Fault::Missing));
        };
        let mut begin = Vec::new();
        file.take(BEGIN as u64).read_to_end(&mut begin)?;
        let by_size = archive::by_size(info, Some(size));
        Ok(by_size.and_then(|()| archive::by_begin(info, &begin)))
    };
    match look() {
        Ok(Ok(())) => Archive::There,
        Ok(Err(fault)) => Archive::Useless(fault),
        Err(error) => {
            let error: io::Error = error;
            Archive::CouldNotAsk(AskError::Unreadable {
                file: info.url.clone(),
                cause: error.to_string(),
            })
        }
    }
}

/// A regular file and its size, if it is there. What would never end, or never begin, is refused
/// without waiting for it.
fn open(path: &Path) -> io::Result<Option<(File, u64)>> {
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok(Some((file, metadata.len())))
    } else {
        Err(io::Error::other("it is no regular file"))
    }
}

/// Whether the directory can be looked into at all.
pub(super) fn check(directory: &Path) -> Result<(), AskError> {
    let unreadable = |cause: String| AskError::Unreadable {
        file: directory.display().to_string(),
        cause,
    };
    match fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(unreadable("it is no directory".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(AskError::NoDirectory),
        Err(error) => Err(unreadable(error.to_string())),
    }
}
