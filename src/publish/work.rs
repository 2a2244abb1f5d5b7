//! What is left to do in a directory, and doing it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::parallel::in_parallel;
use crate::store::{NarInfo, SecretKey, StorePath};

use super::cache_files::Compared;
use super::directory::{Directory, State};
use super::error::PublishError;
use super::object::Object;
use super::open_directory::{How, OpenDirectory, Written};

/// What is left to do in a binary cache that is a directory.
#[derive(Debug)]
pub struct Work<'a> {
    directory: Directory,
    /// What the cache does not have.
    pub missing: Vec<Object<'a>>,
    /// What it has, and what only lacks a signature.
    unsigned: Vec<Written>,
    /// How many objects need nothing.
    pub whole: usize,
}

impl<'a> Work<'a> {
    /// Looks up which of the objects the cache has.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn new(
        directory: Directory,
        objects: Vec<Object<'a>>,
        key: Option<&SecretKey>,
        compared: Compared,
    ) -> Result<Self, PublishError> {
        let state = |object: &Object<'a>| directory.state(object, key, compared);
        let states = in_parallel(&objects, state, |_| {});
        let mut work = Self {
            directory,
            missing: Vec::new(),
            unsigned: Vec::new(),
            whole: 0,
        };
        for (object, state) in objects.into_iter().zip(states) {
            match state? {
                State::Whole => work.whole += 1,
                State::Unsigned(info) => work.unsigned.push((*info).into()),
                State::Missing => work.missing.push(object),
            }
        }
        Ok(work)
    }

    /// Signs these, too, which others put there, unless the key did already.
    pub fn sign(&mut self, others: Vec<NarInfo>, key: &SecretKey) {
        let directory = &self.directory;
        let unsigned = others
            .into_iter()
            .filter(|info| !directory.is_signed(info, key));
        self.unsigned.extend(unsigned.map(Written::from));
    }

    /// Removes what is of no use there; see [`Directory::forget`].
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn forget(&self, path: &StorePath, url: Option<&str>) -> Result<(), PublishError> {
        self.directory.forget(path, url)
    }

    /// Where it is to be done.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Makes the directory a cache, so that others can write to it first.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn found(&mut self) -> Result<(), PublishError> {
        self.directory.found()
    }

    /// What is there and gets a signature.
    pub fn unsigned(&self) -> impl Iterator<Item = &NarInfo> {
        self.unsigned.iter().map(Written::info)
    }

    /// How many bytes of archives are missing.
    pub fn size(&self) -> u64 {
        let sizes = self.missing.iter().map(|object| object.nar.size);
        sizes.fold(0, u64::saturating_add)
    }

    /// Does it; `moved` is told how many bytes of archives went into the cache.
    ///
    /// # Errors
    /// If an object is not what it was when its job was compiled, or the machine cannot. What is in
    /// the cache is whole even then.
    pub fn finish(
        self,
        how: &How<'_>,
        key: Option<&SecretKey>,
        moved: &(dyn Fn(u64) + Sync),
    ) -> Result<(), PublishError> {
        let nothing = self.missing.is_empty() && self.unsigned.is_empty();
        if nothing && self.directory.is_cache() {
            return Ok(());
        }
        let cache = self.directory.open()?;
        let written = all(&self.missing, |object| cache.archive(object, how, moved))?;
        cache.settle()?;
        announce(&cache, &self.unsigned, key)?;
        // What others refer to, and then these.
        let mut rest = &written[..];
        for layer in self.missing.chunk_by(|one, next| one.layer == next.layer) {
            let (now, later) = rest.split_at(layer.len());
            announce(&cache, now, key)?;
            rest = later;
        }
        Ok(())
    }
}

fn announce(
    cache: &OpenDirectory,
    written: &[Written],
    key: Option<&SecretKey>,
) -> Result<(), PublishError> {
    all(written, |written| cache.announce(written, key)).map(|_| ())
}

/// Does `work` for all items at once; the first error ends it.
fn all<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, PublishError> + Sync,
) -> Result<Vec<R>, PublishError> {
    let failed = AtomicBool::new(false);
    let once = |item: &T| {
        if failed.load(Ordering::Relaxed) {
            return None;
        }
        let result = work(item);
        if result.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        Some(result)
    };
    // Where one is missing, another has failed.
    in_parallel(items, once, |_| {})
        .into_iter()
        .flatten()
        .collect()
}
