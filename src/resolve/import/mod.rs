//! Files and directories of the workspace as store objects: what `nix-store --add` would make of
//! them, without Nix.
//!
//! Part of resolving: a path in a definition becomes the store path of what lies there. Touches
//! the world, but only reads it. Contents stream through the hash, so no file is ever in memory.
//!
//! A node sees nothing but the object, and only the workspace may be published. So links
//! are kept and never followed, except in the path that leads to the object; what leads out of
//! the workspace is refused, and so is all that is not a file, a directory or a link.

mod error;
mod hashing_thread;
mod ignored;
mod imported;
mod keep;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::error::{Fault, ImportError};
pub use self::hashing_thread::ThreadedHasher;
pub use self::ignored::{Ignored, size};
pub use self::imported::Imported;
pub use self::keep::{Keeper, Kept};

use self::ignored::Ignoring;
use self::keep::Also;
use self::walk::{Opened, Seen};
use crate::beneath::{
    self, Enclosure, FileKind, OpenError, destination, in_repository, places, without_dots,
};
use crate::store::content_address::store_path;
use crate::store::hash::Sha256Writer;
use crate::store::{ContentAddress, Digest, StoreDir, StorePathName};

/// The directories that were imported from, with the links in their paths followed. Most imports
/// share theirs with others.
#[derive(Debug, Default)]
pub struct Directories(BTreeMap<PathBuf, PathBuf>);

/// Imports from one workspace.
#[derive(Debug, Clone)]
pub struct Importer {
    /// The workspace as the caller names it.
    named_root: PathBuf,
    workspace: Enclosure,
    store_dir: StoreDir,
    forbidden: Vec<PathBuf>,
    keeper: Option<Arc<dyn Keeper>>,
    ignoring: Option<Ignoring>,
}

impl Importer {
    /// Prepares to import from a workspace.
    ///
    /// The forbidden directories, such as the one that the compiler writes to, may not overlap an
    /// import. They are forbidden whether or not they exist, so that the first run decides as the
    /// second.
    ///
    /// # Errors
    /// If the workspace cannot be found.
    pub fn new(
        workspace_root: &Path,
        store_dir: StoreDir,
        forbidden: &[PathBuf],
    ) -> Result<Self, ImportError> {
        let workspace = Enclosure::new(workspace_root)
            .map_err(|source| ImportError::of_lookup(workspace_root, source))?;
        Ok(Self {
            named_root: workspace_root.to_owned(),
            workspace,
            store_dir,
            forbidden: forbidden.iter().flat_map(|path| places(path)).collect(),
            keeper: None,
            ignoring: None,
        })
    }

    /// Lets `keeper` keep the archives of large files that are imported.
    pub fn keep(&mut self, keeper: Arc<dyn Keeper>) {
        self.keeper = Some(keeper);
    }

    /// Asks `ignored` what version control ignores.
    pub fn ask_what_is_ignored(&mut self, of: Arc<dyn Ignored>) {
        self.ignoring = Some(Ignoring::new(of));
    }

    /// What version control ignores inside of an imported directory, outermost paths only, sorted.
    pub fn ignored(&self, imported: &Imported) -> Vec<PathBuf> {
        let ignoring = self.ignoring.as_ref();
        ignoring.map_or(Vec::new(), |it| it.inside(imported, self.workspace.root()))
    }

    /// Computes the store path of an absolute path's file or directory.
    ///
    /// # Errors
    /// If it may not be imported, cannot be read, or changes while it is read.
    pub fn import(&self, path: &Path) -> Result<Imported, ImportError> {
        self.import_from(&mut Directories::default(), path)
    }

