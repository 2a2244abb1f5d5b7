//! The lock on disk. Touches the world.
//!
//! It is replaced whole or not at all: the new one is written beside it, flushed, and renamed.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::diagnostic::MachineError;

/// Keeps other runs from changing the lock; gone with the process, however that ends.
#[derive(Debug)]
pub struct Guard {
    _directory: Option<File>,
}

impl Guard {
    /// Takes the workspace at `root` for this run.
    ///
    /// # Errors
    /// If another run has it.
    pub fn take(root: &Path) -> Result<Self, MachineError> {
        let Ok(directory) = File::open(root) else {
            // If it cannot be read, writing the lock tells so.
            return Ok(Self { _directory: None });
        };
        match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => Err(MachineError::new(
                format!("cannot lock packages in `{}`", root.display()),
                "another `jobc lock` is at it; wait for its end",
            )),
            // A file system without such locks still replaces files whole.
            _ => Ok(Self {
                _directory: Some(directory),
            }),
        }
    }
}

/// Makes `text` the contents of the file at `path`, and says whether they were others before.
///
/// # Errors
/// If it cannot be written; then it is as it was.
pub fn write(path: &Path, text: &str) -> Result<bool, MachineError> {
    // A link stays one, unless it leads out of the workspace, which reading it has refused.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let root = path.parent().and_then(|root| fs::canonicalize(root).ok());
    let path = match root {
        Some(root) if !real.starts_with(&root) => path.to_owned(),
        _ => real,
    };
    match fs::read(&path) {
        Ok(before) if before == text.as_bytes() => return Ok(false),
        _ => {}
    }
    replace(&path, text)
        .map_err(|error| MachineError::new(format!("cannot write `{}`", path.display()), error))?;
    Ok(true)
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let before = fs::metadata(path).map(|metadata| metadata.permissions());
    let mut file = tempfile::Builder::new()
        .prefix(".jobc-lock-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    if let Ok(permissions) = before {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
