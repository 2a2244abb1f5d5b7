//! How one knows that a process is ready for those that wait for that.

use std::sync::Arc;

use crate::model;

use super::definition::Table;
use super::{At, Text};

/// Seconds between two tries unless the definition says how many.
const INTERVAL: i64 = 1;
/// Seconds that one try may take unless the definition says how many.
const TIMEOUT: i64 = 5;

/// What is tried until a process is ready, and how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// What is tried.
    pub probe: Probe,
    /// Seconds between two tries.
    pub interval: Option<At<i64>>,
    /// Seconds that one try may take.
    pub timeout: Option<At<i64>>,
    /// Seconds that all tries may take, together.
    pub within: Option<At<i64>>,
}

/// What is tried.
#[derive(Debug, Clone, PartialEq)]
pub enum Probe {
    /// What the job's health check does.
    Health,
    /// A command: as written, and with its references resolved once there is a plan.
    Command(At<Text>),
    /// A connection to `PORT` or `HOST:PORT`.
    Tcp(At<Text>),
    /// A request to an address.
    Http(At<Text>),
}

/// Seconds of the probe that a connection is.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Between two tries.
    pub interval: i64,
    /// For one try.
    pub timeout: i64,
}

impl Ready {
    /// How a connection is tried of which nothing says how.
    pub const CONNECTION: Times = Times {
        interval: INTERVAL,
        timeout: TIMEOUT,
    };

    /// Seconds that all tries may take unless the definition says how many.
    pub const WITHIN: i64 = 60;

    /// What a process says; none if it does not say what to try.
    pub(super) fn new(ready: &model::Ready, process: &Table<'_, '_>) -> Option<Self> {
        let probe = match ready {
            model::Ready::Probe(probe) => probe,
            model::Ready::Health => {
                return Some(Self {
                    probe: Probe::Health,
                    interval: None,
                    timeout: None,
                    within: None,
                });
            }
        };
        let model::Probe {
            command,
            tcp,
            http,
            interval,
            timeout,
            within,
        } = &**probe;
        let table = process.part("ready");
        let command = command.as_ref().map(|command| {
            let text = table.text(command.shared());
            Probe::Command(table.at("command", text))
        });
        let tcp = table.optional_text("tcp", tcp.as_ref().map(model::TcpAddress::text));
        let http = table.optional_text("http", http.as_ref());
        let seconds = |field, value: &Option<model::Seconds>| {
            table.optional(field, value.map(model::Seconds::get))
        };
        Some(Self {
            probe: command.or(tcp.map(Probe::Tcp)).or(http.map(Probe::Http))?,
            interval: seconds("interval", interval),
            timeout: seconds("timeout", timeout),
            within: seconds("within", within),
        })
    }

    /// Seconds between two tries.
    pub fn interval(&self) -> i64 {
        self.interval.as_ref().map_or(INTERVAL, |it| it.value)
    }

    /// Seconds that one try may take.
    pub fn timeout(&self) -> i64 {
        self.timeout.as_ref().map_or(TIMEOUT, |it| it.value)
    }

    /// Seconds that all tries may take, together.
    pub fn within(&self) -> i64 {
        self.within.as_ref().map_or(Self::WITHIN, |it| it.value)
    }

    /// Puts `command` in the place of the one that `process` has.
    pub(super) fn try_by(&mut self, command: &Arc<str>, process: &Table<'_, '_>) {
        if let Probe::Command(at) = &mut self.probe {
            at.value = process.compiled(Arc::clone(command));
        }
    }
}
