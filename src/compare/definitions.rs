//! The definitions of a side, before they are compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compile::{Compilation, Compiler, Planned, Until, duplicates};
use crate::diagnostic::{Diagnostic, Failure, MachineError, Place, Report, Severity};
use crate::diff::{ComparedJob, NotCompared, NotComparedKind};
use crate::elaborate::Defaults;
use crate::front;
use crate::git::EntryKind;
use crate::model::{JobKey, leads_to};
use crate::parallel::in_parallel;
use crate::query::declared::Declared;
use crate::registry::CODES;
use crate::resolve::NOT_LOCKED;
use crate::source::{Location, SourceFile, display_name};
use crate::target::{Bundle, Form};
use crate::workspace::{DefinitionFile, LOCK_FILE, SETTINGS_FILE, Workspace};

use super::dependencies::{Candidates, Dependencies, may_refer};
use super::job_filter::JobFilter;
use super::revision::{CheckedOut, Search};
use super::wrong_definition::WrongDefinition;

/// A workspace, or one as it is in a revision.
pub(super) struct Definitions {
    pub(super) workspace: Workspace,
    /// Its definitions, relative to its directory.
    pub(super) files: BTreeSet<PathBuf>,
    /// The revision that it is of.
    pub(super) checked: Option<CheckedOut>,
    /// What stands before the names of files in messages.
    mark: String,
    /// Whether its settings are wrong, so that those of another one stand in for them.
    pub(super) settings_are_wrong: bool,
    /// Whether its lock is wrong, so that nothing is known to be locked.
    pub(super) lock_is_wrong: bool,
}

/// What definitions are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OtherSide {
    /// Other definitions.
    Definitions,
    /// Compiled files, most of which have the text that a definition compiles to.
    Files,
}

/// What came of compiling definitions.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The jobs that are right, each with its definition.
    pub(super) jobs: Vec<(PathBuf, DefinedJob)>,
    /// The definitions in which something is wrong.
    pub(super) wrong: Vec<WrongDefinition>,
    /// The keys of jobs that are defined more than once, with what messages call the file that does it
    /// again.
    pub(super) ambiguous: BTreeMap<String, String>,
    /// Where these are.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A job that a definition has.
#[derive(Debug)]
pub(super) struct DefinedJob {
    key: JobKey,
    /// Where it says what it is called.
    named_at: Location,
    pub(super) compiled: ComparedJob,
}

/// What came of compiling a definition.
#[derive(Default)]
struct FileOutcome {
    source: Option<Arc<SourceFile>>,
    jobs: Vec<DefinedJob>,
    diagnostics: Vec<Diagnostic>,
    trouble: Option<Failure>,
    declared: Option<Declared>,
}

impl DefinedJob {
    pub(super) fn key(&self) -> String {
        self.key.to_string()
    }
}

impl Outcome {
    fn add_duplicates(&mut self, name: impl Fn(&Path) -> String) {
        let places = self.jobs.iter().map(|(_, job)| (&job.key, &job.named_at));
        let diagnostics = duplicates(places);
        if diagnostics.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        for (path, job) in &self.jobs {
            if !seen.insert(&job.key) {
                self.ambiguous.insert(job.key.to_string(), name(path));
            }
        }
        self.diagnostics.extend(diagnostics);
    }
}

/// The definitions that are found in a workspace's directory, relative to it.
fn in_directory(workspace: &Workspace) -> Result<BTreeSet<PathBuf>, MachineError> {
    let found = workspace.definitions()?;
    let relative = |file: &DefinitionFile| {
        let below = file.path.strip_prefix(&workspace.root);
        below.unwrap_or(&file.path).to_owned()
    };
    Ok(found.iter().map(relative).collect())
}

