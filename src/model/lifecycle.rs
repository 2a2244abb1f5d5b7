//! How a task is asked to stop.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::table;
use super::{Seconds, Text};

/// What happens before a task is killed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleConfig {
    /// Requests that ask the task to stop.
    pub http: Option<HttpLifecycleConfig>,
}

table!(LifecycleConfig: LIFECYCLE_CONFIG { http });

/// Requests that ask a task to stop, the graceful one first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpLifecycleConfig {
    /// The name of the port to ask (default `health`); without such a port nothing is asked.
    pub port: Option<Text>,
    /// The path of the graceful request (default `/quitquitquit`).
    pub graceful_shutdown_endpoint: Option<Text>,
    /// The path of the last request (default `/abortabortabort`).
    pub shutdown_endpoint: Option<Text>,
    /// How long to wait after the graceful request (default 5 s).
    pub graceful_shutdown_wait_secs: Option<Seconds>,
    /// How long to wait after the last request (default 5 s).
    pub shutdown_wait_secs: Option<Seconds>,
}

table!(HttpLifecycleConfig: HTTP_LIFECYCLE_CONFIG {
    port, graceful_shutdown_endpoint, shutdown_endpoint, graceful_shutdown_wait_secs,
    shutdown_wait_secs,
});
