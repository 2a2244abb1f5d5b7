//! Documents for a scheduler, ready to be written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::name::{JobKey, Target};
use crate::store::content_address::store_path;
use crate::store::hash::Sha256Writer;
use crate::store::nar::{EntryName, Tree};
use crate::store::{ContentAddress, Sha256, StoreDir, StorePath, StorePathName};

use super::named;

/// In which words a job is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// For a target, which may refuse it.
    Target(Target),
    /// As JSON that carries every job, for jobc's own use: to compare jobs, to show them, to run
    /// them. Where Aurora's JSON can carry the job, it is that, byte for byte; a choice that it
    /// cannot carry is a table of one field, the choice's name in a definition.
    Complete,
}

impl Form {
    /// What files in this form end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Target(target) => named::extension(target),
            Self::Complete => named::extension(Target::AuroraJson),
        }
    }
}

/// A compiled job: one file, or a directory of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Which job it is.
    pub key: JobKey,
    /// In which words it is written.
    pub form: Form,
    /// Its files, sorted by their paths; a single one has no path.
    pub files: Vec<Artifact>,
}

/// A file of a compiled job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where it lies in the bundle: names with `/` between them; empty for a bundle of one file.
    pub path: String,
    /// What may be done with it.
    pub mode: Mode,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What may be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is read.
    Data,
    /// It is run, too.
    Executable,
}

impl Artifact {
    /// The one file of a bundle.
    pub fn alone(text: String) -> Self {
        Self {
            path: String::new(),
            mode: Mode::Data,
            bytes: text.into_bytes(),
        }
    }
}

impl Bundle {
    /// The file of a bundle of one.
    pub fn only(&self) -> Option<&Artifact> {
        match &self.files[..] {
            [file] if file.path.is_empty() => Some(file),
            _ => None,
        }
    }

    /// Its store path: that of one file as `builtins.toFile` would name it, that of several as
    /// `nix-store --add` would name the directory. All of it is hashed, which only those pay for
    /// who ask.
    pub fn store_path(&self) -> StorePath {
        let key = &self.key;
        let parts = [
            "aurora-job",
            key.cluster.as_str(),
            key.role.as_str(),
            key.environment.as_str(),
            key.name.as_str(),
        ];
        let (extension, address) = match self.only() {
            Some(file) => {
                let address = ContentAddress::Text(Sha256::of(&file.bytes));
                (self.form.extension(), address)
            }
            None => ("", ContentAddress::Source(self.digest())),
        };
        let name = StorePathName::join(&parts, extension);
        // The name must not depend on where a site keeps its store: the job is not put there.
        let nothing = BTreeSet::new();
        let Ok(store_path) = store_path(&StoreDir::default(), &name, &address, &nothing) else {
            unreachable!("there are no references to refuse");
        };
        store_path
    }

    /// The name to write it under: the store path's.
    pub fn file_name(&self) -> String {
        self.store_path().to_string()
    }

    /// The directory that its files make.
    pub fn entries(&self) -> BTreeMap<EntryName, Tree> {
        let mut root = BTreeMap::new();
        for Artifact { path, mode, bytes } in &self.files {
            let mut names: Vec<EntryName> = path.split('/').map(entry_name).collect();
            let Some(last) = names.pop() else { continue };
            let mut directory = &mut root;
            for name in names {
                let below = directory
                    .entry(name)
                    .or_insert_with(|| Tree::Directory(BTreeMap::new()));
                let Tree::Directory(entries) = below else {
                    unreachable!("a target puts no file below a file");
                };
                directory = entries;
            }
            let file = Tree::Regular {
                executable: *mode == Mode::Executable,
                contents: bytes.clone(),
            };
            directory.insert(last, file);
        }
        root
    }

    fn digest(&self) -> Sha256 {
        let hashed = Tree::Directory(self.entries()).write(Sha256Writer::new());
        let hashed = hashed.expect("a target's trees are not deep, and hashing does not fail");
        hashed.finish().hash
    }

    /// All of it as one text: a single file as it is, several with a line above each that says what
    /// it is.
    pub fn listing(&self) -> Cow<'_, str> {
        if let Some(file) = self.only() {
            return String::from_utf8_lossy(&file.bytes);
        }
        let mut listing = String::new();
        for Artifact { path, mode, bytes } in &self.files {
            let executable = match mode {
                Mode::Data => "",
                Mode::Executable => ", executable",
            };
            let size = bytes.len();
            writeln!(listing, "==> {path} ({size} bytes{executable}) <==")
                .expect("a string takes all");
            let text = String::from_utf8_lossy(bytes);
            listing.push_str(&text);
            if !text.is_empty() && !text.ends_with('\n') {
                listing.push('\n');
            }
            listing.push('\n');
        }
        Cow::Owned(listing)
    }

    /// As [`Self::listing`], for those who keep nothing else.
    pub fn into_listing(mut self) -> String {
        if self.only().is_none() {
            return self.listing().into_owned();
        }
        match String::from_utf8(self.files.remove(0).bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    }
}

fn entry_name(name: &str) -> EntryName {
    let name = EntryName::try_from(name.as_bytes().to_vec());
    name.expect("a target's paths are names with `/` between them")
}
