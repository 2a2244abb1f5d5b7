//! What a run is given, and what comes of it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::super::{Cause, Fate, Run, Task, Wait};
use super::stream::{Printer, Shown};

/// What all jobs of a run have in common.
#[derive(Debug)]
pub struct Setup {
    /// The shell for the commands.
    pub shell: PathBuf,
    /// The user's name.
    pub user: String,
    /// Which processes wait for which jobs.
    pub waits: Vec<Wait>,
    /// Where lines go.
    pub printer: Arc<Printer>,
}

/// A job, and how to run it.
#[derive(Debug)]
pub struct Job<'t> {
    /// What it runs.
    pub task: &'t Task,
    /// What its processes are called in the output.
    pub shown: Vec<Shown>,
    /// The directory to run in.
    pub sandbox: PathBuf,
    /// What stands before the words of every command, to start it in other surroundings.
    pub before: Vec<OsString>,
    /// A directory that goes with the task, even if this process is killed.
    pub own: Option<PathBuf>,
    /// Which processes are taken for ones that have succeeded.
    pub skipped: Vec<bool>,
    /// The processes that have all succeeded when the job is ready.
    pub telling: Vec<usize>,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Of the whole.
    pub fate: Fate,
    /// Why the jobs were ended, if they were.
    pub cause: Option<Cause>,
    /// Of each job.
    pub jobs: Vec<JobOutcome>,
    /// How long it took.
    pub took: Duration,
    /// What went wrong with log files, if something did.
    pub log_trouble: Option<String>,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobOutcome {
    /// Of the whole.
    pub fate: Fate,
    /// The runs of each process; none if it was skipped.
    pub runs: Vec<Option<Vec<Run>>>,
    /// How long it took, what it had left behind included.
    pub took: Duration,
}
