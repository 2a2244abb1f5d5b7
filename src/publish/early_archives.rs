//! Archives of large files, written into the cache while jobs are compiled.
//!
//! They have no names before it is known what to publish, so that of a run that ends there, nothing
//! is left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::beneath::DirectoryHandle;
use crate::resolve::import::{Keeper, Kept};
use crate::store::{Digest, StorePath};
use crate::unnamed_file::unnamed_file;

use super::draft::MODE;

/// The archives that were written ahead.
#[derive(Debug, Default)]
pub struct EarlyArchives {
    cache: PathBuf,
    /// The sizes of the archives that the cache has.
    sizes: OnceLock<BTreeSet<u64>>,
    whole: Whole,
}

type Whole = Arc<Mutex<BTreeMap<StorePath, (Digest, File)>>>;

impl EarlyArchives {
    /// For the cache in this directory, or the place for one.
    pub fn new(cache: &Path) -> Self {
        Self {
            cache: cache.to_owned(),
            ..Self::default()
        }
    }

    /// The archive of an object, if it was written ahead.
    pub(super) fn take(&self, path: &StorePath, nar: Digest) -> Option<File> {
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        let (digest, file) = whole.remove(path)?;
        (digest == nar).then_some(file)
    }

    /// Whether the cache has an archive that may well be that of a file of this many bytes. If it is
    /// not, the file is read once more; and if it is, all of it would have been written for nothing.
    fn may_have(&self, size: u64) -> bool {
        let sizes = self.sizes.get_or_init(|| {
            let entries = fs::read_dir(self.cache.join("nar"));
            let entries = entries.into_iter().flatten().filter_map(Result::ok);
            let sizes = entries.filter_map(|entry| Some(entry.metadata().ok()?.len()));
            sizes.collect()
        });
        sizes.range(size..=size + FRAME).next().is_some()
    }
}

/// An archive is not larger than its file by more than this.
const FRAME: u64 = 256;
/// A file of fewer bytes is as well read twice.
const LEAST: u64 = 4 << 20;

/// At most this many files are kept open.
const MOST: usize = 64;

impl Keeper for EarlyArchives {
    fn begin(&self, size: u64) -> Option<Box<dyn Kept>> {
        let whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = whole.len() >= MOST;
        drop(whole);
        if size < LEAST || is_full || self.may_have(size) {
            return None;
        }
        // The cache is made in the first directory upward that is there.
        let place = self.cache.ancestors().find(|place| place.is_dir())?;
        let place = DirectoryHandle::named(place).ok()?;
        Some(Box::new(Draft {
            file: BufWriter::with_capacity(BUFFER_SIZE, unnamed_file(&place, MODE)?),
            whole: Arc::clone(&self.whole),
        }))
    }
}

const BUFFER_SIZE: usize = 256 * 1024;

struct Draft {
    file: BufWriter<File>,
    whole: Whole,
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Kept for Draft {
    fn end(self: Box<Self>, path: &StorePath, nar: Digest) {
        // What does not reach the file is written again from the start.
        if let Ok(file) = self.file.into_inner() {
            let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
            whole.insert(path.clone(), (nar, file));
        }
    }
}
