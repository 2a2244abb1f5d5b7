//! One side of a comparison: jobs as they are in a revision, a workspace, or compiled files.
//!
//! Both sides are read together, so that definitions that say the same on both, with the same
//! settings, files and packages, need not be compiled at all.

mod compiled;
mod contents;
mod definitions;
mod left;
mod revision;
mod same;
mod temporary;
mod word;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compile::{Compiled, duplicates};
use crate::diagnostic::{Diagnostic, MachineError, Place, Report, Severity};
use crate::diff::{self, Comparison, JobForm, Known};
use crate::git::Repository;
use crate::plan::Needs;
use crate::resolve::Lock;
use crate::source::{SourceFile, display_name};
use crate::store::{StoreDir, StorePath};
use crate::workspace::Workspace;

use super::failure::Failure;

use self::definitions::Definitions;
use self::revision::Checked;

use self::same::differing;
pub(super) use self::word::Word;

/// What is compared with something else.
#[derive(Debug)]
pub(super) struct Side {
    /// What messages call it.
    pub(super) name: String,
    /// Its jobs by their keys. Where only what differs was read, those that differ.
    pub(super) jobs: BTreeMap<String, SideJob>,
    /// What its packages are; none if it has no lock.
    pub(super) lock: Option<Lock>,
    /// The store of its nodes.
    pub(super) store_dir: StoreDir,
    /// Its workspace, if it has one.
    pub(super) root: Option<PathBuf>,
    /// What is to be known of its files.
    notes: Vec<Failure>,
    /// Keeps the files of a revision as long as they are looked at.
    _checkout: Option<Checked>,
}

/// A job of a side.
#[derive(Debug)]
pub(super) struct SideJob {
    /// The compiled job.
    pub(super) form: JobForm,
    /// What its nodes need; nothing is known of it where the job was compiled by somebody else.
    pub(super) needs: Needs,
}

/// Two sides.
#[derive(Debug)]
pub(super) struct Sides {
    pub(super) old: Side,
    pub(super) new: Side,
    /// How many definitions say the same on both, and were not compiled.
    pub(super) same: usize,
}

/// How much of both sides to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All jobs.
    Everything,
    /// Those of definitions that may compile to something else.
    Differing,
}

/// Where words of the command line begin, and which jobs they are about.
pub(super) struct Reader<'a> {
    /// The directory that paths are relative to.
    pub(super) current_dir: &'a Path,
    /// The workspace.
    pub(super) root: &'a Path,
    /// Whether a job is of interest.
    pub(super) wanted: &'a (dyn Fn(&str) -> bool + Sync),
}

/// A side whose jobs are still to be read.
enum Opened {
    Definitions(Box<Definitions>),
    Compiled(BTreeMap<String, SideJob>),
}

