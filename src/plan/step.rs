//! Steps of a plan and the edges between them.

use std::sync::Arc;

use crate::name::ProcessName;
use crate::resolve::Script;
use crate::store::StorePathHash;

use super::NeededBy;

/// What identifies a step: what it realises, or whose process it runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepId {
    /// Realises the closure of the store path with this hash.
    Realise(StorePathHash),
    /// Runs a process of the definition.
    Run(ProcessName),
}

/// One thing that happens on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Realises a closure.
    Realise(Realise),
    /// Runs the process with this index among those that the job asks for.
    Run(usize),
}

/// Realises the closure of a store path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Realise {
    /// What is realised: the root of the closure.
    pub script: Arc<Script>,
    /// Who needs it.
    pub by: NeededBy,
}

/// `after` does not start until something has become of `before`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// What is waited for.
    pub before: StepId,
    /// What waits for it.
    pub after: StepId,
    /// What has to become of it.
    pub when: When,
}

/// Whose being ready is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Awaited {
    /// That of processes which others of the job wait for.
    #[default]
    Processes,
    /// That of the job: of all its ordinary processes that say how, for what is no part of it.
    Job,
}

/// What has to become of a step before another one starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// It ends, and well.
    Succeeded,
    /// It is ready, as its process says how to find out.
    Ready,
}
