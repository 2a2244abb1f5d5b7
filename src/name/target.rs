//! Targets by their names.

use schemars::JsonSchema;
use serde::Deserialize;

/// What jobs are compiled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// JSON for Aurora's client, which reads it with `--read-json`. It cannot carry batch update
    /// strategies, count and percentage SLA policies and Mesos containers.
    #[default]
    AuroraJson,
    /// A config file for Aurora's client, `.aurora`, which carries every job.
    AuroraConfig,
}
