//! Who is told about an instance: where it is announced, and how it is asked to stop.

use crate::model;

use super::definition::Table;
use super::{At, Text};

/// Where the ports of instances are announced.
#[derive(Debug, Clone, PartialEq)]
pub struct Announce {
    /// The port that is announced as the service's own.
    pub primary_port: Option<At<Text>>,
    /// Names that other ports are announced by: another port's name, or a fixed number.
    pub portmap: Option<Vec<(Text, At<Text>)>>,
    /// The path to announce at.
    pub zk_path: Option<At<Text>>,
}

/// Requests that ask an instance to stop.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// The requests by HTTP.
    pub http: Option<HttpStop>,
}

/// Requests by HTTP that ask an instance to stop, the graceful one first.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpStop {
    /// The name of the port to ask.
    pub port: Option<At<Text>>,
    /// The path of the graceful request.
    pub graceful_shutdown_endpoint: Option<At<Text>>,
    /// The path of the last request.
    pub shutdown_endpoint: Option<At<Text>>,
    /// Seconds to wait after the graceful request.
    pub graceful_shutdown_wait_secs: Option<At<i64>>,
    /// Seconds to wait after the last request.
    pub shutdown_wait_secs: Option<At<i64>>,
}

impl Announce {
    pub(super) fn new(announcer: &model::Announcer, job: &Table<'_, '_>) -> Self {
        let model::Announcer {
            primary_port,
            portmap,
            zk_path,
        } = announcer;
        let table = job.table("announce", announcer);
        Self {
            primary_port: table.optional_text("primary_port", primary_port.as_ref()),
            portmap: portmap.as_ref().map(|ports| {
                let ports = table.texts("portmap", ports).into_iter();
                ports.map(|(name, port)| (table.text(name), port)).collect()
            }),
            zk_path: table.optional_text("zk_path", zk_path.as_ref()),
        }
    }
}

impl Stop {
    pub(super) fn new(lifecycle: &model::LifecycleConfig, job: &Table<'_, '_>) -> Self {
        let model::LifecycleConfig { http } = lifecycle;
        let table = job.table("lifecycle", lifecycle);
        Self {
            http: http.as_ref().map(|http| HttpStop::new(http, &table)),
        }
    }
}

impl HttpStop {
    fn new(http: &model::HttpLifecycleConfig, lifecycle: &Table<'_, '_>) -> Self {
        let model::HttpLifecycleConfig {
            port,
            graceful_shutdown_endpoint,
            shutdown_endpoint,
            graceful_shutdown_wait_secs,
            shutdown_wait_secs,
        } = http;
        let table = lifecycle.table("http", http);
        let text = |field, text: &Option<model::Text>| table.optional_text(field, text.as_ref());
        let seconds = |field, value: &Option<model::Seconds>| {
            table.optional(field, value.map(model::Seconds::get))
        };
        Self {
            port: text("port", port),
            graceful_shutdown_endpoint: text(
                "graceful_shutdown_endpoint",
                graceful_shutdown_endpoint,
            ),
            shutdown_endpoint: text("shutdown_endpoint", shutdown_endpoint),
            graceful_shutdown_wait_secs: seconds(
                "graceful_shutdown_wait_secs",
                graceful_shutdown_wait_secs,
            ),
            shutdown_wait_secs: seconds("shutdown_wait_secs", shutdown_wait_secs),
        }
    }
}
