//! A job with Aurora's defaults filled in, and its values as Aurora's types make them: references
//! may name any of them.

use serde_json::{Map, Value};

const DEFAULTS: &str = include_str!("defaults.json");

/// Tables inside tables: the field, and what kind of table it holds, itself or as items.
const TABLES: &[(&str, &str, &str)] = &[
    ("Job", "task", "Task"),
    ("Job", "update_config", "UpdateConfig"),
    ("Job", "health_check_config", "HealthCheckConfig"),
    ("Job", "lifecycle", "LifecycleConfig"),
    ("Job", "announce", "Announcer"),
    ("Job", "partition_policy", "PartitionPolicy"),
    ("Job", "executor_config", "ExecutorConfig"),
    ("Task", "processes", "Process"),
    ("Task", "resources", "Resources"),
    ("Process", "resources", "Resources"),
    ("Process", "logger", "Logger"),
    ("Logger", "rotate", "RotatePolicy"),
    ("HealthCheckConfig", "health_checker", "HealthCheckerConfig"),
    ("HealthCheckerConfig", "http", "HttpHealthChecker"),
    ("LifecycleConfig", "http", "HttpLifecycleConfig"),
];

const FLOATS: &[&str] = &[
    "cpu",
    "initial_interval_secs",
    "interval_secs",
    "timeout_secs",
];

/// So many tables are completed of a file, each of which becomes many times as large.
const MOST_TABLES: usize = 50_000;

/// A file has more tables than are completed.
pub(super) struct TooMany;

/// A compiled job with all that it leaves out; none if it has too many tables for one.
pub fn completed(job: &Map<String, Value>) -> Option<Map<String, Value>> {
    Defaults::new().complete(job).ok()
}

/// What jobs of a file leave out.
pub(super) struct Defaults {
    of_kinds: Map<String, Value>,
    left: usize,
}

impl Defaults {
    pub(super) fn new() -> Self {
        Self {
            of_kinds: serde_json::from_str(DEFAULTS).expect("the defaults are JSON"),
            left: MOST_TABLES,
        }
    }

    /// `job` with all that it leaves out.
    pub(super) fn complete(
        &mut self,
        job: &Map<String, Value>,
    ) -> Result<Map<String, Value>, TooMany> {
        self.table(job, "Job")
    }

    fn table(
        &mut self,
        written: &Map<String, Value>,
        kind: &str,
    ) -> Result<Map<String, Value>, TooMany> {
        self.left = self.left.checked_sub(1).ok_or(TooMany)?;
        let mut table = written.clone();
        let own = self.of_kinds.get(kind).and_then(Value::as_object);
        for (name, value) in own.into_iter().flatten() {
            table.entry(name.clone()).or_insert_with(|| value.clone());
        }
        for (name, value) in &mut table {
            let inner = TABLES
                .iter()
                .find(|(around, field, _)| *around == kind && field == name);
            let inner = inner.map(|(.., inner)| *inner);
            match value {
                Value::Array(items) => {
                    for item in items {
                        self.value(item, name, inner)?;
                    }
                }
                single => self.value(single, name, inner)?,
            }
        }
        Ok(table)
    }

    fn value(&mut self, value: &mut Value, name: &str, inner: Option<&str>) -> Result<(), TooMany> {
        match (inner, &*value) {
            (Some(inner), Value::Object(written)) => {
                *value = Value::Object(self.table(written, inner)?);
            }
            (None, Value::Number(number)) if FLOATS.contains(&name) => {
                if let Some(float) = number.as_f64() {
                    *value = Value::from(float);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
