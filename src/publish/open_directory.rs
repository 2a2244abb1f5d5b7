//! A binary cache that is a directory, while it is written to. Touches the world.

use std::io;

use crate::beneath::DirectoryHandle;
use crate::resolve::import::Importer;
use crate::store::{Compression, NarInfo, SecretKey, StoreDir};

use super::archive::{self, WriteError};
use super::cache_files::{Compared, archive_name, narinfo, size, write};
use super::draft::{Draft, Drafts, Existing};
use super::early_archives::EarlyArchives;
use super::error::PublishError;
use super::object::Object;
use super::packing::Packing;

/// A binary cache on this machine that is written to.
#[derive(Debug)]
pub struct OpenDirectory {
    pub(super) cache: DirectoryHandle,
    /// Where archives lie in it.
    pub(super) nar: DirectoryHandle,
    pub(super) store_dir: StoreDir,
    pub(super) drafts: Drafts,
}

/// An archive that is in the cache, and what will be said of it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written(NarInfo);

/// How archives are made.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// Reads what lies in the workspace.
    pub importer: &'a Importer,
    /// What was read and written already.
    pub ahead: Option<&'a EarlyArchives>,
    /// How they are packed.
    pub packing: Packing,
    /// What is compared before one that is there is used.
    pub compared: Compared,
}

impl OpenDirectory {
    /// Writes an object's archive, unless it is there. It is not read before its narinfo is there.
    ///
    /// # Errors
    /// If the object is not what it was when the job was compiled, or the machine cannot.
    pub fn archive(
        &self,
        object: &Object<'_>,
        how: &How<'_>,
        moved: &(dyn Fn(u64) + Sync),
    ) -> Result<Written, PublishError> {
        let compression = how.packing.compression();
        if compression == Compression::None {
            let info = object.narinfo(compression.clone(), object.nar);
            let there = how.compared == Compared::Size
                && size(&self.nar, archive_name(&info))? == Some(object.nar.size);
            if there {
                moved(object.nar.size);
                return Ok(Written(info));
            }
            if let Some(file) = how.ahead.and_then(|it| it.take(object.path, object.nar)) {
                self.finish(Draft::Nameless(file), &info, Existing::Replace)?;
                moved(object.nar.size);
                return Ok(Written(info));
            }
        }
        let nars = self.nar.path();
        let draft = self
            .drafts
            .begin()
            .map_err(PublishError::io("write to", nars))?;
        let packing = (&compression, how.packing.level());
        let sizes = archive::write(object, how.importer, packing, draft.file(), moved);
        let sizes = sizes.map_err(|error| match error {
            WriteError::File(error) => PublishError::io("write to", nars)(error),
            WriteError::Publish(error) => error,
        })?;
        let info = object.narinfo(compression, sizes.file);
        let there = size(&self.nar, archive_name(&info))?;
        let existing = if how.compared == Compared::Size && there == Some(sizes.file.size) {
            Existing::Keep
        } else {
            Existing::Replace
        };
        self.finish(draft, &info, existing)?;
        Ok(Written(info))
    }

    /// Gives an archive its name.
    fn finish(&self, draft: Draft, info: &NarInfo, existing: Existing) -> Result<(), PublishError> {
        let name = archive_name(info);
        let finished = self.drafts.finish(draft, &self.nar, name, existing);
        finished.map_err(PublishError::io("write", &self.nar.path().join(name)))
    }

    /// Says that an object is there, whose archive is, and all that it refers to.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn announce(&self, written: &Written, key: Option<&SecretKey>) -> Result<(), PublishError> {
        let Written(info) = written;
        let mut info = info.clone();
        let store_dir = &self.store_dir;
        if let Some(key) = key {
            info.signatures.push(key.sign(&info.fingerprint(store_dir)));
            info.signatures.sort_by_cached_key(ToString::to_string);
            info.signatures.dedup();
        }
        let text = info.display(store_dir).to_string();
        write(
            &self.drafts,
            &self.cache,
            &narinfo(&info.store_path),
            (text.as_bytes(), Existing::Replace),
        )
    }

    /// Brings the archives to the disk, so that no narinfo survives a power failure without them.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn settle(&self) -> Result<(), PublishError> {
        sync(&self.cache).map_err(PublishError::io("sync", self.cache.path()))
    }
}

impl Written {
    /// What is said so far.
    pub fn info(&self) -> &NarInfo {
        &self.0
    }
}

impl From<NarInfo> for Written {
    /// Of an archive that is there, with what is said of it so far.
    fn from(info: NarInfo) -> Self {
        Self(info)
    }
}

/// Brings the file system of a directory to the disk.
#[cfg(target_os = "linux")]
fn sync(directory: &DirectoryHandle) -> io::Result<()> {
    Ok(rustix::fs::syncfs(directory.to_list()?)?)
}

/// Brings all file systems to the disk: here, there is no way to do so with one.
#[cfg(not(target_os = "linux"))]
fn sync(_: &DirectoryHandle) -> io::Result<()> {
    rustix::fs::sync();
    Ok(())
}
