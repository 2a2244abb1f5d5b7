//! Files that appear whole or not at all.
//!
//! A draft has no name until it is finished, so that a run that is killed leaves nothing. Where the
//! file system has no unnamed files, and to replace a file, it lies in a directory of its own in
//! the cache, from where it is renamed. What a killed run left there is removed by a later one.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Seek};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime};

use crate::beneath::DirectoryHandle;
use crate::unnamed_file::{Unfinished, link, unnamed_file};

/// Where drafts that need a name lie, in the cache.
pub(super) const DIRECTORY: &str = ".jobc";

/// A run that is at work writes; one that has not written for this long is dead.
const DEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes drafts for the files of one cache.
#[derive(Debug)]
pub(super) struct Drafts {
    cache: DirectoryHandle,
}

/// A file that is being written.
#[derive(Debug)]
pub(super) enum Draft {
    Nameless(File),
    Named(Unfinished),
}

/// What to do about a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// It is as good.
    Keep,
    /// The new one is better.
    Replace,
}

impl Drafts {
    /// For the cache in this directory; removes what dead runs left.
    pub(super) fn new(cache: &DirectoryHandle) -> Self {
        // A cache that has no such directory has no such files, and one that cannot be tidied up is
        // as good.
        if let Ok(Some(directory)) = cache.directory(DIRECTORY) {
            let _ = tidy(&directory);
        }
        Self {
            cache: cache.clone(),
        }
    }

    /// A new file, which all may read that the umask allows to.
    pub(super) fn begin(&self) -> io::Result<Draft> {
        match unnamed_file(&self.cache, MODE) {
            Some(file) => Ok(Draft::Nameless(file)),
            None => self.named().map(Draft::Named),
        }
    }

    /// Gives a draft its name in a directory of the cache.
    pub(super) fn finish(
        &self,
        draft: Draft,
        directory: &DirectoryHandle,
        name: &str,
        existing: Existing,
    ) -> io::Result<()> {
        let name = OsStr::new(name);
        let named = match draft {
            Draft::Named(named) => named,
            Draft::Nameless(mut file) => match link(&file, directory, name) {
                Ok(()) => return Ok(()),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists
                        && existing == Existing::Keep =>
                {
                    return Ok(());
                }
                // It is there, or there are no links, or no `/proc` to make one of what has no name.
                Err(_) => self.copy(&mut file)?,
            },
        };
        named.rename(directory, name)
    }

    /// The contents of an unnamed file in one that has a name.
    fn copy(&self, file: &mut File) -> io::Result<Unfinished> {
        let copy = self.named()?;
        file.rewind()?;
        io::copy(file, &mut copy.file())?;
        Ok(copy)
    }

    fn named(&self) -> io::Result<Unfinished> {
        let fresh = || Unfinished::new(&self.cache.directory_or_made(DIRECTORY)?, MODE);
        let mut draft = fresh();
        // Another run that ended takes the directory away.
        for _ in 0..TRIES {
            match &draft {
                Err(error) if error.kind() == io::ErrorKind::NotFound => draft = fresh(),
                _ => break,
            }
        }
        draft
    }
}

/// Removes files that no process writes any more.
fn tidy(directory: &DirectoryHandle) -> io::Result<()> {
    for (name, _) in directory.entries()? {
        let name = OsStr::from_bytes(&name);
        let Some(file) = directory.file(name)? else {
            continue;
        };
        let written = file.metadata().and_then(|metadata| metadata.modified());
        let age = written.map(|time| SystemTime::now().duration_since(time));
        if age.is_ok_and(|age| age.is_ok_and(|age| age > DEAD)) {
            // Another run may have been faster.
            let _ = directory.remove_file(name);
        }
    }
    Ok(())
}

const TRIES: usize = 8;

/// As Nix has it: all may read and write that the umask allows to.
pub(super) const MODE: u32 = 0o666;

impl Drop for Drafts {
    fn drop(&mut self) {
        // Only if it is empty, and if it was needed at all.
        let _ = self.cache.remove_directory(DIRECTORY);
    }
}

impl Draft {
    pub(super) fn file(&self) -> &File {
        match self {
            Self::Nameless(file) => file,
            Self::Named(named) => named.file(),
        }
    }
}
