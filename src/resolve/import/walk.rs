//! A file or directory on disk, read in the order of its archive.
//!
//! The walk keeps one path and the open directories' remaining entries, so neither the size of a
//! file nor the depth of a directory costs memory beyond a buffer and the names. What an entry is
//! comes from its directory, before it is opened: opening a FIFO would wait, and opening a device
//! may do anything.

use std::ffi::OsStr;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::vec;

use crate::check::secrets::may_have_secrets;
use crate::resolve::import::error::{ImportError, Special};
use crate::store::nar::{EntryName, LinkTarget, NarWriteError, NarWriter};

/// What was noticed on the way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Links that lead out of the object.
    pub(super) dangling: Vec<PathBuf>,
    /// Files that may have secrets in them, some of those that do.
    pub(super) suspects: Vec<PathBuf>,
}

/// Writes the archive of an object that lies so many levels below the workspace root, and returns
/// what was noticed on the way.
pub(super) fn write<W: Write>(
    path: &Path,
    metadata: &Metadata,
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
    walk.node(metadata.file_type())?;
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
    /// What is left of each open directory.
    open: Vec<vec::IntoIter<(EntryName, FileType)>>,
    buffer: Vec<u8>,
    seen: Seen,
}

impl<W: Write> Walk<W> {
    /// Reads the open directories to their end.
    fn entries(&mut self) -> Result<(), ImportError> {
        while let Some(directory) = self.open.last_mut() {
            if let Some((name, kind)) = directory.next() {
                self.path.push(OsStr::from_bytes(name.as_bytes()));
                self.tell(|archive| archive.entry(name))?;
                self.node(kind)?;
                if kind.is_dir() {
                    continue;
                }
            } else {
                self.open.pop();
                self.tell(NarWriter::end_directory)?;
            }
            self.path.pop();
        }
        Ok(())
    }

    /// Reads a file or a link, or opens a directory.
    fn node(&mut self, kind: FileType) -> Result<(), ImportError> {
        if kind.is_file() {
            self.file()
        } else if kind.is_dir() {
            self.directory()
        } else if kind.is_symlink() {
            self.link()
        } else {
            Err(ImportError::Special {
                path: self.path.clone(),
                special: Special::of(kind),
            })
        }
    }

    fn file(&mut self) -> Result<(), ImportError> {
        let mut file = File::open(&self.path).map_err(|error| self.io("open", error))?;
        let metadata = file.metadata().map_err(|error| self.io("inspect", error))?;
        if !metadata.is_file() {
            return Err(ImportError::Vanished {
                path: self.path.clone(),
            });
        }
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

    fn directory(&mut self) -> Result<(), ImportError> {
        self.tell(NarWriter::begin_directory)?;
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(|error| self.io("list", error))? {
            let entry = entry.map_err(|error| self.io("list", error))?;
            let kind = entry
                .file_type()
                .map_err(|error| self.io("inspect", error))?;
            let name = EntryName::try_from(entry.file_name().into_vec())
                .map_err(|error| self.io("list", io::Error::other(error)))?;
            entries.push((name, kind));
        }
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        self.open.push(entries.into_iter());
        Ok(())
    }

    fn link(&mut self) -> Result<(), ImportError> {
        let target = fs::read_link(&self.path).map_err(|error| self.io("read the link", error))?;
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
/// So many files of one object are suspected.
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
