//! Reads source files. Touches the world.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::SourceFile;

/// The largest definition, lock or settings file that is read: 64 MiB.
pub const MAX_SOURCE_BYTES: u64 = 64 * 1024 * 1024;

/// Why a file could not be read as text.
#[derive(Debug)]
pub enum LoadError {
    /// The machine could not read it.
    Io(io::Error),
    /// It is longer than [`MAX_SOURCE_BYTES`].
    TooLarge,
    /// It is not UTF-8; the text up to the first wrong byte, and that byte.
    NotUtf8 {
        /// The text before the wrong byte, as a file that a message can point into.
        readable: Arc<SourceFile>,
        /// The byte.
        byte: u8,
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
pub fn load_opened(file: File, name: &str) -> Result<Arc<SourceFile>, LoadError> {
    let length = file.metadata().map_err(LoadError::Io)?.len();
    marked_text(read_opened(file, length)?, name)
}

fn marked_text(bytes: Vec<u8>, name: &str) -> Result<Arc<SourceFile>, LoadError> {
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

fn text(bytes: Vec<u8>, name: &str) -> Result<Arc<SourceFile>, LoadError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(name, text)),
        Err(error) => {
            let end = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[end];
            let readable = String::from_utf8_lossy(&error.as_bytes()[..end]).into_owned();
            Err(LoadError::NotUtf8 {
                readable: SourceFile::new(name, readable),
                byte,
            })
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::TooLarge => {
                write!(f, "larger than {} MiB", MAX_SOURCE_BYTES / (1024 * 1024))
            }
            Self::NotUtf8 { byte, .. } => write!(f, "not UTF-8: found the byte 0x{byte:02x}"),
        }
    }
}

impl std::error::Error for LoadError {}
