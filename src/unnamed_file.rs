//! Files that no other process sees before they are whole. Touches the world.
//!
//! The best of them have no name until they get theirs, and vanish with the process that makes them.
//! Where a file system has none, they have a name of their own in the meantime.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat, renameat};
#[cfg(target_os = "linux")]
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use crate::beneath::DirectoryHandle;

/// A file without a name in the directory's file system, where that can be had. All may use it that
/// `mode` and the umask allow to.
#[cfg(not(target_os = "linux"))]
pub(crate) fn unnamed_file(_: &DirectoryHandle, _mode: u32) -> Option<File> {
    None
}

/// A file without a name in the directory's file system, where that can be had. All may use it that
/// `mode` and the umask allow to.
#[cfg(target_os = "linux")]
pub(crate) fn unnamed_file(directory: &DirectoryHandle, mode: u32) -> Option<File> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    openat(directory, ".", flags, Mode::from_raw_mode(mode))
        .ok()
        .map(File::from)
}

/// Gives back what `length` bytes of a file from `start` on take of the disk, where that can be done. They
/// read as zeros from then on.
#[cfg(not(target_os = "linux"))]
pub(crate) fn give_back(_: &File, _start: u64, _length: u64) {}

/// Gives back what `length` bytes of a file from `start` on take of the disk, where that can be done. They
/// read as zeros from then on.
#[cfg(target_os = "linux")]
pub(crate) fn give_back(file: &File, start: u64, length: u64) {
    let hole = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    // What stays there vanishes with the file.
    let _ = fallocate(file, hole, start, length);
}

/// Gives an unnamed file its name.
///
/// # Errors
/// If the name is taken, or there are no links, or no `/proc` to make one of what has no name.
pub(crate) fn link(file: &File, directory: &DirectoryHandle, name: &OsStr) -> io::Result<()> {
    let descriptor = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(
        CWD,
        descriptor,
        directory,
        name,
        AtFlags::SYMLINK_FOLLOW,
    )?)
}

/// A name that this process uses once. A process of the same number may have left it, or have it in
/// another container.
pub(crate) fn own_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(".jobc-{}-{count}", std::process::id())
}

/// A file under a name of its own, which is removed unless it gets its real one.
#[derive(Debug)]
pub(crate) struct Unfinished {
    file: File,
    directory: DirectoryHandle,
    name: Option<OsString>,
}

impl Unfinished {
    /// A file in the directory. All may use it that `mode` and the umask allow to.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn new(directory: &DirectoryHandle, mode: u32) -> io::Result<Self> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::RDWR | OFlags::CLOEXEC;
        loop {
            let name = own_name();
            match openat(directory, &*name, flags, Mode::from_raw_mode(mode)) {
                Ok(file) => {
                    return Ok(Self {
                        file: file.into(),
                        directory: directory.clone(),
                        name: Some(name.into()),
                    });
                }
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name, in the place of one that is there.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn rename(mut self, directory: &DirectoryHandle, name: &OsStr) -> io::Result<()> {
        if let Some(own) = &self.name {
            renameat(&self.directory, own, directory, name)?;
            self.name = None;
        }
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // Nothing better can be done about what does not let itself be removed.
            let _ = self.directory.remove_file(name);
        }
    }
}
