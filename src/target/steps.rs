//! The steps of a job as a target runs them on a node.

use crate::intent::{Ready, Run};
use crate::plan::Realise;

pub use crate::plan::When;

/// What a target runs for one instance, and what waits for what.
#[derive(Debug, Clone, PartialEq)]
pub struct Steps<'p> {
    /// All steps, in the order written: what jobc adds, then the definition's processes.
    pub steps: Vec<Step<'p>>,
    /// What waits for what, sorted: the scheduler holds it back until the other has succeeded, or its
    /// own command waits until the other is ready.
    pub order: Vec<Edge>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'p> {
    /// Its name in the scheduler's list.
    pub name: String,
    /// What it does.
    pub kind: Kind<'p>,
    /// Whether it belongs to the finalisation.
    pub is_final: bool,
    /// Whether an instance may end without it.
    pub is_ephemeral: bool,
    /// How many runs may fail; 0 retries for ever.
    pub max_failures: i64,
    /// The processes that its own command waits for to be ready before it does anything else.
    pub waits_itself: Vec<&'p Run>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind<'p> {
    /// It runs a process of the definition.
    Run(&'p Run),
    /// It realises a closure, and something waits for it.
    Realise(&'p Realise),
    /// It fetches a closure ahead of time; nothing waits for it, and nothing fails with it.
    Fetch(&'p Realise),
    /// It waits until a process of the definition is ready, and others wait for it.
    AwaitReady(&'p Run, &'p Ready),
}

/// `after` waits for `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The index of what is waited for.
    pub before: usize,
    /// The index of what waits for it.
    pub after: usize,
    /// What has to become of it.
    pub when: When,
}

impl<'p> Kind<'p> {
    /// What a step that jobc adds realises.
    pub fn realises(self) -> Option<&'p Realise> {
        match self {
            Self::Run(_) | Self::AwaitReady(..) => None,
            Self::Realise(realise) | Self::Fetch(realise) => Some(realise),
        }
    }
}

impl Step<'_> {
    /// Whether it is started again after it succeeded.
    pub fn is_daemon(&self) -> bool {
        matches!(self.kind, Kind::Run(run) if run.is_daemon())
    }
}
