//! Temporary directories that are removed though a signal ends jobc; those of a run that was killed
//! are removed by the next one.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;
use std::{fs, thread};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::{emulate_default_handler, pipe};

use crate::run::world::ignored_signals;
use crate::scratch::{Scratch, Use, remove_left};

/// The directories that are there now.
static OPEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A directory that is removed with this value.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    _directory: Scratch,
}

impl Temporary {
    /// Makes a directory.
    pub(super) fn new() -> io::Result<Self> {
        static WATCHED: Once = Once::new();
        WATCHED.call_once(|| {
            // Without it, all that is lost is that a signal leaves the directory.
            let _ = watch();
            // The next run tries again.
            let _ = remove_left(&std::env::temp_dir(), Use::Checkout);
        });
        let mut open = open();
        let directory = Scratch::new(&std::env::temp_dir(), Use::Checkout)?;
        // Links in the path of the temporary directory would look like links of what is in it.
        let path = directory.path().canonicalize()?;
        open.insert(path.clone());
        Ok(Self {
            path,
            _directory: directory,
        })
    }

    /// Where it is, without links.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What is left is for the next run to remove.
        let _ = fs::remove_dir_all(&self.path);
        open().remove(&self.path);
    }
}

fn open() -> std::sync::MutexGuard<'static, BTreeSet<PathBuf>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for each signal that ends a program and is not ignored.
fn watch() -> io::Result<()> {
    let ignored = ignored_signals();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        if ignored >> (signal - 1) & 1 != 0 {
            continue;
        }
        let (mut reader, writer) = UnixStream::pair()?;
        pipe::register(signal, writer)?;
        thread::Builder::new().spawn(move || {
            if reader.read_exact(&mut [0]).is_ok() {
                remove_all();
                let _ = emulate_default_handler(signal);
            }
        })?;
    }
    Ok(())
}

/// Removes all directories, in which git may still be writing for a moment.
fn remove_all() {
    for directory in open().iter() {
        for _ in 0..50 {
            if fs::remove_dir_all(directory).is_ok() || !directory.exists() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
