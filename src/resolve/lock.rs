//! The lock with its meaning checked: installables to store paths, and closures that are whole.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::codes::packages as codes;
use crate::diagnostic::{Diagnostic, Place, Report};
use crate::model::LockFile;
use crate::source::Pointer;
use crate::store::{Sha256, StoreDir, StorePath};

/// What the packages of a workspace are.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// By installable, then by system.
    packages: BTreeMap<String, BTreeMap<String, StorePath>>,
    paths: BTreeMap<StorePath, PathInfo>,
}

/// What is known of a store path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathInfo {
    /// The hash of its archive.
    pub nar_hash: Sha256,
    /// The size of its archive in bytes.
    pub nar_size: i64,
    /// The store paths that it refers to, without itself.
    pub references: Vec<StorePath>,
}

/// What the lock says of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locked<'a> {
    /// Its store path.
    As(&'a StorePath),
    /// It is there for other systems only: these.
    ForOthers(Vec<&'a str>),
    /// It is not there.
    Not,
}

impl Lock {
    /// The lock that `file` means.
    pub fn read(file: &LockFile, store_dir: &StoreDir) -> Report<Self> {
        let mut context = Context {
            store_dir,
            lock: Self::default(),
            diagnostics: Vec::new(),
        };
        context.paths(file);
        context.packages(file);
        context.closures(file);
        Report::new(context.lock, context.diagnostics)
    }

    /// What `installable` is on `system`.
    pub fn package(&self, installable: &str, system: &str) -> Locked<'_> {
        match self.packages.get(installable) {
            None => Locked::Not,
            Some(systems) => match systems.get(system) {
                Some(path) => Locked::As(path),
                None => Locked::ForOthers(systems.keys().map(String::as_str).collect()),
            },
        }
    }

    /// All installables.
    pub fn installables(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str)
    }

    /// What is known of a store path.
    pub fn path(&self, path: &StorePath) -> Option<&PathInfo> {
        self.paths.get(path)
    }

    /// All store paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = (&StorePath, &PathInfo)> {
        self.paths.iter()
    }
}

struct Context<'a> {
    store_dir: &'a StoreDir,
    lock: Lock,
    diagnostics: Vec<Diagnostic>,
}

impl Context<'_> {
    fn paths(&mut self, file: &LockFile) {
        for (index, entry) in file.paths.iter().enumerate() {
            let pointer = Pointer::root().key("paths").index(index);
            let path = self.path(&entry.path, &pointer.key("path"));
            let nar_hash = match entry.nar_hash.parse::<Sha256>() {
                Ok(hash) => Some(hash),
                Err(error) => {
                    self.bad(
                        format!("`nar_hash` is no SHA-256: {error}"),
                        pointer.key("nar_hash"),
                    );
                    None
                }
            };
            let references: Option<Vec<_>> = entry
                .references
                .iter()
                .enumerate()
                .map(|(position, name)| match name.parse() {
                    Ok(reference) => Some(reference),
                    Err(error) => {
                        let place = pointer.key("references").index(position);
                        self.bad(format!("`{name}` is no store path: {error}"), place);
                        None
                    }
                })
                .collect();
            let (Some(path), Some(nar_hash), Some(references)) = (path, nar_hash, references)
            else {
                continue;
            };
            let info = PathInfo {
                nar_hash,
                nar_size: entry.nar_size.get(),
                references,
            };
            if self.lock.paths.insert(path, info).is_some() {
                self.bad(
                    format!("`{}` is there twice", entry.path),
                    pointer.key("path"),
                );
            }
        }
    }

    fn packages(&mut self, file: &LockFile) {
        let written: HashSet<&str> = file.paths.iter().map(|entry| entry.path.as_str()).collect();
        for (index, entry) in file.packages.iter().enumerate() {
            let pointer = Pointer::root().key("packages").index(index);
            let Some(path) = self.path(&entry.path, &pointer.key("path")) else {
                continue;
            };
            if !written.contains(entry.path.as_str()) {
                let headline = format!("`{}` is not among the `paths`", entry.path);
                self.bad(headline, pointer.key("path"));
            }
            let systems = self
                .lock
                .packages
                .entry(entry.installable.clone())
                .or_default();
            if systems.insert(entry.system.clone(), path).is_some() {
                let headline = format!(
                    "`{}` is there twice for `{}`",
                    entry.installable, entry.system
                );
                self.bad(headline, pointer.key("installable"));
            }
        }
    }

    /// A closure with a hole would be found out on a node, when it is too late.
    fn closures(&mut self, file: &LockFile) {
        if !self.diagnostics.is_empty() {
            return;
        }
        for (index, entry) in file.paths.iter().enumerate() {
            for (position, name) in entry.references.iter().enumerate() {
                let known = name
                    .parse()
                    .is_ok_and(|path| self.lock.paths.contains_key(&path));
                if !known {
                    let pointer = Pointer::root().key("paths").index(index).key("references");
                    self.bad(
                        format!("`{name}` is referred to but not among the `paths`"),
                        pointer.index(position),
                    );
                }
            }
        }
    }

    fn path(&mut self, text: &str, pointer: &Pointer) -> Option<StorePath> {
        match self.store_dir.parse(text) {
            Ok(path) => Some(path),
            Err(error) => {
                self.bad(
                    format!("`{text}` is no store path: {error}"),
                    pointer.clone(),
                );
                None
            }
        }
    }

    fn bad(&mut self, headline: String, pointer: Pointer) {
        self.diagnostics.push(
            Diagnostic::new(&codes::BAD_LOCK, headline, Place::value(pointer))
                .help("take a good one from version control, or mend this entry"),
        );
    }
}
