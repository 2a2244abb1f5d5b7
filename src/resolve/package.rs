//! Packages by name: the definition's own first, then those of its file, then the workspace's.

use std::path::Path;

use crate::diagnostic::codes::packages as codes;
use crate::diagnostic::{Diagnostic, MachineError, Place};
use crate::model::{Installable, InstallableError, PackageName, PackageSource, shell_word};
use crate::source::Pointer;
use crate::store::StorePath;
use crate::store::store_dir::AbsolutePathError;

use super::relative::{Meaning, Rule};
use super::{Context, DEFAULT_SYSTEM, Lock, Locked};

/// A package that a command names: what it was declared as, and what that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its store path.
    pub path: StorePath,
    /// The installable, store path or path of a file, as written.
    pub source: String,
}

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
            let place = Place::value(says(source, pointer));
            // The checked job outlives this borrow, but not as long as the resolver's parts.
            return Some(Declaration {
                source,
                base: resolver.definition_dir,
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

/// What the lock says that the package `name` is on `system`, where `written` means `meaning`.
///
/// # Errors
/// What to tell if it says nothing: that it could say something only if the text is an installable.
pub fn locked<'l>(
    lock: &'l Lock,
    name: &PackageName,
    written: &str,
    meaning: &Meaning,
    system: &str,
    place: impl FnOnce() -> Place,
) -> Result<&'l StorePath, Box<Diagnostic>> {
    let installable = meaning.key.as_str();
    let known = lock.package(installable, system);
    if !matches!(known, Locked::As(_))
        && let Err(error) = Installable::parse(written)
    {
        // To lock it would come to nothing.
        return Err(Box::new(bad_installable(written, &error, place())));
    }
    Err(Box::new(match known {
        Locked::As(path) => return Ok(path),
        Locked::Not => {
            let headline = format!("package `{name}` is not locked: `{written}`");
            let problem = Diagnostic::new(&codes::NOT_LOCKED, headline, place());
            let problem = match (&meaning.rule, other_output(lock, installable)) {
                (Rule::Changed { before, write }, _) => problem.note(format!(
                    "it is where the definition is, and no longer `{before}` of the lock, which is \
                     `{write}` here"
                )),
                (_, Some(other)) => {
                    problem.note(format!("the lock has another output of it: `{other}`"))
                }
                _ if installable != written => problem,
                _ => problem.did_you_mean(installable, lock.installables()),
            };
            problem.help(format!("lock it: `jobc lock {name}`"))
        }
        Locked::ForOthers(systems) => {
            let headline = format!("package `{name}` is not locked for `{system}`");
            Diagnostic::new(&codes::LOCKED_FOR_OTHER_SYSTEM, headline, place())
                .note(format!("it is locked for `{}`", systems.join("`, `")))
                .help(format!(
                    "lock it for the nodes' system, `jobc lock --system {} {name}`, or set \
                     `system` in `jobc.toml`",
                    shell_word(system)
                ))
        }
    }))
}

/// A package of the lock that is another output of the same derivation.
fn other_output<'l>(lock: &'l Lock, installable: &str) -> Option<&'l str> {
    let without = |text: &str| {
        text.rsplit_once('^')
            .map_or(text.len(), |(rest, _)| rest.len())
    };
    let base = &installable[..without(installable)];
    let mut all = lock.installables();
    all.find(|other| &other[..without(other)] == base)
}

/// The problem of a package that is given by an absolute path that is no store path.
pub fn bad_store_path(text: &str, reason: &AbsolutePathError, place: Place) -> Diagnostic {
    let headline = format!("`{text}` is not a store path: {reason}");
    Diagnostic::new(&codes::BAD_STORE_PATH, headline, place).help(
        "write a whole store path, `{ path = \"./file\" }` for a file of the workspace, or an \
         installable",
    )
}

/// The problem of a package that is given by a text that means nothing to Nix.
pub fn bad_installable(text: &str, reason: &InstallableError, place: Place) -> Diagnostic {
    let headline = format!("`{text}` is no package: {reason}");
    Diagnostic::new(&codes::BAD_INSTALLABLE, headline, place)
        .help("write an installable such as `nixpkgs#python3`, or a store path")
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
