//! The lock with its meaning checked: installables to store paths, and closures that are whole.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::model::{LockFile, locked_name};
use crate::name::PortKey;
use crate::source::Pointer;
use crate::store::{Sha256, StoreDir, StorePath};

crate::diagnostic::declare_codes! {
    /// The lock is inconsistent: something is in it twice, a closure is not complete, or a path or
    /// hash is none.
    ///
    /// Make it again from a good state; it is written by a program and read by people, but rarely
    /// mended by them.
    BAD_LOCK = "bad-lock", Error, "a lock that contradicts itself";
}

/// What the packages of a workspace are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// By installable, then by system.
    packages: Packages,
    paths: BTreeMap<StorePath, PathInfo>,
    ports: PortNumbers,
    size: i64,
}

/// The numbers of ports.
pub type PortNumbers = BTreeMap<PortKey, u16>;

/// What packages are: by installable, then by system.
pub type Packages = BTreeMap<String, BTreeMap<String, Pinned>>;

/// What a package is on one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// Its store path.
    pub path: StorePath,
    /// The hash of the workspace's files that said so, if any did and it is known.
    pub local: Option<Sha256>,
}

/// What is known of a store path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathInfo {
    /// The hash of its archive.
    pub nar_hash: Sha256,
    /// The size of its archive in bytes.
    pub nar_size: i64,
    /// The store paths that it refers to, without itself, sorted.
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
        context.ports(file);
        context.closures(file);
        context.lock.size = total(&context.lock.paths);
        Report::new(context.lock, context.diagnostics)
    }

    /// The lock that says what `packages` are, and has their closures and those of `roots` out of
    /// `paths`, and no path besides.
    ///
    /// A root that is not among the `paths` is left out.
    ///
    /// # Errors
    /// The first path of a closure that is not among the `paths`.
    pub fn assemble(
        packages: Packages,
        paths: &BTreeMap<StorePath, PathInfo>,
        roots: &BTreeSet<StorePath>,
    ) -> Result<Self, StorePath> {
        let pinned = packages.values().flat_map(BTreeMap::values);
        let needed = pinned.map(|pinned| &pinned.path);
        let known = roots.iter().filter(|root| paths.contains_key(root));
        let mut next: Vec<&StorePath> = needed.chain(known).collect();
        let mut closure = BTreeMap::new();
        while let Some(path) = next.pop() {
            if closure.contains_key(path) {
                continue;
            }
            let Some(info) = paths.get(path) else {
                return Err(path.clone());
            };
            next.extend(&info.references);
            closure.insert(path.clone(), info.clone());
        }
        Ok(Self {
            packages,
            size: total(&closure),
            paths: closure,
            ports: BTreeMap::new(),
        })
    }

    /// The same with other numbers of ports.
    #[must_use]
    pub fn with_ports(self, ports: PortNumbers) -> Self {
        Self { ports, ..self }
    }

    /// The numbers that ports were assigned.
    pub fn ports(&self) -> &PortNumbers {
        &self.ports
    }

    /// What `installable` is on `system`.
    pub fn package(&self, installable: &str, system: &str) -> Locked<'_> {
        match self.packages.get(installable) {
            None => Locked::Not,
            Some(systems) => match systems.get(system) {
                Some(pinned) => Locked::As(&pinned.path),
                None => Locked::ForOthers(systems.keys().map(String::as_str).collect()),
            },
        }
    }

    /// All packages.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    /// All installables.
    pub fn installables(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str)
    }

    /// What is known of a store path.
    pub fn path(&self, path: &StorePath) -> Option<&PathInfo> {
        self.paths.get(path)
    }

    /// The size of all archives together, in bytes.
    pub fn size(&self) -> i64 {
        self.size
    }

    /// All store paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = (&StorePath, &PathInfo)> {
        self.paths.iter()
    }
}

fn total(paths: &BTreeMap<StorePath, PathInfo>) -> i64 {
    let sizes = paths.values().map(|info| info.nar_size);
    sizes.fold(0, i64::saturating_add)
}

/// Problems reported for one lock: more than anyone reads, few enough to render.
const MAX_PROBLEMS: usize = 100;

struct Context<'a> {
    store_dir: &'a StoreDir,
    lock: Lock,
    diagnostics: Vec<Diagnostic>,
}

