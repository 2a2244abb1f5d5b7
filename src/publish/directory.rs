//! A binary cache that is a directory.
//!
//! ```text
//! nix-cache-info             what it is
//! HASH.narinfo               what is known of a store path
//! nar/FILEHASH.nar[.zst]     its archive
//! .jobc/                     files that are not finished, where they need a name
//! ```
//!
//! The directory itself may be a link; what lies in it may not: it would lead out of the cache. So
//! all of it is opened from the directory's descriptor.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::beneath::{DirectoryHandle, FileKind};
use crate::resolve::import::Importer;
use crate::store::hash::Sha256Writer;
use crate::store::{CacheInfo, Compression, NarInfo, SecretKey, StoreDir, StorePath};

use super::archive::{self, WriteError};
use super::draft::{self, Draft, Drafts, Existing};
use super::early_archives::EarlyArchives;
use super::error::PublishError;
use super::object::Object;
use super::packing::Packing;

/// A binary cache on this machine, or the place for one.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    /// None if it is not there yet.
    handle: Option<DirectoryHandle>,
    store_dir: StoreDir,
    is_cache: bool,
}

/// What a cache has of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// All of it.
    Whole,
    /// All but the signature that is wanted.
    Unsigned(Box<NarInfo>),
    /// Nothing, or something that is of no use.
    Missing,
}

/// What is compared of an archive that is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compared {
    /// Its size.
    #[default]
    Size,
    /// All of it.
    Contents,
}

/// Whether an archive is what its narinfo says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soundness {
    /// It is.
    Sound,
    /// It is not.
    Broken,
    /// It is packed in a way that only Nix can undo.
    Unknown,
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

impl Directory {
    /// Looks at a directory (absolute), or the place for one, without changing anything.
    ///
    /// # Errors
    /// If it is something else than a cache for these stores.
    pub fn look(path: &Path, store_dir: &StoreDir) -> Result<Self, PublishError> {
        let at = |handle, is_cache| Self {
            path: path.to_owned(),
            handle,
            store_dir: store_dir.clone(),
            is_cache,
        };
        let handle = match DirectoryHandle::named(path) {
            Ok(handle) => handle,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(at(None, false)),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                let path = path.to_owned();
                return Err(PublishError::NoDirectory { path });
            }
            Err(error) => return Err(PublishError::io("list", path)(error)),
        };
        let entries = handle.entries().map_err(PublishError::io("list", path))?;
        for name in OWN {
            plain(&handle, name, FileKind::Directory)?;
        }
        let name = CacheInfo::FILE_NAME;
        let file = path.join(name);
        plain(&handle, name, FileKind::File)?;
        if let Some(text) = read(&handle, name, CacheInfo::MAX_SIZE)? {
            let text = String::from_utf8_lossy(&text);
            let info = CacheInfo::parse(&text);
            let info = info.map_err(|error| PublishError::bad_info(file, &error))?;
            return match info.store_dir {
                Some(found) if found != *store_dir => Err(PublishError::OtherStore {
                    path: path.to_owned(),
                    found,
                    expected: store_dir.clone(),
                }),
                _ => Ok(at(Some(handle), true)),
            };
        }
        for (name, _) in entries {
            let name = String::from_utf8_lossy(&name).into_owned();
            if !UNRELATED.contains(&&*name) {
                let path = path.to_owned();
                return Err(PublishError::NoCache { path, found: name });
            }
        }
        Ok(at(Some(handle), false))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a cache already.
    pub fn is_cache(&self) -> bool {
        self.is_cache
    }

