//! Steps of a plan and the edges between them.

use std::sync::Arc;

use crate::model::ProcessName;
use crate::resolve::Script;
use crate::store::StorePathHash;

/// What identifies a step: what it realises, or whose process it runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepId {
    /// Makes the closure of the store path with this hash be there; others wait for it.
    Realise(StorePathHash),
    /// Does so once more for the task's finalisation, which may wait for no ordinary step.
    Finalise(StorePathHash),
    /// Fetches the same closure ahead of time; nothing waits for it, nothing fails with it.
    Fetch(StorePathHash),
    /// Runs a process of the definition.
    Run(ProcessName),
}

/// One thing that happens on a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Realises a closure.
    Realise(Box<Realise>),
    /// Runs a process of the definition.
    Run(Run),
}

/// Realises the closure of a store path.
#[derive(Debug, Clone, PartialEq)]
pub struct Realise {
    /// The step's name in the scheduler's list of processes.
    pub name: ProcessName,
    /// The command that does it, in POSIX sh.
    pub command: String,
    /// What is realised: the root of the closure.
    pub script: Arc<Script>,
    /// How many runs may fail before the step has failed.
    pub max_failures: i64,
    /// Whether it belongs to the task's finalisation.
    pub is_final: bool,
    /// Whether the task may end without it.
    pub is_ephemeral: bool,
}

/// Runs a process of the definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The index of the process in the definition's task, see [`super::Plan::process`].
    pub process: usize,
    /// Its command with references resolved.
    pub command: Arc<str>,
}

/// `after` does not start until `before` has succeeded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// What has to succeed.
    pub before: StepId,
    /// What waits for it.
    pub after: StepId,
}