impl Reader<'_> {
    /// Reads two sides. A report without a value says what is wrong with the definitions of one.
    pub(super) fn read(
        &self,
        old: &Word,
        new: &Word,
        reach: Reach,
    ) -> Result<Report<Sides>, Failure> {
        if (old, new) == (&Word::Input, &Word::Input) {
            return Err(Failure::new("standard input cannot be both sides"));
        }
        let mut diagnostics = Vec::new();
        let old_name = self.name(old);
        let new_name = self.name(new);
        let old = self.open(old, &old_name)?.unpack(&mut diagnostics);
        let new = self.open(new, &new_name)?.unpack(&mut diagnostics);
        let (Some(old), Some(new)) = (old, new) else {
            return Ok(Report::failed(diagnostics));
        };
        let differing = match (&old, &new, reach) {
            (Opened::Definitions(old), Opened::Definitions(new), Reach::Differing) => {
                Some(differing(old, new)?)
            }
            _ => None,
        };
        let same = match (&differing, &new) {
            (Some(differing), Opened::Definitions(new)) => new.files.difference(differing).count(),
            _ => 0,
        };
        let old = self.finish(old, old_name, differing.as_ref())?;
        let old = old.unpack(&mut diagnostics);
        let new = self.finish(new, new_name, differing.as_ref())?;
        let new = new.unpack(&mut diagnostics);
        Ok(match (old, new) {
            (Some(old), Some(new)) => Report::new(Sides { old, new, same }, diagnostics),
            _ => Report::failed(diagnostics),
        })
    }

    /// What messages call a side.
    fn name(&self, word: &Word) -> String {
        match word {
            Word::Revision(name) | Word::Either(name, _) => name.clone(),
            Word::Path(path) if path == self.root => "working tree".to_owned(),
            Word::Path(path) => display_name(path, self.current_dir),
            Word::Input => "standard input".to_owned(),
        }
    }

    fn open(&self, word: &Word, name: &str) -> Result<Report<Opened>, Failure> {
        let path = match word {
            Word::Input => return compiled::input().map(|jobs| Report::ok(Opened::Compiled(jobs))),
            Word::Path(path) => path,
            Word::Revision(revision) => return self.revision(revision, None),
            Word::Either(revision, path) => return self.revision(revision, Some(path)),
        };
        self.path(path, name)
    }

    fn revision(&self, name: &str, path: Option<&PathBuf>) -> Result<Report<Opened>, Failure> {
        let failure = match Repository::around(self.root)? {
            None => {
                let root = display_name(self.root, self.current_dir);
                Failure::new(format!(
                    "no revision `{name}`: `{root}` is in no git repository"
                ))
            }
            Some(repository) => match repository.revision(name)? {
                Some(revision) => {
                    let checked = Checked::new(repository, &revision, self.root)?;
                    let opened = Definitions::of_revision(checked, name)?;
                    return Ok(opened.map(|opened| Opened::Definitions(Box::new(opened))));
                }
                None => unknown_revision(name, &repository),
            },
        };
        match path {
            Some(path) => self.path(path, name),
            None => Err(failure),
        }
    }

    fn path(&self, path: &Path, name: &str) -> Result<Report<Opened>, Failure> {
        let metadata = path
            .metadata()
            .map_err(|error| MachineError::new(format!("cannot read `{name}`"), error))?;
        if !metadata.is_dir() {
            return Ok(Report::ok(Opened::Compiled(compiled::file(path, name)?)));
        }
        if let Some(jobs) = compiled::directory(path, name)? {
            return Ok(Report::ok(Opened::Compiled(jobs)));
        }
        let root = path
            .canonicalize()
            .map_err(|error| MachineError::new(format!("cannot open `{name}`"), error))?;
        let opened = Definitions::of_directory(&root, self.current_dir)?;
        Ok(opened.map(|opened| Opened::Definitions(Box::new(opened))))
    }

    /// Compiles what is still to be compiled.
    fn finish(
        &self,
        opened: Opened,
        name: String,
        only: Option<&BTreeSet<PathBuf>>,
    ) -> Result<Report<Side>, Failure> {
        let definitions = match opened {
            Opened::Definitions(definitions) => definitions,
            Opened::Compiled(mut jobs) => {
                jobs.retain(|key, _| (self.wanted)(key));
                return Ok(Report::ok(Side {
                    name,
                    jobs,
                    lock: None,
                    store_dir: StoreDir::default(),
                    root: None,
                    notes: Vec::new(),
                    _checkout: None,
                }));
            }
        };
        let report = definitions.compile(only, self.wanted)?;
        let mut diagnostics = report.diagnostics;
        let compiled = report.value.unwrap_or_default();
        diagnostics.extend(duplicates(
            compiled.iter().map(|job| (&job.key, &job.named_at)),
        ));
        // Warnings are for those who check.
        diagnostics.retain(|problem| problem.severity == Severity::Error);
        let diagnostics = definitions.marked(diagnostics);
        if !diagnostics.is_empty() {
            return Ok(Report::failed(diagnostics));
        }
        let jobs = compiled.into_iter().map(SideJob::of_compiled);
        let jobs = jobs.collect();
        let Definitions {
            workspace, checked, ..
        } = *definitions;
        let notes = checked.as_ref().map(|checked| checked.notes(&name));
        Ok(Report::ok(Side {
            notes: notes.unwrap_or_default(),
            name,
            jobs,
            lock: Some(workspace.lock),
            store_dir: workspace.store_dir,
            root: Some(workspace.root),
            _checkout: checked,
        }))
    }
}

impl Side {
    /// A side of jobs that were read elsewhere, or compiled in a workspace.
    pub(super) fn of_jobs(
        name: String,
        jobs: BTreeMap<String, SideJob>,
        workspace: Option<&Workspace>,
    ) -> Self {
        let store_dir = workspace.map(|workspace| workspace.store_dir.clone());
        Self {
            name,
            jobs,
            lock: workspace.map(|workspace| workspace.lock.clone()),
            store_dir: store_dir.unwrap_or_default(),
            root: workspace.map(|workspace| workspace.root.clone()),
            notes: Vec::new(),
            _checkout: None,
        }
    }

