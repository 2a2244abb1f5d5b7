//! How health is found out.

use std::sync::Arc;

use crate::model;

use super::definition::Table;
use super::{At, Text};

/// When and how often health is checked, and what counts as healthy.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthCheck {
    /// How to check.
    pub checker: Option<Checker>,
    /// Seconds in which failures do not count.
    pub initial_interval_secs: Option<At<f64>>,
    /// Seconds between two checks.
    pub interval_secs: Option<At<f64>>,
    /// Seconds that one check may take.
    pub timeout_secs: Option<At<f64>>,
    /// How many failures in a row are forgiven.
    pub max_consecutive_failures: Option<At<i64>>,
    /// How many successes in a row make an instance healthy.
    pub min_consecutive_successes: Option<At<i64>>,
}

/// How to check.
#[derive(Debug, Clone, PartialEq)]
pub enum Checker {
    /// A request to the port named `health`.
    Http {
        /// The path to request.
        endpoint: Option<At<Text>>,
        /// The body of a healthy answer.
        expected_response: Option<At<Text>>,
        /// The status of a healthy answer.
        expected_response_code: Option<At<i64>>,
    },
    /// A command on the node: as written, and with its references resolved once there is a plan.
    Shell(At<Text>),
}

impl HealthCheck {
    pub(super) fn new(config: &model::HealthCheckConfig, job: &Table<'_, '_>) -> Self {
        let model::HealthCheckConfig {
            health_checker,
            initial_interval_secs,
            interval_secs,
            max_consecutive_failures,
            min_consecutive_successes,
            timeout_secs,
        } = config;
        let table = job.table("health_check_config", config);
        let seconds = |field, value: &Option<model::FractionalSeconds>| {
            table.optional(field, value.map(model::FractionalSeconds::get))
        };
        let count = |field, value: &Option<model::Integer<0>>| {
            table.optional(field, value.map(model::Integer::get))
        };
        let checker = health_checker.as_ref().map(|checker| {
            let around = table.table("health_checker", checker);
            Checker::new(checker, &around)
        });
        Self {
            checker,
            initial_interval_secs: seconds("initial_interval_secs", initial_interval_secs),
            interval_secs: seconds("interval_secs", interval_secs),
            timeout_secs: seconds("timeout_secs", timeout_secs),
            max_consecutive_failures: count("max_consecutive_failures", max_consecutive_failures),
            min_consecutive_successes: count(
                "min_consecutive_successes",
                min_consecutive_successes,
            ),
        }
    }
}

impl HealthCheck {
    /// Puts `command` in the place of the one that `written` has.
    pub(super) fn check_by(
        &mut self,
        command: &Arc<str>,
        written: &model::HealthCheckConfig,
        job: &Table<'_, '_>,
    ) {
        let (Some(Checker::Shell(at)), Some(model::HealthChecker::Shell(shell))) =
            (&mut self.checker, &written.health_checker)
        else {
            return;
        };
        let config = job.table("health_check_config", written);
        let checker = config.table("health_checker", shell);
        at.value = checker.table("shell", shell).compiled(Arc::clone(command));
    }
}

impl Checker {
    fn new(checker: &model::HealthChecker, around: &Table<'_, '_>) -> Self {
        match checker {
            model::HealthChecker::Http(http) => {
                let model::HttpHealthChecker {
                    endpoint,
                    expected_response,
                    expected_response_code,
                } = http;
                let table = around.table("http", http);
                let code = expected_response_code.map(model::Integer::get);
                Self::Http {
                    endpoint: table.optional_text("endpoint", endpoint.as_ref()),
                    expected_response: table
                        .optional_text("expected_response", expected_response.as_ref()),
                    expected_response_code: table.optional("expected_response_code", code),
                }
            }
            model::HealthChecker::Shell(shell) => {
                let table = around.table("shell", shell);
                let text = table.text(shell.shell_command.shared());
                Self::Shell(table.at("shell_command", text))
            }
        }
    }
}