impl Definitions {
    /// The workspace at `root` (absolute). The settings of `another` stand in for its own where these
    /// are wrong.
    pub(super) fn of_directory(
        root: &Path,
        current_dir: &Path,
        another: Option<&Workspace>,
    ) -> Result<Report<Self>, Failure> {
        let opening = Workspace::look_at(root, current_dir, CODES, another)?;
        let Some(workspace) = opening.workspace else {
            return Ok(Report::failed(opening.diagnostics));
        };
        let files = in_directory(&workspace)?;
        let definitions = Self {
            workspace,
            files,
            checked: None,
            mark: String::new(),
            settings_are_wrong: opening.settings_are_wrong,
            lock_is_wrong: opening.lock_is_wrong,
        };
        Ok(Report::new(definitions, opening.diagnostics))
    }

    /// The workspace as it is in a revision, with nothing checked out but its settings and lock. The
    /// settings of `another` stand in for its own where these are wrong.
    pub(super) fn of_revision(
        checked: CheckedOut,
        name: &str,
        another: Option<&Workspace>,
    ) -> Result<Report<Self>, Failure> {
        let mark = checked.mark(name);
        checked.check_out(&[SETTINGS_FILE, LOCK_FILE].map(PathBuf::from))?;
        let search = checked.make_roots(&checked.roots())?;
        let opening = Workspace::look_at(checked.root(), checked.root(), CODES, another)?;
        let diagnostics = marked(opening.diagnostics, |file| format!("{mark}{file}"));
        let Some(workspace) = opening.workspace else {
            return Ok(Report::failed(diagnostics));
        };
        let search = if opening.settings_are_wrong {
            checked.make_roots(&workspace.roots())?
        } else {
            search
        };
        let files = match search {
            Search::Directory => in_directory(&workspace)?,
            Search::Entries => {
                let files = checked.entries.all.iter();
                let files = files.filter(|(_, held)| held.kind != EntryKind::Submodule);
                let files: Vec<&Path> = files.map(|(path, _)| path.as_path()).collect();
                workspace.definitions_among(&files)
            }
        };
        let definitions = Self {
            workspace,
            files,
            checked: Some(checked),
            mark,
            settings_are_wrong: opening.settings_are_wrong,
            lock_is_wrong: opening.lock_is_wrong,
        };
        Ok(Report::new(definitions, diagnostics))
    }

    /// Whether no definition is known to be there.
    pub(super) fn is_nothing(&self) -> bool {
        self.files.is_empty() && !self.settings_are_wrong
    }

    /// What of the workspace itself could not be read, and so not be compared.
    pub(super) fn unread(&self) -> Vec<NotCompared> {
        let files = [
            (
                self.settings_are_wrong,
                SETTINGS_FILE,
                NotComparedKind::Settings,
            ),
            (self.lock_is_wrong, LOCK_FILE, NotComparedKind::Lock),
        ];
        let wrong = files.into_iter().filter(|(is_wrong, ..)| *is_wrong);
        wrong
            .map(|(_, file, kind)| NotCompared {
                because: self.display(Path::new(file)),
                kind,
                jobs: Vec::new(),
            })
            .collect()
    }

    /// What the file at `relative` is called in messages.
    pub(super) fn display(&self, relative: &Path) -> String {
        let path = self.workspace.root.join(relative);
        format!(
            "{}{}",
            self.mark,
            display_name(&path, &self.workspace.current_dir)
        )
    }

    /// The files of `relative`, which has to be checked out.
    pub(super) fn file(&self, relative: &Path) -> Option<DefinitionFile> {
        DefinitionFile::of_path(&self.workspace.root.join(relative))
    }

    /// The text of a definition, which is one of `texts` or is there; none if it cannot be read.
    pub(super) fn text(
        &self,
        relative: &PathBuf,
        texts: &BTreeMap<&PathBuf, Vec<u8>>,
    ) -> Option<Arc<SourceFile>> {
        let Some(text) = texts.get(relative) else {
            let path = self.workspace.root.join(relative);
            return self.workspace.read_source(&path).ok()?.value;
        };
        let text = String::from_utf8(text.clone()).ok()?;
        Some(SourceFile::new(relative.display().to_string(), text))
    }

