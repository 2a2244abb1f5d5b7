//! How a running job is replaced by a changed one, and what maintenance has to leave running.

use crate::model;

use super::definition::Table;
use super::{At, Text};

/// How an update proceeds, and when it gives up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Update {
    /// How many instances are replaced at a time.
    pub batch_size: Option<At<i64>>,
    /// Seconds that an instance has to stay up to count as updated.
    pub watch_secs: Option<At<i64>>,
    /// How many times one instance may fail.
    pub max_per_shard_failures: Option<At<i64>>,
    /// How many instances may fail.
    pub max_total_failures: Option<At<i64>>,
    /// Whether a failed update is rolled back.
    pub rollback_on_failure: Option<At<bool>>,
    /// Whether a batch has to be done before the next one starts.
    pub wait_for_batch_completion: Option<At<bool>>,
    /// The most seconds between two heartbeats of a coordinated update.
    pub pulse_interval_secs: Option<At<i64>>,
    /// In which groups instances are replaced.
    pub strategy: Option<At<UpdateStrategy>>,
    /// Whether the update keeps the job's promise to maintenance.
    pub sla_aware: Option<At<bool>>,
}

/// In which groups instances are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateStrategy {
    /// A fixed number at any time.
    Queue {
        /// How many.
        batch_size: Option<i64>,
    },
    /// Batches of one size.
    Batch {
        /// How many instances make a batch.
        batch_size: Option<i64>,
        /// Whether the update pauses after each batch.
        autopause_after_batch: Option<bool>,
    },
    /// Batches of given sizes.
    VariableBatch {
        /// The size of each batch; the last one repeats.
        batch_sizes: Vec<i64>,
        /// Whether the update pauses after each batch.
        autopause_after_batch: Option<bool>,
    },
}

/// What maintenance has to leave running.
#[derive(Debug, Clone, PartialEq)]
pub enum SlaPolicy {
    /// A number of instances.
    Count {
        /// How many.
        count: i64,
        /// For how many seconds they have to have been running.
        duration_secs: i64,
    },
    /// A part of the instances.
    Percentage {
        /// How many percent.
        percentage: f64,
        /// For how many seconds they have to have been running.
        duration_secs: i64,
    },
    /// What a service of the job's owner allows each time.
    Coordinator {
        /// The address of the service.
        coordinator_url: Text,
        /// The field of its answer that says yes or no.
        status_key: Option<Text>,
    },
}

/// What happens to instances on a node that is out of reach.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionPolicy {
    /// Whether they are replaced.
    pub reschedule: Option<At<bool>>,
    /// Seconds to wait for the node first.
    pub delay_secs: Option<At<i64>>,
}

impl Update {
    pub(super) fn new(config: &model::UpdateConfig, job: &Table<'_, '_>) -> Self {
        let model::UpdateConfig {
            batch_size,
            watch_secs,
            max_per_shard_failures,
            max_total_failures,
            rollback_on_failure,
            wait_for_batch_completion,
            pulse_interval_secs,
            update_strategy,
            sla_aware,
        } = config;
        let table = job.table("update_config", config);
        let failures = |field, value: &Option<model::Integer<0>>| {
            table.optional(field, value.map(model::Integer::get))
        };
        let positive = |field, value: &Option<model::Integer<1>>| {
            table.optional(field, value.map(model::Integer::get))
        };
        let flag = |field, value: &Option<bool>| table.optional(field, *value);
        let strategy = update_strategy.as_ref().map(UpdateStrategy::new);
        Self {
            batch_size: positive("batch_size", batch_size),
            watch_secs: table.optional("watch_secs", watch_secs.map(model::Seconds::get)),
            max_per_shard_failures: failures("max_per_shard_failures", max_per_shard_failures),
            max_total_failures: failures("max_total_failures", max_total_failures),
            rollback_on_failure: flag("rollback_on_failure", rollback_on_failure),
            wait_for_batch_completion: flag("wait_for_batch_completion", wait_for_batch_completion),
            pulse_interval_secs: positive("pulse_interval_secs", pulse_interval_secs),
            strategy: table.optional("update_strategy", strategy),
            sla_aware: flag("sla_aware", sla_aware),
        }
    }
}

impl UpdateStrategy {
    fn new(strategy: &model::UpdateStrategy) -> Self {
        match strategy {
            model::UpdateStrategy::Queue(model::QueueUpdateStrategy { batch_size }) => {
                Self::Queue {
                    batch_size: batch_size.map(model::Integer::get),
                }
            }
            model::UpdateStrategy::Batch(model::BatchUpdateStrategy {
                batch_size,
                autopause_after_batch,
            }) => Self::Batch {
                batch_size: batch_size.map(model::Integer::get),
                autopause_after_batch: *autopause_after_batch,
            },
            model::UpdateStrategy::VariableBatch(model::VariableBatchUpdateStrategy {
                batch_sizes,
                autopause_after_batch,
            }) => Self::VariableBatch {
                batch_sizes: batch_sizes.iter().map(|size| size.get()).collect(),
                autopause_after_batch: *autopause_after_batch,
            },
        }
    }

    /// What a definition calls the choice.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queue { .. } => "queue",
            Self::Batch { .. } => "batch",
            Self::VariableBatch { .. } => "variable_batch",
        }
    }
}

impl SlaPolicy {
    pub(super) fn new(policy: &model::SlaPolicy, job: &Table<'_, '_>) -> Self {
        match policy {
            model::SlaPolicy::Count(model::CountSlaPolicy {
                count,
                duration_secs,
            }) => Self::Count {
                count: count.get(),
                duration_secs: duration_secs.get(),
            },
            model::SlaPolicy::Percentage(model::PercentageSlaPolicy {
                percentage,
                duration_secs,
            }) => Self::Percentage {
                percentage: percentage.get(),
                duration_secs: duration_secs.get(),
            },
            model::SlaPolicy::Coordinator(policy) => {
                let model::CoordinatorSlaPolicy {
                    coordinator_url,
                    status_key,
                } = policy;
                let table = job.table("sla_policy", policy);
                let status_key = status_key.as_ref();
                Self::Coordinator {
                    coordinator_url: table.text(coordinator_url.as_str()),
                    status_key: status_key.map(|text| table.text(text.as_str())),
                }
            }
        }
    }

    /// What a definition calls the choice.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Count { .. } => "count",
            Self::Percentage { .. } => "percentage",
            Self::Coordinator { .. } => "coordinator",
        }
    }
}

impl PartitionPolicy {
    pub(super) fn new(policy: &model::PartitionPolicy, job: &Table<'_, '_>) -> Self {
        let model::PartitionPolicy {
            reschedule,
            delay_secs,
        } = policy;
        let table = job.table("partition_policy", policy);
        let delay_secs = delay_secs.map(model::Seconds::get);
        Self {
            reschedule: table.optional("reschedule", *reschedule),
            delay_secs: table.optional("delay_secs", delay_secs),
        }
    }
}
