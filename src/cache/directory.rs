//! Small files of a cache that is a directory. Touches the world.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::error::AskError;

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
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !metadata.is_file() {
        // Opening a FIFO would wait for its other end.
        return Err(unreadable(io::Error::other("it is no regular file")));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(limit).min(limit));
    let read =
        File::open(&path).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) if bytes.len() > limit => Err(AskError::TooLarge {
            file: file.to_owned(),
            limit,
        }),
        Ok(_) => Ok(Some(bytes)),
        // It was deleted a moment ago.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

/// Whether the file of this name is in the cache. One on another server is taken to be there.
pub(super) fn has(directory: &Path, file: &str) -> bool {
    file.contains("://") || directory.join(file).is_file()
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
