//! Compiled jobs to files. Touches the world.
//!
//! A file appears whole or not at all: it is written without a name, flushed, and then given one, so
//! that a run that is killed leaves nothing. Where the file system has no nameless files, it is
//! written beside its place under another name and renamed. Files are named by their contents, so
//! that one that is there already is either the same, and is left alone, or was damaged, and is
//! replaced.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::diagnostic::MachineError;
use crate::emit::Artifact;
use crate::nameless::{link, nameless};

/// A directory to write compiled jobs to, made if it is not there.
#[derive(Debug)]
pub struct Destination {
    directory: PathBuf,
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
        let name = directory.display();
        let Some(text) = directory.to_str() else {
            return Err(MachineError::new(
                format!("cannot write to `{name}`"),
                "its path is not UTF-8; pass another directory with `--out`",
            ));
        };
        if let Some(space) = text.chars().find(|c| splits(*c)) {
            return Err(MachineError::new(
                format!("cannot write to `{}`", text.escape_debug()),
                format!(
                    "its path has `{}`, and the shell would split the command line there; pass \
                     another directory with `--out`",
                    space.escape_debug()
                ),
            ));
        }
        fs::create_dir_all(directory)
            .map_err(|error| MachineError::new(format!("cannot make `{name}`"), error))?;
        Ok(Self {
            directory: directory.to_owned(),
        })
    }

    /// As [`Self::new`], for a directory in jobc's own one. That is no part of a workspace's
    /// history, and says so to version control.
    ///
    /// # Errors
    /// As of [`Self::new`], and if one of both is a link, which would lead elsewhere.
    pub fn in_own(own: &Path, directory: &Path) -> Result<Self, MachineError> {
        for place in [own, directory] {
            is_directory(place).map_err(|error| {
                MachineError::new(format!("cannot use `{}`", place.display()), error)
            })?;
        }
        let destination = Self::new(directory)?;
        let ignore = own.join(".gitignore");
        ignore_all(&ignore).map_err(|error| {
            MachineError::new(format!("cannot write `{}`", ignore.display()), error)
        })?;
        Ok(destination)
    }

    /// Writes a compiled job and returns the path of its file.
    ///
    /// # Errors
    /// If the machine cannot; nothing half-written is left.
    pub fn write(&self, artifact: &Artifact) -> Result<PathBuf, MachineError> {
        let path = self.directory.join(artifact.file_name());
        Self::write_file(&path, artifact.text.as_bytes()).map_err(|error| {
            MachineError::new(format!("cannot write `{}`", path.display()), error)
        })?;
        Ok(path)
    }

    fn write_file(path: &Path, contents: &[u8]) -> io::Result<()> {
        if holds(path, contents)? {
            return Ok(());
        }
        replace(path, contents, Access::Fixed)
    }
}

/// Makes a file that hides its directory from version control, unless somebody put something else
/// there. An empty one is what a full disk left.
fn ignore_all(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() || found.len() > 0 => Ok(()),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => replace(path, b"*\n", Access::Usual),
    }
}

/// Who may use a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whatever the umask says: it is nobody's to change and everybody's to read.
    Fixed,
    /// All whom the umask allows to.
    Usual,
}

/// Puts a file at `path`, in the place of one that is there.
///
/// # Errors
/// If the machine cannot; nothing half-written is left.
pub(crate) fn replace(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mode = match access {
        Access::Fixed => 0o600,
        Access::Usual => 0o666,
    };
    if let Some(nameless) = nameless(directory, mode) {
        fill(&nameless, contents, access)?;
        if link(&nameless, path).is_ok() {
            return Ok(());
        }
    }
    let file = tempfile::Builder::new()
        .prefix(".jobc-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(directory)?;
    fill(file.as_file(), contents, access)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes all of a file.
fn fill(mut file: &File, contents: &[u8], access: Access) -> io::Result<()> {
    file.write_all(contents)?;
    file.flush()?;
    match access {
        Access::Fixed => file.set_permissions(Permissions::from_mode(0o444)),
        Access::Usual => Ok(()),
    }
}

/// Whether the file at `path` is there with exactly these contents.
fn holds(path: &Path, contents: &[u8]) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() == contents.len() as u64 => {
            Ok(fs::read(path)? == contents)
        }
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a directory is there, and no link to one.
///
/// # Errors
/// If something else is there, or the system refuses.
pub(crate) fn is_directory(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(metadata) if metadata.is_symlink() => {
            Err(io::Error::other("it is a link, and links are not followed"))
        }
        Ok(_) => Err(io::Error::other("it is no directory")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