    /// What a definition depends on; none if it makes no sense.
    pub(super) fn dependencies(
        &self,
        relative: &Path,
        source: &Arc<SourceFile>,
    ) -> Option<Dependencies> {
        let loaded = front::load(source, self.file(relative)?.format).value?;
        let mut found = Dependencies::of(&loaded, &self.workspace.root);
        let settings = self.workspace.settings_map.as_ref();
        if let Some(defaults) = settings.and_then(Defaults::of) {
            found.add_defaults(defaults.node);
        }
        Some(found)
    }

    /// Compiles the jobs of all definitions, or `only` of some, to be compared with the other side.
    pub(super) fn compile(
        &self,
        only: Option<&BTreeSet<PathBuf>>,
        wanted: &JobFilter,
        other: OtherSide,
    ) -> Result<Outcome, Failure> {
        let files: BTreeSet<PathBuf> = match only {
            Some(only) => self.files.intersection(only).cloned().collect(),
            None => self.files.clone(),
        };
        self.prepare(&files)?;
        let files: Vec<(&PathBuf, DefinitionFile)> = files
            .iter()
            .filter_map(|path| Some((path, self.file(path)?)))
            .collect();
        let compiler = Compiler::new(&self.workspace)?;
        let keep = |planned: Planned| DefinedJob {
            key: planned.plan.key.clone(),
            compiled: ComparedJob::own(planned.plan),
            named_at: planned.named_at,
        };
        let keep_text = |bundle: Bundle, planned| {
            let job = keep(planned);
            DefinedJob {
                compiled: job.compiled.with_text(&bundle.listing()),
                ..job
            }
        };
        let until = match other {
            OtherSide::Definitions => Until::Checked(Form::Complete, &keep),
            OtherSide::Files => Until::Emitted(Form::Complete, &keep_text),
        };
        let is_wanted = |keys: &[&JobKey]| {
            let keys = keys.iter().map(ToString::to_string);
            keys.map(|key| wanted.accepts(&key)).collect()
        };
        let compile = |(_, file): &(&PathBuf, DefinitionFile)| {
            let mut found = FileOutcome::default();
            match self.workspace.read_source(&file.path) {
                Err(error) => found.trouble = Some(self.failure(&error)),
                Ok(source) => {
                    if let Some(source) = source.unpack(&mut found.diagnostics) {
                        found.source = Some(Arc::clone(&source));
                        match compiler.compile(file, &source, &until, is_wanted) {
                            Err(error) => found.trouble = Some(self.failure(&error)),
                            Ok(report) => {
                                let jobs = Compilation::merged(report);
                                let jobs = jobs.unpack(&mut found.diagnostics);
                                found.jobs = jobs.unwrap_or_default();
                            }
                        }
                    }
                }
            }
            // Warnings are for those who check.
            let mut diagnostics = std::mem::take(&mut found.diagnostics);
            diagnostics.retain(|problem| problem.severity == Severity::Error);
            if !diagnostics.is_empty() || found.trouble.is_some() {
                let source = found.source.as_ref();
                let declared = source.map(|source| Declared::of(source, file.format));
                found.declared = Some(declared.unwrap_or(Declared::Nothing));
            }
            found.diagnostics = diagnostics;
            found
        };
        let all = in_parallel(&files, compile, |_| {});
        let mut wrong = all.iter().filter_map(|found| found.declared.as_ref());
        // A job that is found is not sought in a file that may define it once more.
        let keys = if wanted.has_names() && wrong.any(|it| !it.is_clear()) {
            self.keys()?
        } else {
            BTreeSet::new()
        };
        let mut outcome = Outcome::default();
        for (found, (path, _)) in all.into_iter().zip(&files) {
            let jobs = found.jobs.into_iter();
            outcome.jobs.extend(jobs.map(|job| ((*path).clone(), job)));
            let Some(declared) = found.declared else {
                continue;
            };
            // That a package is not locked follows where the lock cannot be read.
            let is_told =
                |problem: &Diagnostic| !self.lock_is_wrong || problem.code.id != NOT_LOCKED.id;
            let diagnostics: Vec<_> = found.diagnostics.into_iter().filter(is_told).collect();
            // Where nothing is told, the file itself is right, for all that is known.
            let is_right = diagnostics.is_empty() && found.trouble.is_none();
            let name = self.display(if is_right { Path::new(LOCK_FILE) } else { path });
            outcome.wrong.push(WrongDefinition {
                path: (*path).clone(),
                name,
                diagnostics: self.marked(diagnostics),
                trouble: found.trouble,
                is_wanted: wanted.may_be_in(&declared, &keys),
                declared,
            });
        }
        outcome.add_duplicates(|path| self.display(path));
        outcome.diagnostics = self.marked(outcome.diagnostics);
        Ok(outcome)
    }