    /// What the cache has of an object.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn state(
        &self,
        object: &Object<'_>,
        key: Option<&SecretKey>,
        compared: Compared,
    ) -> Result<State, PublishError> {
        let Some(cache) = self.handle.as_ref().filter(|_| self.is_cache) else {
            return Ok(State::Missing);
        };
        let Some(text) = read(cache, &narinfo(object.path), NarInfo::MAX_SIZE)? else {
            return Ok(State::Missing);
        };
        // What is no narinfo is of no use, and is replaced.
        let info = str::from_utf8(&text)
            .ok()
            .and_then(|text| NarInfo::parse(text, &self.store_dir).ok());
        let Some(info) = info.filter(|info| object.is_said_by(info)) else {
            return Ok(State::Missing);
        };
        let expected = match info.compression {
            Compression::None => Some(info.nar_size),
            _ => info.file_size,
        };
        let Some((directory, name)) = self.archive_of(&info.url)? else {
            return Ok(State::Missing);
        };
        let Some(size) = size(&directory, name)? else {
            return Ok(State::Missing);
        };
        if expected.is_some_and(|expected| expected != size) || size == 0 {
            return Ok(State::Missing);
        }
        if compared == Compared::Contents && self.soundness(&info)? != Soundness::Sound {
            return Ok(State::Missing);
        }
        Ok(match key {
            Some(key) if !self.is_signed(&info, key) => State::Unsigned(Box::new(info)),
            _ => State::Whole,
        })
    }

    /// Whether the key signed it.
    pub fn is_signed(&self, info: &NarInfo, key: &SecretKey) -> bool {
        let fingerprint = info.fingerprint(&self.store_dir);
        let public = key.public();
        let signed = |signature| public.verify(&fingerprint, signature);
        info.signatures.iter().any(signed)
    }

    /// Whether the archive is what its narinfo says: all of it is read.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn soundness(&self, info: &NarInfo) -> Result<Soundness, PublishError> {
        let Some((directory, name)) = self.archive_of(&info.url)? else {
            return Ok(Soundness::Broken);
        };
        let Some(file) = open(&directory, name)? else {
            return Ok(Soundness::Broken);
        };
        let mut hasher = Sha256Writer::new();
        match info.compression {
            Compression::None => {
                let copied = io::copy(&mut file.take(info.nar_size), &mut hasher);
                copied.map_err(PublishError::io("read", &directory.path().join(name)))?;
            }
            Compression::Zstd => {
                // What is packed may be far more than it says.
                let limit = info.nar_size.saturating_add(1);
                let copied = zstd::Decoder::new(file)
                    .and_then(|archive| io::copy(&mut archive.take(limit), &mut hasher));
                if copied.is_err() {
                    return Ok(Soundness::Broken);
                }
            }
            _ => return Ok(Soundness::Unknown),
        }
        let found = hasher.finish();
        Ok(
            if found.hash == info.nar_hash && found.size == info.nar_size {
                Soundness::Sound
            } else {
                Soundness::Broken
            },
        )
    }

    /// Removes what the cache says of a path, and the archive at this URL, so that Nix writes both
    /// anew: it keeps whatever is there.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn forget(&self, path: &StorePath, url: Option<&str>) -> Result<(), PublishError> {
        let narinfo = narinfo(path);
        let mut files: Vec<(DirectoryHandle, &str)> = Vec::new();
        files.extend(self.handle.clone().map(|cache| (cache, &*narinfo)));
        if let Some(url) = url {
            files.extend(self.archive_of(url)?);
        }
        for (directory, name) in files {
            match directory.remove_file(name) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(PublishError::io("remove", &directory.path().join(name))(
                        error,
                    ));
                }
            }
        }
        Ok(())
    }

    /// Where the archive at this URL is, if it can be a file of the cache: its directory and its name
    /// there.
    fn archive_of<'u>(
        &self,
        url: &'u str,
    ) -> Result<Option<(DirectoryHandle, &'u str)>, PublishError> {
        let is_plain = |part: &str| !matches!(part, "" | "." | "..");
        if url.contains("://") || !url.split('/').all(is_plain) {
            return Ok(None);
        }
        let (directories, name) = url.rsplit_once('/').unwrap_or(("", url));
        let Some(mut at) = self.handle.clone() else {
            return Ok(None);
        };
        for part in directories.split('/').filter(|part| !part.is_empty()) {
            match at.directory(part) {
                Ok(Some(found)) => at = found,
                Ok(None) => return Ok(None),
                // What a link leads to is none of the cache.
                Err(error) if error.kind() == io::ErrorKind::Other => return Ok(None),
                Err(error) => {
                    return Err(PublishError::io("inspect", &at.path().join(part))(error));
                }
            }
        }
        Ok(Some((at, name)))
    }

    /// Makes it a cache.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn found(&mut self) -> Result<(), PublishError> {
        self.make().map(drop)
    }

    /// The same, opened.
    fn make(&mut self) -> Result<DirectoryHandle, PublishError> {
        let handle = match self.handle.take() {
            Some(handle) => handle,
            None => DirectoryHandle::named_or_made(&self.path)
                .map_err(PublishError::io("make", &self.path))?,
        };
        self.handle = Some(handle.clone());
        if !self.is_cache {
            // The first of all, so that another run that looks takes it for a cache.
            let info = CacheInfo::new(self.store_dir.clone()).to_string();
            write(
                &Drafts::new(&handle),
                &handle,
                CacheInfo::FILE_NAME,
                (info.as_bytes(), Existing::Keep),
            )?;
            self.is_cache = true;
        }
        Ok(handle)
    }

    /// Prepares to write to it, which makes it a cache.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn open(mut self) -> Result<OpenDirectory, PublishError> {
        let cache = self.make()?;
        let make = |name: &str| {
            plain(&cache, name, FileKind::Directory)?;
            let made = cache.directory_or_made(name);
            made.map_err(PublishError::io("make", &self.path.join(name)))
        };
        let nar = make(NAR)?;
        // Nix makes them all wherever it only reads, and fails where it may not.
        for name in ["realisations", "log"] {
            make(name)?;
        }
        Ok(OpenDirectory {
            drafts: Drafts::new(&cache),
            nar,
            cache,
            store_dir: self.store_dir,
        })
    }
}

