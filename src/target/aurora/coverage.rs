//! What Aurora's JSON and config files make of each field of a plan.
//!
//! Definitions are written in Aurora's words, so that its documents say all of them. Only where a
//! field takes one of several structs is there less in JSON: its reader in the client only tries
//! the first one.

use crate::target::coverage::Coverage::{Exact, Refused};
use crate::target::coverage::{Row, covered};

const ONLY_COORDINATOR: &str = "the JSON reader of Aurora's client only knows `coordinator`";
const ONLY_DOCKER: &str = "the JSON reader of Aurora's client only knows `docker`";
const ONLY_QUEUE: &str = "the JSON reader of Aurora's client only knows `queue`";

covered! {
    Plan besides(pointer, needs, late) {
        key: Exact;
        task_name: Exact;
        steps: Exact;
        sequence: Exact;
        order: Exact;
        resources: Exact;
        limits: Exact;
        user: Exact;
        schedule: Exact;
        instances: Exact;
        health_check: Exact;
        update: Exact;
        placement: Exact;
        sla_policy: Exact, ["count": Refused(ONLY_COORDINATOR), "percentage": Refused(ONLY_COORDINATOR)];
        partition_policy: Exact;
        container: Exact, ["mesos": Refused(ONLY_DOCKER)];
        announce: Exact;
        stop: Exact;
        precedence: Exact;
        labels: Exact;
        aurora: Exact;
        realisation: Exact;
    }
    Run {
        name: Exact;
        command: Exact;
        max_failures: Exact;
        daemon: Exact;
        ephemeral: Exact;
        is_final: Exact;
        min_duration: Exact;
        logger: Exact;
        resources: Exact;
    }
    Limits {
        max_failures: Exact;
        max_concurrency: Exact;
        max_task_failures: Exact;
        finalization_wait: Exact;
    }
    Schedule {
        service: Exact;
        cron_schedule: Exact;
        cron_collision_policy: Exact;
    }
    HealthCheck {
        checker: Exact;
        initial_interval_secs: Exact;
        interval_secs: Exact;
        timeout_secs: Exact;
        max_consecutive_failures: Exact;
        min_consecutive_successes: Exact;
    }
    Update {
        batch_size: Exact;
        watch_secs: Exact;
        max_per_shard_failures: Exact;
        max_total_failures: Exact;
        rollback_on_failure: Exact;
        wait_for_batch_completion: Exact;
        pulse_interval_secs: Exact;
        strategy: Exact, ["batch": Refused(ONLY_QUEUE), "variable_batch": Refused(ONLY_QUEUE)];
        sla_aware: Exact;
    }
    PartitionPolicy {
        reschedule: Exact;
        delay_secs: Exact;
    }
    Announce {
        primary_port: Exact;
        portmap: Exact;
        zk_path: Exact;
    }
    HttpStop {
        port: Exact;
        graceful_shutdown_endpoint: Exact;
        shutdown_endpoint: Exact;
        graceful_shutdown_wait_secs: Exact;
        shutdown_wait_secs: Exact;
    }
    Precedence {
        tier: Exact;
        production: Exact;
        priority: Exact;
    }
    Labels {
        contact: Exact;
        metadata: Exact;
        task_links: Exact;
    }
    AuroraOnly {
        enable_hooks: Exact;
        executor: Exact;
    }
}

/// What JSON makes of them.
pub(in crate::target) fn of_json() -> Vec<Row> {
    ROWS.to_vec()
}

/// What a config file makes of them: it has the name of each struct, and carries every choice.
pub(in crate::target) fn of_config() -> Vec<Row> {
    let rows = ROWS.iter().copied();
    rows.filter(|row| row.choice.is_none()).collect()
}
