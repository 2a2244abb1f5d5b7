//! Single settings of a job: when it runs, within which limits, and what else is said about it.

use std::collections::BTreeMap;

use crate::model;
use crate::name::ValueName;

use super::definition::Table;
use super::{At, Text};

/// Texts by names of the author's, in the order written.
pub type NamedTexts = Vec<(String, At<Text>)>;

/// When and how often instances run.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Whether an instance that ended is started again.
    pub service: Option<At<bool>>,
    /// When to run, in cron's five fields.
    pub cron_schedule: Option<At<String>>,
    /// What to do when the last run has not ended yet.
    pub cron_collision_policy: Option<At<CronCollisionPolicy>>,
}

/// What a cron job does when its last run has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CronCollisionPolicy {
    /// It kills it and starts anew.
    KillExisting,
    /// It lets it run and skips this time.
    CancelNew,
}

/// How much may fail, run at once, and last.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// How many processes may fail before an instance has failed.
    pub max_failures: Option<At<i64>>,
    /// How many processes may run at once; 0 is any number.
    pub max_concurrency: Option<At<i64>>,
    /// How many times an instance may fail before it is given up; -1 is never.
    pub max_task_failures: Option<At<i64>>,
    /// Seconds that an instance may take from the end of its ordinary processes on.
    pub finalization_wait: Option<At<i64>>,
}

/// What may preempt the job.
#[derive(Debug, Clone, PartialEq)]
pub struct Precedence {
    /// The tier.
    pub tier: Option<At<Text>>,
    /// Deprecated in favour of the tier: whether the job is protected.
    pub production: Option<At<bool>>,
    /// Which of the role's own jobs preempts the other: the larger number.
    pub priority: Option<At<i64>>,
}

/// What people and tools are told about the job.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// Whom to ask.
    pub contact: Option<At<Text>>,
    /// What the job tells other jobs, by name.
    pub labels: BTreeMap<ValueName, At<Text>>,
    /// Keys and values.
    pub metadata: Option<At<Vec<(Text, Text)>>>,
    /// Links by their names.
    pub task_links: Option<At<NamedTexts>>,
}

/// What only Aurora knows.
#[derive(Debug, Clone, PartialEq)]
pub struct AuroraOnly {
    /// Whether the client runs its hooks.
    pub enable_hooks: Option<At<bool>>,
    /// Which executor runs the task.
    pub executor: Option<At<Executor>>,
}

/// The executor that runs the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executor {
    /// Its name in the scheduler's settings.
    pub name: Option<Text>,
    /// What it is given.
    pub data: Option<Text>,
}

/// Keys and values for people and tools.
pub(super) fn metadata(entries: &[model::Metadata], job: &Table<'_, '_>) -> Vec<(Text, Text)> {
    let entries = entries.iter().enumerate();
    let entries = entries.map(|(index, entry)| {
        let model::Metadata { key, value } = entry;
        let table = job.element("metadata", index, entry);
        (table.text(key.as_str()), table.text(value.as_str()))
    });
    entries.collect()
}

impl From<model::CronCollisionPolicy> for CronCollisionPolicy {
    fn from(policy: model::CronCollisionPolicy) -> Self {
        match policy {
            model::CronCollisionPolicy::KillExisting => Self::KillExisting,
            model::CronCollisionPolicy::CancelNew => Self::CancelNew,
        }
    }
}

impl Executor {
    pub(super) fn new(config: &model::ExecutorConfig, job: &Table<'_, '_>) -> Self {
        let model::ExecutorConfig { name, data } = config;
        let table = job.table("executor_config", config);
        Self {
            name: name.as_ref().map(|name| table.text(name.as_str())),
            data: data.as_deref().map(|data| table.text(data)),
        }
    }
}
