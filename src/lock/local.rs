//! What the workspace's own files say that a package is, as one hash: the Nix file or the flake that
//! its installable names, and what these name in their turn. Reads files, beneath the workspace only.
//!
//! Followed are the relative path literals of `.nix` files. A directory stands for its
//! `default.nix`; what else lies in it, such as sources, is not looked at. Nor is what Nix works out:
//! `./. + "/file"`. What is not there, is no file, or lies outside of the workspace counts as absent,
//! which is no error. Each file counts with its name, so that one that is moved is another one.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::beneath::{Enclosure, FileKind, OpenError};
use crate::model::{RelativeInstallable, leads_to};
use crate::store::Sha256;
use crate::store::hash::Sha256Writer;

use super::literals::relative_paths;

/// The files of a workspace that say what its packages are. What was read once is not read again.
pub struct Locals<'a> {
    files: &'a Enclosure,
    /// By the name that a file has in the workspace, its number.
    numbers: HashMap<PathBuf, usize>,
    /// By number.
    names: Vec<Name>,
    known: HashMap<Start, Option<Local>>,
}

/// What files say that a package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// The files that people write.
    sources: Sha256,
    /// The lock of a flake, which Nix writes, too.
    flake_lock: Option<Sha256>,
}

impl Local {
    /// All of it.
    pub fn hash(&self) -> Sha256 {
        let Some(flake_lock) = &self.flake_lock else {
            return self.sources;
        };
        let mut hash = Sha256Writer::new();
        hash.update(self.sources.as_bytes());
        hash.update(flake_lock.as_bytes());
        hash.finish().hash
    }

    /// What to write down of a package that Nix was asked for, if it was like `before` beforehand and
    /// like `after` afterwards: what Nix saw. Nix may have written the lock of a flake itself.
    pub fn seen(before: Self, after: Option<Self>) -> Self {
        let is_same = |after: &Self| after.sources == before.sources;
        after.filter(is_same).unwrap_or(before)
    }
}

/// The file of the workspace that is read first for a package that the lock calls `installable`.
pub fn file(installable: &str) -> Option<PathBuf> {
    Start::of(installable).map(|start| start.file)
}

/// Where Nix begins to read. The same file may be read as a flake and as a Nix file.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Start {
    file: PathBuf,
    flake_lock: Option<PathBuf>,
}

impl Start {
    fn of(installable: &str) -> Option<Self> {
        let relative = RelativeInstallable::parse(installable)?;
        let file = relative.file(&relative.leads_to(Path::new(""))?);
        let flake_lock = file.with_file_name("flake.lock");
        let flake_lock = relative.is_flake().then_some(flake_lock);
        Some(Self { file, flake_lock })
    }
}

/// A path that some file names.
struct Name {
    path: PathBuf,
    found: Option<Found>,
}

/// What is there.
struct Found {
    what: What,
    /// How many bytes were read of it.
    read: u64,
    /// The numbers of the paths that it names.
    names: Vec<usize>,
}

/// What a path is.
enum What {
    /// A file with these contents.
    File(Sha256),
    /// A file that is too large to be read, of which the size tells.
    Large(u64),
    Directory,
    /// Nothing that counts.
    Nothing,
}

/// The largest file that is read.
const MOST_OF_A_FILE: u64 = 8 << 20;
/// When this many bytes were read for a package, nothing more is read.
const MOST_BYTES: u64 = 32 << 20;
/// When this many paths were named for a package, nothing more is read.
const MOST_PATHS: usize = 100_000;