fn narinfo(path: &StorePath) -> String {
    format!("{}.narinfo", path.hash())
}

/// What the archive that jobc writes is called in its directory.
fn archive_name(info: &NarInfo) -> &str {
    info.url.rsplit('/').next().unwrap_or(&info.url)
}

const NAR: &str = "nar";

/// The directories of a cache.
const OWN: [&str; 4] = [NAR, "realisations", "log", draft::DIRECTORY];

/// What may lie in a directory that is to become a cache.
const UNRELATED: [&str; 2] = ["lost+found", draft::DIRECTORY];

/// A binary cache on this machine that is written to.
#[derive(Debug)]
pub struct OpenDirectory {
    cache: DirectoryHandle,
    /// Where archives lie in it.
    nar: DirectoryHandle,
    store_dir: StoreDir,
    drafts: Drafts,
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

fn write(
    drafts: &Drafts,
    directory: &DirectoryHandle,
    name: &str,
    (contents, existing): (&[u8], Existing),
) -> Result<(), PublishError> {
    let written = drafts.begin().and_then(|draft| {
        let mut file = draft.file();
        file.write_all(contents)?;
        drafts.finish(draft, directory, name, existing)
    });
    written.map_err(PublishError::io("write", &directory.path().join(name)))
}

/// Refuses a link and whatever else has this name and is not of this kind.
fn plain(cache: &DirectoryHandle, name: &str, expected: FileKind) -> Result<(), PublishError> {
    let path = cache.path().join(name);
    match cache
        .kind(name)
        .map_err(PublishError::io("inspect", &path))?
    {
        None => Ok(()),
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(PublishError::NotPlain {
            path,
            is_link: found == FileKind::Link,
            expected: match expected {
                FileKind::Directory => "directory",
                _ => "file",
            },
        }),
    }
}

/// The size of a regular file, if it is there. A link is none.
fn size(directory: &DirectoryHandle, name: &str) -> Result<Option<u64>, PublishError> {
    let size = directory.size(name);
    size.map_err(PublishError::io("inspect", &directory.path().join(name)))
}

/// A regular file, if it is there; what would never end, or never begin, is not waited for.
fn open(directory: &DirectoryHandle, name: &str) -> Result<Option<File>, PublishError> {
    if size(directory, name)?.is_none() {
        return Ok(None);
    }
    let file = directory.file(name);
    file.map_err(PublishError::io("read", &directory.path().join(name)))
}

/// The contents of a regular file, if it is there; those of one that is too large are cut.
fn read(
    directory: &DirectoryHandle,
    name: &str,
    limit: usize,
) -> Result<Option<Vec<u8>>, PublishError> {
    let Some(file) = open(directory, name)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = file.take(limit as u64).read_to_end(&mut bytes);
    read.map_err(PublishError::io("read", &directory.path().join(name)))?;
    Ok(Some(bytes))
}
