//! What has to happen on a node, in which order, for whatever scheduler.
//!
//! Between `resolve` and `target`. A plan is steps and edges: a step runs one of the definition's
//! processes or realises a closure, and an edge holds a step back until another has succeeded.
//! Realisation is keyed by the hash of the store path that is realised, so that a changed
//! dependency is a changed plan. Back ends put the plan into their scheduler's words and refuse
//! what these cannot say.

mod codes;
mod inject;
mod lower;
mod needs;
mod realise;
mod shift;
mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use crate::model::timing::{FINALIZATION_WAIT, MOST_FINALIZATION_WAIT};
pub use crate::model::{
    Announcer, AppcImage, BatchUpdateStrategy, Bytes, Container, CoordinatorSlaPolicy,
    CountSlaPolicy, CronCollisionPolicy, Docker, DockerImage, ExecutorConfig, Float,
    FractionalSeconds, HealthCheckConfig, HealthChecker, HttpHealthChecker, HttpLifecycleConfig,
    Image, InitNames, InitRoots, InitSettings, Integer, Job, JobKey, LifecycleConfig, Logger,
    LoggerDestination, LoggerMode, Mesos, Metadata, Parameter, PartitionPolicy,
    PercentageSlaPolicy, Placement, Process, ProcessName, QueueUpdateStrategy, Resources,
    RotatePolicy, Seconds, SlaPolicy, Target, Task, Text, UpdateConfig, UpdateStrategy,
    VariableBatchUpdateStrategy, Volume, VolumeMode,
};
pub use lower::{Options, lower};
pub use needs::{Need, NeededBy, Needs};
pub use realise::{InitCommand, Root};
pub use shift::shift_process_indexes;
pub use step::{Edge, Realise, Run, Step, StepId};

pub use crate::resolve::{Import, Late, Package, Script};

use crate::diagnostic::{Chapter, Topic};
use crate::source::Pointer;

/// The problems of the steps that jobc adds.
pub const CODES: &[Chapter] = &[(Topic::Steps, &[&codes::NAME_TAKEN])];

/// Everything that a back end needs to know of one job.
#[derive(Debug, Clone)]
pub struct Plan {
    key: JobKey,
    task_name: String,
    pointer: Pointer,
    /// The definition's job, for all that needs no lowering.
    job: Job,
    shell_command: Option<Arc<str>>,
    steps: BTreeMap<StepId, Step>,
    order: BTreeSet<Edge>,
    sequence: Vec<StepId>,
    needs: Needs,
    late: Vec<Late>,
}

impl Plan {
    /// What identifies the job.
    pub fn key(&self) -> &JobKey {
        &self.key
    }

    /// The name of its task, written out.
    pub fn task_name(&self) -> &str {
        &self.task_name
    }

    /// Where its definition stands in the document.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// The job as written: its settings and its processes. Which of these run, in which order, and what
    /// runs besides, the steps say.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The health check's command with its references resolved.
    pub fn shell_command(&self) -> Option<&str> {
        self.shell_command.as_deref()
    }

    /// All steps in the order to write them: what jobc adds, then the definition's processes.
    pub fn sequence(&self) -> impl Iterator<Item = (&StepId, &Step)> {
        self.sequence.iter().map(|id| (id, &self.steps[id]))
    }

    /// The step called `id`.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.get(id)
    }

    /// The process of the definition that a step runs, as written.
    pub fn process(&self, run: &Run) -> &Process {
        &self.job.task.processes[run.process]
    }

    /// All edges, sorted by where their steps stand in the sequence: names that change with a hash
    /// do not move them.
    pub fn order(&self) -> Vec<&Edge> {
        let positions: BTreeMap<&StepId, usize> = self
            .sequence
            .iter()
            .enumerate()
            .map(|(position, id)| (id, position))
            .collect();
        let mut edges: Vec<_> = self.order.iter().collect();
        edges.sort_by_cached_key(|edge| (positions[&edge.before], positions[&edge.after]));
        edges
    }

    /// What its nodes need from the store.
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// What the files that its commands expand leave to the node.
    pub fn late(&self) -> &[Late] {
        &self.late
    }

    /// Takes out what its nodes need from the store.
    pub fn into_needs(self) -> Needs {
        self.needs
    }

    /// A text of the definition as it has to be written beside the steps that jobc added: an index
    /// into the task's processes counts these, too.
    pub fn text<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        let added = self.steps.len() - self.job.task.processes.len();
        shift_process_indexes(text, added)
    }
}
