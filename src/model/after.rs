//! What a process waits for.
//!
//! ```text
//! after = [ NAME | { process = NAME, when = WHEN } | { job = JOB, when = WHEN, within, address } ... ]
//! WHEN  = "succeeded" | "ready"
//! JOB   = NAME | ROLE "/" NAME | CLUSTER "/" ROLE "/" ENVIRONMENT "/" NAME
//! ```

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{ProcessName, Seconds, Text};

/// What a process waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// A process by its name: it has to succeed.
    Name(ProcessName),
    /// A process, and what has to become of it.
    Wait(AfterProcess),
    /// Another job, and what has to become of it.
    Job(AfterJob),
}

/// `{ process = "db", when = "ready" }`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AfterProcess {
    /// The process that is waited for.
    pub process: ProcessName,
    /// What has to become of it.
    pub when: When,
}

/// `{ job = "db", when = "ready" }`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AfterJob {
    /// The job that is waited for: `NAME` of the same role and environment, `ROLE/NAME`, or
    /// `CLUSTER/ROLE/ENVIRONMENT/NAME`.
    pub job: Text,
    /// What has to become of it: it is ready once all its processes that have a `ready` are.
    pub when: When,
    /// How long to wait where the scheduler itself cannot (default 60 s).
    pub within: Option<Seconds>,
    /// Where it takes connections once it is ready, `HOST:PORT`, for schedulers that cannot wait
    /// (default: where the scheduler says that it is reached).
    pub address: Option<Text>,
}

/// A wait as a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    process: Option<ProcessName>,
    job: Option<Text>,
    when: When,
    within: Option<Seconds>,
    address: Option<Text>,
}

/// What has to become of a process or a job before a process starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// It ends, with exit code 0.
    Succeeded,
    /// Its `ready` finds that it can be used.
    Ready,
}

impl After {
    /// The process of the same job that is waited for, and what has to become of it.
    pub fn process(&self) -> Option<(&ProcessName, When)> {
        match self {
            Self::Name(name) => Some((name, When::Succeeded)),
            Self::Wait(wait) => Some((&wait.process, wait.when)),
            Self::Job(_) => None,
        }
    }

    /// The other job that is waited for.
    pub fn job(&self) -> Option<&AfterJob> {
        match self {
            Self::Job(job) => Some(job),
            Self::Name(_) | Self::Wait(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for After {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Waited;
        impl<'de> Visitor<'de> for Waited {
            type Value = After;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a process, or a table with `process` or `job`, and `when`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<After, E> {
                ProcessName::deserialize(text.into_deserializer()).map(After::Name)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<After, A::Error> {
                let Table {
                    process,
                    job,
                    when,
                    within,
                    address,
                } = Table::deserialize(MapAccessDeserializer::new(map))?;
                match (process, job) {
                    (Some(process), None) if within.is_none() && address.is_none() => {
                        Ok(After::Wait(AfterProcess { process, when }))
                    }
                    (Some(_), None) => Err(A::Error::custom(
                        "`within` and `address` are for other jobs: a process says them in its `ready`",
                    )),
                    (None, Some(job)) => Ok(After::Job(AfterJob {
                        job,
                        when,
                        within,
                        address,
                    })),
                    (Some(_), Some(_)) => Err(A::Error::custom(
                        "`process` and `job` are two things to wait for: write two tables",
                    )),
                    (None, None) => Err(A::Error::missing_field("process")),
                }
            }
        }
        deserializer.deserialize_str(Waited)
    }
}

impl JsonSchema for After {
    fn schema_name() -> Cow<'static, str> {
        "After".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A process that has to succeed, or a process or another job, and what has to \
                become of it.",
            "anyOf": [
                generator.subschema_for::<ProcessName>(),
                generator.subschema_for::<AfterProcess>(),
                generator.subschema_for::<AfterJob>(),
            ]
        })
    }
}
