//! What is to be run: a task with nothing left open.

use std::fmt;
use std::time::Duration;

/// A job's task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Which job's task it is.
    pub key: Key,
    /// Its processes, in the order written.
    pub processes: Vec<Process>,
    /// Pairs of processes, by their index: the second one waits for the first.
    pub order: Vec<(usize, usize)>,
    /// How many failed processes fail the task; none if it bears any number.
    pub max_failures: Option<usize>,
    /// How many processes may run at once; none if any number may.
    pub max_concurrency: Option<usize>,
    /// How long everything may take from the end of the ordinary processes on.
    pub finalization_wait: Duration,
}

/// What identifies a job.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The cluster.
    pub cluster: String,
    /// The role.
    pub role: String,
    /// The environment.
    pub environment: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cluster,
            role,
            environment,
            name,
        } = self;
        write!(f, "{cluster}/{role}/{environment}/{name}")
    }
}

/// A process of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its name, which is also that of the directory of its logs.
    pub name: String,
    /// What `bash -c` is given.
    pub command: String,
    /// How many failed runs fail the process; none if it bears any number.
    pub max_failures: Option<usize>,
    /// The least time from the end of a run to the start of the next.
    pub min_duration: Duration,
    /// Whether it is run again after a success.
    pub is_daemon: bool,
    /// Whether the task ends without waiting for it.
    pub is_ephemeral: bool,
    /// Whether it runs after the ordinary processes.
    pub is_final: bool,
    /// Where its output goes.
    pub logger: Logger,
}

/// Where a process' output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logger {
    /// Into files, or elsewhere.
    pub destination: Destination,
    /// How files are kept small, if they are.
    pub rotation: Option<Rotation>,
}

/// The places that output can go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Files below the sandbox.
    File,
    /// The runner's own output.
    Console,
    /// Both of them.
    Both,
    /// Nowhere.
    None,
}

/// How log files are kept small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The size in bytes that ends a file.
    pub size: u64,
    /// How many old ones are kept.
    pub backups: u32,
}

impl Logger {
    /// Whether there are files.
    pub fn has_files(&self) -> bool {
        matches!(self.destination, Destination::File | Destination::Both)
    }

    /// Whether a run lasts until its output has ended, rather than its shell: Thermos reads the
    /// output itself then, and waits for its end.
    pub fn lasts_with_output(&self) -> bool {
        match self.destination {
            Destination::Console => false,
            Destination::File => self.rotation.is_some(),
            Destination::Both | Destination::None => true,
        }
    }
}
