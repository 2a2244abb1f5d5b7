//! A binary cache that is a directory.
//!
//! ```text
//! nix-cache-info             what it is
//! HASH.narinfo               what is known of a store path
//! nar/FILEHASH.nar[.zst]     its archive
//! .jobc/                     files that are not finished, where they need a name
//! ```
//!
//! The directory itself may be a link; what lies in it may not: it would lead out of the cache.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::resolve::import::Importer;
use crate::store::hash::Sha256Writer;
use crate::store::{CacheInfo, Compression, NarInfo, SecretKey, StoreDir, StorePath};

use super::ahead::Ahead;
use super::archive::{self, WriteError};
use super::draft::{self, Draft, Drafts, Existing};
use super::error::PublishError;
use super::object::Object;
use super::packing::Packing;

/// A binary cache on this machine, or the place for one.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
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
    pub ahead: Option<&'a Ahead>,
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
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::at(path, store_dir, false));
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                let path = path.to_owned();
                return Err(PublishError::NoDirectory { path });
            }
            Err(error) => return Err(PublishError::io("list", path)(error)),
        };
        for name in OWN {
            plain(&path.join(name), Kind::Directory)?;
        }
        let file = path.join(CacheInfo::FILE_NAME);
        plain(&file, Kind::File)?;
        if let Some(text) = read(&file, CacheInfo::MAX_SIZE)? {
            let text = String::from_utf8_lossy(&text);
            let info = CacheInfo::parse(&text);
            let info = info.map_err(|error| PublishError::bad_info(file, &error))?;
            return match info.store_dir {
                Some(found) if found != *store_dir => Err(PublishError::OtherStore {
                    path: path.to_owned(),
                    found,
                    expected: store_dir.clone(),
                }),
                _ => Ok(Self::at(path, store_dir, true)),
            };
        }
        for entry in entries {
            let entry = entry.map_err(PublishError::io("list", path))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !UNRELATED.contains(&&*name) {
                let path = path.to_owned();
                return Err(PublishError::NoCache { path, found: name });
            }
        }
        Ok(Self::at(path, store_dir, false))
    }

    fn at(path: &Path, store_dir: &StoreDir, is_cache: bool) -> Self {
        Self {
            path: path.to_owned(),
            store_dir: store_dir.clone(),
            is_cache,
        }
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
        if !self.is_cache {
            return Ok(State::Missing);
        }
        let Some(text) = read(&self.narinfo(object), NarInfo::MAX_SIZE)? else {
            return Ok(State::Missing);
        };
        // What is no narinfo is of no use to anybody, and is replaced.
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
        let Some(archive) = self.archive_of(&info.url) else {
            return Ok(State::Missing);
        };
        let Some(size) = size(&archive)? else {
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
        let Some(path) = self.archive_of(&info.url) else {
            return Ok(Soundness::Broken);
        };
        let Some(file) = open(&path)? else {
            return Ok(Soundness::Broken);
        };
        let mut hasher = Sha256Writer::new();
        match info.compression {
            Compression::None => {
                let copied = io::copy(&mut file.take(info.nar_size), &mut hasher);
                copied.map_err(PublishError::io("read", &path))?;
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
        let narinfo = self.path.join(format!("{}.narinfo", path.hash()));
        let archive = url.and_then(|url| self.archive_of(url));
        for file in [Some(narinfo), archive].into_iter().flatten() {
            match fs::remove_file(&file) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(PublishError::io("remove", &file)(error)),
            }
        }
        Ok(())
    }

    /// Where the archive at this URL is, if it is a file of the cache.
    fn archive_of(&self, url: &str) -> Option<PathBuf> {
        let is_plain = |part: &str| !matches!(part, "" | "." | "..");
        let inside = !url.contains("://") && url.split('/').all(is_plain);
        inside.then(|| self.path.join(url))
    }

    /// Makes it a cache.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn found(&mut self) -> Result<(), PublishError> {
        if self.is_cache {
            return Ok(());
        }
        fs::create_dir_all(&self.path).map_err(PublishError::io("make", &self.path))?;
        // The first of all, so that another run that looks takes it for a cache.
        let path = self.path.join(CacheInfo::FILE_NAME);
        let info = CacheInfo::new(self.store_dir.clone()).to_string();
        write(
            &Drafts::new(&self.path),
            &path,
            info.as_bytes(),
            Existing::Keep,
        )?;
        self.is_cache = true;
        Ok(())
    }

    /// Prepares to write to it, which makes it a cache.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn open(mut self) -> Result<OpenDirectory, PublishError> {
        self.found()?;
        // Nix makes them all wherever it only reads, and fails where it may not.
        for name in [NAR, "realisations", "log"] {
            let path = self.path.join(name);
            plain(&path, Kind::Directory)?;
            fs::create_dir_all(&path).map_err(PublishError::io("make", &path))?;
        }
        Ok(OpenDirectory {
            drafts: Drafts::new(&self.path),
            directory: self,
        })
    }

    fn narinfo(&self, object: &Object<'_>) -> PathBuf {
        self.path.join(format!("{}.narinfo", object.path.hash()))
    }
}

const NAR: &str = "nar";