    /// Checks out what the definitions need, if that is still to be done.
    fn prepare(&self, files: &BTreeSet<PathBuf>) -> Result<(), MachineError> {
        let Some(checked) = &self.checked else {
            return Ok(());
        };
        checked.check_out(files)?;
        let shared = self.workspace.settings.packages.iter().flatten();
        let shared = shared.filter_map(|(_, source)| match source {
            crate::model::PackageSource::Local(local) => Some(PathBuf::from(&local.path)),
            crate::model::PackageSource::Reference(_) => None,
        });
        let shared: BTreeSet<PathBuf> = shared.collect();
        let mut needed = shared.clone();
        let settings = self.workspace.settings_map.as_ref();
        let mut refers = settings.is_some_and(|map| may_refer(map.sources().first()));
        for file in files {
            // What is wrong with it is told when it is compiled.
            let source = self.text(file, &BTreeMap::new());
            refers |= source.as_ref().is_some_and(|source| may_refer(source));
            let found = source.and_then(|source| self.dependencies(file, &source));
            let Some(found) = found else {
                continue;
            };
            let below = file.parent().unwrap_or(Path::new(""));
            let mut own: BTreeSet<PathBuf> = BTreeSet::new();
            own.extend(found.imports.iter().map(|path| below.join(path)));
            let relative = found.relative.iter();
            own.extend(relative.flat_map(|text| Candidates::of(text, below).files));
            if checked.lacking().next().is_some() {
                let plain = shared.iter().chain(&own);
                let plain = plain.filter_map(|path| leads_to(Path::new(""), path));
                plain.for_each(|path| checked.need(&path, file));
            }
            needed.extend(own);
        }
        if refers {
            // The jobs that are referred to may be in any.
            needed.extend(self.files.iter().cloned());
        }
        checked.check_out(&needed)
    }

    /// With the names of files as users know them.
    pub(super) fn marked(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if self.mark.is_empty() {
            return diagnostics;
        }
        marked(diagnostics, |file| format!("{}{file}", self.mark))
    }

    fn failure(&self, error: &MachineError) -> Failure {
        if self.mark.is_empty() {
            return Failure::new(error.to_string());
        }
        let place = display_name(&self.workspace.root, &self.workspace.root);
        Failure::new(format!("in `{}{place}`: {error}", self.mark))
    }
}

/// With the names of files as `mark` has them.
fn marked(mut diagnostics: Vec<Diagnostic>, mark: impl Fn(&str) -> String) -> Vec<Diagnostic> {
    let mut files: BTreeMap<String, Arc<SourceFile>> = BTreeMap::new();
    for annotation in diagnostics
        .iter_mut()
        .flat_map(|problem| &mut problem.annotations)
    {
        match &mut annotation.place {
            Place::Span(location) => {
                let file = &location.file;
                let again = || SourceFile::new(mark(file.name()), file.text());
                let renamed = files.entry(file.name().to_owned()).or_insert_with(again);
                location.file = Arc::clone(renamed);
            }
            Place::File(name) => *name = mark(name),
            Place::Document(..) => {}
        }
    }
    diagnostics
}
