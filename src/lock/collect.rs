//! Which packages the workspace names, and where, and which of its ports need numbers.
//!
//! Definitions are checked as they are written, and go no further: a package that is not locked is no
//! error here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::compile::{Compiler, Listed, Until, every, ports_given_twice};
use crate::diagnostic::{Diagnostic, MachineError, Place, Report, Severity};
use crate::model::{Job, PackageName, PackageSource};
use crate::parallel::in_parallel;
use crate::resolve::{Meaning, RelativeReader, RelativeRule, bad_store_path};
use crate::source::{Pointer, SourceMap};
use crate::store::{StoreDir, StorePath};
use crate::workspace::{DefinitionFile, Workspace};

use super::ports::NeededPorts;

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

/// Packages as they are written.
type Packages = Option<BTreeMap<PackageName, PackageSource>>;

/// Packages with where they stand, of one file.
type Named = Vec<(PackageName, PackageSource, Place)>;

/// What all needs are added by.
struct Adding<'a> {
    reader: RelativeReader<'a>,
    store_dir: &'a StoreDir,
}

/// What a lock is for.
#[derive(Debug, Default)]
pub struct Collected {
    /// The packages.
    pub needs: Needs,
    /// The ports.
    pub ports: NeededPorts,
}

/// Reads and checks all definitions, and reads the settings.
///
/// # Errors
/// If a file cannot be read.
pub fn collect(workspace: &Workspace) -> Result<Report<Collected>, MachineError> {
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
    let compiler = Compiler::new(workspace)?;
    let definitions = workspace.definitions()?;
    let read = |definition: &DefinitionFile| read(definition, workspace, &compiler);
    let all = in_parallel(&definitions, read, |_| {});
    let mut jobs = Vec::new();
    for (report, definition) in all.into_iter().zip(&definitions) {
        let Some(found) = report?.unpack(&mut diagnostics) else {
            continue;
        };
        for named in found.packages {
            needs.add(named, definition.directory(), &adding, &mut diagnostics);
        }
        jobs.extend(found.jobs);
    }
    for named in settings_packages(workspace) {
        needs.add(named, &workspace.root, &adding, &mut diagnostics);
    }
    diagnostics.extend(ports_given_twice(&jobs, |_| true));
    let ports = NeededPorts::of(jobs);
    Ok(Report::new(Collected { needs, ports }, diagnostics))
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

/// What one definition names, and the jobs that are right as they are written.
struct Definition {
    packages: Named,
    jobs: Vec<Listed>,
}

/// Of what checks find, only errors are told: whether something else is to be mended is no matter of the lock.
fn read(
    definition: &DefinitionFile,
    workspace: &Workspace,
    compiler: &Compiler<'_>,
) -> Result<Report<Definition>, MachineError> {
    let source = workspace.read_source(&definition.path)?;
    let Some(file) = source.value else {
        return Ok(Report::failed(source.diagnostics));
    };
    let packages = |job: &Job, at: &Pointer| (at.clone(), job.packages.clone());
    let until: Until<'_, (Pointer, Packages)> = Until::Listed(&packages);
    let mut report = compiler.compile(definition, &file, &until, every)?;
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    report.diagnostics.retain(wrong);
    Ok(report.map(|found| {
        let mut packages = Named::new();
        let shared = Some(&found.shared_packages);
        named_in(&mut packages, shared, &Pointer::root(), &found.map);
        for (at, of_job) in &found.kept {
            named_in(&mut packages, of_job.as_ref(), at, &found.map);
        }
        Definition {
            packages,
            jobs: found.listed,
        }
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
