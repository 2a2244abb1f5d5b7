//! A file or directory on disk, read in the order of its archive.
//!
//! The walk keeps one path and the open directories' remaining entries, so neither the size of a
//! file nor the depth of a directory costs memory beyond a buffer and the names. What an entry is
//! comes from its directory, before it is opened: opening a device may do anything. It is opened
//! from its directory's descriptor, so that a link that takes its place, or that of a directory
//! above, leads nowhere.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::vec;

use crate::beneath::{self, FileKind};
use crate::resolve::import::error::ImportError;
use crate::secret::may_have_secrets;
use crate::store::nar::{EntryName, LinkTarget, NarWriteError, NarWriter};

/// What was noticed on the way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Links that lead out of the object.
    pub(super) dangling: Vec<PathBuf>,
    /// Files that may have secrets in them, some of those that do.
    pub(super) suspects: Vec<PathBuf>,
    /// What is called `.git`.
    pub(super) repositories: Vec<PathBuf>,
}

/// What is walked, opened.
pub(super) enum Opened {
    File(File),
    Directory(OwnedFd),
}

/// Writes the archive of an object that lies this many levels below the workspace root, and returns
/// what was noticed on the way. Its path is for messages only.
pub(super) fn write<W: Write>(
    path: &Path,
    opened: Opened,
    depth: usize,
    sink: W,
) -> Result<(W, Seen), ImportError> {
    let archive = NarWriter::new(sink).map_err(|error| ImportError::of_archive(path, error))?;
    let mut walk = Walk {
        archive,
        path: path.to_owned(),
        depth,
        open: Vec::new(),
        buffer: Vec::new(),
        seen: Seen::default(),
    };
    match opened {
        Opened::File(file) => walk.file(file)?,
        Opened::Directory(directory) => walk.directory(directory)?,
    }
    walk.entries()?;
    let sink = walk.archive.finish();
    let sink = sink.map_err(|error| ImportError::of_archive(path, error))?;
    Ok((sink, walk.seen))
}

/// How many levels a relative path rises above where it begins, at its highest.
pub(super) fn rise(path: &Path) -> usize {
    let mut above: usize = 0;
    let mut below: usize = 0;
    for component in path.components() {
        match component {
            Component::ParentDir if below == 0 => above += 1,
            Component::ParentDir => below -= 1,
            Component::Normal(_) => below += 1,
            _ => {}
        }
    }
    above
}

struct Walk<W> {
    archive: NarWriter<W>,
    /// The entry that is read, or the directory whose entries are.
    path: PathBuf,
    /// How many levels the object lies below the workspace root.
    depth: usize,
    /// The directories around the entry, outermost first.
    open: Vec<Level>,
    buffer: Vec<u8>,
    seen: Seen,
}

/// A directory that is being read.
struct Level {
    directory: Place,
    /// What is left of it.
    entries: vec::IntoIter<(EntryName, FileKind)>,
}

/// A directory, open unless many others are that lie in it: the number of open files of a process
/// is limited.
enum Place {
    Open(OwnedFd),
    /// Its device and its number there.
    Closed((u64, u64)),
}

impl<W: Write> Walk<W> {
    /// Reads the open directories to their end.
    fn entries(&mut self) -> Result<(), ImportError> {
        while let Some(level) = self.open.last_mut() {
            if let Some((name, kind)) = level.entries.next() {
                let file_name = OsStr::from_bytes(name.as_bytes()).to_owned();
                self.path.push(&file_name);
                if file_name == ".git" {
                    self.seen.repositories.push(self.path.clone());
                }
                self.tell(|archive| archive.entry(name))?;
                self.node(&file_name, kind)?;
                if kind == FileKind::Directory {
                    continue;
                }
            } else {
                self.tell(NarWriter::end_directory)?;
                self.leave()?;
            }
            self.path.pop();
        }
        Ok(())
    }

    /// Reads a file or a link of the innermost directory, or enters a directory.
    fn node(&mut self, name: &OsString, kind: FileKind) -> Result<(), ImportError> {
        match kind {
            FileKind::File => {
                let file = beneath::open_file(self.here(), name);
                self.file(file.map_err(|error| self.io("open", error))?)
            }
            FileKind::Directory => {
                let directory = beneath::open_directory(self.here(), name);
                self.directory(directory.map_err(|error| self.io("list", error))?)
            }
            FileKind::Link => self.link(name),
            special => Err(ImportError::Special {
                path: self.path.clone(),
                special,
            }),
        }
    }

