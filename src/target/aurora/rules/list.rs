//! All of Aurora's rules, and their codes.

use crate::diagnostic::{Chapter, Topic};
use crate::rule::Rules;
use crate::target::aurora::codes;
use crate::target::judged::PlanRule;

use super::{
    commands, execution, filled_in, grace_period, job_waits, metadata_and_links, placement, ports,
    ready, rollout, schedule, scheduler_flags, socket_paths, step_names, surroundings, unreachable,
    updates,
};

/// The rules of jobs as they are written.
pub const RULES: Rules = Rules {
    jobs: &[
        schedule::check,
        placement::check,
        updates::check,
        scheduler_flags::check,
        execution::check,
        metadata_and_links::check,
        rollout::check,
        ports::check,
        unreachable::check,
        ready::check,
        socket_paths::check,
        surroundings::check,
        job_waits::check,
        commands::characters,
    ],
    references: &[filled_in::check],
};

/// The rules of plans.
pub const PLANNED: &[PlanRule] = &[
    ports::of_expanded_files,
    grace_period::check,
    ready::filled_in,
    ready::of_job,
    ready::grace,
    step_names::check,
    commands::lengths,
];

/// The problems of jobs that Aurora runs, and of writing them in its forms.
pub const CODES: &[Chapter] = &[
    (
        Topic::Templates,
        &[&filled_in::LITERAL_TEMPLATE, &filled_in::IMAGE_LOOKUP],
    ),
    (
        Topic::Job,
        &[
            &placement::UNKNOWN_ENVIRONMENT,
            &schedule::CRON_SERVICE,
            &schedule::CRON_SCHEDULE,
            &placement::DEDICATED,
            &updates::UPDATE_FAILURES,
            &updates::UPDATE_CONFIG,
            &placement::STATIC_PORT,
            &placement::PORT_CYCLE,
            &updates::SLA_POLICY,
            &updates::SLA_LIMIT,
            &updates::TIER_NAME,
            &metadata_and_links::METADATA_ASCII,
            &updates::UPDATE_STRATEGY,
            &execution::LOG_ROTATION,
            &execution::HEALTH_TIMES,
            &metadata_and_links::TASK_LINKS,
            &surroundings::SHELL_VARIABLE,
            &surroundings::UNQUOTABLE_REFERENCE,
            &surroundings::NOT_IN_AURORA,
            &surroundings::NEGATIVE_NICE,
            &commands::LONG_COMMAND,
        ],
    ),
    (
        Topic::SchedulerFlags,
        &[
            &scheduler_flags::SCHEDULER_FLAG,
            &scheduler_flags::GPU_RESOURCE,
            &scheduler_flags::CONTAINER_TYPE,
            &scheduler_flags::DOCKER_PARAMETERS,
            &scheduler_flags::CONTAINER_VOLUMES,
            &scheduler_flags::UNKNOWN_TIER,
            &scheduler_flags::UNKNOWN_EXECUTOR,
        ],
    ),
    (
        Topic::Order,
        &[
            &ready::HTTPS_PROBE,
            &ready::READY_HEALTH,
            &ready::READY_AFTER_END,
            &ready::READY_CONCURRENCY,
            &ready::READY_FAILURES,
            &ready::READY_TOO_MANY,
            &ready::PROBE_REFERENCE,
            &job_waits::APPROXIMATED_WAIT,
            &job_waits::IMPOSSIBLE_WAIT,
        ],
    ),
    (Topic::Steps, &[&step_names::NAME_TAKEN]),
    (Topic::Output, &[&codes::NOT_IN_JSON]),
    (
        Topic::NoEffect,
        &[
            &ports::NO_OP_HEALTH_CHECK,
            &ports::NO_OP_LIFECYCLE,
            &grace_period::SHORT_GRACE_PERIOD,
            &ready::LATE_READY,
            &ready::READY_TOO_EARLY,
            &ready::ENDLESS_DAEMON,
            &ports::UNBOUND_PRIMARY_PORT,
            &ports::UNWATCHED_UPDATE,
            &rollout::DEPRECATED_PRODUCTION,
            &unreachable::UNREACHABLE_PROCESS,
            &rollout::FUTILE_UPDATE,
            &rollout::OVERSIZED_BATCH,
            &execution::RERUN_WITHOUT_WAIT,
        ],
    ),
    (
        Topic::Texts,
        &[
            &socket_paths::LONG_SOCKET_PATH,
            &commands::NON_ASCII_COMMAND,
        ],
    ),
];
