//! A directory with what only the workspace has, in the place of the machine's store.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::MachineError;
use crate::publish::{Contents, objects};
use crate::resolve::import::Importer;
use crate::scratch::{Scratch, Use, remove_left};
use crate::store::{StoreDir, StorePath};

use super::namespace::{Namespace, is_plain};
use super::unpack;
use super::wanted::Wanted;

/// Objects in a directory that goes when the task has ended.
#[derive(Debug)]
pub struct PrivateStore {
    /// None once it is removed.
    directory: Option<Scratch>,
    store_dir: StoreDir,
    paths: BTreeSet<StorePath>,
    namespace: Result<Namespace, String>,
}

/// Where there may be one: without white space and all that a shell reads otherwise.
const PLACES: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];

impl PrivateStore {
    /// A directory with all that `wanted` has of the workspace.
    ///
    /// # Errors
    /// If something in the workspace has changed since, or the machine cannot.
    pub fn new(
        wanted: &Wanted,
        importer: &Importer,
        store_dir: &StoreDir,
    ) -> Result<Self, MachineError> {
        let directory = directory()?;
        let store = directory.path().join(STORE);
        let place = directory.path().display().to_string();
        let cannot = |error| MachineError::new(format!("cannot write to `{place}`"), error);
        for name in [STORE, ROOT] {
            fs::create_dir(directory.path().join(name)).map_err(cannot)?;
        }
        let mut private = Self {
            directory: Some(directory),
            store_dir: store_dir.clone(),
            paths: wanted.own_paths(),
            namespace: Err(String::new()),
        };
        let objects = objects([(String::new(), &wanted.own)]);
        let at = |path: &StorePath| store.join(path.to_string());
        for object in &objects {
            match &object.contents {
                Contents::Import(import) => unpack::import(importer, import, &at(object.path))?,
                Contents::Script(script, _) => unpack::script(&script.text, &at(object.path))?,
            }
        }
        private.namespace = match private.paths.first() {
            Some(path) => Namespace::enter(store_dir, private.place(), path),
            None => Err("nothing is needed".to_owned()),
        };
        if private.namespace.is_err() {
            for object in &objects {
                if let Contents::Script(script, _) = &object.contents {
                    fs::remove_file(at(object.path)).map_err(cannot)?;
                    unpack::script(&private.text(&script.text), &at(object.path))?;
                }
            }
        }
        Ok(private)
    }

    /// The directory of the objects.
    pub fn store(&self) -> PathBuf {
        self.place().join(STORE)
    }

    /// All that belongs to it.
    pub fn place(&self) -> &Path {
        self.directory.as_ref().map_or(Path::new(""), Scratch::path)
    }

    /// The namespace in which processes see it at the store's path.
    ///
    /// # Errors
    /// The reason why there is none: then [`text`](Self::text) puts its own path there.
    pub fn namespace(&self) -> Result<&Namespace, &str> {
        self.namespace.as_ref().map_err(String::as_str)
    }

    /// A command or script as processes need it to find what is in here.
    pub fn text(&self, text: &str) -> String {
        if self.namespace.is_ok() {
            return text.to_owned();
        }
        let store = self.store();
        let mut changed = text.to_owned();
        for path in &self.paths {
            let hash = path.hash();
            let from = format!("{}/{hash}-", self.store_dir);
            if changed.contains(&from) {
                let to = format!("{}/{hash}-", store.display());
                changed = changed.replace(&from, &to);
            }
        }
        changed
    }

    /// Removes it.
    ///
    /// # Errors
    /// If something in it cannot be removed.
    pub fn remove(mut self) -> Result<(), MachineError> {
        self.clear()
    }

    fn clear(&mut self) -> Result<(), MachineError> {
        let Some(directory) = self.directory.take() else {
            return Ok(());
        };
        let path = directory.path();
        unpack::remove(path).map_err(|error| {
            MachineError::new(format!("cannot remove `{}`", path.display()), error)
        })
    }
}

impl Drop for PrivateStore {
    fn drop(&mut self) {
        // `remove` is for callers that want to know why it stays.
        let _ = self.clear();
    }
}

/// The objects, in the directory.
const STORE: &str = "store";
/// A place to put file systems together, in the directory.
pub(super) const ROOT: &str = "root";

/// A directory whose path is one word for every shell and for `mount`.
fn directory() -> Result<Scratch, MachineError> {
    let usual = env::temp_dir();
    let usual = usual.canonicalize().unwrap_or(usual);
    let places = [&*usual].into_iter().filter(|place| is_plain(place));
    let mut made = None;
    for place in places.chain(PLACES.iter().map(Path::new)) {
        // The next run tries again.
        let _ = remove_left(place, Use::Store);
        match Scratch::new(place, Use::Store) {
            Ok(directory) => return Ok(directory),
            Err(error) => made = made.or(Some(error)),
        }
    }
    let error = made.unwrap_or_else(|| std::io::ErrorKind::NotFound.into());
    Err(MachineError::new(
        "cannot make a directory for the store",
        error,
    ))
}
