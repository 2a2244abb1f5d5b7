//! How many tasks of a job maintenance may take away at once.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{choice, table};
use super::{Float, Integer, Seconds, Text};

/// The promise that maintenance has to keep. Aurora's JSON can only carry `coordinator`; the target
/// `aurora-config` carries all.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlaPolicy {
    /// At least this number of instances keeps running.
    Count(CountSlaPolicy),
    /// At least this percentage of the instances keeps running.
    Percentage(PercentageSlaPolicy),
    /// A service of the job's owner is asked each time.
    Coordinator(CoordinatorSlaPolicy),
}

choice!(SlaPolicy { Count = "count", Percentage = "percentage", Coordinator = "coordinator" });

/// At least this number of instances keeps running.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct CountSlaPolicy {
    /// How many instances have to be running; fewer than the job has.
    pub count: Integer<0>,
    /// For how long they have to have been running.
    pub duration_secs: Seconds,
}

table!(CountSlaPolicy: COUNT_SLA_POLICY { count, duration_secs });

/// At least this percentage of the instances keeps running.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct PercentageSlaPolicy {
    /// The percentage of instances that have to be running.
    pub percentage: Float<0, 100>,
    /// For how long they have to have been running.
    pub duration_secs: Seconds,
}

table!(PercentageSlaPolicy: PERCENTAGE_SLA_POLICY { percentage, duration_secs });

/// A service that is asked before a task is taken away.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct CoordinatorSlaPolicy {
    /// The address of the service.
    pub coordinator_url: Text,
    /// The field of its answer that says yes or no (default `drain`).
    pub status_key: Option<Text>,
}

table!(CoordinatorSlaPolicy: COORDINATOR_SLA_POLICY { coordinator_url, status_key });
