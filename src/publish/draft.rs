//! Files that appear whole or not at all.
//!
//! A draft has no name until it is finished, so that a run that is killed leaves nothing. Where the
//! file system has no nameless files, and to replace a file, it lies in a directory of its own in
//! the cache, from where it is renamed. What a killed run left there is removed by a later one.

use std::fs::{self, File};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempPath;

use crate::nameless::{link, nameless};

/// Where drafts that need a name lie, in the cache.
pub(super) const DIRECTORY: &str = ".jobc";

/// A run that is at work writes; one that has not for so long is dead.
const DEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes drafts for the files of one cache.
#[derive(Debug)]
pub(super) struct Drafts {
    cache: PathBuf,
}

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Draft {
    file: File,
    name: Option<TempPath>,
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
    /// For the cache in this directory, which is there; removes what dead runs left.
    pub(super) fn new(cache: &Path) -> Self {
        let directory = cache.join(DIRECTORY);
        if let Ok(entries) = fs::read_dir(&directory) {
            for entry in entries.filter_map(Result::ok) {
                let written = entry.metadata().and_then(|metadata| metadata.modified());
                let age = written.map(|time| SystemTime::now().duration_since(time));
                if age.is_ok_and(|age| age.is_ok_and(|age| age > DEAD)) {
                    // Another run may have been faster.
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
        Self {
            cache: cache.to_owned(),
        }
    }

    /// A new file, which all may read that the umask allows to.
    pub(super) fn begin(&self) -> io::Result<Draft> {
        match nameless(&self.cache, MODE) {
            Some(file) => Ok(Draft { file, name: None }),
            None => self.named(),
        }
    }

    /// Gives a draft its name.
    pub(super) fn finish(&self, draft: Draft, path: &Path, existing: Existing) -> io::Result<()> {
        let Draft { mut file, name } = draft;
        let name = match name {
            Some(name) => name,
            None => match link(&file, path) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if existing == Existing::Keep {
                        return Ok(());
                    }
                    self.copy(&mut file)?
                }
                // There are no links, or no `/proc` to make one of what has no name.
                Err(_) => self.copy(&mut file)?,
            },
        };
        name.persist(path).map_err(|error| error.error)
    }

    /// The contents of a nameless file in one that has a name.
    fn copy(&self, file: &mut File) -> io::Result<TempPath> {
        let Draft {
            file: mut copy,
            name,
        } = self.named()?;
        file.rewind()?;
        io::copy(file, &mut copy)?;
        name.ok_or_else(|| io::Error::other("the copy has no name"))
    }

    fn named(&self) -> io::Result<Draft> {
        use std::os::unix::fs::PermissionsExt;
        let directory = self.cache.join(DIRECTORY);
        let mut builder = tempfile::Builder::new();
        builder.permissions(fs::Permissions::from_mode(MODE));
        let mut made = builder.tempfile_in(&directory);
        // Another run that ended takes the directory away.
        for _ in 0..TRIES {
            match &made {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir_all(&directory)?;
                    made = builder.tempfile_in(&directory);
                }
                _ => break,
            }
        }
        let (file, name) = made?.into_parts();
        Ok(Draft {
            file,
            name: Some(name),
        })
    }
}

const TRIES: usize = 8;

/// As Nix has it: all may read and write that the umask allows to.
pub(super) const MODE: u32 = 0o666;

impl Drop for Drafts {
    fn drop(&mut self) {
        // Only if it is empty, and if it was needed at all.
        let _ = fs::remove_dir(self.cache.join(DIRECTORY));
    }
}

impl From<File> for Draft {
    /// Of a nameless file.
    fn from(file: File) -> Self {
        Self { file, name: None }
    }
}

impl Draft {
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}
