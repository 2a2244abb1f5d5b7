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

/// `job` with all that it leaves out.
pub(super) fn complete(job: &Map<String, Value>) -> Map<String, Value> {
    let defaults: Map<String, Value> =
        serde_json::from_str(DEFAULTS).expect("the defaults are JSON");
    table(job, "Job", &defaults)
}

fn table(
    written: &Map<String, Value>,
    kind: &str,
    defaults: &Map<String, Value>,
) -> Map<String, Value> {
    let mut table = written.clone();
    let own = defaults.get(kind).and_then(Value::as_object);
    for (name, value) in own.into_iter().flatten() {
        table.entry(name.clone()).or_insert_with(|| value.clone());
    }
    for (name, value) in &mut table {
        let inner = TABLES
            .iter()
            .find(|(around, field, _)| *around == kind && field == name);
        let complete = |value: &mut Value| match (inner, &*value) {
            (Some((.., inner)), Value::Object(written)) => {
                *value = Value::Object(self::table(written, inner, defaults));
            }
            (None, Value::Number(number)) if FLOATS.contains(&name.as_str()) => {
                if let Some(float) = number.as_f64() {
                    *value = Value::from(float);
                }
            }
            _ => {}
        };
        match value {
            Value::Array(items) => items.iter_mut().for_each(complete),
            single => complete(single),
        }
    }
    table
}
