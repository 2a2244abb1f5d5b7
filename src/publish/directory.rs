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

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::beneath::{DirectoryHandle, FileKind};
use crate::store::hash::Sha256Writer;
use crate::store::{CacheInfo, Compression, NarInfo, SecretKey, StoreDir, StorePath};

use super::cache_files::{Compared, narinfo, open, plain, read, size, write};
use super::draft::{self, Drafts, Existing};
use super::error::PublishError;
use super::object::Object;
use super::open_directory::OpenDirectory;

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

const NAR: &str = "nar";

/// The directories of a cache.
const OWN: [&str; 4] = [NAR, "realisations", "log", draft::DIRECTORY];

/// What may lie in a directory that is to become a cache.
const UNRELATED: [&str; 2] = ["lost+found", draft::DIRECTORY];
