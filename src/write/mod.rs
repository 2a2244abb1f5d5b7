//! Compiled jobs to files. Touches the world.
//!
//! They are named by their contents, so that one that is there already is either the same, and is
//! left alone, or was damaged, and is replaced.

mod directory;
mod file;
mod spool;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::beneath::{DirectoryHandle, FileKind};
use crate::diagnostic::MachineError;
use crate::target::Bundle;

pub(crate) use file::{Access, create, holds, replace};
pub use spool::{Spool, Waiting};

/// A directory to write compiled jobs to, made if it is not there.
#[derive(Debug)]
pub struct Destination {
    directory: DirectoryHandle,
}

/// Whether a path is one word of a command line that jobc's output is put into.
pub fn is_one_word(path: &Path) -> bool {
    path.to_str().is_some_and(|text| !text.contains(splits))
}

fn splits(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

impl Destination {
    /// The directory at `directory` (absolute).
    ///
    /// # Errors
    /// If it cannot be made, or its path has white space: the path is one word of the command line
    /// that jobc's output is put into.
    pub fn new(directory: &Path) -> Result<Self, MachineError> {
        check_words(directory)?;
        let opened = DirectoryHandle::named_or_made(directory);
        let directory = opened.map_err(|error| cannot("make", directory, error))?;
        Ok(Self { directory })
    }

    /// As [`Self::new`], for a directory in jobc's own one, which is in the workspace at `root`. That
    /// is no part of a workspace's history, and says so to version control.
    ///
    /// # Errors
    /// As of [`Self::new`], and if one of both is a link, which would lead elsewhere.
    pub fn in_own(root: &Path, own: &Path, directory: &Path) -> Result<Self, MachineError> {
        check_words(directory)?;
        let root = DirectoryHandle::named(root).map_err(|error| cannot("open", root, error))?;
        let at_own = open_below(&root, own)?;
        let opened = open_below(&at_own, directory)?;
        ignore_all(&at_own).map_err(|error| cannot("write", &own.join(IGNORE), error))?;
        Ok(Self { directory: opened })
    }

    /// Writes a compiled job and returns the path of its file or directory.
    ///
    /// # Errors
    /// If the machine cannot; nothing half-written is left.
    pub fn write(&self, bundle: &Bundle) -> Result<PathBuf, MachineError> {
        let name = bundle.file_name();
        let path = self.directory.path().join(&name);
        let written = match bundle.only() {
            Some(file) => self.write_file(name.as_ref(), &file.bytes),
            None => directory::write(&self.directory, name.as_ref(), &bundle.entries()),
        };
        written.map_err(|error| cannot("write", &path, error))?;
        Ok(path)
    }

    fn write_file(&self, name: &OsStr, contents: &[u8]) -> io::Result<()> {
        if holds(&self.directory, name, contents)? {
            return Ok(());
        }
        replace(&self.directory, name, contents, Access::Fixed)
    }
}

/// Refuses a path that a shell would not read as one word.
fn check_words(directory: &Path) -> Result<(), MachineError> {
    let Some(text) = directory.to_str() else {
        return Err(MachineError::new(
            format!("cannot write to `{}`", directory.display()),
            "its path is not UTF-8; pass another directory with `--out`",
        ));
    };
    let Some(space) = text.chars().find(|c| splits(*c)) else {
        return Ok(());
    };
    Err(MachineError::new(
        format!("cannot write to `{}`", text.escape_debug()),
        format!(
            "its path has `{}`, and the shell would split the command line there; pass another \
             directory with `--out`",
            space.escape_debug()
        ),
    ))
}

/// The directory at `path`, which is below another one, made with those on the way. None of them is a
/// link.
///
/// # Errors
/// If something else is there, or the system refuses.
pub(crate) fn open_below(
    above: &DirectoryHandle,
    path: &Path,
) -> Result<DirectoryHandle, MachineError> {
    let below = path.strip_prefix(above.path()).unwrap_or(path);
    let mut at = above.clone();
    for name in below {
        let made = at.directory_or_made(name);
        at = made.map_err(|error| cannot("use", &at.path().join(name), error))?;
    }
    Ok(at)
}

fn cannot(what: &str, path: &Path, error: io::Error) -> MachineError {
    MachineError::new(format!("cannot {what} `{}`", path.display()), error)
}

/// The file that hides its directory from version control.
const IGNORE: &str = ".gitignore";

/// Makes it, unless something else is there. A full disk may have left an empty one.
fn ignore_all(own: &DirectoryHandle) -> io::Result<()> {
    match own.kind(IGNORE)? {
        Some(FileKind::File) if own.size(IGNORE)? == Some(0) => {}
        Some(_) => return Ok(()),
        None => {}
    }
    replace(own, IGNORE.as_ref(), b"*\n", Access::Usual)
}
