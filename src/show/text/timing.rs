//! Health checks, updates and stopping, in seconds and words.

use crate::diagnostic::render::amount;
use crate::target::aurora::timing::Window;

use super::super::document::{HealthCheck, HealthTimes, Update};
use super::{Sections, seconds, several};

impl Sections<'_> {
    pub(super) fn health(&mut self) {
        let health = &self.shown.health_check;
        let Some(times) = &health.timing else {
            let why = if health.checker == "none" {
                "not checked: no port is called `health`; a task counts as running when it starts"
            } else {
                "the interval is 0, by which the executor divides: no task gets to run"
            };
            self.page.part("Health", &[why.to_owned()]);
            return;
        };
        let lines = self.checks(health, times);
        self.page.part("Health", &lines);
    }

    fn checks(&self, health: &HealthCheck, times: &HealthTimes) -> Vec<String> {
        let target = health.target.as_deref().unwrap_or_default();
        let default = |field: &str| self.default(&format!("health_check_config.{field}"));
        let what = match health.checker.as_str() {
            "http" => format!("HTTP {target} at port `health`"),
            _ => format!("command `{}`", target.trim_end()),
        };
        vec![
            format!(
                "{what}, when the task starts and every {}{}; a check may take {}{}",
                amount::seconds(health.interval_secs),
                default("interval_secs"),
                amount::seconds(health.timeout_secs),
                default("timeout_secs"),
            ),
            format!(
                "running after {} in a row{}: {} at the earliest, {} at the latest",
                several(
                    health.min_consecutive_successes.max(1),
                    "success",
                    "successes"
                ),
                default("min_consecutive_successes"),
                amount::seconds(times.running_at_best.earliest),
                amount::seconds(times.running_at_worst.latest),
            ),
            format!(
                "never healthy: given up after {}; {} not count, for {}{}",
                window(times.given_up_at_start),
                match times.forgiven_checks {
                    1 => "the first failure does".to_owned(),
                    many => format!("the first {many} failures do"),
                },
                amount::seconds(health.initial_interval_secs),
                default("initial_interval_secs"),
            ),
            format!(
                "later unhealthy: given up after {} in a row{}, {}",
                several(health.max_consecutive_failures + 1, "failure", "failures"),
                default("max_consecutive_failures"),
                window(times.given_up_later),
            ),
        ]
    }

    pub(super) fn update(&mut self) {
        let Some(update) = &self.shown.update else {
            let how = match &self.shown.cron {
                Some(_) => "with the next run, once the job is scheduled anew",
                None => "by creating the job anew: it is no service",
            };
            self.page.part("Update", &[how.to_owned()]);
            return;
        };
        let lines = self.rolling(update);
        self.page.part("Update", &lines);
    }

    fn rolling(&self, update: &Update) -> Vec<String> {
        let default = |field: &str| self.default(&format!("update_config.{field}"));
        let sizes: Vec<_> = update
            .group_sizes
            .iter()
            .take(8)
            .map(u64::to_string)
            .collect();
        let sizes = sizes.join(", ");
        let groups = match update.strategy.as_str() {
            "queue" => format!(
                "{sizes} at a time{}, the next when one is done",
                default("batch_size")
            ),
            "batch" => format!("in batches of {sizes}{}", default("batch_size")),
            _ => format!("in batches of {sizes}, the last one repeating"),
        };
        let health = self
            .shown
            .health_check
            .timing
            .map(|it| it.running_at_best.earliest);
        let round = match health.filter(|start| *start > 0.0) {
            Some(start) => format!(
                "({} until healthy + {} watched{})",
                amount::seconds(start),
                seconds(update.watch_secs),
                default("watch_secs")
            ),
            None => format!(
                "{} watched{}",
                seconds(update.watch_secs),
                default("watch_secs")
            ),
        };
        let mut lines = vec![
            groups,
            format!(
                "{} at best: {} of {round}, without fetching, placing and stopping",
                amount::seconds(update.at_best_secs),
                several(update.rounds, "round", "rounds"),
            ),
        ];
        let failures = match (update.max_per_shard_failures, update.max_total_failures) {
            (0, 0) => format!(
                "fails with the first instance that fails{}",
                default("max_total_failures")
            ),
            (each, total) => format!(
                "fails when {} failed, each after {}",
                match total {
                    0 => "one instance has".to_owned(),
                    many => format!("more than {} have", several(many, "instance", "instances")),
                },
                several(each + 1, "failure", "failures"),
            ),
        };
        let then = if update.rollback_on_failure {
            "and is then rolled back"
        } else {
            "and is then left as it is"
        };
        lines.push(format!(
            "{failures}, {then}{}",
            default("rollback_on_failure")
        ));
        if update.autopause {
            lines.push("pauses after each batch until somebody resumes it".to_owned());
        }
        if let Some(pulse) = update.pulse_interval_secs {
            lines.push(format!(
                "coordinated: stops unless it gets a heartbeat every {}",
                seconds(pulse)
            ));
        }
        if update.sla_aware {
            lines.push(
                "keeps the job's SLA policy, and waits where that forbids to go on".to_owned(),
            );
        }
        lines
    }

    pub(super) fn stop(&mut self) {
        let stop = &self.shown.stop;
        let mut lines: Vec<String> = Vec::new();
        if let Some(port) = &stop.port {
            let requests = stop.requests.iter();
            let requests: Vec<_> = requests
                .map(|it| format!("POST {}, up to {}", it.path, seconds(it.wait_secs)))
                .collect();
            lines.push(format!("at port `{port}`: {}", requests.join("; ")));
        }
        let first = if stop.port.is_some() {
            "then SIGTERM"
        } else {
            "SIGTERM"
        };
        lines.push(format!(
            "{first} and the final processes, and SIGKILL after {}",
            seconds(stop.kill_secs)
        ));
        self.page.part("Stop", &lines);
    }
}

fn window(window: Window) -> String {
    let [earliest, latest] = [window.earliest, window.latest].map(amount::seconds);
    if earliest == latest {
        earliest
    } else {
        format!("{earliest} to {latest}")
    }
}
