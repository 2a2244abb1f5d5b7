//! What jobs compile to, and their snapshots.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::ui::console::Console;
use crate::diagnostic::render::{counted, visible};
use crate::diagnostic::{Failure, MachineError};
use crate::diff::ComparedJob;
use crate::model::JobKey;
use crate::parallel::in_parallel;
use crate::plan::Plan;
use crate::snapshot::{Directory, SnapshotName, State, alike};
use crate::source::display_name;
use crate::target::Bundle;
use crate::workspace::Workspace;

/// Which snapshots are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those of all jobs, and of jobs that are no more.
    All,
    /// Those of some jobs.
    Selected,
}

/// What snapshots are looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To write those that are not current.
    Write,
    /// To say how they differ.
    Check,
}

/// A compiled job, and its snapshot as it is.
pub(super) struct Kept {
    name: SnapshotName,
    pub(super) state: State,
    /// The job, unless the snapshot is current.
    pub(super) changed: Option<Changed>,
}

/// A job whose snapshot is not current.
pub(super) enum Changed {
    /// Its text.
    Text(String),
    /// What is compared.
    Compiled(ComparedJob),
}

impl Kept {
    /// What is kept of a job, with its key.
    pub(super) fn of(
        bundle: Bundle,
        plan: Plan,
        directory: &Directory,
        purpose: Purpose,
    ) -> (JobKey, Result<Self, Failure>) {
        let text = bundle.listing();
        let of_name = |name: SnapshotName| {
            let state = directory.state(&name, &text)?;
            let changed = (state != State::Current).then(|| match purpose {
                Purpose::Write => Changed::Text(text.to_string()),
                Purpose::Check => Changed::Compiled(ComparedJob::own(plan).with_text(&text)),
            });
            Ok(Self {
                name,
                state,
                changed,
            })
        };
        let kept = match SnapshotName::of(&bundle.key) {
            Some(name) => of_name(name),
            None => Err(
                Failure::new(format!("no snapshot can be called `{}.json`", bundle.key))
                    .help("give the job a key without `.` and `..` between its slashes"),
            ),
        };
        drop(text);
        (bundle.key, kept)
    }
}

/// What jobs compile to, and their snapshots.
pub(super) struct Snapshots<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) directory: Directory,
    /// The jobs with their snapshots as they are.
    pub(super) jobs: BTreeMap<SnapshotName, Kept>,
    /// The snapshots of jobs that are no more.
    pub(super) orphans: Vec<SnapshotName>,
    /// Files where snapshots lie that are none.
    strangers: Vec<SnapshotName>,
}

impl<'a> Snapshots<'a> {
    pub(super) fn new(
        mut compiled: Vec<(JobKey, Result<Kept, Failure>)>,
        directory: Directory,
        workspace: &'a Workspace,
        extent: Extent,
    ) -> Result<Self, Failure> {
        compiled.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut jobs = BTreeMap::new();
        for (_, kept) in compiled {
            let kept = kept?;
            jobs.insert(kept.name.clone(), kept);
        }
        let (mut orphans, mut strangers) = (Vec::new(), Vec::new());
        if extent == Extent::All {
            let files = directory.files().iter();
            for name in files.filter(|name| !jobs.contains_key(name)) {
                let is_own = directory.snapshot(name)?.is_some();
                let list = if is_own { &mut orphans } else { &mut strangers };
                list.push(name.clone());
            }
        }
        Ok(Self {
            workspace,
            directory,
            jobs,
            orphans,
            strangers,
        })
    }

    /// Says what is odd.
    pub(super) fn warn(&self, console: &Console) {
        for name in &self.strangers {
            let path = self.display(name);
            console.warn(
                &Failure::new(format!("`{path}` lies where a snapshot does and is none"))
                    .note("it is left alone")
                    .help("move it elsewhere, or remove it"),
            );
        }
        for (one, other) in alike(self.jobs.keys()) {
            let headline = format!("`{one}` and `{other}` differ in upper and lower case alone");
            console.warn(
                &Failure::new(headline)
                    .note("where file names are not told apart by case, one replaces the other")
                    .help("give one of the jobs another key"),
            );
        }
    }

    /// The snapshots in a state.
    pub(super) fn of(&self, state: State) -> impl Iterator<Item = (&SnapshotName, &Kept)> {
        let jobs = self.jobs.iter();
        jobs.filter(move |(_, kept)| kept.state == state)
    }

    /// Writes what is not current, and then removes what no definition makes any more.
    pub(super) fn write(&mut self) -> Result<(), Failure> {
        let wrong: Vec<_> = self
            .of(State::Missing)
            .chain(self.of(State::Stale))
            .collect();
        let write = |(name, job): &(&SnapshotName, &Kept)| match &job.changed {
            Some(Changed::Text(text)) => self.directory.write(name, text),
            _ => Ok(()),
        };
        let written: Result<Vec<()>, MachineError> =
            in_parallel(&wrong, write, |_| {}).into_iter().collect();
        written?;
        self.told_apart()?;
        for name in &self.orphans {
            self.directory.remove(name)?;
        }
        Ok(())
    }

    /// Makes sure that names that are alike became different files.
    pub(super) fn told_apart(&mut self) -> Result<(), Failure> {
        if alike(self.jobs.keys()).is_empty() {
            return Ok(());
        }
        self.directory.read_again()?;
        let files = self.directory.files();
        match self.jobs.keys().find(|name| !files.contains(name)) {
            None => Ok(()),
            Some(lost) => Err(Failure::new(format!(
                "this file system does not tell `{lost}` from another snapshot"
            ))
            .help("give one of the jobs another key")),
        }
    }

    /// A line for each file that was not as it should be.
    pub(super) fn changes(&self) -> String {
        let missing = self.of(State::Missing).map(|(name, _)| (name, "added"));
        let stale = self.of(State::Stale).map(|(name, _)| (name, "changed"));
        let orphans = self.orphans.iter().map(|name| (name, "removed"));
        let all: BTreeMap<_, _> = missing.chain(stale).chain(orphans).collect();
        self.lines(&all)
    }

    pub(super) fn lines(&self, files: &BTreeMap<&SnapshotName, &str>) -> String {
        let mut lines = String::new();
        for (name, word) in files {
            writeln!(lines, "{word} {}", self.display(name)).expect("a string takes all");
        }
        lines
    }

    pub(super) fn remark(&self) -> String {
        let count = |word: &str, count: usize| (count > 0).then(|| format!("{count} {word}"));
        let counts = [
            count("added", self.of(State::Missing).count()),
            count("changed", self.of(State::Stale).count()),
            count("removed", self.orphans.len()),
        ];
        let counts: Vec<_> = counts.into_iter().flatten().collect();
        let all = counted(self.jobs.len(), "snapshot");
        if counts.is_empty() {
            let are = if self.jobs.len() == 1 { "is" } else { "are" };
            format!("{all} {are} current")
        } else {
            format!("{all}: {}", counts.join(", "))
        }
    }

    pub(super) fn display(&self, name: &SnapshotName) -> String {
        let path = self.directory.path(name);
        visible::line(&display_name(&path, &self.workspace.current_dir))
    }
}
