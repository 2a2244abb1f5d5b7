//! What has to happen on a node, in which order, for whatever scheduler.
//!
//! Between `resolve` and `target`. A plan is steps and edges: a step runs one of the definition's
//! processes or realises a closure, and an edge holds a step back until another has succeeded.
//! Realisation is keyed by the hash of the store path that is realised, so that a changed
//! dependency is a changed plan. What only a node knows is a piece of a [`Text`] of its own.
//!
//! Fields are public, so that a target takes a plan apart without `..`: a field that it forgets
//! does not compile.

mod at;
mod container;
mod definition;
mod health;
mod lower;
mod needs;
mod placement;
mod realisation;
mod requests;
mod settings;
mod step;
mod text;
mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use at::{At, given};
pub use container::{Container, Image, Volume, VolumeMode};
pub use health::{Checker, HealthCheck};
pub use lower::{Options, lower};
pub use needs::{Need, NeededBy, Needs};
pub use placement::{Placement, Resources};
pub use realisation::{OtherCaches, Realisation, StepNames};
pub use requests::{Announce, HttpStop, Stop};
pub use settings::{
    AuroraOnly, CronCollisionPolicy, Executor, Labels, Limits, Precedence, Schedule,
};
pub use step::{Edge, LogDestination, LogMode, LogRotation, Logger, Realise, Run, Step, StepId};
pub use text::{Field, Piece, Text};
pub use update::{PartitionPolicy, SlaPolicy, Update, UpdateStrategy};

pub use crate::resolve::{Import, LeftToNode, Package, Script};

use crate::name::JobKey;
use crate::source::Pointer;

/// Everything that a target needs to know of one job. A field that is optional is there if the
/// definition gives it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What identifies the job.
    pub key: JobKey,
    /// Where its definition stands in the document.
    pub pointer: Pointer,
    /// The name of its task.
    pub task_name: Text,
    /// What happens on a node.
    pub steps: BTreeMap<StepId, Step>,
    /// The steps in the order to write them: what jobc adds, then the definition's processes.
    pub sequence: Vec<StepId>,
    /// What waits for what.
    pub order: BTreeSet<Edge>,
    /// What one instance may use.
    pub resources: At<Resources>,
    /// How much may fail, run at once, and last.
    pub limits: Limits,
    /// The account that processes run as.
    pub user: Option<At<Text>>,
    /// When and how often instances run.
    pub schedule: Schedule,
    /// How many instances run.
    pub instances: Option<At<i64>>,
    /// How health is checked.
    pub health_check: Option<At<HealthCheck>>,
    /// How an update proceeds.
    pub update: Option<At<Update>>,
    /// What host attributes have to be.
    pub placement: Option<BTreeMap<String, At<Placement>>>,
    /// What maintenance has to leave running.
    pub sla_policy: Option<At<SlaPolicy>>,
    /// What happens to instances out of reach.
    pub partition_policy: Option<At<PartitionPolicy>>,
    /// What instances run in.
    pub container: Option<At<Container>>,
    /// Where ports are announced.
    pub announce: Option<At<Announce>>,
    /// How an instance is asked to stop.
    pub stop: Option<At<Stop>>,
    /// What may preempt the job.
    pub precedence: Precedence,
    /// What people and tools are told.
    pub labels: Labels,
    /// What only Aurora knows.
    pub aurora: AuroraOnly,
    /// How nodes realise closures.
    pub realisation: Arc<Realisation>,
    /// What its nodes need from the store.
    pub needs: Needs,
    /// What the files that its commands expand leave to the node.
    pub left_to_node: Vec<LeftToNode>,
}

impl Plan {
    /// All steps in the order to write them.
    pub fn sequence(&self) -> impl Iterator<Item = (&StepId, &Step)> {
        self.sequence.iter().map(|id| (id, &self.steps[id]))
    }

    /// The steps that run the definition's processes, in the order written.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.sequence().filter_map(|(_, step)| match step {
            Step::Run(run) => Some(&**run),
            Step::Realise(_) => None,
        })
    }
}
