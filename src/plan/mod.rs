//! What has to happen on a node, in which order, for whatever scheduler.
//!
//! Between `resolve` and `target`. A plan is what a job asks for, and steps and edges: a step runs one
//! of the definition's processes or realises a closure, and an edge holds a step back until another
//! has succeeded or is ready. Realisation is keyed by the hash of the store path that is realised, so that a
//! changed dependency is a changed plan. What only a node knows is a piece of a [`Text`] of its own.
//!
//! Fields are public, so that a target takes a plan apart without `..`: a field that it forgets
//! does not compile.

mod downloads;
mod lower;
mod needs;
mod ports;
mod realisation;
mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use downloads::Downloads;
pub use lower::{Options, lower};
pub use needs::{Need, NeededBy, Needs};
pub use ports::{CODES, NeededPort, given_twice, needed, numbered};
pub use realisation::{OtherCaches, Realisation, StepNames};
pub use step::{Awaited, Edge, Realise, Step, StepId, When};

pub use crate::resolve::{Import, LeftToNode, Package, PortNumbers, Script};

use crate::intent::{Intent, Run};
use crate::name::JobKey;

/// Everything that a target needs to know of one job.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What identifies the job.
    pub key: JobKey,
    /// What it asks for, commands with their references resolved.
    pub intent: Intent,
    /// What happens on a node.
    pub steps: BTreeMap<StepId, Step>,
    /// The steps in the order to write them: what jobc adds, then the definition's processes.
    pub sequence: Vec<StepId>,
    /// What waits for what.
    pub order: BTreeSet<Edge>,
    /// Whose being ready is found out.
    pub awaited: Awaited,
    /// How nodes realise closures.
    pub realisation: Arc<Realisation>,
    /// What its nodes need from the store.
    pub needs: Needs,
    /// What the files that its commands expand leave to the node.
    pub left_to_node: Vec<LeftToNode>,
    /// The numbers of its ports, where they need some: the scheduler finds none.
    pub ports: PortNumbers,
}

impl Plan {
    /// Whether steps may be needed that find out when processes are ready.
    pub fn may_await(&self) -> bool {
        !self.intent.ready_order.is_empty() || self.awaited == Awaited::Job
    }

    /// The step that `id` identifies, if it runs a process of the definition.
    pub fn run(&self, id: &StepId) -> Option<&Run> {
        match self.steps.get(id)? {
            Step::Run(index) => self.intent.runs.get(*index),
            Step::Realise(_) => None,
        }
    }
}
