//! Directories for one run, in a directory where others have files, too: those that a killed run has
//! left are removed by the next one. Touches the world.
//!
//! A run holds a lock on its directory for as long as it lives. The directory gets its name only with
//! the lock on it, so that one without a lock belongs to no run. Before it has that name, only its age
//! tells. Nothing is removed that another user owns or that a link leads to.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::{AtFlags, FlockOperation, Mode, fchmod, flock, fstat, unlinkat};
use rustix::process::geteuid;

use crate::beneath::{self, FileKind};

/// No run needs longer to lock and rename a directory that it has made.
const LONGEST_MAKING: Duration = Duration::from_secs(600);

/// What a directory is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A part of a revision.
    Checkout,
    /// What stands in for the store.
    Store,
    /// What Nix notes and reads.
    Nix,
    /// What a package is copied to before it is published.
    Push,
}

/// A directory that is removed with this value.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// Tells other runs that this one is alive, however it ends; none where the file system has no
    /// locks.
    _lock: Option<File>,
}

impl Use {
    /// How the names of such directories begin.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Checkout => "jobc-checkout-",
            Self::Store => "jobc-store-",
            Self::Nix => "jobc-nix-",
            Self::Push => "jobc-push-",
        }
    }

    /// The same, before they are locked.
    const fn unfinished(self) -> &'static str {
        match self {
            Self::Checkout => "jobc-new-checkout-",
            Self::Store => "jobc-new-store-",
            Self::Nix => "jobc-new-nix-",
            Self::Push => "jobc-new-push-",
        }
    }
}

impl Scratch {
    /// Makes a directory in `base`.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn new(base: &Path, usage: Use) -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix(usage.unfinished())
            .tempdir_in(base)?;
        let lock = File::open(directory.path())?;
        let is_locked = flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok();
        let random = directory.path().file_name().and_then(OsStr::to_str);
        let random = random.and_then(|name| name.strip_prefix(usage.unfinished()));
        let path = base.join(format!("{}{}", usage.prefix(), random.unwrap_or_default()));
        fs::rename(directory.path(), &path)?;
        // Its name is another one by now.
        let _ = directory.keep();
        Ok(Self {
            path,
            _lock: is_locked.then_some(lock),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left is for the next run to remove.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes what killed runs of this user have left in `base`.
///
/// # Errors
/// If it cannot be listed.
pub fn remove_left(base: &Path, usage: Use) -> io::Result<()> {
    let base = File::open(base)?;
    for (name, kind) in beneath::entries(base.as_fd())? {
        let is_finished = name.starts_with(usage.prefix().as_bytes());
        let is_own = is_finished || name.starts_with(usage.unfinished().as_bytes());
        if kind == FileKind::Directory && is_own {
            let name = OsStr::from_bytes(&name);
            let directory = unused(base.as_fd(), name);
            if let Some(directory) = directory.filter(|it| is_finished || is_old(it)) {
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

/// Whether no run can still be making the directory.
fn is_old(directory: &OwnedFd) -> bool {
    let changed = fstat(directory).ok().and_then(|it| {
        let seconds = u64::try_from(it.st_mtime).ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    });
    let age = changed.and_then(|changed| changed.elapsed().ok());
    age.is_some_and(|age| age > LONGEST_MAKING)
}

/// Removes all that is in a directory, following no link.
fn empty(directory: BorrowedFd<'_>) -> io::Result<()> {
    // Objects of a store may not be written to.
    let _ = fchmod(directory, Mode::RWXU);
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
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::SystemTime;

    use super::{LONGEST_MAKING, Scratch, Use, remove_left};

    #[test]
    fn what_was_never_locked_is_removed_when_it_is_old() {
        let base = tempfile::TempDir::new().unwrap();
        let making = |name: &str| base.path().join(format!("jobc-new-checkout-{name}"));
        for directory in [making("old"), making("young")] {
            fs::create_dir(directory).unwrap();
        }
        let old = SystemTime::now() - 2 * LONGEST_MAKING;
        let directory = fs::File::open(making("old")).unwrap();
        directory.set_modified(old).unwrap();
        drop(directory);
        remove_left(base.path(), Use::Checkout).unwrap();
        assert!(!making("old").exists() && making("young").is_dir());
    }

    #[test]
    fn what_no_run_holds_is_removed() {
        let base = tempfile::TempDir::new().unwrap();
        let held = Scratch::new(base.path(), Use::Store).unwrap();
        let left = base.path().join("jobc-store-left");
        let other = base.path().join("jobc-nix-other");
        let keep = base.path().join("keep");
        for directory in [held.path(), &left, &other, &keep] {
            fs::create_dir_all(directory.join("tree/a/b")).unwrap();
            fs::write(directory.join("tree/a/file"), "text").unwrap();
            symlink(&keep, directory.join("tree/link")).unwrap();
            let fixed = fs::Permissions::from_mode(0o555);
            fs::set_permissions(directory.join("tree/a"), fixed).unwrap();
        }
        let link = base.path().join("jobc-store-link");
        symlink(&keep, &link).unwrap();
        let file = base.path().join("jobc-store-file");
        fs::write(&file, "text").unwrap();

        remove_left(base.path(), Use::Store).unwrap();
        assert!(!left.exists());
        for directory in [held.path(), &other, &keep, &link] {
            assert!(directory.join("tree/a/file").is_file());
            assert!(directory.join("tree/a/b").is_dir());
        }
        assert!(file.is_file());
        let path = held.path().to_owned();
        drop(held);
        remove_left(base.path(), Use::Store).unwrap();
        assert!(!path.exists());
        for directory in [&other, &keep] {
            // So that the test's own directory can be removed.
            let usual = fs::Permissions::from_mode(0o755);
            fs::set_permissions(directory.join("tree/a"), usual).unwrap();
        }
    }
}
