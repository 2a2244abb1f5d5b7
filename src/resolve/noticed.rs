//! What is noticed while commands are resolved, for the rules that tell it. What the settings let no
//! rule tell is not looked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::check::imports::{IMPORTS_GIT, IMPORTS_IGNORED, IMPORTS_ITSELF};
use crate::check::packages::UNDECLARED_STORE_PATH;
use crate::check::secrets::LITERAL_SECRET;
use crate::diagnostic::{Code, MachineError, Place};
use crate::model::{CommandLine, PackageName, PackageSource};
use crate::rule::{self, Contents, Suspect, Undeclared};
use crate::source::{FileName, load_opened};
use crate::store::references::mentions;
use crate::store::{StorePathHash, StorePathName};

use super::context::{Context, Import};
use super::import::{Imported, size};
use super::lock::Locked;
use super::package::DEFAULT_SYSTEM;

/// The most undeclared store paths of one command that are noticed.
const MOST: usize = 10;

impl Context<'_> {
    /// Notices what is in an import that should not be, and what is not.
    pub(super) fn notice_import(&mut self, path: &str, imported: &Imported, place: &Place) {
        let definition = self.resolver.definition;
        let holds_it = definition.starts_with(&imported.place) && self.is_told(&IMPORTS_ITSELF);
        let noticed = rule::Imported {
            written: path.to_owned(),
            place: place.clone(),
            dangling: self.names(&imported.dangling),
            repositories: if self.is_told(&IMPORTS_GIT) {
                self.contents(&imported.repositories)
            } else {
                Contents::default()
            },
            ignored: if imported.place.is_dir() && self.is_told(&IMPORTS_IGNORED) {
                self.contents(&self.resolver.importer.ignored(imported))
            } else {
                Contents::default()
            },
            definition: holds_it.then(|| size(definition).1),
        };
        self.noticed.imported.push(noticed);
    }

    /// Notices an imported file or directory that may have secrets in it, once in a job.
    pub(super) fn notice_suspects(
        &mut self,
        import: &Arc<Import>,
        place: impl FnOnce() -> Place,
    ) -> Result<(), MachineError> {
        if import.suspects.is_empty() || !self.is_told(&LITERAL_SECRET) {
            return Ok(());
        }
        let place = place();
        for path in &import.suspects {
            if self.suspects.insert(path.clone()) {
                self.notice_suspect(path, &place)?;
            }
        }
        Ok(())
    }

    fn notice_suspect(&mut self, path: &Path, place: &Place) -> Result<(), MachineError> {
        let name = self.resolver.display_name(path);
        let opened = self.resolver.importer.open(path).ok();
        let full_name = FileName::new(name.clone(), path);
        let Some(file) = opened.and_then(|file| load_opened(file, full_name).ok()) else {
            // It has changed since.
            let error = "it changed while it was read";
            return Err(MachineError::new(format!("cannot read `{name}`"), error));
        };
        self.noticed.suspects.push(Suspect {
            file,
            place: place.clone(),
        });
        Ok(())
    }

    /// Notices store paths that stand in the command and are no package; `known` are those that its
    /// references came to.
    pub(super) fn notice_undeclared(
        &mut self,
        line: &CommandLine,
        known: &BTreeMap<StorePathHash, StorePathName>,
        place: impl Fn(usize, &str) -> Place,
    ) {
        if !self.is_told(&UNDECLARED_STORE_PATH) {
            return;
        }
        let text = line.as_str();
        let mut noticed = BTreeSet::new();
        for mention in mentions(self.resolver.store_dir, text.as_bytes()) {
            let hash = mention.hash();
            if known.contains_key(hash) || noticed.contains(hash) || noticed.len() == MOST {
                continue;
            }
            if self.declared_paths().contains(hash) {
                continue;
            }
            let Ok(found) = mention.longest() else {
                continue;
            };
            noticed.insert(*hash);
            let guilty = &text[found.range.clone()];
            self.noticed.undeclared.push(Undeclared {
                text: guilty.to_owned(),
                place: place(found.range.start, guilty),
            });
        }
    }

    /// The hashes of all packages that the job may name.
    fn declared_paths(&mut self) -> &BTreeSet<StorePathHash> {
        let resolver = self.resolver;
        let job = self.checked.job();
        self.declared.get_or_insert_with(|| {
            let system = resolver.settings.system.as_deref();
            let system = system.unwrap_or(DEFAULT_SYSTEM);
            let at = self.checked.pointer().key("packages");
            let base = |name: &PackageName| resolver.base(|| at.key(name.as_str()));
            let own = job.packages.iter().flatten();
            let own = own.map(|(name, source)| (source, base(name)));
            let beside = resolver.shared_packages.iter();
            let own = own.chain(beside.map(|(_, source)| (source, resolver.definition_dir)));
            let shared = resolver.settings.packages.iter().flatten();
            let shared = shared.map(|(_, source)| (source, resolver.workspace_root));
            let path = |(source, base): (&PackageSource, &Path)| match source {
                PackageSource::Local(_) => None,
                PackageSource::Reference(text) if text.starts_with('/') => {
                    Some(*resolver.store_dir.parse(text).ok()?.hash())
                }
                PackageSource::Reference(text) => {
                    let meaning = resolver.relative().meaning(text, base).ok()?;
                    match resolver.lock.package(&meaning.key, system) {
                        Locked::As(path) => Some(*path.hash()),
                        Locked::ForOthers(_) | Locked::Not => None,
                    }
                }
            };
            own.chain(shared).filter_map(path).collect()
        })
    }

    fn is_told(&self, code: &Code) -> bool {
        !self.resolver.levels().allow(code)
    }

    fn contents(&self, paths: &[impl AsRef<Path>]) -> Contents {
        let sizes = paths.iter().map(|path| size(path.as_ref()));
        let (files, bytes) = sizes.fold((0, 0), |(count, total), (files, bytes)| {
            (count + files, total + bytes)
        });
        Contents {
            names: self.names(paths),
            files,
            bytes,
        }
    }

    /// What messages call paths.
    fn names(&self, paths: &[impl AsRef<Path>]) -> Vec<String> {
        let name = |path: &_| self.resolver.display_name(AsRef::<Path>::as_ref(path));
        paths.iter().map(name).collect()
    }
}