    /// The innermost directory.
    fn here(&self) -> BorrowedFd<'_> {
        match self.open.last().map(|level| &level.directory) {
            Some(Place::Open(directory)) => directory.as_fd(),
            _ => unreachable!("the innermost directory is open"),
        }
    }

    /// Leaves the innermost directory for the one around it, which is opened again if it was
    /// closed. It has to be the same: a directory that was moved meanwhile leads nowhere else.
    fn leave(&mut self) -> Result<(), ImportError> {
        let left = self.open.pop();
        let Some(Level { directory, .. }) = self.open.last() else {
            return Ok(());
        };
        let (Place::Closed(known), Some(left)) = (directory, left) else {
            return Ok(());
        };
        let Place::Open(left) = left.directory else {
            unreachable!("the innermost directory is open");
        };
        let above = beneath::open_directory(left.as_fd(), OsStr::new(".."))
            .and_then(|above| Ok((beneath::identity(above.as_fd())?, above)));
        let (found, above) = above.map_err(|error| self.io("list", error))?;
        if found != *known {
            let mut path = self.path.clone();
            path.pop();
            return Err(ImportError::Vanished { path });
        }
        if let Some(level) = self.open.last_mut() {
            level.directory = Place::Open(above);
        }
        Ok(())
    }

    fn file(&mut self, mut file: File) -> Result<(), ImportError> {
        let metadata = file.metadata().map_err(|error| self.io("inspect", error))?;
        let size = metadata.len();
        let executable = metadata.permissions().mode() & OWNER_MAY_EXECUTE != 0;
        self.tell(|archive| archive.begin_regular(executable, size))?;

        // One byte more than the file has shows whether it has grown, without another call.
        let wanted = usize::try_from(size).map_or(BUFFER_SIZE, |size| BUFFER_SIZE.min(size + 1));
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let mut total = 0;
        loop {
            let count = match file.read(&mut self.buffer[..wanted]) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.io("read", error)),
            };
            let contents = self.archive.contents(&self.buffer[..count]);
            contents.map_err(|error| ImportError::of_archive(&self.path, error))?;
            let is_whole = total == 0 && count as u64 == size;
            if is_whole && self.seen.suspects.len() < MOST_SUSPECTS {
                // Larger ones are rather data.
                if may_have_secrets(&self.buffer[..count]) {
                    self.seen.suspects.push(self.path.clone());
                }
            }
            total += count as u64;
            if count == 0 || (count < wanted && total == size) {
                return self.tell(NarWriter::end_regular);
            }
        }
    }

    fn directory(&mut self, directory: OwnedFd) -> Result<(), ImportError> {
        self.tell(NarWriter::begin_directory)?;
        let listed = beneath::entries(directory.as_fd());
        let mut entries = Vec::new();
        for (name, kind) in listed.map_err(|error| self.io("list", error))? {
            let name = EntryName::try_from(name)
                .map_err(|error| self.io("list", io::Error::other(error)))?;
            entries.push((name, kind));
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        self.open.push(Level {
            directory: Place::Open(directory),
            entries: entries.into_iter(),
        });
        let Some(distant) = self.open.len().checked_sub(MOST_OPEN + 1) else {
            return Ok(());
        };
        if let Place::Open(directory) = &self.open[distant].directory {
            let identity = beneath::identity(directory.as_fd());
            let identity = identity.map_err(|error| self.io("inspect", error))?;
            self.open[distant].directory = Place::Closed(identity);
        }
        Ok(())
    }

    fn link(&mut self, name: &OsStr) -> Result<(), ImportError> {
        let target = beneath::read_link(self.here(), name)
            .map_err(|error| self.io("read the link", error))?;
        let path = || self.path.clone();
        if target.is_absolute() {
            return Err(ImportError::AbsoluteLink {
                path: path(),
                target,
            });
        }
        let rise = rise(&target);
        // The link lies in the last of the open directories, which is the object if it is alone.
        let levels_in_object = self.open.len() - 1;
        if rise > self.depth + levels_in_object {
            return Err(ImportError::EscapingLink {
                path: path(),
                target,
            });
        }
        if rise > levels_in_object {
            self.seen.dangling.push(path());
        }
        let target = LinkTarget::try_from(target.into_os_string().into_vec())
            .map_err(|error| self.io("read the link", io::Error::other(error)))?;
        self.tell(|archive| archive.symlink(&target))
    }

    fn tell(
        &mut self,
        part: impl FnOnce(&mut NarWriter<W>) -> Result<(), NarWriteError>,
    ) -> Result<(), ImportError> {
        part(&mut self.archive).map_err(|error| ImportError::of_archive(&self.path, error))
    }

    fn io(&self, action: &'static str, error: io::Error) -> ImportError {
        ImportError::io(&self.path, action, error)
    }
}

/// Files up to this size are looked at for secrets.
const BUFFER_SIZE: usize = 128 * 1024;
/// At most this many directories of one object are open at once.
const MOST_OPEN: usize = 16;
/// At most this many files of one object are suspected.
const MOST_SUSPECTS: usize = 20;
const OWNER_MAY_EXECUTE: u32 = 0o100;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::rise;

    #[test]
    fn a_path_rises_as_high_as_it_ever_is() {
        for (path, expected) in [
            ("", 0),
            ("a/b", 0),
            ("./a", 0),
            ("a/..", 0),
            ("..", 1),
            ("../a", 1),
            ("a/../..", 1),
            ("../a/../..", 2),
            ("../../a/b/c", 2),
            ("a/b/../../../x/y", 1),
        ] {
            assert_eq!(rise(Path::new(path)), expected, "{path}");
        }
    }
}
