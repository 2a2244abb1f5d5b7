//! The table itself.

use super::types::{Absent, Declared, Field, Kind, Literal, Said, Struct, Type};

use Literal::{EmptyList, Table};
use Type::{
    AnyCase, Boolean, Choice, Command, Float, Integer, KnownText, List, Map, Placement, Schedule,
    Text, Word,
};

const fn of_job(name: &'static str, fields: &'static [Field]) -> Struct {
    let declared = Declared::InJobs;
    Struct {
        name,
        declared,
        fields,
    }
}

const fn of_task(name: &'static str, fields: &'static [Field]) -> Struct {
    let declared = Declared::InTasks;
    Struct {
        name,
        declared,
        fields,
    }
}

const fn required(name: &'static str, of: Type) -> Field {
    let absent = Absent::Refused;
    Field { name, of, absent }
}

const fn optional(name: &'static str, of: Type) -> Field {
    let absent = Absent::Nothing;
    Field { name, of, absent }
}

const fn default(name: &'static str, of: Type, literal: Literal) -> Field {
    let absent = Absent::Default(literal);
    Field { name, of, absent }
}

const fn integer(name: &'static str, value: i64) -> Field {
    default(name, Integer, Literal::Integer(value))
}

const fn float(name: &'static str, value: f64) -> Field {
    default(name, Float, Literal::Float(value))
}

const fn boolean(name: &'static str, value: bool) -> Field {
    default(name, Boolean, Literal::Boolean(value))
}

const fn text(name: &'static str, value: &'static str) -> Field {
    default(name, Text, Literal::Text(value))
}

/// `Job`.
pub static JOB: Struct = of_job(
    "Job",
    &[
        required("cluster", KnownText),
        required("role", KnownText),
        required("environment", KnownText),
        default("name", KnownText, Literal::Text("{{task.name}}")),
        required("task", Type::Struct(&TASK)),
        integer("instances", 1),
        boolean("service", false),
        optional("cron_schedule", Schedule),
        default(
            "cron_collision_policy",
            AnyCase(&["KILL_EXISTING", "CANCEL_NEW"]),
            Literal::Text("KILL_EXISTING"),
        ),
        optional("contact", Text),
        optional("constraints", Map(&Placement)),
        default("update_config", Type::Struct(&UPDATE_CONFIG), Table(&[])),
        integer("max_task_failures", 1),
        boolean("production", false),
        integer("priority", 0),
        default(
            "health_check_config",
            Type::Struct(&HEALTH_CHECK_CONFIG),
            Table(&[]),
        ),
        optional(
            "container",
            Choice(&[
                Kind {
                    of: &CONTAINER,
                    said: Said::Plainly,
                },
                Kind {
                    of: &DOCKER,
                    said: Said::Never,
                },
                Kind {
                    of: &MESOS,
                    said: Said::As("mesos"),
                },
            ]),
        ),
        optional("task_links", Map(&Text)),
        optional("announce", Type::Struct(&ANNOUNCER)),
        boolean("enable_hooks", false),
        default(
            "lifecycle",
            Type::Struct(&LIFECYCLE_CONFIG),
            Table(&[("http", Table(&[]))]),
        ),
        optional("tier", Text),
        default("metadata", List(&Type::Struct(&METADATA)), EmptyList),
        optional("partition_policy", Type::Struct(&PARTITION_POLICY)),
        optional(
            "sla_policy",
            Choice(&[
                Kind {
                    of: &COORDINATOR_SLA_POLICY,
                    said: Said::As("coordinator"),
                },
                Kind {
                    of: &COUNT_SLA_POLICY,
                    said: Said::As("count"),
                },
                Kind {
                    of: &PERCENTAGE_SLA_POLICY,
                    said: Said::As("percentage"),
                },
            ]),
        ),
        default(
            "executor_config",
            Type::Struct(&EXECUTOR_CONFIG),
            Table(&[]),
        ),
    ],
);

/// `Task`. The client insists on processes and resources.
pub static TASK: Struct = of_task(
    "Task",
    &[
        text("name", "{{processes[0].name}}"),
        required("processes", List(&Type::Struct(&PROCESS))),
        default("constraints", List(&Type::Struct(&CONSTRAINT)), EmptyList),
        required("resources", Type::Struct(&RESOURCES)),
        integer("max_failures", 1),
        integer("max_concurrency", 0),
        integer("finalization_wait", 30),
        optional("user", Text),
    ],
);

