//! Files that appear whole or not at all.
//!
//! A file is written without a name, flushed, and then given one, so that a run that is killed
//! leaves nothing. Where the file system has no unnamed files, it is written beside its place under
//! another name and renamed.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;

use crate::beneath::DirectoryHandle;
use crate::unnamed_file::{Unfinished, link, unnamed_file};

/// Which users may use a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// All may read it and none may change it, whatever the umask says.
    Fixed,
    /// The same, and all may run it.
    FixedExecutable,
    /// All whom the umask allows to.
    Usual,
}

impl Access {
    fn mode(self) -> u32 {
        match self {
            Self::Fixed | Self::FixedExecutable => 0o600,
            Self::Usual => 0o666,
        }
    }
}

/// Puts a file into a directory, in the place of one that has its name.
///
/// # Errors
/// If the machine cannot; nothing half-written is left.
pub(crate) fn replace(
    directory: &DirectoryHandle,
    name: &OsStr,
    contents: &[u8],
    access: Access,
) -> io::Result<()> {
    if let Some(unnamed) = unnamed_file(directory, access.mode()) {
        fill(&unnamed, contents, access)?;
        if link(&unnamed, directory, name).is_ok() {
            return Ok(());
        }
    }
    let unfinished = Unfinished::new(directory, access.mode())?;
    fill(unfinished.file(), contents, access)?;
    unfinished.rename(directory, name)
}

/// Puts a file into a directory that has none of its name.
///
/// # Errors
/// If the name is taken, or the machine cannot; nothing half-written is left.
pub(crate) fn create(directory: &DirectoryHandle, name: &OsStr, contents: &[u8]) -> io::Result<()> {
    let access = Access::Usual;
    if let Some(unnamed) = unnamed_file(directory, access.mode()) {
        fill(&unnamed, contents, access)?;
        // A file system may find out late that it is full.
        unnamed.sync_all()?;
        match link(&unnamed, directory, name) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {}
            linked => return linked,
        }
    }
    let unfinished = Unfinished::new(directory, access.mode())?;
    fill(unfinished.file(), contents, access)?;
    unfinished.file().sync_all()?;
    if directory.kind(name)?.is_some() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    unfinished.rename(directory, name)
}

/// Writes all of a file.
fn fill(mut file: &File, contents: &[u8], access: Access) -> io::Result<()> {
    file.write_all(contents)?;
    file.flush()?;
    match access {
        Access::Fixed => file.set_permissions(Permissions::from_mode(0o444)),
        Access::FixedExecutable => file.set_permissions(Permissions::from_mode(0o555)),
        Access::Usual => Ok(()),
    }
}

/// Whether a directory has a file of this name with exactly these contents.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn holds(
    directory: &DirectoryHandle,
    name: &OsStr,
    contents: &[u8],
) -> io::Result<bool> {
    let length = contents.len() as u64;
    if directory.size(name)? != Some(length) {
        return Ok(false);
    }
    let Some(file) = directory.file(name)? else {
        return Ok(false);
    };
    let mut found = Vec::with_capacity(contents.len() + 1);
    file.take(length + 1).read_to_end(&mut found)?;
    Ok(found == contents)
}
