//! The definitions of a side, before they are compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compile::{Compiled, Compiler, in_parallel};
use crate::diagnostic::{Diagnostic, MachineError, Report};
use crate::emit::Form;
use crate::git::EntryKind;
use crate::model::JobKey;
use crate::source::{SourceFile, display_name};
use crate::workspace::{DefinitionFile, LOCK_FILE, SETTINGS_FILE, Workspace};

use super::super::failure::Failure;
use super::marked;
use super::revision::Checked;
use super::same::{Dependencies, leads_to};

/// A workspace, or one as it is in a revision.
pub(super) struct Definitions {
    pub(super) workspace: Workspace,
    /// Its definitions, relative to its directory.
    pub(super) files: BTreeSet<PathBuf>,
    /// The revision that it is of.
    pub(super) checked: Option<Checked>,
    /// What stands before the names of files in messages.
    mark: String,
}

impl Definitions {
    /// The workspace at `root` (absolute).
    pub(super) fn of_directory(root: &Path, current_dir: &Path) -> Result<Report<Self>, Failure> {
        let mut diagnostics = Vec::new();
        let opened = Workspace::open_at(root, current_dir)?;
        let Some(workspace) = opened.unpack(&mut diagnostics) else {
            return Ok(Report::failed(diagnostics));
        };
        let found = workspace.definitions()?;
        let relative = |file: &DefinitionFile| {
            let below = file.path.strip_prefix(&workspace.root);
            below.unwrap_or(&file.path).to_owned()
        };
        let files = found.iter().map(relative).collect();
        let definitions = Self {
            workspace,
            files,
            checked: None,
            mark: String::new(),
        };
        Ok(Report::new(definitions, diagnostics))
    }

    /// The workspace as it is in a revision, with nothing checked out but its settings and lock.
    pub(super) fn of_revision(checked: Checked, name: &str) -> Result<Report<Self>, Failure> {
        let mark = checked.mark(name);
        let own = [SETTINGS_FILE, LOCK_FILE].map(PathBuf::from);
        checked.check_out(&own.into())?;
        checked.make_roots()?;
        let mut diagnostics = Vec::new();
        let opened = Workspace::open_at(checked.root(), checked.root())?;
        let Some(workspace) = opened.unpack(&mut diagnostics) else {
            let diagnostics = marked(diagnostics, |file| format!("{mark}{file}"));
            return Ok(Report::failed(diagnostics));
        };
        let files = checked.entries.iter();
        let files = files.filter(|(_, held)| held.kind != EntryKind::Submodule);
        let files = files.map(|(path, _)| path.clone());
        let files = files.filter(|path| workspace.is_definition(path)).collect();
        Ok(Report::ok(Self {
            workspace,
            files,
            checked: Some(checked),
            mark,
        }))
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
        Dependencies::of(source, self.file(relative)?.format)
    }

    /// Compiles the jobs of all definitions, or `only` of some.
    pub(super) fn compile(
        &self,
        only: Option<&BTreeSet<PathBuf>>,
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Report<Vec<Compiled>>, Failure> {
        let files: BTreeSet<PathBuf> = match only {
            Some(only) => self.files.intersection(only).cloned().collect(),
            None => self.files.clone(),
        };
        self.prepare(&files)?;
        let files: Vec<_> = files.iter().filter_map(|file| self.file(file)).collect();
        let mut compiler = Compiler::new(&self.workspace)?;
        compiler.write_as(Form::Complete);
        let wanted = |key: &JobKey| wanted(&key.to_string());
        let compile = |file: &DefinitionFile| -> Result<Report<Vec<Compiled>>, MachineError> {
            let mut diagnostics = Vec::new();
            let source = self.workspace.read_source(&file.path)?;
            let Some(source) = source.unpack(&mut diagnostics) else {
                return Ok(Report::failed(diagnostics));
            };
            compiler.compile(file, &source, &wanted)
        };
        let mut diagnostics = Vec::new();
        let mut jobs = Vec::new();
        for report in in_parallel(&files, compile, |_| {}) {
            let report = report.map_err(|error| self.failure(&error))?;
            jobs.extend(report.unpack(&mut diagnostics).unwrap_or_default());
        }
        Ok(Report::new(jobs, diagnostics))
    }

    /// Checks out what the definitions need, if that is still to be done.
    fn prepare(&self, files: &BTreeSet<PathBuf>) -> Result<(), MachineError> {
        let Some(checked) = &self.checked else {
            return Ok(());
        };
        checked.check_out(files)?;
        let mut needed = BTreeSet::new();
        let shared = self.workspace.settings.packages.iter().flatten();
        let shared = shared.filter_map(|(_, source)| match source {
            crate::model::PackageSource::Local(local) => Some(PathBuf::from(&local.path)),
            crate::model::PackageSource::Reference(_) => None,
        });
        let mut wanted: Vec<Option<PathBuf>> =
            shared.map(|path| leads_to(Path::new(""), &path)).collect();
        for file in files {
            // What is wrong with it is told when it is compiled.
            let source = self.text(file, &BTreeMap::new());
            let found = source.and_then(|source| self.dependencies(file, &source));
            let Some(found) = found else {
                continue;
            };
            let below = file.parent().unwrap_or(Path::new(""));
            wanted.extend(found.imports.iter().map(|path| leads_to(below, path)));
        }
        for path in wanted {
            match path {
                Some(path) if checked.is_plain(&path) => needed.extend(checked.below(&path)),
                // Where links lead is for the file system to say.
                _ => return checked.check_out(&checked.entries.keys().cloned().collect()),
            }
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