/// `Process`.
pub static PROCESS: Struct = of_task(
    "Process",
    &[
        required("name", Text),
        required("cmdline", Command),
        integer("max_failures", 1),
        boolean("daemon", false),
        boolean("ephemeral", false),
        boolean("final", false),
        integer("min_duration", 5),
        optional("logger", Type::Struct(&LOGGER)),
        optional("resources", Type::Struct(&RESOURCES)),
    ],
);

/// `Constraint`, of a task: an order of processes.
pub static CONSTRAINT: Struct = of_task("Constraint", &[required("order", List(&Text))]);

/// `Resources`; sizes in bytes.
pub static RESOURCES: Struct = of_task(
    "Resources",
    &[
        required("cpu", Float),
        required("ram", Integer),
        required("disk", Integer),
        integer("gpu", 0),
    ],
);

/// `Logger`.
pub static LOGGER: Struct = of_task(
    "Logger",
    &[
        default(
            "destination",
            Word(&["file", "console", "both", "none"]),
            Literal::Text("file"),
        ),
        default(
            "mode",
            Word(&["standard", "rotate"]),
            Literal::Text("standard"),
        ),
        optional("rotate", Type::Struct(&ROTATE_POLICY)),
    ],
);

/// `RotatePolicy`; sizes in bytes.
pub static ROTATE_POLICY: Struct = of_task(
    "RotatePolicy",
    &[integer("log_size", 100 << 20), integer("backups", 5)],
);

/// `UpdateConfig`.
pub static UPDATE_CONFIG: Struct = of_job(
    "UpdateConfig",
    &[
        integer("batch_size", 1),
        integer("watch_secs", 45),
        integer("max_per_shard_failures", 0),
        integer("max_total_failures", 0),
        boolean("rollback_on_failure", true),
        boolean("wait_for_batch_completion", false),
        optional("pulse_interval_secs", Integer),
        boolean("sla_aware", false),
        optional(
            "update_strategy",
            Choice(&[
                Kind {
                    of: &QUEUE_UPDATE_STRATEGY,
                    said: Said::As("queue"),
                },
                Kind {
                    of: &BATCH_UPDATE_STRATEGY,
                    said: Said::As("batch"),
                },
                Kind {
                    of: &VARIABLE_BATCH_UPDATE_STRATEGY,
                    said: Said::As("variable_batch"),
                },
            ]),
        ),
    ],
);

/// `QueueUpdateStrategy`.
pub static QUEUE_UPDATE_STRATEGY: Struct =
    of_job("QueueUpdateStrategy", &[integer("batch_size", 1)]);

/// `BatchUpdateStrategy`.
pub static BATCH_UPDATE_STRATEGY: Struct = of_job(
    "BatchUpdateStrategy",
    &[
        integer("batch_size", 1),
        boolean("autopause_after_batch", false),
    ],
);

/// `VariableBatchUpdateStrategy`.
pub static VARIABLE_BATCH_UPDATE_STRATEGY: Struct = of_job(
    "VariableBatchUpdateStrategy",
    &[
        required("batch_sizes", List(&Integer)),
        boolean("autopause_after_batch", false),
    ],
);

/// `HealthCheckConfig`.
pub static HEALTH_CHECK_CONFIG: Struct = of_job(
    "HealthCheckConfig",
    &[
        default(
            "health_checker",
            Type::Struct(&HEALTH_CHECKER_CONFIG),
            Table(&[("http", Table(&[]))]),
        ),
        float("initial_interval_secs", 15.0),
        float("interval_secs", 10.0),
        float("timeout_secs", 1.0),
        integer("max_consecutive_failures", 0),
        integer("min_consecutive_successes", 1),
    ],
);

/// `HealthCheckerConfig`.
pub static HEALTH_CHECKER_CONFIG: Struct = of_job(
    "HealthCheckerConfig",
    &[
        optional("http", Type::Struct(&HTTP_HEALTH_CHECKER)),
        optional("shell", Type::Struct(&SHELL_HEALTH_CHECKER)),
    ],
);

