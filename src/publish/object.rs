//! What jobs need and no cache has yet: their scripts, and what they import.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::plan::{Import, NeededBy, Needs, Script};
use crate::resolve::import::{ImportError, Importer};
use crate::store::nar::NarWriter;
use crate::store::{Compression, ContentAddress, Digest, NarInfo, StorePath};

/// An object that one or more jobs need.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    /// Its store path.
    pub path: &'a StorePath,
    /// The hash and the size of its archive.
    pub nar: Digest,
    /// What is in it.
    pub contents: Contents<'a>,
    /// What it may refer to.
    pub layer: Layer,
}

/// An object refers to objects of lower layers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// What lies in the workspace refers to nothing.
    Imports,
    /// The scripts of processes refer to that.
    Scripts,
    /// The roots of whole jobs refer to scripts.
    Roots,
}

/// What is in an object.
#[derive(Debug, Clone)]
pub enum Contents<'a> {
    /// A script, and who needs it.
    Script(&'a Script, String),
    /// What lies in the workspace.
    Import(&'a Import),
}

/// The objects of all jobs together, each once: first those that refer to nothing.
pub fn objects<'a>(jobs: impl IntoIterator<Item = (String, &'a Needs)>) -> Vec<Object<'a>> {
    let mut imports = BTreeMap::new();
    let mut scripts = BTreeMap::new();
    let mut roots = BTreeMap::new();
    for (job, needs) in jobs {
        for (path, import) in &needs.imports {
            imports.entry(path).or_insert_with(|| Object {
                path,
                nar: import.nar,
                contents: Contents::Import(import),
                layer: Layer::Imports,
            });
        }
        for need in &needs.scripts {
            let script = &need.script;
            let (layer, of_layer) = match need.by {
                NeededBy::Job => (Layer::Roots, &mut roots),
                _ => (Layer::Scripts, &mut scripts),
            };
            of_layer.entry(&script.path).or_insert_with(|| Object {
                path: &script.path,
                nar: script.nar,
                contents: Contents::Script(script, format!("{} of `{job}`", need.by)),
                layer,
            });
        }
    }
    let layers = [imports, scripts, roots];
    layers.into_iter().flat_map(BTreeMap::into_values).collect()
}

impl Object<'_> {
    /// What it refers to.
    pub fn references(&self) -> BTreeSet<StorePath> {
        match self.contents {
            Contents::Script(script, _) => script.references.clone(),
            Contents::Import(_) => BTreeSet::new(),
        }
    }

    /// What a cache says of it whose file of the archive is this one.
    pub(super) fn narinfo(&self, compression: Compression, file: Digest) -> NarInfo {
        let ending = match compression {
            Compression::Zstd => ".zst",
            _ => "",
        };
        NarInfo {
            store_path: self.path.clone(),
            url: format!("nar/{}.nar{ending}", file.hash.base32()),
            compression,
            file_hash: Some(file.hash.into()),
            file_size: Some(file.size),
            nar_hash: self.nar.hash,
            nar_size: self.nar.size,
            references: self.references(),
            deriver: None,
            signatures: Vec::new(),
            no_signatures: Vec::new(),
            ca: Some(ContentAddress::Source(self.nar.hash)),
        }
    }

    /// Whether a narinfo is about this object, wherever its archive is.
    pub(super) fn is_said_by(&self, info: &NarInfo) -> bool {
        info.store_path == *self.path
            && info.nar_hash == self.nar.hash
            && info.nar_size == self.nar.size
            && info.ca == Some(ContentAddress::Source(self.nar.hash))
            && info.references == self.references()
    }

    /// Writes its archive, as the object is now.
    pub(super) fn archive<W: Write>(&self, importer: &Importer, sink: W) -> Result<W, ImportError> {
        match self.contents {
            Contents::Import(import) => importer.archive(&import.source, sink),
            Contents::Script(script, _) => {
                let written = NarWriter::new(sink).and_then(|mut archive| {
                    archive.regular(true, script.text.as_bytes())?;
                    archive.finish()
                });
                written.map_err(|error| ImportError::Sink(std::io::Error::other(error)))
            }
        }
    }

    /// How large it is to be read at once.
    pub(super) fn is_small(&self) -> bool {
        self.nar.size <= SMALL
    }
}

/// As much as is kept in memory.
const SMALL: u64 = 256 * 1024;
