//! Checkouts that a killed run has left in the temporary directory, where others have files, too.
//!
//! A run holds a lock on its directory for as long as it lives. The directory gets the name of a
//! checkout only with the lock on it, so that one without a lock belongs to no run. Nothing is
//! removed that another user owns or that a link leads to.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FlockOperation, flock, fstat, unlinkat};
use rustix::process::geteuid;

use crate::beneath::{self, FileKind};

const PREFIX: &str = "jobc-checkout-";
const UNFINISHED: &str = "jobc-new-checkout-";

/// Makes a directory in `base` that other runs leave alone as long as the lock is held; none where
/// the file system has no locks.
pub(super) fn make(base: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let directory = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempdir_in(base)?;
    let lock = File::open(directory.path())?;
    let is_locked = flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok();
    let unfinished = directory.keep();
    let random = unfinished.file_name().and_then(OsStr::to_str);
    let random = random.and_then(|name| name.strip_prefix(UNFINISHED));
    let path = base.join(format!("{PREFIX}{}", random.unwrap_or_default()));
    match fs::rename(&unfinished, &path) {
        Ok(()) => Ok((path, is_locked.then_some(lock))),
        Err(error) => {
            let _ = fs::remove_dir(&unfinished);
            Err(error)
        }
    }
}

/// Removes what killed runs of this user have left in `base`.
pub(super) fn remove(base: &Path) -> io::Result<()> {
    let base = File::open(base)?;
    for (name, kind) in beneath::entries(base.as_fd())? {
        if kind == FileKind::Directory && name.starts_with(PREFIX.as_bytes()) {
            let name = OsStr::from_bytes(&name);
            if let Some(directory) = unused(base.as_fd(), name) {
                // Of what cannot be removed, as much is removed as can be.
                let _ = empty(directory.as_fd());
                let _ = unlinkat(&base, name, AtFlags::REMOVEDIR);
            }
        }
    }
    Ok(())
}

/// The directory, if it is this user's and no run holds it. It is held until it is dropped.
fn unused(base: BorrowedFd<'_>, name: &OsStr) -> Option<OwnedFd> {
    let directory = beneath::open_directory(base, name).ok()?;
    let is_own = fstat(&directory).ok()?.st_uid == geteuid().as_raw();
    let is_unused = || flock(&directory, FlockOperation::NonBlockingLockExclusive).is_ok();
    (is_own && is_unused()).then_some(directory)
}

/// Removes all that is in a directory, following no link.
fn empty(directory: BorrowedFd<'_>) -> io::Result<()> {
    for (name, kind) in beneath::entries(directory)? {
        let name = OsStr::from_bytes(&name);
        let flags = if kind == FileKind::Directory {
            let inner = beneath::open_directory(directory, name)?;
            empty(inner.as_fd())?;
            AtFlags::REMOVEDIR
        } else {
            AtFlags::empty()
        };
        unlinkat(directory, name, flags)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{PREFIX, make, remove};

    #[test]
    fn what_no_run_holds_is_removed() {
        let base = tempfile::TempDir::new().unwrap();
        let (held, lock) = make(base.path()).unwrap();
        let (left, nothing) = make(base.path()).unwrap();
        drop(nothing);
        let keep = base.path().join("keep");
        for directory in [&held, &left, &keep] {
            fs::create_dir_all(directory.join("tree/a/b")).unwrap();
            fs::write(directory.join("tree/a/file"), "text").unwrap();
            symlink(&keep, directory.join("tree/link")).unwrap();
        }
        let link = base.path().join(format!("{PREFIX}link"));
        symlink(&keep, &link).unwrap();
        let file = base.path().join(format!("{PREFIX}file"));
        fs::write(&file, "text").unwrap();

        remove(base.path()).unwrap();
        assert!(!left.exists());
        for directory in [&held, &keep, &link] {
            assert!(directory.join("tree/a/file").is_file());
            assert!(directory.join("tree/a/b").is_dir());
        }
        assert!(file.is_file());
        if lock.is_none() {
            eprintln!("ignored: locks, which this file system does not have");
        }
        drop(lock);
        remove(base.path()).unwrap();
        assert!(!held.exists());
    }
}
