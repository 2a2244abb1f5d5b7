//! Which packages the workspace names, and where.
//!
//! Definitions are read but not compiled: a package that is not locked is no error here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{Diagnostic, MachineError, Place, Report, Severity};
use crate::elaborate;
use crate::front;
use crate::model::{Document, PackageName, PackageSource};
use crate::parallel::in_parallel;
use crate::resolve::{Meaning, RelativeReader, RelativeRule, bad_store_path};
use crate::source::{Pointer, SourceMap};
use crate::store::{StoreDir, StorePath};
use crate::workspace::{DefinitionFile, Workspace};

/// What a workspace names as packages.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// What the lock resolves, by what the lock calls it.
    pub installables: BTreeMap<String, Need>,
    /// Packages that are given by their store paths.
    pub store_paths: BTreeMap<StorePath, Need>,
}

/// The texts that name a package.
#[derive(Debug, Clone)]
pub struct Need {
    /// What it is called, in one definition or another.
    pub names: BTreeSet<PackageName>,
    /// Where it is named first.
    pub place: Place,
    /// How it is written there.
    pub written: String,
    /// What a relative path there is relative to.
    pub rule: RelativeRule,
}

impl Need {
    /// What messages call the package.
    ///
    /// # Panics
    /// Never: a need exists because a name stands for it.
    pub fn name(&self) -> &PackageName {
        self.names.first().expect("it is named")
    }
}

/// Packages with where they stand, of one file.
type Named = Vec<(PackageName, PackageSource, Place)>;

/// What all needs are added by.
struct Adding<'a> {
    reader: RelativeReader<'a>,
    store_dir: &'a StoreDir,
}

/// Reads all definitions and the settings.
///
/// # Errors
/// If a file cannot be read.
pub fn collect(workspace: &Workspace) -> Result<Report<Needs>, MachineError> {
    let mut diagnostics = Vec::new();
    let mut needs = Needs::default();
    let adding = Adding {
        reader: RelativeReader {
            files: &workspace.files,
            root: &workspace.root,
            lock: &workspace.lock,
        },
        store_dir: &workspace.store_dir,
    };
    let definitions = workspace.definitions()?;
    let read = |definition: &DefinitionFile| definition_packages(definition, workspace);
    let all = in_parallel(&definitions, read, |_| {});
    for (named, definition) in all.into_iter().zip(&definitions) {
        for named in named?.unpack(&mut diagnostics).unwrap_or_default() {
            needs.add(named, definition.directory(), &adding, &mut diagnostics);
        }
    }
    for named in settings_packages(workspace) {
        needs.add(named, &workspace.root, &adding, &mut diagnostics);
    }
    Ok(Report::new(needs, diagnostics))
}

impl Needs {
    /// Those that `wanted` picks by one of a package's names and its text.
    #[must_use]
    pub fn only(&self, wanted: &dyn Fn(&Need, &str) -> bool, store_dir: &StoreDir) -> Self {
        let installables = self.installables.iter();
        let store_paths = self.store_paths.iter();
        Self {
            installables: installables
                .filter(|(text, need)| wanted(need, text))
                .map(|(text, need)| (text.clone(), need.clone()))
                .collect(),
            store_paths: store_paths
                .filter(|(path, need)| wanted(need, &store_dir.display(path).to_string()))
                .map(|(path, need)| (path.clone(), need.clone()))
                .collect(),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Need> {
        self.installables.values().chain(self.store_paths.values())
    }

    fn add(
        &mut self,
        (name, source, place): (PackageName, PackageSource, Place),
        base: &Path,
        adding: &Adding<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let PackageSource::Reference(text) = source else {
            return;
        };
        let need = |rule| Need {
            names: BTreeSet::new(),
            place: place.clone(),
            written: text.clone(),
            rule,
        };
        let need = if text.starts_with('/') {
            match adding.store_dir.parse(&text) {
                Ok(path) => {
                    let new = || need(RelativeRule::Definition);
                    self.store_paths.entry(path).or_insert_with(new)
                }
                Err(error) => {
                    diagnostics.push(bad_store_path(&text, &error, place));
                    return;
                }
            }
        } else {
            match adding.reader.meaning(&text, base) {
                Ok(Meaning { key, rule }) => {
                    if let RelativeRule::Workspace { .. } | RelativeRule::Outside = rule {
                        diagnostics.extend(rule.warning(&text, place.clone()));
                    }
                    self.installables.entry(key).or_insert_with(|| need(rule))
                }
                Err(refusal) => {
                    diagnostics.push(refusal.problem(place));
                    return;
                }
            }
        };
        need.names.insert(name);
    }
}

fn definition_packages(
    definition: &DefinitionFile,
    workspace: &Workspace,
) -> Result<Report<Named>, MachineError> {
    let source = workspace.read_source(&definition.path)?;
    Ok(source.and_then(|file| {
        let settings = workspace.settings_map.as_ref();
        let loaded = elaborate::load(&file, definition.format, settings);
        loaded.and_then(|loaded| {
            let map = loaded.into_map();
            let decoded = front::document(map.root());
            let located = decoded.diagnostics.into_iter();
            let diagnostics: Vec<_> = located.map(|problem| problem.located(&map)).collect();
            // What was made up for a value that is wrong is no package.
            let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
            let document = decoded.value.filter(|_| !diagnostics.iter().any(wrong));
            let Some(document) = document else {
                return Report::failed(diagnostics);
            };
            let mut named = Vec::new();
            let root = Pointer::root();
            let is_list = matches!(document, Document::Many(_));
            named_in(&mut named, document.shared_packages(), &root, &map);
            for (index, job) in document.jobs().iter().enumerate() {
                let at = if is_list {
                    root.key("jobs").index(index)
                } else {
                    root.clone()
                };
                named_in(&mut named, job.packages.as_ref(), &at, &map);
            }
            Report::new(named, diagnostics)
        })
    }))
}

fn settings_packages(workspace: &Workspace) -> Named {
    let mut named = Vec::new();
    if let Some(map) = &workspace.settings_map {
        let packages = workspace.settings.packages.as_ref();
        named_in(&mut named, packages, &Pointer::root(), map);
    }
    named
}

fn named_in(
    named: &mut Named,
    packages: Option<&BTreeMap<PackageName, PackageSource>>,
    at: &Pointer,
    map: &SourceMap,
) {
    for (name, source) in packages.into_iter().flatten() {
        let pointer = at.key("packages").key(name.as_str());
        let place = Place::Span(map.value(&pointer));
        named.push((name.clone(), source.clone(), place));
    }
}
