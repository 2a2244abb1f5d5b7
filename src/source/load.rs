//! Reads source files. Touches the world.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::{Encoding, FileName, SourceFile};

/// The largest definition, lock or settings file that is read: 64 MiB.
pub const MAX_SOURCE_BYTES: u64 = 64 * 1024 * 1024;

/// Why a file could not be read as text.
#[derive(Debug)]
pub enum LoadError {
    /// The machine could not read it.
    Io(io::Error),
    /// It is longer than [`MAX_SOURCE_BYTES`].
    TooLarge,
    /// It is not UTF-8.
    NotUtf8 {
        /// The text before the wrong byte, as a file that a message can point into; empty if the
        /// file is no text from its start.
        readable: Arc<SourceFile>,
        /// What it is instead.
        found: Encoding,
    },
}

/// Reads the file at `path`, to be called `name` in messages. A byte-order mark is dropped.
///
/// # Errors
/// See [`LoadError`].
pub fn load(path: &Path, name: &str) -> Result<Arc<SourceFile>, LoadError> {
    marked_text(read(path)?, name)
}

/// As [`load`], from a file that is open.
///
/// # Errors
/// See [`LoadError`].
pub fn load_opened(file: File, name: impl Into<FileName>) -> Result<Arc<SourceFile>, LoadError> {
    let length = file.metadata().map_err(LoadError::Io)?.len();
    marked_text(read_opened(file, length)?, name)
}

fn marked_text(bytes: Vec<u8>, name: impl Into<FileName>) -> Result<Arc<SourceFile>, LoadError> {
    text(
        match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => rest.to_vec(),
            None => bytes,
        },
        name,
    )
}

/// Reads all that `input` has, to be called `name` in messages, as it is.
///
/// # Errors
/// See [`LoadError`].
pub fn load_stream(input: impl Read, name: &str) -> Result<Arc<SourceFile>, LoadError> {
    text(read_stream(input, Vec::new())?, name)
}

fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let metadata = std::fs::metadata(path).map_err(LoadError::Io)?;
    if !metadata.is_file() {
        // Opening a FIFO would wait for its other end.
        return Err(LoadError::Io(io::Error::other("not a regular file")));
    }
    read_opened(File::open(path).map_err(LoadError::Io)?, metadata.len())
}

fn read_opened(file: File, length: u64) -> Result<Vec<u8>, LoadError> {
    if length > MAX_SOURCE_BYTES {
        return Err(LoadError::TooLarge);
    }
    let bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    // The length is a hint: a special file has none, and a file may grow while it is read.
    read_stream(file, bytes)
}

fn read_stream(input: impl Read, mut bytes: Vec<u8>) -> Result<Vec<u8>, LoadError> {
    input
        .take(MAX_SOURCE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(LoadError::Io)?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES {
        return Err(LoadError::TooLarge);
    }
    Ok(bytes)
}

fn text(bytes: Vec<u8>, name: impl Into<FileName>) -> Result<Arc<SourceFile>, LoadError> {
    let Some(found) = Encoding::of(&bytes) else {
        let text = String::from_utf8(bytes)
            .map_err(|error| LoadError::Io(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        return Ok(SourceFile::new(name, text));
    };
    let end = match found {
        Encoding::OneByte { .. } | Encoding::Binary(_) => {
            std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len)
        }
        _ => 0,
    };
    let readable = String::from_utf8_lossy(&bytes[..end]).into_owned();
    Err(LoadError::NotUtf8 {
        readable: SourceFile::new(name, readable),
        found,
    })
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::TooLarge => {
                write!(f, "larger than {} MiB", MAX_SOURCE_BYTES / (1024 * 1024))
            }
            Self::NotUtf8 { found, .. } => write!(f, "not UTF-8: found {found}"),
        }
    }
}

impl std::error::Error for LoadError {}
