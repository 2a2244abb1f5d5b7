//! The tables of a job and of the settings that have fields of their own, and which these are, as
//! the model has them.

use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};

use crate::model::{
    Announcer, AuroraSettings, Docker, ExecutorConfig, HealthCheckConfig, HttpHealthChecker,
    HttpLifecycleConfig, InitSettings, Job, Logger, Mesos, NodeSettings, OrderConstraint,
    PartitionPolicy, PortSettings, Process, ReferenceSettings, Resources, RotatePolicy,
    SchedulerSettings, Settings, ShellHealthChecker, SnapshotSettings, Task, UpdateConfig,
};
use crate::source::Token;

use super::error::DecodeError;

/// A table that may be in a job, or in the settings.
pub(super) struct Table {
    /// The keys that lead to it from the job or the file, `*` for any element of a list.
    pub(super) path: &'static [&'static str],
    /// What messages call it.
    pub(super) name: &'static str,
    fields: fn() -> &'static [&'static str],
}

impl Table {
    /// Whether it has a field.
    pub(super) fn has(&self, field: &str) -> bool {
        (self.fields)().contains(&field)
    }

    /// Its fields.
    pub(super) fn fields(&self) -> &'static [&'static str] {
        (self.fields)()
    }

    /// Whether it is the table at `path`.
    pub(super) fn is_at(&self, path: &[Token]) -> bool {
        self.path.len() == path.len() && self.is_above(path)
    }

    /// Whether it is the table at `path`, or one around that.
    pub(super) fn is_above(&self, path: &[Token]) -> bool {
        let fits = |(key, token): (&&str, &Token)| match token {
            Token::Key(name) => name == key,
            Token::Index(_) => *key == "*",
        };
        self.path.len() <= path.len() && self.path.iter().zip(path).all(fits)
    }
}

/// The tables of the settings, those around others first.
pub(super) const SETTINGS: &[Table] = &[
    Table {
        path: &[],
        name: "the settings as a whole",
        fields: fields::<Settings>,
    },
    Table {
        path: &["init"],
        name: "`init`",
        fields: fields::<InitSettings>,
    },
    Table {
        path: &["nodes"],
        name: "`nodes`",
        fields: fields::<NodeSettings>,
    },
    Table {
        path: &["scheduler"],
        name: "`scheduler`",
        fields: fields::<SchedulerSettings>,
    },
    Table {
        path: &["snapshots"],
        name: "`snapshots`",
        fields: fields::<SnapshotSettings>,
    },
    Table {
        path: &["ports"],
        name: "`ports`",
        fields: fields::<PortSettings>,
    },
    Table {
        path: &["references"],
        name: "`references`",
        fields: fields::<ReferenceSettings>,
    },
    Table {
        path: &["aurora"],
        name: "`aurora`",
        fields: fields::<AuroraSettings>,
    },
];

/// The tables of a job, those around others first.
pub(super) const TABLES: &[Table] = &[
    Table {
        path: &[],
        name: "the job",
        fields: fields::<Job>,
    },
    Table {
        path: &["task"],
        name: "the task",
        fields: fields::<Task>,
    },
    Table {
        path: &["task", "resources"],
        name: "`task.resources`",
        fields: fields::<Resources>,
    },
    Table {
        path: &["task", "processes", "*"],
        name: "a process",
        fields: fields::<Process>,
    },
    Table {
        path: &["task", "constraints", "*"],
        name: "an entry of `task.constraints`",
        fields: fields::<OrderConstraint>,
    },
    Table {
        path: &["update_config"],
        name: "`update_config`",
        fields: fields::<UpdateConfig>,
    },
    Table {
        path: &["health_check_config"],
        name: "`health_check_config`",
        fields: fields::<HealthCheckConfig>,
    },
    Table {
        path: &["announce"],
        name: "`announce`",
        fields: fields::<Announcer>,
    },
    Table {
        path: &["partition_policy"],
        name: "`partition_policy`",
        fields: fields::<PartitionPolicy>,
    },
    Table {
        path: &["executor_config"],
        name: "`executor_config`",
        fields: fields::<ExecutorConfig>,
    },
    Table {
        path: &["container", "docker"],
        name: "`container.docker`",
        fields: fields::<Docker>,
    },
    Table {
        path: &["container", "mesos"],
        name: "`container.mesos`",
        fields: fields::<Mesos>,
    },
    Table {
        path: &["lifecycle", "http"],
        name: "`lifecycle.http`",
        fields: fields::<HttpLifecycleConfig>,
    },
    Table {
        path: &["health_check_config", "health_checker", "http"],
        name: "`health_check_config.health_checker.http`",
        fields: fields::<HttpHealthChecker>,
    },
    Table {
        path: &["health_check_config", "health_checker", "shell"],
        name: "`health_check_config.health_checker.shell`",
        fields: fields::<ShellHealthChecker>,
    },
    Table {
        path: &["task", "processes", "*", "resources"],
        name: "the `resources` of a process",
        fields: fields::<Resources>,
    },
    Table {
        path: &["task", "processes", "*", "logger"],
        name: "the `logger` of a process",
        fields: fields::<Logger>,
    },
    Table {
        path: &["task", "processes", "*", "logger", "rotate"],
        name: "the `logger.rotate` of a process",
        fields: fields::<RotatePolicy>,
    },
];

/// The names of a struct's fields, which serde tells when it asks for one.
fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    // It is an error, because there is no value.
    let _ = T::deserialize(Asked(&mut fields));
    fields
}

struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DecodeError> {
        Err(DecodeError::custom("only the fields of structs are known"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, DecodeError> {
        *self.0 = fields;
        Err(DecodeError::custom(name))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::{SETTINGS, TABLES};

    #[test]
    fn every_table_is_a_field_with_fields() {
        for tables in [TABLES, SETTINGS] {
            for table in tables {
                assert!(!table.fields().is_empty(), "{}", table.name);
                let Some((key, path)) = table.path.split_last() else {
                    continue;
                };
                if let Some(above) = tables.iter().find(|above| above.path == path) {
                    assert!(*key == "*" || above.has(key), "{}", table.name);
                }
            }
        }
    }
}
