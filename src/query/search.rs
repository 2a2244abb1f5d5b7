//! Looks for jobs in the definitions of a workspace, in as few of them as it takes.
//!
//! A job that is asked for by name is in one of the files called so, or its file mentions the name;
//! other files need not be parsed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::compile::{self, Compiler, Listed, Until};
use crate::diagnostic::{Diagnostic, Failure, MachineError, Severity};
use crate::model::JobKey;
use crate::parallel::in_parallel;
use crate::query::declared::{Declared, may_define};
use crate::query::ignored::AskGit;
use crate::query::misnamed;
use crate::query::put_away::{put_away, read_again};
use crate::query::selection::{Selection, Selector};
use crate::workspace::{DefinitionFile, Survey, Workspace};

/// Shows how much of a search is done.
pub(crate) trait Progress: Sync {
    /// `done` of `total` files have been looked at.
    fn files(&self, done: usize, total: usize);
}

/// The definitions of a workspace, and what is sought in them.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) compiler: Compiler<'a>,
    pub(crate) definitions: Vec<DefinitionFile>,
    /// Files that are nearly called like definitions, and are not read.
    pub(crate) misnamed: Vec<PathBuf>,
    pub(crate) selection: Selection,
}

/// What was found, and what was kept of the selected jobs.
#[derive(Debug)]
pub(crate) struct Findings<T> {
    /// The jobs of all files that were looked at.
    pub(crate) jobs: Vec<Found>,
    /// What was kept of the selected ones, in no order.
    pub(crate) kept: Vec<T>,
    /// What is wrong with them, and with files that may hold more of them.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many files hold selected jobs, or are wrong and may hold some.
    pub(crate) concerned: usize,
    /// The files in which something is wrong that concerns what is sought.
    pub(crate) wrong: Vec<WrongFile>,
    /// Those in which something is wrong that, for all that is known, does not concern it.
    pub(crate) doubts: Vec<WrongFile>,
    /// The files that were looked at, by their index.
    files: BTreeSet<usize>,
    /// What there is to know besides, which keeps nothing from being done.
    pub(crate) warnings: Vec<Failure>,
    /// Why words mean no job, or more than they may.
    pub(crate) failures: Vec<Failure>,
}

/// A file in which something is wrong.
#[derive(Debug)]
pub(crate) struct WrongFile {
    /// Its index.
    pub(crate) file: usize,
    /// The jobs that it seems to have.
    pub(crate) declared: Declared,
    /// What is wrong.
    diagnostics: Vec<Diagnostic>,
    /// Why it cannot be read.
    trouble: Option<MachineError>,
}

impl WrongFile {
    /// Whether what is wrong in the file is why nothing is found that a selector means: it names the
    /// file, or the file's text says that it may hold the job.
    pub(crate) fn explains(&self, selector: &Selector) -> bool {
        let may_hold =
            || self.declared.is_readable() && selector.may_mean(self.file, &self.declared);
        selector.names(self.file) || may_hold()
    }
}

/// What is known of a selector before files are judged in which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    /// It is a name, and jobs are found that it means.
    Found,
    /// It is a name, and something is wrong in a file that it means or that mentions it.
    Explained,
    /// Any file in which something is wrong may be why it means nothing, or not all that it should.
    Not,
}

/// A job, and the selectors that mean it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) job: Listed,
    pub(crate) by: Vec<usize>,
}

/// Files that are read by one thread in a row: too few, and starting threads takes longer.
const ROW: usize = 64;

impl<'a> Search<'a> {
    /// Prepares to look for what `words` mean, for everything if there are none.
    pub(crate) fn new(workspace: &'a Workspace, words: &[String]) -> Result<Self, Failure> {
        let search = Self::anywhere(workspace, words)?;
        if search.is_empty() {
            return Err(search.nowhere());
        }
        Ok(search)
    }

    /// Prepares to look in a workspace that need not have any definition.
    pub(crate) fn anywhere(workspace: &'a Workspace, words: &[String]) -> Result<Self, Failure> {
        let Survey {
            definitions,
            misnamed,
        } = workspace.survey()?;
        let selection = if words.is_empty() {
            Selection::all()
        } else {
            Selection::new(words, &definitions, &workspace.current_dir)?
        };
        let mut compiler = Compiler::new(workspace)?;
        compiler.ask_what_is_ignored(Arc::new(AskGit));
        Ok(Self {
            workspace,
            compiler,
            definitions,
            misnamed,
            selection,
        })
    }

    /// Whether there is no definition.
    pub(crate) fn is_empty(&self) -> bool {
        self.definitions.is_empty()
    }

    /// Says so.
    pub(crate) fn nowhere(&self) -> Failure {
        misnamed::no_definition(self.workspace, &self.misnamed)
    }

    /// Looks only into the definitions at these paths, and in others for the same jobs.
    pub(crate) fn limit(&mut self, paths: &BTreeSet<PathBuf>) {
        let files = self.definitions.iter().enumerate();
        let files = files.filter(|(_, file)| paths.contains(&file.path));
        self.selection = Selection::of_files(files.map(|(index, _)| index).collect());
    }

