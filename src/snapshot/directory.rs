//! The directory of snapshots. Touches the world.
//!
//! Links are never followed: neither to read, nor to write, nor to remove.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::diagnostic::MachineError;
use crate::source::{MAX_SOURCE_BYTES, load};
use crate::write::{Access, is_directory, replace};

use super::name::{DEPTH, SnapshotName};

/// A directory of snapshots, which need not be there.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    /// The files that lie where snapshots do.
    files: BTreeSet<SnapshotName>,
}

/// What a job's snapshot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// What the job compiles to.
    Current,
    /// Something else.
    Stale,
    /// Not there.
    Missing,
}

impl Directory {
    /// The directory at `path` in the workspace at `root` (both absolute).
    ///
    /// # Errors
    /// If it, or one on the way there, is a link or no directory, or cannot be read.
    pub fn open(root: &Path, path: PathBuf) -> Result<Self, MachineError> {
        let below = path.strip_prefix(root).unwrap_or(Path::new(""));
        let mut at = root.to_owned();
        for part in below {
            at.push(part);
            is_directory(&at).map_err(|error| cannot("use", &at, error))?;
        }
        let mut directory = Self {
            path,
            files: BTreeSet::new(),
        };
        directory.read_again()?;
        Ok(directory)
    }

    /// Looks once more at what is there.
    ///
    /// # Errors
    /// If a directory cannot be read.
    pub fn read_again(&mut self) -> Result<(), MachineError> {
        let mut files = BTreeSet::new();
        let mut waiting = vec![String::new()];
        while let Some(name) = waiting.pop() {
            let path = self.path.join(&name);
            let depth = if name.is_empty() {
                0
            } else {
                name.split('/').count()
            };
            let entries = match fs::read_dir(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                entries => entries.map_err(|error| cannot("read", &path, error))?,
            };
            for entry in entries {
                let entry = entry.map_err(|error| cannot("read", &path, error))?;
                // What a link is, not what it leads to.
                let kind = entry
                    .file_type()
                    .map_err(|error| cannot("read", &path, error))?;
                let Ok(part) = entry.file_name().into_string() else {
                    continue;
                };
                let name = if depth == 0 {
                    part
                } else {
                    format!("{name}/{part}")
                };
                if depth < DEPTH && kind.is_dir() {
                    waiting.push(name);
                } else if depth == DEPTH && kind.is_file() {
                    files.extend(name.parse::<SnapshotName>());
                }
            }
        }
        self.files = files;
        Ok(())
    }

    /// The files that lie where snapshots do.
    pub fn files(&self) -> &BTreeSet<SnapshotName> {
        &self.files
    }

    /// Where a snapshot lies.
    pub fn path(&self, name: &SnapshotName) -> PathBuf {
        self.path.join(name.as_str())
    }

    /// What the snapshot of a job is that compiles to `text`.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn state(&self, name: &SnapshotName, text: &str) -> Result<State, MachineError> {
        if !self.files.contains(name) {
            return Ok(State::Missing);
        }
        let path = self.path(name);
        let read = || {
            let length = fs::symlink_metadata(&path)?.len();
            // With `\r\n`, it has a byte more for each line.
            let most = 2 * text.len() as u64;
            if length < text.len() as u64 || length > most {
                return Ok(State::Stale);
            }
            let found = fs::read(&path)?;
            Ok(if is_same(&found, text.as_bytes()) {
                State::Current
            } else {
                State::Stale
            })
        };
        read().map_err(|error| cannot("read", &path, error))
    }

    /// The text of a file that lies where a snapshot does, if it is that of such a job.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn snapshot(&self, name: &SnapshotName) -> Result<Option<String>, MachineError> {
        let path = self.path(name);
        let metadata = fs::symlink_metadata(&path).map_err(|error| cannot("read", &path, error))?;
        if metadata.len() > MAX_SOURCE_BYTES {
            return Ok(None);
        }
        let text = match load(&path, name.as_str()) {
            Ok(file) => file.text().to_owned(),
            Err(crate::source::LoadError::Io(error)) => return Err(cannot("read", &path, error)),
            Err(_) => return Ok(None),
        };
        Ok(Some(text).filter(|text| name.is_of(text)))
    }

    /// Makes `text` a job's snapshot.
    ///
    /// # Errors
    /// If it cannot be written; nothing half-written is left.
    pub fn write(&self, name: &SnapshotName, text: &str) -> Result<(), MachineError> {
        fs::create_dir_all(&self.path).map_err(|error| cannot("make", &self.path, error))?;
        for directory in name.directories() {
            let path = self.path.join(directory);
            if !is_directory(&path).map_err(|error| cannot("use", &path, error))? {
                match fs::create_dir(&path) {
                    // Another thread has made it.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    made => made.map_err(|error| cannot("make", &path, error))?,
                }
            }
        }
        let path = self.path(name);
        replace(&path, text.as_bytes(), Access::Usual)
            .map_err(|error| cannot("write", &path, error))
    }

    /// Removes a snapshot, and the directories around it that are empty then.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self, name: &SnapshotName) -> Result<(), MachineError> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(|error| cannot("remove", &path, error))?;
        let directories: Vec<_> = name.directories().collect();
        for directory in directories.into_iter().rev() {
            if fs::remove_dir(self.path.join(directory)).is_err() {
                // There is something else in it.
                break;
            }
        }
        Ok(())
    }
}

/// Whether two texts are the same but for `\r\n` in the first.
fn is_same(found: &[u8], text: &[u8]) -> bool {
    if found == text {
        return true;
    }
    let mut rest = text.iter();
    let mut bytes = found.iter().peekable();
    while let Some(&byte) = bytes.next() {
        if byte == b'\r' && bytes.peek() == Some(&&b'\n') {
            continue;
        }
        if rest.next() != Some(&byte) {
            return false;
        }
    }
    rest.next().is_none()
}

fn cannot(what: &str, path: &Path, error: io::Error) -> MachineError {
    MachineError::new(format!("cannot {what} `{}`", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn line_endings() {
        let check = |found: &[u8], is_one: bool| {
            assert_eq!(is_same(found, b"{\n  \"a\": 1\n}\n"), is_one);
        };
        check(b"{\n  \"a\": 1\n}\n", true);
        check(b"{\r\n  \"a\": 1\r\n}\r\n", true);
        check(b"{\r\n  \"a\": 1\n}\r\n", true);
        check(b"{\r  \"a\": 1\r}\r", false);
        check(b"{\n  \"a\": 2\n}\n", false);
        check(b"{\n  \"a\": 1\n}", false);
        check(b"{\n  \"a\": 1\n}\n\n", false);
    }
}
