//! What a definition says of a job that texts may refer to, its own and those of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Scalar;
use crate::name::JobKey;
use crate::source::{Kind, Node};
use crate::vocabulary::ANNOUNCER;

use super::word::Field;

/// The field of variables.
pub(super) const VARS: &str = "vars";
/// The field of labels.
pub(super) const LABELS: &str = "labels";

/// What texts may refer to.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    cluster: Option<String>,
    role: Option<String>,
    environment: Option<String>,
    name: Option<String>,
    pub(super) vars: BTreeMap<String, Value>,
    pub(super) labels: BTreeMap<String, Value>,
    /// The ports that are declared, with the numbers that are wanted.
    pub(super) ports: BTreeMap<String, Option<u16>>,
    pub(super) state: BTreeSet<String>,
    pub(super) instances: u32,
    pub(super) is_announced: bool,
    /// The port that it is waited at where only connections tell.
    pub(super) port: Option<String>,
    /// Whether a process says how one knows that it is ready.
    pub(super) is_awaitable: bool,
    /// Whether it is run for ever.
    pub(super) is_endless: bool,
    /// The jobs that its processes wait for, as they call them.
    pub(super) waits: Vec<String>,
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
        let instances = match job.get("instances").map(|instances| &instances.kind) {
            Some(Kind::Integer(number)) => u32::try_from(*number).unwrap_or(1),
            _ => 1,
        };
        let ports = entries(job.get("ports")).map(|(name, port)| (name.to_owned(), number(port)));
        let state = entries(job.get("state")).map(|(name, _)| name.to_owned());
        let processes = || processes(job);
        let is_true = |node: &Node, field| {
            let value = node.get(field).map(|value| &value.kind);
            matches!(value, Some(Kind::Boolean(true)))
        };
        let ports: BTreeMap<String, Option<u16>> = ports.collect();
        let primary = job.get("announce").map(|announce| {
            let primary = announce.get("primary_port").and_then(text);
            primary.unwrap_or_else(|| ANNOUNCER.text("primary_port").to_owned())
        });
        let only = || ports.keys().next().filter(|_| ports.len() == 1).cloned();
        Self {
            port: primary.or_else(only),
            is_awaitable: processes().any(|process| process.get("ready").is_some()),
            is_endless: is_true(job, "service")
                || processes().any(|it| is_true(it, "daemon") && !is_true(it, "ephemeral")),
            waits: processes().flat_map(waits).map(str::to_owned).collect(),
            cluster: part("cluster"),
            role: part("role"),
            environment: part("environment"),
            name: part("name").or_else(named_by_task),
            vars: values(job.get(VARS)),
            labels: values(job.get(LABELS)),
            ports,
            state: state.collect(),
            instances,
            is_announced: job.get("announce").is_some(),
        }
    }

    /// A part of the job's key; none if it is not written, as decoding says.
    pub(super) fn field(&self, field: Field) -> Option<String> {
        match field {
            Field::Cluster => self.cluster.clone(),
            Field::Role => self.role.clone(),
            Field::Environment => self.environment.clone(),
            Field::Name => self.name.clone(),
            Field::Key => Some(self.key()?.to_string()),
        }
    }

    /// What the job is called, if it is written.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What identifies the job; none if a part is not written, or is none.
    pub fn key(&self) -> Option<JobKey> {
        Some(JobKey {
            cluster: self.cluster.as_ref()?.parse().ok()?,
            role: self.role.as_ref()?.parse().ok()?,
            environment: self.environment.as_ref()?.parse().ok()?,
            name: self.name.as_ref()?.parse().ok()?,
        })
    }

    /// The job that this one calls `name`: one of its own role and environment, one of another role, or
    /// one by its key. None if it is unknown what this job itself is called.
    pub(super) fn neighbour(&self, name: &str) -> Option<JobKey> {
        let parts: Vec<&str> = name.split('/').collect();
        let (cluster, role, environment, name) = match parts[..] {
            [cluster, role, environment, name] => (cluster, role, environment, name),
            [role, name] => (
                self.cluster.as_deref()?,
                role,
                self.environment.as_deref()?,
                name,
            ),
            _ => (
                self.cluster.as_deref()?,
                self.role.as_deref()?,
                self.environment.as_deref()?,
                name,
            ),
        };
        Some(JobKey {
            cluster: cluster.parse().ok()?,
            role: role.parse().ok()?,
            environment: environment.parse().ok()?,
            name: name.parse().ok()?,
        })
    }
}

/// The processes of a job.
pub(super) fn processes(job: &Node) -> impl Iterator<Item = &Node> {
    let processes = job.get("task").and_then(|task| task.get("processes"));
    items(processes).iter()
}

/// The jobs that a process waits for, as it calls them.
pub(super) fn waits(process: &Node) -> impl Iterator<Item = &str> {
    let jobs = items(process.get("after")).iter();
    jobs.filter_map(|after| match &after.get("job")?.kind {
        Kind::String(job) => Some(job.as_str()),
        _ => None,
    })
}

fn items(list: Option<&Node>) -> &[Node] {
    match list.map(|list| &list.kind) {
        Some(Kind::Sequence(items)) => items,
        _ => &[],
    }
}

fn entries(table: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    let entries = match table.map(|table| &table.kind) {
        Some(Kind::Mapping(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries
        .iter()
        .map(|entry| (entry.key.as_str(), &entry.value))
}

fn values(table: Option<&Node>) -> BTreeMap<String, Value> {
    let values = entries(table).map(|(name, value)| {
        let value = scalar(value).map_or(Value::Wrong, Value::Text);
        (name.to_owned(), value)
    });
    values.collect()
}

/// The number that a port is to have.
fn number(port: &Node) -> Option<u16> {
    match &port.kind {
        Kind::Integer(number) => u16::try_from(*number).ok(),
        Kind::Mapping(_) => number(port.get("number")?),
        _ => None,
    }
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
