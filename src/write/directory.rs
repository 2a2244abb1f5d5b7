//! Directories that appear whole or not at all.
//!
//! All of a directory is written beside its place, under a name of its own, and then renamed. One
//! that is there already changes places with it, and is removed.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{RenameFlags, renameat, renameat_with};
use rustix::io::Errno;

use crate::beneath::{DirectoryHandle, FileKind};
use crate::store::nar::{EntryName, Tree};
use crate::unnamed_file::own_name;

use super::file::{Access, holds, replace};

type Entries = BTreeMap<EntryName, Tree>;

/// The most times that others may be faster.
const MOST_TRIES: usize = 100;

/// Puts a directory with these entries below another one, in the place of what has its name.
///
/// # Errors
/// If the machine cannot; nothing half-written is left.
pub(super) fn write(above: &DirectoryHandle, name: &OsStr, entries: &Entries) -> io::Result<()> {
    if above.kind(name)? == Some(FileKind::Directory)
        && let Some(there) = above.directory(name)?
        && is_same(&there, entries)?
    {
        return Ok(());
    }
    let unfinished = Unfinished::new(above)?;
    fill(&unfinished.directory, entries)?;
    unfinished.rename(name)
}

/// A directory under a name of its own, which is removed unless it gets its real one.
struct Unfinished<'a> {
    above: &'a DirectoryHandle,
    directory: DirectoryHandle,
    name: OsString,
}

impl<'a> Unfinished<'a> {
    fn new(above: &'a DirectoryHandle) -> io::Result<Self> {
        loop {
            let name = own_name();
            if let Some(directory) = above.made_directory(&name)? {
                return Ok(Self {
                    above,
                    directory,
                    name: name.into(),
                });
            }
        }
    }

    /// Gives the directory its name. What had it before is removed with the own name.
    fn rename(self, name: &OsStr) -> io::Result<()> {
        let (above, own) = (self.above, &self.name);
        for _ in 0..MOST_TRIES {
            match renameat_with(above, own, above, name, RenameFlags::EXCHANGE) {
                Ok(()) => return Ok(()),
                Err(Errno::NOENT) => {}
                // Without an exchange, there is a moment without either.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => remove(above, name)?,
                Err(error) => return Err(error.into()),
            }
            match renameat(above, own, above, name) {
                // Another process was faster, and its directory changes places with this one.
                Err(Errno::NOTEMPTY | Errno::EXIST) => {}
                renamed => return Ok(renamed?),
            }
        }
        Err(io::Error::other("other processes write it all the time"))
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        // Nothing better can be done about what does not let itself be removed.
        let _ = remove(self.above, &self.name);
    }
}

/// Removes what has this name, with all that is below.
fn remove(above: &DirectoryHandle, name: &OsStr) -> io::Result<()> {
    match above.kind(name)? {
        None => Ok(()),
        Some(FileKind::Directory) => {
            if let Some(directory) = above.directory(name)? {
                for (entry, _) in directory.entries()? {
                    remove(&directory, OsStr::from_bytes(&entry))?;
                }
            }
            above.remove_directory(name)
        }
        Some(_) => above.remove_file(name),
    }
}

fn fill(directory: &DirectoryHandle, entries: &Entries) -> io::Result<()> {
    for (name, tree) in entries {
        let name = OsStr::from_bytes(name.as_bytes());
        match tree {
            Tree::Directory(entries) => fill(&directory.directory_or_made(name)?, entries)?,
            Tree::Regular {
                executable,
                contents,
            } => replace(directory, name, contents, access(*executable))?,
            Tree::Symlink(_) => unreachable!("{NO_LINKS}"),
        }
    }
    Ok(())
}

/// Whether a directory has just these entries.
fn is_same(directory: &DirectoryHandle, entries: &Entries) -> io::Result<bool> {
    if directory.entries()?.len() != entries.len() {
        return Ok(false);
    }
    for (name, tree) in entries {
        let name = OsStr::from_bytes(name.as_bytes());
        let is_same = match tree {
            Tree::Directory(entries) => {
                directory.kind(name)? == Some(FileKind::Directory)
                    && match directory.directory(name)? {
                        Some(below) => is_same(&below, entries)?,
                        None => false,
                    }
            }
            Tree::Regular {
                executable,
                contents,
            } => {
                holds(directory, name, contents)?
                    && directory.is_executable(name)? == Some(*executable)
            }
            Tree::Symlink(_) => unreachable!("{NO_LINKS}"),
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

const NO_LINKS: &str = "compiled jobs are files and directories";

fn access(executable: bool) -> Access {
    if executable {
        Access::FixedExecutable
    } else {
        Access::Fixed
    }
}
