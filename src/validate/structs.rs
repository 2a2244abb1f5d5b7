//! The structs that Aurora's client reads JSON into, and the types of their fields.

use crate::source::Token;

/// What a field's value has to be, and how the client makes it that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Integer,
    Float,
    Boolean,
    /// Any text; the agent may fill in the rest of it.
    Text,
    /// Text for a shell.
    Command,
    /// Text that has to be known when the client reads it.
    KnownText,
    /// The same, but what the agent knows is no mistake to the client, which sends it as it is.
    Schedule,
    /// Text that has to be known, in upper or lower case.
    AnyCase,
    /// One of some words.
    Word,
    /// A rule for hosts.
    Placement,
    Struct(&'static Struct),
    /// A struct that JSON cannot say the kind of, so that the client takes it for the first one: the
    /// definition's word for it, and fields that the others have.
    Choice(&'static Struct, &'static str, &'static [&'static str]),
    List(&'static Type),
    Map(&'static Type),
}

/// A struct with its fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Struct(pub(super) &'static [(&'static str, Type)]);

impl Struct {
    pub(super) fn field(&self, name: &str) -> Option<Type> {
        let mut fields = self.0.iter();
        fields.find(|(known, _)| *known == name).map(|(_, of)| *of)
    }
}

use Type::{
    AnyCase, Boolean, Choice, Command, Float, Integer, KnownText, List, Map, Placement, Schedule,
    Text, Word,
};

/// What the value at the end of a way from the job has to be.
pub(super) fn type_at(way: &[Token]) -> Option<Type> {
    way.iter()
        .try_fold(Type::Struct(JOB), |of, token| match (of, token) {
            (Type::Struct(table), Token::Key(key)) => table.field(key),
            (Choice(table, word, _), Token::Key(key)) if word == key => Some(Type::Struct(table)),
            (Map(of), Token::Key(_)) | (List(of), Token::Index(_)) => Some(*of),
            _ => None,
        })
}

pub(super) const JOB: &Struct = &Struct(&[
    ("cluster", KnownText),
    ("role", KnownText),
    ("environment", KnownText),
    ("name", KnownText),
    ("task", Type::Struct(TASK)),
    ("instances", Integer),
    ("service", Boolean),
    ("constraints", Map(&Placement)),
    ("update_config", Type::Struct(UPDATE_CONFIG)),
    ("health_check_config", Type::Struct(HEALTH_CHECK_CONFIG)),
    ("announce", Type::Struct(ANNOUNCER)),
    ("lifecycle", Type::Struct(LIFECYCLE)),
    ("container", Type::Struct(CONTAINER)),
    ("contact", Text),
    ("cron_schedule", Schedule),
    ("cron_collision_policy", AnyCase),
    ("max_task_failures", Integer),
    ("production", Boolean),
    ("priority", Integer),
    ("tier", Text),
    ("metadata", List(&Type::Struct(METADATA))),
    ("task_links", Map(&Text)),
    ("enable_hooks", Boolean),
    ("partition_policy", Type::Struct(PARTITION_POLICY)),
    (
        "sla_policy",
        Choice(
            COORDINATOR_SLA_POLICY,
            "coordinator",
            &["count", "percentage", "duration_secs"],
        ),
    ),
    ("executor_config", Type::Struct(EXECUTOR_CONFIG)),
]);

const TASK: &Struct = &Struct(&[
    ("name", Text),
    ("processes", List(&Type::Struct(PROCESS))),
    ("constraints", List(&Type::Struct(ORDER))),
    ("resources", Type::Struct(RESOURCES)),
    ("max_failures", Integer),
    ("max_concurrency", Integer),
    ("finalization_wait", Integer),
    ("user", Text),
]);

const PROCESS: &Struct = &Struct(&[
    ("name", Text),
    ("cmdline", Command),
    ("max_failures", Integer),
    ("daemon", Boolean),
    ("ephemeral", Boolean),
    ("final", Boolean),
    ("min_duration", Integer),
    ("logger", Type::Struct(LOGGER)),
    ("resources", Type::Struct(RESOURCES)),
]);

const ORDER: &Struct = &Struct(&[("order", List(&Text))]);

const RESOURCES: &Struct = &Struct(&[
    ("cpu", Float),
    ("ram", Integer),
    ("disk", Integer),
    ("gpu", Integer),
]);

const LOGGER: &Struct = &Struct(&[
    ("destination", Word),
    ("mode", Word),
    ("rotate", Type::Struct(ROTATE_POLICY)),
]);

const ROTATE_POLICY: &Struct = &Struct(&[("log_size", Integer), ("backups", Integer)]);

const UPDATE_CONFIG: &Struct = &Struct(&[
    ("batch_size", Integer),
    ("watch_secs", Integer),
    ("max_per_shard_failures", Integer),
    ("max_total_failures", Integer),
    ("rollback_on_failure", Boolean),
    ("wait_for_batch_completion", Boolean),
    ("pulse_interval_secs", Integer),
    ("sla_aware", Boolean),
    (
        "update_strategy",
        Choice(
            QUEUE_UPDATE_STRATEGY,
            "queue",
            &["batch_sizes", "autopause_after_batch"],
        ),
    ),
]);

const QUEUE_UPDATE_STRATEGY: &Struct = &Struct(&[("batch_size", Integer)]);

const HEALTH_CHECK_CONFIG: &Struct = &Struct(&[
    ("health_checker", Type::Struct(HEALTH_CHECKER)),
    ("initial_interval_secs", Float),
    ("interval_secs", Float),
    ("timeout_secs", Float),
    ("max_consecutive_failures", Integer),
    ("min_consecutive_successes", Integer),
]);

pub(super) const HEALTH_CHECKER: &Struct = &Struct(&[
    ("http", Type::Struct(HTTP_HEALTH_CHECKER)),
    ("shell", Type::Struct(SHELL_HEALTH_CHECKER)),
]);

const HTTP_HEALTH_CHECKER: &Struct = &Struct(&[
    ("endpoint", Text),
    ("expected_response", Text),
    ("expected_response_code", Integer),
]);

const SHELL_HEALTH_CHECKER: &Struct = &Struct(&[("shell_command", Command)]);

const ANNOUNCER: &Struct = &Struct(&[
    ("primary_port", Text),
    ("portmap", Map(&Text)),
    ("zk_path", Text),
]);

const LIFECYCLE: &Struct = &Struct(&[("http", Type::Struct(HTTP_LIFECYCLE))]);

const HTTP_LIFECYCLE: &Struct = &Struct(&[
    ("port", Text),
    ("graceful_shutdown_endpoint", Text),
    ("shutdown_endpoint", Text),
    ("graceful_shutdown_wait_secs", Integer),
    ("shutdown_wait_secs", Integer),
]);

pub(super) const CONTAINER: &Struct = &Struct(&[("docker", Type::Struct(DOCKER))]);

const DOCKER: &Struct = &Struct(&[
    ("image", Text),
    ("parameters", List(&Type::Struct(PARAMETER))),
]);

const PARAMETER: &Struct = &Struct(&[("name", Text), ("value", Text)]);

const METADATA: &Struct = &Struct(&[("key", Text), ("value", Text)]);

const PARTITION_POLICY: &Struct = &Struct(&[("reschedule", Boolean), ("delay_secs", Integer)]);

const COORDINATOR_SLA_POLICY: &Struct = &Struct(&[("coordinator_url", Text), ("status_key", Text)]);

const EXECUTOR_CONFIG: &Struct = &Struct(&[("name", Text), ("data", Text)]);
