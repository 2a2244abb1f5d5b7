//! A task: processes that run together on one node, in an order.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::table;
use super::{Integer, Process, ProcessName, Resources, Seconds, Text};

/// What one instance of a job runs.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::task)]
pub struct Task {
    /// The task's name (default: that of its first process).
    pub name: Option<Text>,
    /// The processes.
    pub processes: Vec<Process>,
    /// In which order processes run.
    pub constraints: Option<Vec<OrderConstraint>>,
    /// What one instance may use.
    pub resources: Resources,
    /// How many processes may fail before the task has failed; 0 tolerates all (default 1).
    pub max_failures: Option<Integer<0>>,
    /// How many processes run at a time; 0 is all that can (default 0).
    pub max_concurrency: Option<Integer<0>>,
    /// How long the final processes may take, all together (default 30 s; Aurora stops at 60 s).
    pub finalization_wait: Option<Seconds>,
    /// The account that the processes run as; Aurora sets the job's role.
    pub user: Option<Text>,
}

table!(Task: TASK {
    name, processes, constraints, resources, max_failures, max_concurrency, finalization_wait, user,
});

impl Task {
    /// Its name, that of its first process unless it has its own.
    pub fn called(&self) -> &str {
        match (&self.name, self.processes.first()) {
            (Some(name), _) => name.as_str(),
            (None, Some(process)) => process.name.as_str(),
            (None, None) => "",
        }
    }
}

/// Each of these processes starts when the one before it has succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderConstraint {
    /// Names of processes, the first to run first.
    pub order: Vec<ProcessName>,
}

table!(OrderConstraint: CONSTRAINT { order });