impl<'a> Locals<'a> {
    /// Nothing is read yet.
    pub fn new(files: &'a Enclosure) -> Self {
        Self {
            files,
            numbers: HashMap::new(),
            names: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// What files say of a package that the lock calls `installable`; none if it is of no file of the
    /// workspace, or the file is not there.
    pub fn of(&mut self, installable: &str) -> Option<Local> {
        let start = Start::of(installable)?;
        if let Some(known) = self.known.get(&start) {
            return *known;
        }
        let local = self.read(&start);
        self.known.insert(start, local);
        local
    }

    fn read(&mut self, start: &Start) -> Option<Local> {
        let root = self.number(start.file.clone());
        if let (
            _,
            Found {
                what: What::Nothing,
                ..
            },
        ) = self.look(root)
        {
            return None;
        }
        let flake_lock = start.flake_lock.clone().map(|path| self.number(path));
        let mut sources = Sha256Writer::new();
        for number in self.reached(root) {
            // It counts by itself, even if the flake reads it.
            if Some(number) != flake_lock {
                self.tell(number, &mut sources);
            }
        }
        let flake_lock = flake_lock.map(|number| {
            let mut hash = Sha256Writer::new();
            self.tell(number, &mut hash);
            hash.finish().hash
        });
        Some(Local {
            sources: sources.finish().hash,
            flake_lock,
        })
    }

    /// What `root` names, and what that names: always in the same order.
    fn reached(&mut self, root: usize) -> Vec<usize> {
        let mut reached = Vec::new();
        let mut seen = HashSet::from([root]);
        let mut next = VecDeque::from([root]);
        let (mut read, mut paths) = (0, 0);
        while let Some(number) = next.pop_front() {
            if read >= MOST_BYTES || paths >= MOST_PATHS {
                break;
            }
            let (_, found) = self.look(number);
            read += found.read;
            paths += 1 + found.names.len();
            next.extend(found.names.iter().filter(|name| seen.insert(**name)));
            reached.push(number);
        }
        reached
    }

    fn tell(&mut self, number: usize, hash: &mut Sha256Writer) {
        let (path, found) = self.look(number);
        hash.update(path.as_os_str().as_encoded_bytes());
        // No path has this byte, and what follows is of the length that its first word says.
        hash.update(b"\0");
        match &found.what {
            What::File(contents) => {
                hash.update(b"file");
                hash.update(contents.as_bytes());
            }
            What::Large(size) => {
                hash.update(b"size");
                hash.update(&size.to_le_bytes());
            }
            What::Directory => hash.update(b"tree"),
            What::Nothing => hash.update(b"none"),
        }
    }

    fn number(&mut self, path: PathBuf) -> usize {
        if let Some(number) = self.numbers.get(&path) {
            return *number;
        }
        let number = self.names.len();
        self.numbers.insert(path.clone(), number);
        self.names.push(Name { path, found: None });
        number
    }

    fn look(&mut self, number: usize) -> (&Path, &Found) {
        if self.names[number].found.is_none() {
            let path = self.names[number].path.clone();
            self.names[number].found = Some(self.find(&path));
        }
        let Name { path, found } = &self.names[number];
        (path, found.as_ref().expect("it was looked for"))
    }

    fn find(&mut self, path: &Path) -> Found {
        let is_workspace = path.as_os_str().is_empty();
        let opened = if is_workspace {
            Err(OpenError::NotAFile(FileKind::Directory))
        } else {
            let path = self.files.root().join(path);
            self.files.file_and_place(&path)
        };
        match opened {
            Ok((file, place)) => self.file(file, path, &place).unwrap_or(Found::NOTHING),
            Err(OpenError::NotAFile(FileKind::Directory)) => Found {
                what: What::Directory,
                names: vec![self.number(path.join("default.nix"))],
                ..Found::NOTHING
            },
            Err(_) => Found::NOTHING,
        }
    }

    /// A file that is called `path` and lies in `place`, which is another one if links lead to it.
    fn file(&mut self, file: File, path: &Path, place: &Path) -> io::Result<Found> {
        let size = file.metadata()?.len();
        let mut text = Vec::new();
        if size <= MOST_OF_A_FILE {
            text.reserve_exact(usize::try_from(size).unwrap_or(0) + 1);
            file.take(MOST_OF_A_FILE + 1).read_to_end(&mut text)?;
        }
        let read = text.len() as u64;
        if size.max(read) > MOST_OF_A_FILE {
            return Ok(Found {
                what: What::Large(size),
                read,
                names: Vec::new(),
            });
        }
        let is_nix = |path: &Path| path.extension() == Some(OsStr::new("nix"));
        let literals = if is_nix(path) || is_nix(place) {
            relative_paths(&text)
        } else {
            BTreeSet::new()
        };
        let directory = place.parent().unwrap_or(Path::new(""));
        let literals = literals.into_iter().take(MOST_PATHS);
        let paths = literals.filter_map(|literal| leads_to(directory, Path::new(literal)));
        Ok(Found {
            what: What::File(Sha256::of(&text)),
            read,
            names: paths.map(|path| self.number(path)).collect(),
        })
    }
}

impl Found {
    const NOTHING: Self = Self {
        what: What::Nothing,
        read: 0,
        names: Vec::new(),
    };
}

#[cfg(test)]
mod tests;
