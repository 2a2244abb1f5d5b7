//! What the settings of a workspace, or a file of several jobs, have of all jobs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use super::Job;

/// Fields of a job that are laid below those of all jobs. Only together with a job do they mean
/// anything; alone, they can be compared.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct JobDefaults(BTreeMap<String, Value>);

impl JsonSchema for JobDefaults {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Job::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Job>()
    }
}
