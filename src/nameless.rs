//! Files without a name, which nobody sees before they are whole and which vanish with the process
//! that makes them. Touches the world.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// A file without a name in the directory's file system, where that can be had. All may use it whom
/// `mode` and the umask allow to.
#[cfg(not(target_os = "linux"))]
pub(crate) fn nameless(_: &Path, _mode: u32) -> Option<File> {
    None
}

/// A file without a name in the directory's file system, where that can be had. All may use it whom
/// `mode` and the umask allow to.
#[cfg(target_os = "linux")]
pub(crate) fn nameless(directory: &Path, mode: u32) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    openat(CWD, directory, flags, Mode::from_raw_mode(mode))
        .ok()
        .map(File::from)
}

/// Gives a nameless file its name.
///
/// # Errors
/// If the name is taken, or there are no links, or no `/proc` to make one of what has no name.
pub(crate) fn link(file: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    let descriptor = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, descriptor, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