/// `HttpHealthChecker`.
pub static HTTP_HEALTH_CHECKER: Struct = of_job(
    "HttpHealthChecker",
    &[
        text("endpoint", "/health"),
        text("expected_response", "ok"),
        integer("expected_response_code", 0),
    ],
);

/// `ShellHealthChecker`.
pub static SHELL_HEALTH_CHECKER: Struct =
    of_job("ShellHealthChecker", &[required("shell_command", Command)]);

/// `Announcer`.
pub static ANNOUNCER: Struct = of_job(
    "Announcer",
    &[
        text("primary_port", "http"),
        default(
            "portmap",
            Map(&Text),
            Table(&[("aurora", Literal::Text("{{primary_port}}"))]),
        ),
        optional("zk_path", Text),
    ],
);

/// `LifecycleConfig`.
pub static LIFECYCLE_CONFIG: Struct = of_job(
    "LifecycleConfig",
    &[optional("http", Type::Struct(&HTTP_LIFECYCLE_CONFIG))],
);

/// `HttpLifecycleConfig`.
pub static HTTP_LIFECYCLE_CONFIG: Struct = of_job(
    "HttpLifecycleConfig",
    &[
        text("port", "health"),
        text("graceful_shutdown_endpoint", "/quitquitquit"),
        text("shutdown_endpoint", "/abortabortabort"),
        integer("graceful_shutdown_wait_secs", 5),
        integer("shutdown_wait_secs", 5),
    ],
);

/// `Container`: the struct around a Docker container.
pub static CONTAINER: Struct = of_job("Container", &[optional("docker", Type::Struct(&DOCKER))]);

/// `Docker`.
pub static DOCKER: Struct = of_job(
    "Docker",
    &[
        required("image", Text),
        default("parameters", List(&Type::Struct(&PARAMETER)), EmptyList),
    ],
);

/// `Parameter`, for `docker run`.
pub static PARAMETER: Struct = of_job(
    "Parameter",
    &[required("name", Text), required("value", Text)],
);

/// `Mesos`, a container of the unified containerizer.
pub static MESOS: Struct = of_job(
    "Mesos",
    &[
        optional(
            "image",
            Choice(&[
                Kind {
                    of: &APPC_IMAGE,
                    said: Said::As("appc"),
                },
                Kind {
                    of: &DOCKER_IMAGE,
                    said: Said::As("docker"),
                },
            ]),
        ),
        default("volumes", List(&Type::Struct(&VOLUME)), EmptyList),
    ],
);

/// `DockerImage`.
pub static DOCKER_IMAGE: Struct = of_job(
    "DockerImage",
    &[required("name", Text), required("tag", Text)],
);

/// `AppcImage`.
pub static APPC_IMAGE: Struct = of_job(
    "AppcImage",
    &[required("name", Text), required("image_id", Text)],
);

/// `Volume`.
pub static VOLUME: Struct = of_job(
    "Volume",
    &[
        required("container_path", Text),
        required("host_path", Text),
        required("mode", Word(&["RO", "RW"])),
    ],
);

/// `Metadata`.
pub static METADATA: Struct = of_job(
    "Metadata",
    &[required("key", Text), required("value", Text)],
);

/// `PartitionPolicy`.
pub static PARTITION_POLICY: Struct = of_job(
    "PartitionPolicy",
    &[boolean("reschedule", true), integer("delay_secs", 0)],
);

/// `CountSlaPolicy`.
pub static COUNT_SLA_POLICY: Struct = of_job(
    "CountSlaPolicy",
    &[
        required("count", Integer),
        required("duration_secs", Integer),
    ],
);

/// `PercentageSlaPolicy`.
pub static PERCENTAGE_SLA_POLICY: Struct = of_job(
    "PercentageSlaPolicy",
    &[
        required("percentage", Float),
        required("duration_secs", Integer),
    ],
);

/// `CoordinatorSlaPolicy`.
pub static COORDINATOR_SLA_POLICY: Struct = of_job(
    "CoordinatorSlaPolicy",
    &[
        required("coordinator_url", Text),
        text("status_key", "drain"),
    ],
);

/// `ExecutorConfig`.
pub static EXECUTOR_CONFIG: Struct = of_job(
    "ExecutorConfig",
    &[text("name", "AuroraExecutor"), text("data", "")],
);
