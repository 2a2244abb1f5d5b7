//! What a definition says of a job that texts may refer to.

use std::collections::BTreeMap;

use crate::model::Scalar;
use crate::source::{Kind, Node};

use super::word::Field;

/// The field of variables.
pub(super) const VARS: &str = "vars";
/// The field of labels.
pub(super) const LABELS: &str = "labels";

/// What texts may refer to.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    cluster: Option<String>,
    role: Option<String>,
    environment: Option<String>,
    name: Option<String>,
    pub(super) vars: BTreeMap<String, Value>,
    pub(super) labels: BTreeMap<String, Value>,
}

/// A value that a definition gives a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// This text, in which references are to be filled in.
    Text(String),
    /// None: decoding says what is wrong.
    Wrong,
}

impl Facts {
    /// What the tree of a job says.
    pub(super) fn of(job: &Node) -> Self {
        let part = |name| job.get(name).and_then(text);
        let named_by_task = || {
            job.get("task")
                .and_then(|task| task.get("name"))
                .and_then(text)
        };
        Self {
            cluster: part("cluster"),
            role: part("role"),
            environment: part("environment"),
            name: part("name").or_else(named_by_task),
            vars: values(job.get(VARS)),
            labels: values(job.get(LABELS)),
        }
    }

    /// A part of the job's key; none if it is not written, as decoding says.
    pub(super) fn field(&self, field: Field) -> Option<String> {
        match field {
            Field::Cluster => self.cluster.clone(),
            Field::Role => self.role.clone(),
            Field::Environment => self.environment.clone(),
            Field::Name => self.name.clone(),
            Field::Key => {
                let parts = [&self.cluster, &self.role, &self.environment, &self.name];
                let parts: Option<Vec<&str>> = parts.iter().map(|part| part.as_deref()).collect();
                Some(parts?.join("/"))
            }
        }
    }
}

fn values(table: Option<&Node>) -> BTreeMap<String, Value> {
    let Some(Kind::Mapping(entries)) = table.map(|table| &table.kind) else {
        return BTreeMap::new();
    };
    let values = entries.iter().map(|entry| {
        let value = scalar(&entry.value).map_or(Value::Wrong, Value::Text);
        (entry.key.as_str().to_owned(), value)
    });
    values.collect()
}

fn text(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The text of a value.
fn scalar(node: &Node) -> Option<String> {
    let scalar = match &node.kind {
        Kind::String(text) => return Some(text.clone()),
        Kind::Integer(number) => Scalar::from(*number),
        Kind::Float(number) if number.is_finite() => Scalar::of_float(*number),
        Kind::Boolean(value) => Scalar::from(*value),
        Kind::Float(_) | Kind::Null | Kind::Sequence(_) | Kind::Mapping(_) => return None,
    };
    Some(scalar.as_str().to_owned())
}
