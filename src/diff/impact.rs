//! What a change does to the cluster when it is submitted, by Aurora's rules.
//!
//! The scheduler compares the whole task configuration of each instance, which has the job as the
//! client read it, defaults filled in, without `instances` and `update_config`; any difference
//! restarts. With another executor than Thermos, it has that executor's data instead. Cron jobs are
//! not updated: their template is replaced, and the next run goes by it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::target::aurora::Table;
use crate::vocabulary::{EXECUTOR_CONFIG, JOB, completed};

use super::fields::is_same;
use super::{Impact, ImpactKind};

/// The executor whose data is the job.
const THERMOS: &str = EXECUTOR_CONFIG.text("name");

/// Fields that the scheduler gets whatever the executor.
const SCHEDULERS: &[&str] = &[
    "constraints",
    "contact",
    "container",
    "executor_config",
    "max_task_failures",
    "metadata",
    "partition_policy",
    "priority",
    "production",
    "service",
    "sla_policy",
    "tier",
];

/// What becomes of a job that is on both sides.
pub(super) fn of_change(old: &Table, new: &Table) -> Impact {
    let before = Submitted::of(old);
    let after = Submitted::of(new);
    match (before.is_cron, after.is_cron) {
        (false, true) => {
            return Impact {
                stopped: before.instances,
                ..Impact::new(
                    ImpactKind::Replace,
                    "becomes a cron job: `aurora job killall`, then `aurora cron schedule`",
                )
            };
        }
        (true, false) => {
            return Impact {
                started: after.instances,
                ..Impact::new(
                    ImpactKind::Replace,
                    "is no cron job any more: `aurora cron deschedule`, then `aurora job create`",
                )
            };
        }
        (true, true) => return of_cron(&before, &after),
        (false, false) => {}
    }
    let kept = before.instances.min(after.instances);
    let started = after.instances.saturating_sub(before.instances);
    let stopped = before.instances.saturating_sub(after.instances);
    let more = match (started, stopped) {
        (0, 0) => String::new(),
        (started, 0) => format!("adds {}", instances(started)),
        (_, stopped) => format!("removes {}", instances(stopped)),
    };
    if !is_same(&before.configuration, &after.configuration) {
        let more = if more.is_empty() {
            more
        } else {
            format!(", {more}")
        };
        let restarts = match kept {
            1 => "restarts its instance".to_owned(),
            kept => format!("restarts all {kept} instances"),
        };
        return Impact {
            restarted: kept,
            started,
            stopped,
            ..Impact::new(ImpactKind::Restart, format!("{restarts}{more}"))
        };
    }
    if !more.is_empty() {
        return Impact {
            started,
            stopped,
            ..Impact::new(ImpactKind::Instances, format!("{more}, restarts none"))
        };
    }
    if is_same(&before.update, &after.update) {
        return Impact::new(
            ImpactKind::Nothing,
            "nothing: the scheduler sees no difference",
        );
    }
    Impact::new(
        ImpactKind::UpdateSettings,
        "only changes update settings, for the next update",
    )
}

fn of_cron(before: &Submitted, after: &Submitted) -> Impact {
    let without = |submitted: &Submitted| {
        let mut configuration = submitted.configuration.clone();
        if let Value::Object(table) = &mut configuration {
            table.remove("cron_schedule");
        }
        configuration
    };
    let is_same_task =
        is_same(&without(before), &without(after)) && before.instances == after.instances;
    let is_same_schedule = before.schedule == after.schedule;
    match (is_same_task, is_same_schedule) {
        (true, true) => Impact::new(
            ImpactKind::Nothing,
            "nothing: the scheduler sees no difference",
        ),
        (true, false) => Impact::new(
            ImpactKind::CronSchedule,
            "cron schedule only: takes `aurora cron schedule`",
        ),
        (false, _) => Impact::new(
            ImpactKind::NextRun,
            "restarts nothing: takes `aurora cron schedule`, and the next run goes by it",
        ),
    }
}

/// What becomes of a job that is new.
pub(super) fn of_added(job: &Table) -> Impact {
    let submitted = Submitted::of(job);
    if submitted.is_cron {
        return Impact::new(ImpactKind::New, "new: `aurora cron schedule` schedules it");
    }
    let text = format!(
        "new: `aurora job create` starts {}",
        instances(submitted.instances)
    );
    Impact {
        started: submitted.instances,
        ..Impact::new(ImpactKind::New, text)
    }
}

/// What becomes of a job that is gone.
pub(super) fn of_removed(job: &Table) -> Impact {
    let submitted = Submitted::of(job);
    if submitted.is_cron {
        let text = "gone: runs on schedule until `aurora cron deschedule`";
        return Impact::new(ImpactKind::Gone, text);
    }
    let text = format!(
        "gone: {} until `aurora job killall`",
        match submitted.instances {
            1 => "its instance runs".to_owned(),
            many => format!("its {many} instances run"),
        }
    );
    Impact {
        stopped: submitted.instances,
        ..Impact::new(ImpactKind::Gone, text)
    }
}

impl Impact {
    fn new(kind: ImpactKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            restarted: 0,
            started: 0,
            stopped: 0,
        }
    }
}

/// What the scheduler gets of a job.
struct Submitted {
    /// What instances are compared by.
    configuration: Value,
    update: Value,
    instances: u64,
    is_cron: bool,
    schedule: Option<Value>,
}

impl Submitted {
    fn of(job: &Table) -> Self {
        // A job of which nothing is known but what it says is compared by that.
        let mut whole = completed(job).unwrap_or_else(|| job.clone());
        let update = whole.remove("update_config").unwrap_or(Value::Null);
        let instances = whole.remove("instances");
        let instances = instances
            .and_then(|count| count.as_u64())
            .unwrap_or(JOB.count("instances"));
        let schedule = whole.get("cron_schedule").cloned();
        let executor = whole
            .get("executor_config")
            .and_then(|config| config.get("name"))
            .and_then(Value::as_str);
        if executor.is_some_and(|name| name != THERMOS) {
            let ports = ports(&whole);
            let resources = whole
                .get("task")
                .and_then(|task| task.get("resources"))
                .cloned();
            whole.retain(|name, _| SCHEDULERS.contains(&name.as_str()));
            whole.insert("ports".to_owned(), ports);
            whole.insert("resources".to_owned(), resources.unwrap_or(Value::Null));
        }
        Self {
            is_cron: schedule
                .as_ref()
                .is_some_and(|schedule| !schedule.is_null()),
            configuration: Value::Object(whole),
            update,
            instances,
            schedule,
        }
    }
}

/// The names of the ports that a job's texts refer to.
fn ports(job: &Table) -> Value {
    let text = Value::Object(job.clone()).to_string();
    let names = text.split("thermos.ports[").skip(1);
    let names: BTreeSet<&str> = names.filter_map(|rest| rest.split(']').next()).collect();
    names.into_iter().map(Value::from).collect()
}

fn instances(count: u64) -> String {
    match count {
        1 => "1 instance".to_owned(),
        many => format!("{many} instances"),
    }
}
