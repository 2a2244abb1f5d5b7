//! The names that Aurora's client and the agent add to those of a job.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::address::{Address, Component};
use super::names::Value;

use Component::{Field, Index};

/// Whose names there are besides those of the job's tables.
#[derive(Debug, Clone, Copy)]
pub enum Added<'a> {
    /// Nobody's: the client has not yet picked the job by its key.
    Nobodys,
    /// The client's.
    Clients,
    /// The client's. What the agent adds, or the client asks others for, stays as it is.
    Later,
    /// The client's and the agent's. The names of ports that are asked for are collected.
    Agents(&'a Agent, &'a RefCell<BTreeSet<String>>),
}

/// What the agent adds to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Which of the job's instances this is.
    pub instance: u32,
    /// The node's name.
    pub hostname: String,
    /// The task's identifier.
    pub task_id: String,
    /// The numbers of ports; one of no known name is 0.
    pub ports: BTreeMap<String, u16>,
}

/// The field of the job that a name of the client's stands for.
pub fn alias(path: &[Component<'_>]) -> Option<&'static str> {
    match path {
        [Field("mesos"), Field("role")] | [Field("thermos"), Field("user")] => Some("role"),
        [Field("mesos"), Field("cluster")] => Some("cluster"),
        _ => None,
    }
}

/// Whether the agent fills it in.
pub fn by_agent(address: &Address<'_>) -> bool {
    address.port().is_some()
        || matches!(
            address.0[..],
            [Field("mesos"), Field("instance" | "hostname")] | [Field("thermos"), Field("task_id")]
        )
}

impl<'a> Added<'a> {
    /// What a name that the client adds stands for.
    pub(super) fn by_client(self, path: &[Component<'_>]) -> Option<Value<'a>> {
        if let Self::Nobodys = self {
            return None;
        }
        if let Some(field) = alias(path) {
            return Some(Value::Text(Cow::Owned(format!("{{{{{field}}}}}"))));
        }
        // A registry is asked for the image's digest.
        let is_image = matches!(path, [Field("docker"), Field("image"), Index(_), Index(_)]);
        let is_later = matches!(self, Self::Later);
        (is_image && is_later).then_some(Value::Draft(Cow::Borrowed("")))
    }

    /// What a name that the agent adds stands for.
    pub(super) fn by_agent(self, address: &Address<'_>) -> Option<Cow<'a, str>> {
        match self {
            Self::Nobodys | Self::Clients => None,
            Self::Later => by_agent(address).then(|| Cow::Owned(address.written())),
            Self::Agents(agent, asked) => Some(match address.0[..] {
                [Field("mesos"), Field("instance")] => Cow::Owned(agent.instance.to_string()),
                [Field("mesos"), Field("hostname")] => Cow::Borrowed(&agent.hostname),
                [Field("thermos"), Field("task_id")] => Cow::Borrowed(&agent.task_id),
                [Field("thermos"), Field("ports"), Index(name)] => {
                    asked.borrow_mut().insert(name.to_owned());
                    let port = agent.ports.get(name).copied().unwrap_or_default();
                    Cow::Owned(port.to_string())
                }
                _ => return None,
            }),
        }
    }
}
