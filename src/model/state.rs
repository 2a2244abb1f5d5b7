//! Directories of a job that outlive a run.

use schemars::JsonSchema;
use serde::Deserialize;

/// A directory that is there again when an instance is started again. There is nothing to say of it yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateDirectory {}
