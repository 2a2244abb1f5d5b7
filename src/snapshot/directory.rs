//! The directory of snapshots. Touches the world.
//!
//! Links are never followed: neither to read, nor to write, nor to remove.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::beneath::{DirectoryHandle, FileKind};
use crate::diagnostic::MachineError;
use crate::source::{LoadError, MAX_SOURCE_BYTES, load_opened};
use crate::target::aurora::Table;
use crate::write::{Access, open_below, replace};

use super::name::{DEPTH, SnapshotName};

/// A directory of snapshots, which need not be there.
#[derive(Debug)]
pub struct Directory {
    workspace: DirectoryHandle,
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
        let workspace =
            DirectoryHandle::named(root).map_err(|error| cannot("open", root, error))?;
        let mut directory = Self {
            workspace,
            path,
            files: BTreeSet::new(),
        };
        directory.read_again()?;
        Ok(directory)
    }

    /// The directory, or one in it by the names of those on the way; none if it is not there.
    fn handle(&self, names: &str) -> Result<Option<DirectoryHandle>, MachineError> {
        let path = self.path.join(names);
        let below = path.strip_prefix(self.workspace.path());
        let mut at = self.workspace.clone();
        for name in below.unwrap_or(&path) {
            let found = at.directory(name);
            match found.map_err(|error| cannot("use", &at.path().join(name), error))? {
                Some(found) => at = found,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// Looks once more at what is there.
    ///
    /// # Errors
    /// If a directory cannot be read.
    pub fn read_again(&mut self) -> Result<(), MachineError> {
        let mut files = BTreeSet::new();
        let mut waiting = Vec::new();
        waiting.extend(self.handle("")?.map(|all| (String::new(), 0, all)));
        while let Some((above, depth, directory)) = waiting.pop() {
            let entries = directory.entries();
            let entries = entries.map_err(|error| cannot("read", directory.path(), error))?;
            for (name, kind) in entries {
                let Ok(part) = String::from_utf8(name) else {
                    continue;
                };
                let name = if depth == 0 {
                    part.clone()
                } else {
                    format!("{above}/{part}")
                };
                if depth < DEPTH && kind == FileKind::Directory {
                    // What has become a link meanwhile is none of it any more.
                    let inner = directory.directory(&part).ok().flatten();
                    waiting.extend(inner.map(|inner| (name, depth + 1, inner)));
                } else if depth == DEPTH && kind == FileKind::File {
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
        let Some(directory) = self.handle(name.directory())? else {
            return Ok(State::Stale);
        };
        let read = || {
            let length = directory.size(name.file())?.unwrap_or_default();
            // With `\r\n`, it has a byte more for each line.
            let most = 2 * text.len() as u64;
            if length < text.len() as u64 || length > most {
                return Ok(State::Stale);
            }
            let mut found = Vec::new();
            if let Some(file) = directory.file(name.file())? {
                file.take(most + 1).read_to_end(&mut found)?;
            }
            Ok(if is_same(&found, text.as_bytes()) {
                State::Current
            } else {
                State::Stale
            })
        };
        read().map_err(|error| cannot("read", &path, error))
    }

    /// The text of a file that lies where a snapshot does, and the job, if it is such a one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn snapshot(&self, name: &SnapshotName) -> Result<Option<(String, Table)>, MachineError> {
        let path = self.path(name);
        let Some(directory) = self.handle(name.directory())? else {
            return Ok(None);
        };
        let opened = directory.file(name.file());
        let Some(file) = opened.map_err(|error| cannot("read", &path, error))? else {
            return Ok(None);
        };
        let size = file.metadata().map(|metadata| metadata.len());
        if size.is_ok_and(|size| size > MAX_SOURCE_BYTES) {
            return Ok(None);
        }
        let text = match load_opened(file, name.as_str()) {
            Ok(file) => file.text().to_owned(),
            Err(LoadError::Io(error)) => return Err(cannot("read", &path, error)),
            Err(_) => return Ok(None),
        };
        Ok(name.job(&text).map(|job| (text, job)))
    }

    /// Makes `text` a job's snapshot.
    ///
    /// # Errors
    /// If it cannot be written; nothing half-written is left.
    pub fn write(&self, name: &SnapshotName, text: &str) -> Result<(), MachineError> {
        let directory = open_below(&self.workspace, &self.path.join(name.directory()))?;
        replace(
            &directory,
            name.file().as_ref(),
            text.as_bytes(),
            Access::Usual,
        )
        .map_err(|error| cannot("write", &self.path(name), error))
    }

    /// Removes a snapshot, and the directories around it that are empty then.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self, name: &SnapshotName) -> Result<(), MachineError> {
        let Some(directory) = self.handle(name.directory())? else {
            return Ok(());
        };
        let removed = directory.remove_file(name.file());
        removed.map_err(|error| cannot("remove", &self.path(name), error))?;
        let mut inner = name.directory();
        while !inner.is_empty() {
            let (around, last) = inner.rsplit_once('/').unwrap_or(("", inner));
            let Some(directory) = self.handle(around)? else {
                break;
            };
            if directory.remove_directory(last).is_err() {
                // There is something else in it.
                break;
            }
            inner = around;
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
