//! Directories that are held open while jobc writes to them. Touches the world.
//!
//! Another process can put a link into the place of a directory after jobc looked. So what is
//! written is opened, named and removed from the descriptor of its directory, and ends up there or
//! nowhere.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, mkdirat, openat, statat, unlinkat};
use rustix::io::Errno;

use super::{DIRECTORY, FileKind, MOST_TRIES, PASSAGE, entries, gone, kind, open_file};

/// An open directory.
#[derive(Debug, Clone)]
pub struct DirectoryHandle {
    descriptor: Arc<OwnedFd>,
    /// What messages call it.
    path: PathBuf,
}

impl DirectoryHandle {
    /// The directory at `path`, to which links may lead: the caller chose the path.
    ///
    /// # Errors
    /// If there is none, or the system refuses.
    pub fn named(path: &Path) -> io::Result<Self> {
        let flags = PASSAGE.difference(OFlags::NOFOLLOW);
        let descriptor = openat(CWD, path, flags, Mode::empty())?;
        Ok(Self::new(descriptor, path))
    }

    /// The same, made with all that is around it if it is not there.
    ///
    /// # Errors
    /// If something else is there, or the system refuses.
    pub fn named_or_made(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path).map_err(|error| in_the_way(path).unwrap_or(error))?;
        Self::named(path)
    }

    fn new(descriptor: OwnedFd, path: &Path) -> Self {
        Self {
            descriptor: Arc::new(descriptor),
            path: path.to_owned(),
        }
    }

    /// Where it was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of this name in it; none if there is nothing.
    ///
    /// # Errors
    /// If something else is there, a link to a directory for instance, or the system refuses.
    pub fn directory(&self, name: impl AsRef<OsStr>) -> io::Result<Option<Self>> {
        let name = name.as_ref();
        match openat(&self.descriptor, name, PASSAGE, Mode::empty()) {
            Ok(descriptor) => Ok(Some(Self::new(descriptor, &self.path.join(name)))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(match kind(self.as_fd(), name) {
                Ok(FileKind::Directory) | Err(_) => error.into(),
                Ok(FileKind::Link) => io::Error::other("it is a link, and links are not followed"),
                Ok(_) => io::Error::other("it is no directory"),
            }),
        }
    }

    /// The same, made if it is not there.
    ///
    /// # Errors
    /// If something else is there, or the system refuses.
    pub fn directory_or_made(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let name = name.as_ref();
        for _ in 0..MOST_TRIES {
            if let Some(found) = self.directory(name)? {
                return Ok(found);
            }
            match mkdirat(&self.descriptor, name, Mode::from_raw_mode(0o777)) {
                // Another process was faster.
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(gone())
    }

    /// A new directory of this name; none if the name is taken.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn made_directory(&self, name: impl AsRef<OsStr>) -> io::Result<Option<Self>> {
        let name = name.as_ref();
        match mkdirat(&self.descriptor, name, Mode::from_raw_mode(0o777)) {
            Ok(()) => self.directory(name),
            Err(Errno::EXIST) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What has this name in it, if something does.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kind(&self, name: impl AsRef<OsStr>) -> io::Result<Option<FileKind>> {
        let found = self.stat(name.as_ref())?;
        Ok(found.map(|found| FileKind::of(FileType::from_raw_mode(found.st_mode))))
    }

    /// The size of the file of this name, if it is one.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn size(&self, name: impl AsRef<OsStr>) -> io::Result<Option<u64>> {
        let found = self.stat(name.as_ref())?;
        let file = found.filter(|found| FileType::from_raw_mode(found.st_mode).is_file());
        Ok(file.map(|file| u64::try_from(file.st_size).unwrap_or_default()))
    }

    /// Whether the file of this name may be run, if it is one.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn is_executable(&self, name: impl AsRef<OsStr>) -> io::Result<Option<bool>> {
        let found = self.stat(name.as_ref())?;
        let file = found.filter(|found| FileType::from_raw_mode(found.st_mode).is_file());
        Ok(file.map(|file| file.st_mode & 0o111 != 0))
    }

    fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match statat(&self.descriptor, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The file of this name, opened to be read, if it is one.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn file(&self, name: impl AsRef<OsStr>) -> io::Result<Option<File>> {
        match open_file(self.as_fd(), name.as_ref()) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names in it and what has them, in no order.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn entries(&self) -> io::Result<Vec<(Vec<u8>, FileKind)>> {
        entries(self.to_list()?.as_fd())
    }

    /// The directory itself, opened so that it can be listed and brought to the disk.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn to_list(&self) -> io::Result<OwnedFd> {
        Ok(openat(&self.descriptor, ".", DIRECTORY, Mode::empty())?)
    }

    /// Removes the file, or the link, of this name.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove_file(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(unlinkat(&self.descriptor, name.as_ref(), AtFlags::empty())?)
    }

    /// Removes the directory of this name, which is empty.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn remove_directory(&self, name: impl AsRef<OsStr>) -> io::Result<()> {
        Ok(unlinkat(
            &self.descriptor,
            name.as_ref(),
            AtFlags::REMOVEDIR,
        )?)
    }
}

impl AsFd for DirectoryHandle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// What stands where a directory is to be made.
fn in_the_way(path: &Path) -> Option<io::Error> {
    let mut found = path
        .ancestors()
        .filter_map(|place| Some((place, fs::symlink_metadata(place).ok()?)));
    let (place, metadata) = found.next()?;
    if place.is_dir() {
        return None;
    }
    let kind = FileKind::of(FileType::from_raw_mode(metadata.mode()));
    Some(io::Error::other(if place == path {
        format!("it is {kind}")
    } else {
        format!("`{}` is {kind}", place.display())
    }))
}
