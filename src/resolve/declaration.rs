//! Packages by name: the definition's own first, then those of its file, then the workspace's.

use std::path::Path;

use crate::diagnostic::{MachineError, Place};
use crate::model::{PackageName, PackageSource};
use crate::source::Pointer;
use crate::store::StorePath;

use super::context::Context;
use super::package::{DEFAULT_SYSTEM, Package, bad_store_path, locked};

/// Where a package was declared: its source, the directory that its paths are relative to, and
/// the place for messages.
struct Declaration<'a> {
    source: &'a PackageSource,
    base: &'a Path,
    place: Place,
}

impl<'a> Context<'a> {
    /// The store path of a package; none if it has none, which is reported once.
    pub(super) fn package(
        &mut self,
        name: &PackageName,
    ) -> Result<Option<StorePath>, MachineError> {
        if let Some(known) = self.packages.get(name) {
            return Ok(known.as_ref().map(|package| package.path.clone()));
        }
        let found = match self.declaration(name) {
            Some(declaration) => {
                let path = self.declared(name, &declaration)?;
                path.map(|path| Package {
                    path,
                    source: written(declaration.source).to_owned(),
                })
            }
            // `check` has reported it.
            None => None,
        };
        let path = found.as_ref().map(|package| package.path.clone());
        self.packages.insert(name.clone(), found);
        Ok(path)
    }

    fn declaration(&self, name: &PackageName) -> Option<Declaration<'a>> {
        let resolver = self.resolver;
        if let Some(source) = self
            .checked
            .job()
            .packages
            .as_ref()
            .and_then(|all| all.get(name))
        {
            let pointer = self.job_pointer().key("packages").key(name.as_str());
            let base = resolver.base(|| pointer.clone());
            let place = Place::value(says(source, pointer));
            // The checked job outlives this borrow, but not as long as the resolver's parts.
            return Some(Declaration {
                source,
                base,
                place,
            });
        }
        if let Some(source) = resolver.shared_packages.get(name) {
            let pointer = Pointer::root().key("packages").key(name.as_str());
            let place = Place::value(says(source, pointer));
            return Some(Declaration {
                source,
                base: resolver.definition_dir,
                place,
            });
        }
        let source = resolver.settings.packages.as_ref()?.get(name)?;
        let pointer = says(source, Pointer::root().key("packages").key(name.as_str()));
        let place = match resolver.settings_map {
            Some(map) => Place::Span(map.value(&pointer)),
            None => Place::value(pointer),
        };
        Some(Declaration {
            source,
            base: resolver.workspace_root,
            place,
        })
    }

    fn declared(
        &mut self,
        name: &PackageName,
        declaration: &Declaration<'_>,
    ) -> Result<Option<StorePath>, MachineError> {
        let place = || declaration.place.clone();
        match declaration.source {
            PackageSource::Local(local) => self.import(declaration.base, &local.path, place),
            PackageSource::Reference(text) if text.starts_with('/') => {
                let parsed = self.resolver.store_dir.parse(text);
                Ok(parsed
                    .map_err(|error| {
                        self.diagnostics.push(bad_store_path(text, &error, place()));
                    })
                    .ok())
            }
            PackageSource::Reference(installable) => {
                Ok(self.locked(name, installable, declaration.base, place()))
            }
        }
    }

    fn locked(
        &mut self,
        name: &PackageName,
        installable: &str,
        base: &Path,
        place: Place,
    ) -> Option<StorePath> {
        let resolver = self.resolver;
        let system = resolver.settings.system.as_deref();
        let system = system.unwrap_or(DEFAULT_SYSTEM);
        let meaning = match resolver.relative().meaning(installable, base) {
            Ok(meaning) => meaning,
            Err(refusal) => {
                self.diagnostics.push(refusal.problem(place));
                return None;
            }
        };
        match locked(resolver.lock, name, installable, &meaning, system, || {
            place.clone()
        }) {
            Ok(path) => {
                let warning = meaning.rule.warning(installable, place);
                self.diagnostics.extend(warning);
                Some(path.clone())
            }
            Err(problem) => {
                self.diagnostics.push(*problem);
                None
            }
        }
    }
}

fn written(source: &PackageSource) -> &str {
    match source {
        PackageSource::Local(local) => &local.path,
        PackageSource::Reference(text) => text,
    }
}

/// Where a source at `pointer` says where the package is.
fn says(source: &PackageSource, pointer: Pointer) -> Pointer {
    match source {
        PackageSource::Local(_) => pointer.key("path"),
        PackageSource::Reference(_) => pointer,
    }
}
