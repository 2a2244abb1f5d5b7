//! Files and directories of the workspace as store objects: what `nix-store --add` would make of
//! them, without Nix.
//!
//! Part of resolving: a path in a definition becomes the store path of what lies there. Touches
//! the world, but only reads it. Contents stream through the hash, so no file is ever in memory.
//!
//! A node sees nothing but the object, and nobody may publish more than the workspace. So links
//! are kept and never followed, except in the path that leads to the object; what leads out of
//! the workspace is refused, and so is all that is not a file, a directory or a link.

mod ahead;
mod error;
mod keep;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub use self::ahead::AheadHasher;
pub use self::error::{Fault, ImportError, Special};
pub use self::keep::{Keeper, Kept};

use self::keep::Also;
use self::walk::Seen;
use crate::store::content_address::store_path;
use crate::store::hash::Sha256Writer;
use crate::store::{ContentAddress, Digest, StoreDir, StorePath, StorePathName};

/// An object of the store that lies in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Where a node finds it, as `nix-store --add` would put it.
    pub store_path: StorePath,
    /// The hash and the size of its archive.
    pub nar: Digest,
    /// Links that lead out of the object, though not out of the workspace. On a node they lead to
    /// nothing.
    pub dangling: Vec<PathBuf>,
    /// Files that may have secrets in them, some of those that do.
    pub suspects: Vec<PathBuf>,
}

/// The directories that were imported from, with the links in their paths followed. Most imports
/// share theirs with others.
#[derive(Debug, Default)]
pub struct Directories(BTreeMap<PathBuf, PathBuf>);

/// Imports from one workspace.
#[derive(Debug, Clone)]
pub struct Importer {
    /// The workspace as the caller names it.
    named_root: PathBuf,
    /// The workspace as it is when links are followed.
    root: PathBuf,
    store_dir: StoreDir,
    forbidden: Vec<PathBuf>,
    keeper: Option<Arc<dyn Keeper>>,
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
        let root = fs::canonicalize(workspace_root)
            .map_err(|source| ImportError::of_lookup(workspace_root, source))?;
        Ok(Self {
            named_root: workspace_root.to_owned(),
            root,
            store_dir,
            forbidden: forbidden.iter().flat_map(|path| places(path)).collect(),
            keeper: None,
        })
    }

    /// Lets somebody keep the archives of large files that are imported.
    pub fn keep(&mut self, keeper: Arc<dyn Keeper>) {
        self.keeper = Some(keeper);
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
        if object.metadata.is_file() && object.metadata.len() < SMALL_FILE {
            let (hasher, seen) = object.write(Sha256Writer::new())?;
            return Ok(self.imported(&object.name, hasher.finish(), seen));
        }
        let keeper = self.keeper.as_ref().filter(|_| object.metadata.is_file());
        let sink = Also {
            sink: AheadHasher::new(),
            kept: keeper.and_then(|keeper| keeper.begin(object.metadata.len())),
        };
        let (Also { sink, kept }, seen) = object.write(sink)?;
        let digest = sink.finish().map_err(ImportError::Sink)?;
        let imported = self.imported(&object.name, digest, seen);
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

    fn imported(&self, name: &StorePathName, digest: Digest, seen: Seen) -> Imported {
        let address = ContentAddress::Source(digest.hash);
        let store_path = store_path(&self.store_dir, name, &address, &BTreeSet::new())
            .expect("there are no references that could be refused");
        Imported {
            store_path,
            nar: digest,
            dangling: seen.dangling,
            suspects: seen.suspects,
        }
    }

    /// Finds the object, and decides whether its place allows to import it.
    fn locate(&self, path: &Path, directories: &mut Directories) -> Result<Object, ImportError> {
        let resolved = self.resolve(path, directories)?;
        let depth = match resolved.strip_prefix(&self.root) {
            Err(_) => {
                return Err(ImportError::Outside {
                    path: path.to_owned(),
                    resolved,
                });
            }
            Ok(rest) if rest.as_os_str().is_empty() => {
                return Err(ImportError::WorkspaceRoot {
                    path: path.to_owned(),
                });
            }
            Ok(rest) => rest.components().count(),
        };
        let metadata = fs::symlink_metadata(&resolved)
            .map_err(|source| ImportError::of_lookup(path, source))?;
        if metadata.is_symlink() {
            let target = fs::read_link(&resolved)
                .map_err(|source| ImportError::io(&resolved, "read the link", source))?;
            return Err(ImportError::Symlink {
                path: path.to_owned(),
                target,
            });
        }
        let name = resolved.file_name().unwrap_or_default().to_string_lossy();
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
        Ok(Object {
            path: resolved,
            depth,
            name,
            metadata,
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
}

/// Reading ahead of the hash pays for more than this.
const SMALL_FILE: u64 = 256 * 1024;

/// Something that may be imported, if what is in it may.
struct Object {
    /// Free of links.
    path: PathBuf,
    /// How many levels it lies below the workspace root.
    depth: usize,
    name: StorePathName,
    metadata: Metadata,
}

impl Object {
    fn write<W: Write>(&self, sink: W) -> Result<(W, Seen), ImportError> {
        walk::write(&self.path, &self.metadata, self.depth, sink)
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

/// Where a path is, with the links that lead to it followed as far as it exists: once with a link
/// at its end followed, and once without.
fn places(path: &Path) -> BTreeSet<PathBuf> {
    let path = without_dots(path);
    let parent = path
        .ancestors()
        .skip(1)
        .find_map(|ancestor| Some((ancestor, fs::canonicalize(ancestor).ok()?)));
    let unfollowed = match parent {
        Some((ancestor, real)) => real.join(path.strip_prefix(ancestor).unwrap_or(&path)),
        None => path.clone(),
    };
    let followed = fs::canonicalize(&path).unwrap_or_else(|_| unfollowed.clone());
    BTreeSet::from([unfollowed, followed])
}

/// The path with each `..` taken literally.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(component);
        }
    }
    plain
}
