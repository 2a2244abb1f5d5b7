//! How a running job is replaced by a changed one.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{choice, table};
use super::{Integer, Seconds};

/// How an update proceeds, and when it gives up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateConfig {
    /// How many instances are replaced at a time (default 1).
    pub batch_size: Option<Integer<1>>,
    /// How long an instance has to stay up to count as updated (default 45 s); 0 relies on health
    /// checks alone.
    pub watch_secs: Option<Seconds>,
    /// How many times one instance may fail before it counts as failed (default 0).
    pub max_per_shard_failures: Option<Integer<0>>,
    /// How many instances may fail before the update has failed (default 0).
    pub max_total_failures: Option<Integer<0>>,
    /// Whether a failed update is rolled back (default true).
    pub rollback_on_failure: Option<bool>,
    /// Whether a batch has to be done before the next one starts (default false).
    pub wait_for_batch_completion: Option<bool>,
    /// The longest time between two heartbeats of a coordinated update; without one, the update
    /// is not coordinated.
    pub pulse_interval_secs: Option<Integer<1>>,
    /// In which groups instances are replaced.
    pub update_strategy: Option<UpdateStrategy>,
    /// Whether an update keeps the job's SLA policy (default false).
    pub sla_aware: Option<bool>,
}

table!(UpdateConfig: UPDATE_CONFIG {
    batch_size, watch_secs, max_per_shard_failures, max_total_failures, rollback_on_failure,
    wait_for_batch_completion, pulse_interval_secs, update_strategy, sla_aware,
});

/// In which groups instances are replaced. Aurora's JSON can only carry `queue`; the target
/// `aurora-config` carries all. Aurora's own client cannot start updates with `queue` and `batch`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpdateStrategy {
    /// A fixed number at any time: the next one starts when one is done.
    Queue(QueueUpdateStrategy),
    /// In batches of one size.
    Batch(BatchUpdateStrategy),
    /// In batches of given sizes.
    VariableBatch(VariableBatchUpdateStrategy),
}

choice!(UpdateStrategy { Queue = "queue", Batch = "batch", VariableBatch = "variable_batch" });

/// A fixed number of instances at any time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueUpdateStrategy {
    /// How many (default 1).
    pub batch_size: Option<Integer<1>>,
}

table!(QueueUpdateStrategy: QUEUE_UPDATE_STRATEGY { batch_size });

/// Batches of one size.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchUpdateStrategy {
    /// How many instances make a batch (default 1).
    pub batch_size: Option<Integer<1>>,
    /// Whether the update pauses after each batch (default false).
    pub autopause_after_batch: Option<bool>,
}

table!(BatchUpdateStrategy: BATCH_UPDATE_STRATEGY { batch_size, autopause_after_batch });

/// Batches of given sizes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct VariableBatchUpdateStrategy {
    /// The size of each batch; the last one repeats.
    pub batch_sizes: Vec<Integer<1>>,
    /// Whether the update pauses after each batch (default false).
    pub autopause_after_batch: Option<bool>,
}

table!(VariableBatchUpdateStrategy: VARIABLE_BATCH_UPDATE_STRATEGY {
    batch_sizes, autopause_after_batch,
});