    /// As [`import`](Self::import), for one of several paths in the same few directories.
    ///
    /// # Errors
    /// As for importing.
    pub fn import_from(
        &self,
        directories: &mut Directories,
        path: &Path,
    ) -> Result<Imported, ImportError> {
        let object = self.locate(path, directories)?;
        let name = object.name.clone();
        let place = object.path.clone();
        let size = object.size()?;
        if size.is_some_and(|size| size < SMALL_FILE) {
            let (hasher, seen) = object.write(Sha256Writer::new())?;
            return Ok(self.imported(&name, place, hasher.finish(), seen));
        }
        let keeper = self.keeper.as_ref().zip(size);
        let sink = Also {
            sink: ThreadedHasher::new(),
            kept: keeper.and_then(|(keeper, size)| keeper.begin(size)),
        };
        let (Also { sink, kept }, seen) = object.write(sink)?;
        let digest = sink.finish().map_err(ImportError::Sink)?;
        let imported = self.imported(&name, place, digest, seen);
        if let Some(kept) = kept {
            kept.end(&imported.store_path, digest);
        }
        Ok(imported)
    }

    /// Writes the archive of what [`import`](Self::import) imports, and returns the sink.
    ///
    /// # Errors
    /// As for importing, and if the sink fails.
    pub fn archive<W: Write>(&self, path: &Path, sink: W) -> Result<W, ImportError> {
        let object = self.locate(path, &mut Directories::default())?;
        object.write(sink).map(|(sink, _)| sink)
    }

    /// The files that it imports from.
    pub fn workspace(&self) -> &Enclosure {
        &self.workspace
    }

    /// Opens the file at an absolute path, which has been imported, to read it once more.
    ///
    /// # Errors
    /// If it is no file of the workspace any more, or cannot be opened.
    pub fn open(&self, path: &Path) -> Result<File, OpenError> {
        self.workspace.file(path)
    }

    fn imported(
        &self,
        name: &StorePathName,
        place: PathBuf,
        digest: Digest,
        seen: Seen,
    ) -> Imported {
        let address = ContentAddress::Source(digest.hash);
        let store_path = store_path(&self.store_dir, name, &address, &BTreeSet::new())
            .expect("there are no references that could be refused");
        Imported {
            store_path,
            nar: digest,
            dangling: seen.dangling,
            suspects: seen.suspects,
            repositories: seen.repositories,
            place,
        }
    }

    /// Finds the object, opens it, and decides whether its place allows to import it.
    fn locate(&self, path: &Path, directories: &mut Directories) -> Result<Object, ImportError> {
        for _ in 1..MOST_TRIES {
            match self.locate_once(path, directories) {
                // What it has become meanwhile says whether it may be imported.
                Err(ImportError::Vanished { .. }) => directories.forget(path),
                located => return located,
            }
        }
        self.locate_once(path, directories)
    }

    fn locate_once(
        &self,
        path: &Path,
        directories: &mut Directories,
    ) -> Result<Object, ImportError> {
        let resolved = self.resolve(path, directories)?;
        let (parent, file_name) = match resolved.strip_prefix(self.workspace.root()) {
            Err(_) => {
                return Err(ImportError::Outside {
                    path: path.to_owned(),
                    resolved,
                });
            }
            Ok(rest) if in_repository(rest) => {
                let path = path.to_owned();
                return Err(ImportError::Repository { path });
            }
            Ok(rest) => match (rest.parent(), rest.file_name()) {
                (Some(parent), Some(name)) => (parent, name),
                _ => {
                    return Err(ImportError::WorkspaceRoot {
                        path: path.to_owned(),
                    });
                }
            },
        };
        let failed = |action| {
            let resolved = &resolved;
            move |source| ImportError::io(resolved, action, source)
        };
        let directory = self.workspace.directory(parent).map_err(|source| {
            let is_file = |found: fs::Metadata| found.is_file();
            let parent = resolved.parent().map(fs::symlink_metadata);
            if parent.is_some_and(|parent| parent.is_ok_and(is_file)) {
                return ImportError::of_lookup(path, source);
            }
            failed("open")(source)
        })?;
        let kind = beneath::kind(directory.as_fd(), file_name)
            .map_err(|source| ImportError::of_lookup(path, source))?;
        if kind == FileKind::Link {
            let target = beneath::read_link(directory.as_fd(), file_name)
                .map_err(failed("read the link"))?;
            return Err(ImportError::Symlink {
                path: path.to_owned(),
                target,
            });
        }
        let name = file_name.to_string_lossy();
        let name = name.parse().map_err(|reason| ImportError::Name {
            path: path.to_owned(),
            reason,
        })?;
        let overlaps =
            |place: &&PathBuf| place.starts_with(&resolved) || resolved.starts_with(place);
        if let Some(place) = self.forbidden.iter().find(overlaps) {
            return Err(ImportError::Forbidden {
                path: path.to_owned(),
                directory: place.clone(),
            });
        }
        let opened = match kind {
            FileKind::File => beneath::open_file(directory.as_fd(), file_name)
                .map(Opened::File)
                .map_err(failed("open"))?,
            FileKind::Directory => beneath::open_directory(directory.as_fd(), file_name)
                .map(Opened::Directory)
                .map_err(failed("list"))?,
            special => {
                return Err(ImportError::Special {
                    path: resolved,
                    special,
                });
            }
        };
        Ok(Object {
            depth: parent.components().count() + 1,
            path: resolved,
            name,
            opened,
        })
    }

