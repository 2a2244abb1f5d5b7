//! A definition file: one job, or several.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Job, JobDefaults, PackageName, PackageSource};

/// The rules that a document is written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// A definition of jobc's.
    #[default]
    Definition,
    /// JSON for Aurora's client.
    Client,
}

/// What a definition file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// One job, its fields at the top.
    One(Box<Job>),
    /// A list of them.
    Many(JobList),
}

/// Several jobs in one file.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::jobs)]
pub struct JobList {
    /// The schema that an editor checks this document against; jobc ignores it.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// Packages that all jobs of the file may call `${pkgs.NAME}`.
    pub packages: Option<BTreeMap<PackageName, PackageSource>>,
    /// What all jobs of the file have that do not say otherwise.
    pub defaults: Option<JobDefaults>,
    /// The jobs.
    pub jobs: Vec<Job>,
}

impl Document {
    /// The field that makes a document a list.
    pub const LIST_FIELD: &str = "jobs";

    /// Fields that definitions have and Aurora's JSON has not.
    const OWN_FIELDS: &[&str] = &[
        "$schema",
        "after",
        "directory",
        "env",
        "environments",
        "labels",
        "nice",
        "packages",
        "path",
        "ports",
        "ready",
        "state",
        "umask",
        "unset",
        "vars",
        "waive",
    ];

    /// Whether definitions have a field, and Aurora's JSON has not, in a table that has others as well.
    pub fn is_own_field(field: &str, mut has: impl FnMut(&str) -> bool) -> bool {
        // Aurora has it for the task.
        Self::OWN_FIELDS.contains(&field) || field == "user" && has("cmdline")
    }

    /// The jobs, in the order written.
    pub fn jobs(&self) -> &[Job] {
        match self {
            Self::One(job) => std::slice::from_ref(job),
            Self::Many(list) => &list.jobs,
        }
    }

    /// The packages that all jobs share.
    pub fn shared_packages(&self) -> Option<&BTreeMap<PackageName, PackageSource>> {
        match self {
            Self::One(_) => None,
            Self::Many(list) => list.packages.as_ref(),
        }
    }
}

impl JsonSchema for Document {
    fn schema_name() -> Cow<'static, str> {
        "Definition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // Not `anyOf`: an editor then says which field is wrong, not that nothing fits.
        json_schema!({
            "if": { "type": "object", "required": [Self::LIST_FIELD] },
            "then": generator.subschema_for::<JobList>(),
            "else": generator.subschema_for::<Job>(),
        })
    }
}
