//! What Aurora's JSON and config files make of each field of a plan.
//!
//! Definitions are written in Aurora's words, so that its documents say all of them. Only where a
//! field takes one of several structs is there less in JSON: its reader in the client only tries
//! the first one.

use crate::intent::{
    Announce, AuroraOnly, HealthCheck, HttpStop, Intent, Labels, Limits, PartitionPolicy,
    Precedence, Run, Schedule, Update,
};
use crate::plan::Plan;
use crate::target::coverage::Coverage::{Approximated, Exact, Refused};
use crate::target::coverage::{Row, covered};

const ONLY_COORDINATOR: &str = "the JSON reader of Aurora's client only knows `coordinator`";
const ONLY_DOCKER: &str = "the JSON reader of Aurora's client only knows `docker`";
const NO_STATE: &str = "an instance has its sandbox alone, which does not outlive it";
const ONLY_ROLE: &str = "Aurora runs all processes as the job's role";
const ONLY_QUEUE: &str = "the JSON reader of Aurora's client only knows `queue`";

const CONNECTS: &str = "the process itself tries, until it gets a connection or the time is over; nothing else than an announcement or `address` says where";
const ONLY_READY: &str = "Aurora does not tell a process whether another job has ended";

const FINDS_PORTS: &str = "Aurora finds a free port, whatever number is wanted";

covered! {
    Plan besides(intent, steps, sequence, order, awaited, realisation, needs, left_to_node, ports) {
        key "cluster, role, environment, name": Exact;
    }
    Intent besides(pointer, role, environment, expands_files, limits, schedule, precedence, labels, aurora) {
        task_name "task.name": Exact;
        runs "task.processes" and "task.processes, their order": Exact;
        order "task.constraints, after": Exact;
        ready_order "task.processes[].after[].when": Exact;
        resources "task.resources": Exact;
        user "task.user": Exact;
        ports "ports": Exact, ["number": Approximated(FINDS_PORTS)];
        instances "instances": Exact;
        health_check "health_check_config": Exact;
        update "update_config": Exact;
        placement "constraints": Exact;
        sla_policy "sla_policy": Exact, ["count": Refused(ONLY_COORDINATOR), "percentage": Refused(ONLY_COORDINATOR)];
        partition_policy "partition_policy": Exact;
        container "container": Exact, ["mesos": Refused(ONLY_DOCKER)];
        announce "announce": Exact;
        stop "lifecycle": Exact;
        state "state": Refused(NO_STATE);
    }
    Plan besides(key, intent, steps, sequence, order, awaited, needs, left_to_node, ports) {
        realisation "packages and files": Exact;
    }
    Run {
        name "task.processes[].name": Exact;
        command "task.processes[].cmdline": Exact;
        max_failures "task.processes[].max_failures": Exact;
        daemon "task.processes[].daemon": Exact;
        ephemeral "task.processes[].ephemeral": Exact;
        is_final "task.processes[].final": Exact;
        min_duration "task.processes[].min_duration": Exact;
        logger "task.processes[].logger": Exact;
        resources "task.processes[].resources": Exact;
        env "task.processes[].env": Exact;
        path "task.processes[].path": Exact;
        directory "task.processes[].directory": Exact;
        umask "task.processes[].umask": Exact;
        nice "task.processes[].nice": Exact;
        user "task.processes[].user": Refused(ONLY_ROLE);
        ready "task.processes[].ready": Exact;
        awaits "task.processes[].after[].job": Approximated(CONNECTS), ["when = succeeded": Refused(ONLY_READY)];
    }
    Limits {
        max_failures "task.max_failures": Exact;
        max_concurrency "task.max_concurrency": Exact;
        max_task_failures "max_task_failures": Exact;
        finalization_wait "task.finalization_wait": Exact;
    }
    Schedule {
        service "service": Exact;
        cron_schedule "cron_schedule": Exact;
        cron_collision_policy "cron_collision_policy": Exact;
    }
    HealthCheck {
        checker "health_check_config.health_checker": Exact;
        initial_interval_secs "health_check_config.initial_interval_secs": Exact;
        interval_secs "health_check_config.interval_secs": Exact;
        timeout_secs "health_check_config.timeout_secs": Exact;
        max_consecutive_failures "health_check_config.max_consecutive_failures": Exact;
        min_consecutive_successes "health_check_config.min_consecutive_successes": Exact;
    }
    Update {
        batch_size "update_config.batch_size": Exact;
        watch_secs "update_config.watch_secs": Exact;
        max_per_shard_failures "update_config.max_per_shard_failures": Exact;
        max_total_failures "update_config.max_total_failures": Exact;
        rollback_on_failure "update_config.rollback_on_failure": Exact;
        wait_for_batch_completion "update_config.wait_for_batch_completion": Exact;
        pulse_interval_secs "update_config.pulse_interval_secs": Exact;
        strategy "update_config.update_strategy": Exact, ["batch": Refused(ONLY_QUEUE), "variable_batch": Refused(ONLY_QUEUE)];
        sla_aware "update_config.sla_aware": Exact;
    }
    PartitionPolicy {
        reschedule "partition_policy.reschedule": Exact;
        delay_secs "partition_policy.delay_secs": Exact;
    }
    Announce {
        primary_port "announce.primary_port": Exact;
        portmap "announce.portmap": Exact;
        zk_path "announce.zk_path": Exact;
    }
    HttpStop {
        port "lifecycle.http.port": Exact;
        graceful_shutdown_endpoint "lifecycle.http.graceful_shutdown_endpoint": Exact;
        shutdown_endpoint "lifecycle.http.shutdown_endpoint": Exact;
        graceful_shutdown_wait_secs "lifecycle.http.graceful_shutdown_wait_secs": Exact;
        shutdown_wait_secs "lifecycle.http.shutdown_wait_secs": Exact;
    }
    Precedence {
        tier "tier": Exact;
        production "production": Exact;
        priority "priority": Exact;
    }
    Labels {
        contact "contact": Exact;
        labels "labels": Exact;
        metadata "metadata": Exact;
        task_links "task_links": Exact;
    }
    AuroraOnly {
        enable_hooks "enable_hooks": Exact;
        executor "executor_config": Exact;
    }
}

/// What JSON makes of them.
pub(in crate::target) fn of_json() -> Vec<Row> {
    ROWS.to_vec()
}

/// What a config file makes of them: it has the name of each struct, and carries every choice.
pub(in crate::target) fn of_config() -> Vec<Row> {
    let rows = ROWS.iter().copied();
    rows.filter(|row| row.choice.is_none() || !matches!(row.coverage, Refused(_)))
        .collect()
}