    /// Follows the links in the path, but not one at its end.
    fn resolve(&self, path: &Path, directories: &mut Directories) -> Result<PathBuf, ImportError> {
        let resolved = match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => directories.follow(parent).map(|real| real.join(name)),
            // It ends in `..`, or is `/`.
            _ => fs::canonicalize(path),
        };
        resolved.map_err(|source| match path.strip_prefix(&self.named_root) {
            Ok(rest) if walk::rise(rest) > 0 => ImportError::Outside {
                path: path.to_owned(),
                resolved: without_dots(path),
            },
            _ if source.kind() == io::ErrorKind::NotFound => {
                // A link that leads out does so whether or not there is something.
                let resolved = destination(path);
                let path = path.to_owned();
                match resolved.strip_prefix(self.workspace.root()) {
                    Ok(below) if in_repository(below) => ImportError::Repository { path },
                    Ok(_) => ImportError::Missing { path },
                    Err(_) => ImportError::Outside { path, resolved },
                }
            }
            _ => ImportError::of_lookup(path, source),
        })
    }
}

impl Directories {
    fn follow(&mut self, directory: &Path) -> io::Result<&Path> {
        if !self.0.contains_key(directory) {
            let real = fs::canonicalize(directory)?;
            self.0.insert(directory.to_owned(), real);
        }
        Ok(&self.0[directory])
    }

    /// Follows the links in a path once more when it is asked for next.
    fn forget(&mut self, path: &Path) {
        if let Some(parent) = path.parent() {
            self.0.remove(parent);
        }
    }
}

/// Something that changes faster than this many tries is told to have vanished.
const MOST_TRIES: usize = 100;

/// Reading ahead of the hash pays for more than this.
const SMALL_FILE: u64 = 256 * 1024;

/// Something that may be imported, if what is in it may.
struct Object {
    /// Free of links.
    path: PathBuf,
    /// How many levels it lies below the workspace root.
    depth: usize,
    name: StorePathName,
    opened: Opened,
}

impl Object {
    /// The size of a file.
    fn size(&self) -> Result<Option<u64>, ImportError> {
        match &self.opened {
            Opened::File(file) => match file.metadata() {
                Ok(metadata) => Ok(Some(metadata.len())),
                Err(error) => Err(ImportError::io(&self.path, "inspect", error)),
            },
            Opened::Directory(_) => Ok(None),
        }
    }

    fn write<W: Write>(self, sink: W) -> Result<(W, Seen), ImportError> {
        walk::write(&self.path, self.opened, self.depth, sink)
    }
}

/// The names of what lies in the directory that `path` is in, sorted; not all, where there are many.
pub fn beside(path: &Path) -> Vec<String> {
    const MOST: usize = 1000;
    let entries = path.parent().and_then(|parent| fs::read_dir(parent).ok());
    let names = entries.into_iter().flatten().take(MOST);
    let mut names: Vec<String> = names
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}