    /// The imported files and directories of its jobs, and where they lie.
    fn sources(&self) -> BTreeMap<&StorePath, &Path> {
        let imports = self.jobs.values().flat_map(|job| &job.needs.imports);
        imports
            .map(|(path, import)| (path, import.source.as_path()))
            .collect()
    }

    /// What something imported is called in the workspace.
    fn called(&self, source: &Path) -> String {
        let root = self.root.as_deref().unwrap_or(Path::new(""));
        let below = source.strip_prefix(root).unwrap_or(source);
        let below = same::leads_to(Path::new(""), below).unwrap_or(below.to_owned());
        below.display().to_string()
    }

    fn forms(&self) -> BTreeMap<&str, &JobForm> {
        let jobs = self.jobs.iter();
        jobs.map(|(key, job)| (key.as_str(), &job.form)).collect()
    }
}

impl Sides {
    /// What is to be known of the files of both, each once.
    pub(super) fn notes(&self) -> BTreeSet<&Failure> {
        self.old.notes.iter().chain(&self.new.notes).collect()
    }

    /// What changes from one to the other.
    pub(super) fn compare(&self) -> Comparison {
        let (old, new) = (&self.old, &self.new);
        let sources = [old.sources(), new.sources()];
        let called = |side: &Side, sources: &BTreeMap<&StorePath, &Path>| {
            let sources = sources.iter();
            sources
                .map(|(path, source)| ((*path).clone(), side.called(source)))
                .collect::<BTreeMap<_, _>>()
        };
        let imports = [called(old, &sources[0]), called(new, &sources[1])];
        let read = |side: &Side, source: &Path| contents::read(side.root.as_deref()?, source);
        let in_old = |path: &StorePath| read(old, sources[0].get(path)?);
        let in_new = |path: &StorePath| read(new, sources[1].get(path)?);
        diff::compare(
            &old.forms(),
            &new.forms(),
            [
                &Known {
                    name: &old.name,
                    store_dir: &old.store_dir,
                    lock: old.lock.as_ref(),
                    imports: &imports[0],
                    contents: &in_old,
                },
                &Known {
                    name: &new.name,
                    store_dir: &new.store_dir,
                    lock: new.lock.as_ref(),
                    imports: &imports[1],
                    contents: &in_new,
                },
            ],
        )
    }
}

impl SideJob {
    /// A job that is compiled already; none if the text is none.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        Some(Self {
            form: JobForm::Table(serde_json::from_str(text).ok()?),
            needs: Needs::default(),
        })
    }

    pub(super) fn of_compiled(job: Compiled) -> (String, Self) {
        let own = Self {
            form: JobForm::Text(job.artifact.text),
            needs: job.needs,
        };
        (job.key.to_string(), own)
    }
}

/// Why there is no revision of this name.
pub(super) fn unknown_revision(name: &str, repository: &Repository) -> Failure {
    let failure = Failure::new(format!("no revision is called `{name}`, and no file"));
    if repository.is_shallow() {
        return failure
            .note("the repository is a shallow clone, which has few revisions")
            .help("fetch more of it: `git fetch --unshallow`, or `--depth` in CI");
    }
    failure.help("see `git log`; `git:NAME` is always a revision and `path:PATH` always a path")
}

/// The definitions of a workspace, by their paths, of which something differs from a revision.
pub(super) fn changed_since(
    revision: &str,
    workspace: &Workspace,
) -> Result<Report<BTreeSet<PathBuf>>, Failure> {
    let (root, current_dir) = (&workspace.root, &workspace.current_dir);
    let revision = revision.strip_prefix("git:").unwrap_or(revision);
    let reader = Reader {
        current_dir,
        root,
        wanted: &|_| true,
    };
    let old = reader.revision(revision, None)?.value;
    let new = Definitions::of_directory(root, current_dir)?;
    let mut diagnostics = Vec::new();
    let Some(new) = new.unpack(&mut diagnostics) else {
        return Ok(Report::failed(diagnostics));
    };
    let all = new.files.iter().map(|file| (file, root.join(file)));
    let Some(Opened::Definitions(old)) = old else {
        // What was wrong with the settings or the lock then is mended by now.
        return Ok(Report::ok(all.map(|(_, path)| path).collect()));
    };
    let differing = differing(&old, &new)?;
    let changed = all.filter(|(file, _)| differing.contains(*file));
    Ok(Report::ok(changed.map(|(_, path)| path).collect()))
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
