//! The table itself.

use super::types::{Absent, Declared, Field, Kind, Literal, Said, Struct, Type};

use Literal::{EmptyList, Table};
use Type::{
    AnyCase, Boolean, Choice, Command, Float, Integer, KnownText, List, Map, Placement, Schedule,
    Text, Word,
};

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

const fn kind(of: &'static Struct, said: Said) -> Kind {
    Kind { of, said }
}

/// A table of structs: where each is declared, what Rust and what the schema call it, its fields.
macro_rules! structs {
    ($($declared:ident $constant:ident $name:literal { $($field:expr;)* })*) => {$(
        #[doc = concat!("The struct `", $name, "`.")]
        pub static $constant: Struct = Struct {
            name: $name,
            declared: Declared::$declared,
            fields: &[$($field),*],
        };
    )*};
}

structs! {
    InJobs JOB "Job" {
        required("cluster", KnownText);
        required("role", KnownText);
        required("environment", KnownText);
        default("name", KnownText, Literal::Text("{{task.name}}"));
        required("task", Type::Struct(&TASK));
        integer("instances", 1);
        boolean("service", false);
        optional("cron_schedule", Schedule);
        default(
            "cron_collision_policy",
            AnyCase(&["KILL_EXISTING", "CANCEL_NEW"]),
            Literal::Text("KILL_EXISTING"),
        );
        optional("contact", Text);
        optional("constraints", Map(&Placement));
        default("update_config", Type::Struct(&UPDATE_CONFIG), Table(&[]));
        integer("max_task_failures", 1);
        boolean("production", false);
        integer("priority", 0);
        default("health_check_config", Type::Struct(&HEALTH_CHECK_CONFIG), Table(&[]));
        optional("container", Choice(&[
            kind(&CONTAINER, Said::Plainly),
            kind(&DOCKER, Said::Never),
            kind(&MESOS, Said::As("mesos")),
        ]));
        optional("task_links", Map(&Text));
        optional("announce", Type::Struct(&ANNOUNCER));
        boolean("enable_hooks", false);
        default("lifecycle", Type::Struct(&LIFECYCLE_CONFIG), Table(&[("http", Table(&[]))]));
        optional("tier", Text);
        default("metadata", List(&Type::Struct(&METADATA)), EmptyList);
        optional("partition_policy", Type::Struct(&PARTITION_POLICY));
        optional("sla_policy", Choice(&[
            kind(&COORDINATOR_SLA_POLICY, Said::As("coordinator")),
            kind(&COUNT_SLA_POLICY, Said::As("count")),
            kind(&PERCENTAGE_SLA_POLICY, Said::As("percentage")),
        ]));
        default("executor_config", Type::Struct(&EXECUTOR_CONFIG), Table(&[]));
    }

    // The client insists on processes and resources.
    InTasks TASK "Task" {
        text("name", "{{processes[0].name}}");
        required("processes", List(&Type::Struct(&PROCESS)));
        default("constraints", List(&Type::Struct(&CONSTRAINT)), EmptyList);
        required("resources", Type::Struct(&RESOURCES));
        integer("max_failures", 1);
        integer("max_concurrency", 0);
        integer("finalization_wait", 30);
        optional("user", Text);
    }

    InTasks PROCESS "Process" {
        required("name", Text);
        required("cmdline", Command);
        integer("max_failures", 1);
        boolean("daemon", false);
        boolean("ephemeral", false);
        boolean("final", false);
        integer("min_duration", 5);
        optional("logger", Type::Struct(&LOGGER));
        optional("resources", Type::Struct(&RESOURCES));
    }

    // Of a task: an order of processes, which makes no sense without names.
    InTasks CONSTRAINT "Constraint" {
        required("order", List(&Text));
    }

    // Sizes in bytes.
    InTasks RESOURCES "Resources" {
        required("cpu", Float);
        required("ram", Integer);
        required("disk", Integer);
        integer("gpu", 0);
    }

    InTasks LOGGER "Logger" {
        default("destination", Word(&["file", "console", "both", "none"]), Literal::Text("file"));
        default("mode", Word(&["standard", "rotate"]), Literal::Text("standard"));
        optional("rotate", Type::Struct(&ROTATE_POLICY));
    }

    // Sizes in bytes.
    InTasks ROTATE_POLICY "RotatePolicy" {
        integer("log_size", 100 << 20);
        integer("backups", 5);
    }

    InJobs UPDATE_CONFIG "UpdateConfig" {
        integer("batch_size", 1);
        integer("watch_secs", 45);
        integer("max_per_shard_failures", 0);
        integer("max_total_failures", 0);
        boolean("rollback_on_failure", true);
        boolean("wait_for_batch_completion", false);
        optional("pulse_interval_secs", Integer);
        boolean("sla_aware", false);
        optional("update_strategy", Choice(&[
            kind(&QUEUE_UPDATE_STRATEGY, Said::As("queue")),
            kind(&BATCH_UPDATE_STRATEGY, Said::As("batch")),
            kind(&VARIABLE_BATCH_UPDATE_STRATEGY, Said::As("variable_batch")),
        ]));
    }

    InJobs QUEUE_UPDATE_STRATEGY "QueueUpdateStrategy" {
        integer("batch_size", 1);
    }

    InJobs BATCH_UPDATE_STRATEGY "BatchUpdateStrategy" {
        integer("batch_size", 1);
        boolean("autopause_after_batch", false);
    }

    InJobs VARIABLE_BATCH_UPDATE_STRATEGY "VariableBatchUpdateStrategy" {
        required("batch_sizes", List(&Integer));
        boolean("autopause_after_batch", false);
    }

    InJobs HEALTH_CHECK_CONFIG "HealthCheckConfig" {
        default(
            "health_checker",
            Type::Struct(&HEALTH_CHECKER_CONFIG),
            Table(&[("http", Table(&[]))]),
        );
        float("initial_interval_secs", 15.0);
        float("interval_secs", 10.0);
        float("timeout_secs", 1.0);
        integer("max_consecutive_failures", 0);
        integer("min_consecutive_successes", 1);
    }

    InJobs HEALTH_CHECKER_CONFIG "HealthCheckerConfig" {
        optional("http", Type::Struct(&HTTP_HEALTH_CHECKER));
        optional("shell", Type::Struct(&SHELL_HEALTH_CHECKER));
    }

    InJobs HTTP_HEALTH_CHECKER "HttpHealthChecker" {
        text("endpoint", "/health");
        text("expected_response", "ok");
        integer("expected_response_code", 0);
    }

    InJobs SHELL_HEALTH_CHECKER "ShellHealthChecker" {
        required("shell_command", Command);
    }

    InJobs ANNOUNCER "Announcer" {
        text("primary_port", "http");
        default("portmap", Map(&Text), Table(&[("aurora", Literal::Text("{{primary_port}}"))]));
        optional("zk_path", Text);
    }

    InJobs LIFECYCLE_CONFIG "LifecycleConfig" {
        optional("http", Type::Struct(&HTTP_LIFECYCLE_CONFIG));
    }

    InJobs HTTP_LIFECYCLE_CONFIG "HttpLifecycleConfig" {
        text("port", "health");
        text("graceful_shutdown_endpoint", "/quitquitquit");
        text("shutdown_endpoint", "/abortabortabort");
        integer("graceful_shutdown_wait_secs", 5);
        integer("shutdown_wait_secs", 5);
    }

    // The struct around a Docker container.
    InJobs CONTAINER "Container" {
        optional("docker", Type::Struct(&DOCKER));
    }

    InJobs DOCKER "Docker" {
        required("image", Text);
        default("parameters", List(&Type::Struct(&PARAMETER)), EmptyList);
    }

    // For `docker run`.
    InJobs PARAMETER "Parameter" {
        required("name", Text);
        required("value", Text);
    }

    // A container of the unified containerizer.
    InJobs MESOS "Mesos" {
        optional("image", Choice(&[
            kind(&APPC_IMAGE, Said::As("appc")),
            kind(&DOCKER_IMAGE, Said::As("docker")),
        ]));
        default("volumes", List(&Type::Struct(&VOLUME)), EmptyList);
    }

    InJobs DOCKER_IMAGE "DockerImage" {
        required("name", Text);
        required("tag", Text);
    }

    InJobs APPC_IMAGE "AppcImage" {
        required("name", Text);
        required("image_id", Text);
    }

    InJobs VOLUME "Volume" {
        required("container_path", Text);
        required("host_path", Text);
        required("mode", Word(&["RO", "RW"]));
    }

    InJobs METADATA "Metadata" {
        required("key", Text);
        required("value", Text);
    }

    InJobs PARTITION_POLICY "PartitionPolicy" {
        boolean("reschedule", true);
        integer("delay_secs", 0);
    }

    InJobs COUNT_SLA_POLICY "CountSlaPolicy" {
        required("count", Integer);
        required("duration_secs", Integer);
    }

    InJobs PERCENTAGE_SLA_POLICY "PercentageSlaPolicy" {
        required("percentage", Float);
        required("duration_secs", Integer);
    }

    InJobs COORDINATOR_SLA_POLICY "CoordinatorSlaPolicy" {
        required("coordinator_url", Text);
        text("status_key", "drain");
    }

    InJobs EXECUTOR_CONFIG "ExecutorConfig" {
        text("name", "AuroraExecutor");
        text("data", "");
    }
}
