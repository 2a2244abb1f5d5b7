//! When health is checked, how an update proceeds, and how an instance is stopped.

use crate::intent::{Checker, given};
use crate::target::aurora::timing::{Groups, HealthTiming, UpdateTiming};
use crate::vocabulary::{
    HEALTH_CHECK_CONFIG, HTTP_HEALTH_CHECKER, HTTP_LIFECYCLE_CONFIG, Struct, UPDATE_CONFIG,
};

use super::super::document::{self as shown, Origin};
use super::super::ports::{HEALTH, Ports};
use super::{Collect, words};

/// How many seconds the executor waits after SIGTERM.
const KILL: u64 = 60;

impl Collect<'_> {
    pub(super) fn health_check(&mut self, ports: &Ports) -> shown::HealthCheck {
        let config = self.plan().intent.health_check.as_ref().map(|it| &it.value);
        let checker = config.and_then(|config| config.checker.as_ref());
        let (checker, target) = match checker {
            Some(Checker::Shell(command)) => ("shell", self.written(&command.pointer())),
            _ if !ports.has(HEALTH) => ("none", None),
            Some(Checker::Http { endpoint, .. }) => {
                let endpoint = words(endpoint.as_ref());
                let field = "health_check_config.health_checker.http.endpoint";
                (
                    "http",
                    Some(self.text(&HTTP_HEALTH_CHECKER, field, endpoint)),
                )
            }
            None => {
                let field = "health_check_config.health_checker".to_owned();
                self.origins.insert(field, Origin::Aurora);
                (
                    "http",
                    Some(HTTP_HEALTH_CHECKER.text("endpoint").to_owned()),
                )
            }
        };
        let of = &HEALTH_CHECK_CONFIG;
        let mut field = |name: &str, written: Option<f64>| {
            let field = format!("health_check_config.{name}");
            self.or(&field, written, of, Struct::float)
        };
        let initial = config.and_then(|it| given(it.initial_interval_secs.as_ref()));
        let initial = field("initial_interval_secs", initial);
        let interval = config.and_then(|it| given(it.interval_secs.as_ref()));
        let interval = field("interval_secs", interval);
        let timeout = config.and_then(|it| given(it.timeout_secs.as_ref()));
        let timeout = field("timeout_secs", timeout);
        let failures = config.and_then(|it| given(it.max_consecutive_failures.as_ref()));
        let field = "health_check_config.max_consecutive_failures";
        let failures = self.count(of, field, failures);
        let successes = config.and_then(|it| given(it.min_consecutive_successes.as_ref()));
        let field = "health_check_config.min_consecutive_successes";
        let successes = self.count(of, field, successes);
        // The executor divides by the interval.
        let timing = (checker != "none" && interval > 0.0).then_some(HealthTiming {
            grace: initial,
            interval,
            timeout,
            max_failures: failures,
            min_successes: successes,
        });
        shown::HealthCheck {
            checker: checker.to_owned(),
            target,
            initial_interval_secs: initial,
            interval_secs: interval,
            timeout_secs: timeout,
            max_consecutive_failures: failures,
            min_consecutive_successes: successes,
            timing: timing.map(|timing| shown::HealthTimes {
                forgiven_checks: timing.forgiven(),
                running_at_best: timing.healthy_at_best(),
                running_at_worst: timing.healthy_at_worst(),
                given_up_at_start: timing.never_healthy(),
                given_up_later: timing.turned_unhealthy(),
            }),
        }
    }

    pub(super) fn update(
        &mut self,
        instances: u64,
        health: &shown::HealthCheck,
    ) -> Option<shown::Update> {
        if given(self.plan().intent.schedule.service.as_ref()) != Some(true) {
            return None;
        }
        let config = self.plan().intent.update.as_ref().map(|it| &it.value);
        let timing = UpdateTiming::new(config, instances);
        let start = health.timing.map_or(0.0, |it| it.running_at_best.earliest);
        let at_best_secs = timing.at_best(start);
        let rounds = timing.rounds();
        let (strategy, group_sizes) = match timing.groups {
            Groups::Queue(size) => ("queue", vec![size]),
            Groups::Batch(size) => ("batch", vec![size]),
            Groups::Variable(sizes) => ("variable_batch", sizes),
        };
        if config.is_none_or(|it| it.batch_size.is_none() && it.strategy.is_none()) {
            let field = "update_config.batch_size".to_owned();
            self.origins.insert(field, Origin::Aurora);
        }
        let watch = config.and_then(|it| given(it.watch_secs.as_ref()));
        let per_shard = config.and_then(|it| given(it.max_per_shard_failures.as_ref()));
        let total = config.and_then(|it| given(it.max_total_failures.as_ref()));
        let rollback = config.and_then(|it| given(it.rollback_on_failure.as_ref()));
        let pulse = config.and_then(|it| given(it.pulse_interval_secs.as_ref()));
        let sla_aware = config.and_then(|it| given(it.sla_aware.as_ref()));
        let of = &UPDATE_CONFIG;
        let rollback = self.boolean(of, "update_config.rollback_on_failure", rollback);
        let mut count = |name: &str, written: Option<i64>| {
            self.count(of, &format!("update_config.{name}"), written)
        };
        Some(shown::Update {
            strategy: strategy.to_owned(),
            group_sizes,
            rounds,
            watch_secs: count("watch_secs", watch),
            at_best_secs,
            max_per_shard_failures: count("max_per_shard_failures", per_shard),
            max_total_failures: count("max_total_failures", total),
            rollback_on_failure: rollback,
            autopause: timing.pauses,
            pulse_interval_secs: pulse.map(i64::unsigned_abs),
            sla_aware: sla_aware == Some(true),
        })
    }

    pub(super) fn stop(&mut self, ports: &Ports) -> shown::Stop {
        // Aurora's own default asks at `health`; an empty `lifecycle` asks nowhere.
        let lifecycle = self.plan().intent.stop.as_ref();
        let http = lifecycle.and_then(|it| it.value.http.as_ref());
        let asks = lifecycle.is_none() || http.is_some();
        let port = http.and_then(|http| words(http.port.as_ref()));
        let port = port.unwrap_or_else(|| HTTP_LIFECYCLE_CONFIG.text("port").to_owned());
        if !asks || !ports.has(&port) {
            return shown::Stop {
                port: None,
                requests: Vec::new(),
                kill_secs: KILL,
            };
        }
        let requests = [
            (
                "graceful_shutdown_endpoint",
                http.and_then(|it| words(it.graceful_shutdown_endpoint.as_ref())),
                "graceful_shutdown_wait_secs",
                http.and_then(|it| given(it.graceful_shutdown_wait_secs.as_ref())),
            ),
            (
                "shutdown_endpoint",
                http.and_then(|it| words(it.shutdown_endpoint.as_ref())),
                "shutdown_wait_secs",
                http.and_then(|it| given(it.shutdown_wait_secs.as_ref())),
            ),
        ];
        let requests = requests.map(|(path_field, path, wait_field, wait)| {
            let field = |name: &str| format!("lifecycle.http.{name}");
            let of = &HTTP_LIFECYCLE_CONFIG;
            shown::Request {
                path: self.text(of, &field(path_field), path),
                wait_secs: self.count(of, &field(wait_field), wait),
            }
        });
        shown::Stop {
            port: Some(port),
            requests: requests.into(),
            kill_secs: KILL,
        }
    }
}