/// The directories of a cache.
const OWN: [&str; 4] = [NAR, "realisations", "log", draft::DIRECTORY];

/// What may lie in a directory that is to become a cache.
const UNRELATED: [&str; 2] = ["lost+found", draft::DIRECTORY];

/// A binary cache on this machine that is written to.
#[derive(Debug)]
pub struct OpenDirectory {
    directory: Directory,
    drafts: Drafts,
}

impl OpenDirectory {
    /// Writes an object's archive, unless it is there. Nobody sees it before the narinfo.
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
                && size(&self.directory.path.join(&info.url))? == Some(object.nar.size);
            if there {
                moved(object.nar.size);
                return Ok(Written(info));
            }
            if let Some(file) = how.ahead.and_then(|it| it.take(object.path, object.nar)) {
                let path = self.directory.path.join(&info.url);
                let finished = self.drafts.finish(file.into(), &path, Existing::Replace);
                finished.map_err(PublishError::io("write", &path))?;
                moved(object.nar.size);
                return Ok(Written(info));
            }
        }
        let nars = self.directory.path.join("nar");
        let draft = self.begin(&nars)?;
        let packing = (&compression, how.packing.level());
        let sizes = archive::write(object, how.importer, packing, draft.file(), moved);
        let sizes = sizes.map_err(|error| match error {
            WriteError::File(error) => PublishError::io("write to", &nars)(error),
            WriteError::Publish(error) => error,
        })?;
        let info = object.narinfo(compression, sizes.file);
        let path = self.directory.path.join(&info.url);
        let existing = if how.compared == Compared::Size && size(&path)? == Some(sizes.file.size) {
            Existing::Keep
        } else {
            Existing::Replace
        };
        let finished = self.drafts.finish(draft, &path, existing);
        finished.map_err(PublishError::io("write", &path))?;
        Ok(Written(info))
    }

    /// Says that an object is there, whose archive is, and all that it refers to.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn announce(&self, written: &Written, key: Option<&SecretKey>) -> Result<(), PublishError> {
        let Written(info) = written;
        let mut info = info.clone();
        let store_dir = &self.directory.store_dir;
        if let Some(key) = key {
            info.signatures.push(key.sign(&info.fingerprint(store_dir)));
            info.signatures.sort_by_cached_key(ToString::to_string);
            info.signatures.dedup();
        }
        let name = format!("{}.narinfo", info.store_path.hash());
        let path = self.directory.path.join(name);
        let text = info.display(store_dir).to_string();
        write(&self.drafts, &path, text.as_bytes(), Existing::Replace)
    }

    /// Brings the archives to the disk, so that no narinfo survives a power failure without them.
    ///
    /// # Errors
    /// If the machine cannot.
    pub fn settle(&self) -> Result<(), PublishError> {
        let path = &self.directory.path;
        sync(path).map_err(PublishError::io("sync", path))
    }

    fn begin(&self, place: &Path) -> Result<Draft, PublishError> {
        self.drafts
            .begin()
            .map_err(PublishError::io("write to", place))
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
fn sync(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs::File::open(path)?)?)
}

/// Brings all file systems to the disk: here, there is no way to do so with one.
#[cfg(not(target_os = "linux"))]
fn sync(_: &Path) -> io::Result<()> {
    rustix::fs::sync();
    Ok(())
}

fn write(
    drafts: &Drafts,
    path: &Path,
    contents: &[u8],
    existing: Existing,
) -> Result<(), PublishError> {
    let written = drafts.begin().and_then(|draft| {
        let mut file = draft.file();
        file.write_all(contents)?;
        drafts.finish(draft, path, existing)
    });
    written.map_err(PublishError::io("write", path))
}

/// What has to be under a name, if anything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
}

/// Refuses a link and whatever else is no file or directory of its own.
fn plain(path: &Path, kind: Kind) -> Result<(), PublishError> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(PublishError::io("inspect", path)(error)),
    };
    let is = match kind {
        Kind::File => metadata.is_file(),
        Kind::Directory => metadata.is_dir(),
    };
    if is {
        return Ok(());
    }
    Err(PublishError::NotPlain {
        path: path.to_owned(),
        is_link: metadata.is_symlink(),
        expected: match kind {
            Kind::File => "file",
            Kind::Directory => "directory",
        },
    })
}

/// The size of a regular file, if it is there. A link is none.
fn size(path: &Path) -> Result<Option<u64>, PublishError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PublishError::io("inspect", path)(error)),
    }
}

/// A regular file, if it is there; what would never end, or never begin, is not waited for.
fn open(path: &Path) -> Result<Option<fs::File>, PublishError> {
    let Some(_) = size(path)? else {
        return Ok(None);
    };
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    let file = opened.map_err(PublishError::io("read", path))?;
    let metadata = file.metadata().map_err(PublishError::io("inspect", path))?;
    Ok(metadata.is_file().then_some(file))
}

/// The contents of a regular file, if it is there; those of one that is too large are cut.
fn read(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, PublishError> {
    let Some(file) = open(path)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = file.take(limit as u64).read_to_end(&mut bytes);
    read.map_err(PublishError::io("read", path))?;
    Ok(Some(bytes))
}