impl Context<'_> {
    fn paths(&mut self, file: &LockFile) {
        for (index, entry) in file.paths.iter().enumerate() {
            let pointer = |field: &str| Pointer::root().key("paths").index(index).key(field);
            let path = self.path(&entry.path, || pointer("path"));
            let nar_hash = self.hash("nar_hash", &entry.nar_hash, || pointer("nar_hash"));
            let references: Option<Vec<_>> = entry
                .references
                .iter()
                .enumerate()
                .map(|(position, name)| match name.parse() {
                    Ok(reference) => Some(reference),
                    Err(error) => {
                        let headline = format!("`{name}` is no store path: {error}");
                        self.bad(headline, || pointer("references").index(position));
                        None
                    }
                })
                .collect();
            let (Some(path), Some(nar_hash), Some(mut references)) = (path, nar_hash, references)
            else {
                continue;
            };
            references.sort();
            let info = PathInfo {
                nar_hash,
                nar_size: entry.nar_size.get(),
                references,
            };
            if self.lock.paths.insert(path, info).is_some() {
                self.bad(format!("`{}` is there twice", entry.path), || {
                    pointer("path")
                });
            }
        }
    }

    fn packages(&mut self, file: &LockFile) {
        let written: HashSet<&str> = file.paths.iter().map(|entry| entry.path.as_str()).collect();
        let mut others = Vec::new();
        for (index, entry) in file.packages.iter().enumerate() {
            let pointer = |field: &str| Pointer::root().key("packages").index(index).key(field);
            let local = entry.local.as_deref();
            let local = local.and_then(|text| self.hash("local", text, || pointer("local")));
            let Some(path) = self.path(&entry.path, || pointer("path")) else {
                continue;
            };
            let pinned = Pinned { path, local };
            if !written.contains(entry.path.as_str()) {
                let headline = format!("`{}` is not among the `paths`", entry.path);
                self.bad(headline, || pointer("path"));
            }
            let name = locked_name(&entry.installable);
            if name != entry.installable {
                others.push((name, &entry.system, pinned));
                continue;
            }
            let systems = self.lock.packages.entry(name).or_default();
            if systems.insert(entry.system.clone(), pinned).is_some() {
                let headline = format!(
                    "`{}` is there twice for `{}`",
                    entry.installable, entry.system
                );
                self.bad(headline, || pointer("installable"));
            }
        }
        // An earlier jobc wrote paths as definitions had them.
        for (name, system, pinned) in others {
            let systems = self.lock.packages.entry(name).or_default();
            systems.entry(system.clone()).or_insert(pinned);
        }
    }

    fn ports(&mut self, file: &LockFile) {
        for (index, entry) in file.ports.iter().flatten().enumerate() {
            let pointer = || Pointer::root().key("ports").index(index).key("port");
            let key: PortKey = match entry.port.parse() {
                Ok(key) => key,
                Err(error) => {
                    self.bad(format!("`{}` is no port: {error}", entry.port), pointer);
                    continue;
                }
            };
            // Its type has the range.
            let number = u16::try_from(entry.number.get()).unwrap_or_default();
            if self.lock.ports.insert(key, number).is_some() {
                self.bad(format!("`{}` is there twice", entry.port), pointer);
            }
        }
    }

    /// A closure with a hole would be found out on a node, when it is too late.
    fn closures(&mut self, file: &LockFile) {
        if !self.diagnostics.is_empty() {
            return;
        }
        let known: HashSet<&StorePath> = self.lock.paths.keys().collect();
        let is_hole = |reference: &&StorePath| !known.contains(reference);
        let holes = self.lock.paths.values().flat_map(|info| &info.references);
        let holes: HashSet<String> = holes.filter(is_hole).map(ToString::to_string).collect();
        if holes.is_empty() {
            return;
        }
        for (index, entry) in file.paths.iter().enumerate() {
            for (position, name) in entry.references.iter().enumerate() {
                if holes.contains(name) {
                    let headline = format!("`{name}` is referred to but not among the `paths`");
                    self.bad(headline, || {
                        let entry = Pointer::root().key("paths").index(index);
                        entry.key("references").index(position)
                    });
                }
            }
        }
    }

    fn path(&mut self, text: &str, pointer: impl FnOnce() -> Pointer) -> Option<StorePath> {
        match self.store_dir.parse(text) {
            Ok(path) => Some(path),
            Err(error) => {
                self.bad(format!("`{text}` is no store path: {error}"), pointer);
                None
            }
        }
    }

    fn hash(
        &mut self,
        field: &str,
        text: &str,
        pointer: impl FnOnce() -> Pointer,
    ) -> Option<Sha256> {
        match text.parse() {
            Ok(hash) => Some(hash),
            Err(error) => {
                self.bad(format!("`{field}` is no SHA-256: {error}"), pointer);
                None
            }
        }
    }

    fn bad(&mut self, headline: String, pointer: impl FnOnce() -> Pointer) {
        if self.diagnostics.len() < MAX_PROBLEMS {
            let place = Place::value(pointer());
            self.diagnostics
                .push(Diagnostic::new(&BAD_LOCK, headline, place).help(
                    "take a good one from version control, or remove it and run `jobc lock`",
                ));
        } else if let Some(last) = self.diagnostics.last_mut()
            && last.notes.is_empty()
        {
            last.notes
                .push("the lock has more problems, which are not shown".to_owned());
        }
    }
}