    /// Looks for the jobs.
    pub(super) fn run<T: Send>(
        &self,
        until: &Until<'_, T>,
        progress: &dyn Progress,
    ) -> Result<Findings<T>, Failure> {
        let mut findings = Findings::nothing();
        let named = self.selection.named_files();
        for &file in &named {
            findings.add(file, self.look(file, None, until)?);
        }
        let others: Vec<_> = (0..self.definitions.len())
            .filter(|file| !named.contains(file))
            .collect();
        // Other files may define the jobs of the named ones once more.
        let twins = findings.selected().map(|job| job.key.name.as_str());
        let sought: BTreeSet<String> = self
            .selection
            .job_names()
            .chain(twins)
            .map(str::to_owned)
            .collect();
        let (sought, row) = if self.selection.needs_all_files() {
            (None, 1)
        } else {
            (Some(&sought), ROW)
        };
        let rows: Vec<&[usize]> = others.chunks(row).collect();
        let looks = in_parallel(
            &rows,
            |row| {
                row.iter()
                    .map(|&file| self.look(file, sought, until))
                    .collect()
            },
            |rows| progress.files(rows * row, others.len()),
        );
        let looks: Vec<_> = looks.into_iter().flat_map(|row: Vec<_>| row).collect();
        for (file, look) in others.into_iter().zip(looks) {
            findings.add(file, look?);
        }
        self.judge(&mut findings)?;
        let mut problems = findings.duplicates();
        read_again(&mut problems, self.workspace, &self.definitions)?;
        findings.diagnostics.extend(problems);
        if self.selection.is_all() {
            let not_read = misnamed::not_read(self.workspace, &self.misnamed);
            findings.diagnostics.extend(not_read);
        }
        Ok(findings)
    }

    /// Tells files in which something is wrong that may be why a word means nothing, or not all that it
    /// should, from those that have nothing to do with it.
    fn judge<T>(&self, findings: &mut Findings<T>) -> Result<(), MachineError> {
        let doubts = std::mem::take(&mut findings.doubts);
        let settled = |(index, selector): (usize, &Selector)| {
            let mut wrong = findings.wrong.iter().chain(&doubts);
            if !selector.is_name() {
                Settled::Not
            } else if !findings.of(index).is_empty() {
                Settled::Found
            } else if wrong.any(|wrong| wrong.explains(selector)) {
                Settled::Explained
            } else {
                Settled::Not
            }
        };
        let selectors = self.selection.selectors.iter().enumerate();
        let is_settled: Vec<Settled> = selectors.map(settled).collect();
        for doubt in doubts {
            let selectors = self.selection.selectors.iter().zip(&is_settled);
            let mut concerned = selectors.map(|(selector, settled)| match settled {
                Settled::Found => selector.names(doubt.file),
                Settled::Explained => doubt.explains(selector),
                Settled::Not => {
                    selector.names(doubt.file) || selector.may_mean(doubt.file, &doubt.declared)
                }
            });
            if !concerned.any(|it| it) {
                findings.doubts.push(doubt);
                continue;
            }
            let WrongFile {
                diagnostics,
                trouble,
                ..
            } = doubt;
            if let Some(trouble) = trouble {
                return Err(trouble);
            }
            findings.concerned += 1;
            findings.diagnostics.extend(diagnostics);
            findings.wrong.push(WrongFile {
                file: doubt.file,
                declared: doubt.declared,
                diagnostics: Vec::new(),
                trouble: None,
            });
        }
        Ok(())
    }

    /// Looks at all files that were left out.
    pub(super) fn survey<T: Send>(
        &self,
        until: &Until<'_, T>,
        findings: &mut Findings<T>,
        progress: &dyn Progress,
    ) -> Result<(), Failure> {
        let files: Vec<_> = (0..self.definitions.len())
            .filter(|file| !findings.files.contains(file))
            .collect();
        let looks = in_parallel(
            &files,
            |&file| self.look(file, None, until),
            |done| progress.files(done, files.len()),
        );
        for (file, look) in files.into_iter().zip(looks) {
            findings.add(file, look?);
        }
        self.judge(findings)?;
        // The word may be a misspelling of a job in any of the others.
        for doubt in &mut findings.doubts {
            findings.diagnostics.append(&mut doubt.diagnostics);
        }
        Ok(())
    }

