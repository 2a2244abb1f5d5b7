//! How the executor finds out whether a task is healthy.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::vocabulary::{self, Struct};

use super::fields::{FieldValue, Held, Table, table};
use super::{CommandLine, FractionalSeconds, Integer, Text};

/// When and how often health is checked, and what counts as healthy.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheckConfig {
    /// How to check; by default HTTP on the port named `health`.
    pub health_checker: Option<HealthChecker>,
    /// The grace period: failures before it ends do not count (default 15 s). It starts with the
    /// task, so that fetching a closure is part of it.
    pub initial_interval_secs: Option<FractionalSeconds>,
    /// The time between two checks (default 10 s).
    pub interval_secs: Option<FractionalSeconds>,
    /// How many failures in a row are forgiven (default 0).
    pub max_consecutive_failures: Option<Integer<0>>,
    /// How many successes in a row make a task healthy (default 1).
    pub min_consecutive_successes: Option<Integer<0>>,
    /// How long one check may take (default 1 s).
    pub timeout_secs: Option<FractionalSeconds>,
}

table!(HealthCheckConfig: HEALTH_CHECK_CONFIG {
    health_checker, initial_interval_secs, interval_secs, max_consecutive_failures,
    min_consecutive_successes, timeout_secs,
});

/// How to check: `http` or `shell`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthChecker {
    /// A request to the port named `health`.
    Http(HttpHealthChecker),
    /// A command on the node; exit code 0 is healthy.
    Shell(ShellHealthChecker),
}

impl Table for HealthChecker {
    fn of(&self) -> &'static Struct {
        &vocabulary::HEALTH_CHECKER_CONFIG
    }

    fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match (self, name) {
            (Self::Http(http), "http") => http.held(),
            (Self::Shell(shell), "shell") => shell.held(),
            _ => None,
        }
    }
}

impl Held for HealthChecker {
    fn held(&self) -> Option<FieldValue<'_>> {
        Some(FieldValue::Table(self))
    }
}

/// A health check over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpHealthChecker {
    /// The path to request (default `/health`).
    pub endpoint: Option<Text>,
    /// The body that a healthy task answers, case ignored (default `ok`).
    pub expected_response: Option<Text>,
    /// The status that a healthy task answers; 0 takes any (default 0).
    pub expected_response_code: Option<Integer<0>>,
}

table!(HttpHealthChecker: HTTP_HEALTH_CHECKER {
    endpoint, expected_response, expected_response_code,
});

/// A health check by a command.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct ShellHealthChecker {
    /// The command; it may name packages and files as a process' command line does.
    pub shell_command: CommandLine,
}

table!(ShellHealthChecker: SHELL_HEALTH_CHECKER { shell_command });