    /// Looks at a file, unless jobs of certain names are `sought` and it defines none of them.
    fn look<T>(
        &self,
        file: usize,
        sought: Option<&BTreeSet<String>>,
        until: &Until<'_, T>,
    ) -> Result<Option<Look<T>>, MachineError> {
        let definition = &self.definitions[file];
        let mut look = Look::nothing();
        let source = match self.workspace.read_source(&definition.path) {
            Ok(source) => source,
            Err(trouble) => {
                look.doubt = Some((Declared::Nothing, Some(trouble)));
                return Ok(Some(look));
            }
        };
        let Some(source) = source.unpack(&mut look.diagnostics) else {
            look.doubt = Some((Declared::Nothing, None));
            return Ok(Some(look));
        };
        let defines = |name: &String| may_define(&source, definition.format, name);
        if sought.is_some_and(|names| !names.iter().any(defines)) {
            return Ok(None);
        }
        let mut means = Vec::new();
        let report = self.compiler.compile(definition, &source, until, |keys| {
            means = self.selection.of_jobs(file, keys);
            means.iter().map(|by| !by.is_empty()).collect()
        })?;
        let compilation = report.unpack(&mut look.diagnostics);
        let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
        if look.diagnostics.iter().any(wrong) {
            look.doubt = Some((Declared::of(&source, definition.format), None));
        }
        let Some(mut compilation) = compilation else {
            return Ok(Some(look));
        };
        put_away(&source, &mut compilation.listed);
        if means.iter().all(Vec::is_empty) {
            // Warnings of others are for those who build them.
            look.diagnostics.retain(wrong);
        }
        look.diagnostics.extend(compilation.diagnostics);
        look.kept = compilation.kept;
        let jobs = compilation.listed.into_iter().zip(means);
        look.jobs = jobs.map(|(job, by)| Found { job, by }).collect();
        Ok(Some(look))
    }
}

/// What was seen in a file.
#[derive(Debug)]
struct Look<T> {
    /// Of a file in which something is wrong, which jobs it seems to have, and why it cannot be read.
    doubt: Option<(Declared, Option<MachineError>)>,
    jobs: Vec<Found>,
    kept: Vec<T>,
    diagnostics: Vec<Diagnostic>,
}

impl<T> Look<T> {
    fn nothing() -> Self {
        Self {
            doubt: None,
            jobs: Vec::new(),
            kept: Vec::new(),
            diagnostics: Vec::new(),
        }
    }
}

impl<T> Findings<T> {
    /// What there is where nothing was looked at.
    pub(crate) fn nothing() -> Self {
        Self {
            jobs: Vec::new(),
            kept: Vec::new(),
            diagnostics: Vec::new(),
            concerned: 0,
            wrong: Vec::new(),
            doubts: Vec::new(),
            files: BTreeSet::new(),
            warnings: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// The jobs that were asked for.
    pub(crate) fn selected(&self) -> impl Iterator<Item = &Listed> {
        let selected = self.jobs.iter().filter(|found| !found.by.is_empty());
        selected.map(|found| &found.job)
    }

    /// The jobs that a selector means.
    pub(crate) fn of(&self, selector: usize) -> BTreeMap<&JobKey, &Listed> {
        let meant = self
            .jobs
            .iter()
            .filter(|found| found.by.contains(&selector));
        meant.map(|found| (&found.job.key, &found.job)).collect()
    }

    /// Whether anything that was looked at is wrong.
    pub(crate) fn has_errors(&self) -> bool {
        let mut severities = self.diagnostics.iter().map(|problem| problem.severity);
        severities.any(|severity| severity == Severity::Error)
    }

    fn add(&mut self, file: usize, look: Option<Look<T>>) {
        if let Some(look) = look {
            let selected = look.jobs.iter().any(|found| !found.by.is_empty());
            self.concerned += usize::from(selected);
            self.jobs.extend(look.jobs);
            self.kept.extend(look.kept);
            self.files.insert(file);
            let doubt = look.doubt.map(|(declared, trouble)| WrongFile {
                file,
                declared,
                diagnostics: Vec::new(),
                trouble,
            });
            match doubt {
                Some(doubt) if selected => {
                    self.diagnostics.extend(look.diagnostics);
                    self.wrong.push(doubt);
                }
                Some(doubt) => self.doubts.push(WrongFile {
                    diagnostics: look.diagnostics,
                    ..doubt
                }),
                None => self.diagnostics.extend(look.diagnostics),
            }
        }
    }

    /// Errors for what jobs of several files, or several of one, may have only once.
    fn duplicates(&self) -> Vec<Diagnostic> {
        let selected: BTreeSet<&JobKey> = self.selected().map(|job| &job.key).collect();
        let jobs = self.jobs.iter().map(|found| &found.job);
        let mut twins: Vec<_> = jobs.filter(|job| selected.contains(&job.key)).collect();
        // Which one is the first must not depend on what was asked for.
        twins.sort_by_key(|job| (job.location.file.name(), job.location.span));
        let places = twins.iter().map(|job| (&job.key, &job.named_at));
        let mut duplicates = compile::duplicates(places);
        let mut all: Vec<_> = self.jobs.iter().map(|found| &found.job).collect();
        all.sort_by_key(|job| (job.location.file.name(), job.location.span));
        let ports = compile::ports_given_twice(all, |key| selected.contains(key));
        duplicates.extend(ports);
        duplicates
    }
}
