//! A job in the words of Aurora's client: its structs, field for field, whatever form they are
//! written in.
//!
//! Fields are declared in the order of their names, which is the order that they are written in.
//! A field that is none is absent: the client refuses null. Types are called by serde as the
//! client's constructors are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::choice::{
    Container, CoordinatorSlaPolicy, DockerContainer, QueueUpdateStrategy, SlaPolicy,
    UpdateStrategy,
};
use super::number::Number;

/// A job, Aurora's `Job`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename = "Job", deny_unknown_fields)]
#[schemars(rename = "AuroraJob")]
pub struct JobDocument<'a> {
    /// How instances are announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announce: Option<Announcer<'a>>,
    /// The cluster.
    pub cluster: &'a str,
    /// Placement constraints by host attribute: `limit:N` or a list of values, `!` negating it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<BTreeMap<Cow<'a, str>, String>>,
    /// Whom to ask about the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Cow<'a, str>>,
    /// What tasks run in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DockerContainer<'_>>")]
    pub container: Option<Container<'a>>,
    /// What to do when the last run of a cron job has not ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_collision_policy: Option<CronCollisionPolicy>,
    /// When a cron job runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_schedule: Option<&'a str>,
    /// Whether the client runs its hooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_hooks: Option<bool>,
    /// The environment.
    pub environment: &'a str,
    /// Which executor runs the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executor_config: Option<ExecutorConfig<'a>>,
    /// How health is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_config: Option<HealthCheckConfig<'a>>,
    /// How many instances run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instances: Option<i64>,
    /// How a task is asked to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<LifecycleConfig<'a>>,
    /// How many times an instance may fail; -1 is never too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_task_failures: Option<i64>,
    /// Keys and values for people and tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Metadata<'a>>>,
    /// The name.
    pub name: &'a str,
    /// What happens to instances out of reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_policy: Option<PartitionPolicy>,
    /// Which of a role's jobs preempts the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// Deprecated in favour of `tier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production: Option<bool>,
    /// The role.
    pub role: &'a str,
    /// Whether an instance that ended is started again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<bool>,
    /// What maintenance has to leave running.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<CoordinatorSlaPolicy<'_>>")]
    pub sla_policy: Option<SlaPolicy<'a>>,
    /// What each instance runs.
    pub task: TaskDocument<'a>,
    /// Links beside a task in the web interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_links: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
    /// What may preempt or revoke the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Cow<'a, str>>,
    /// How an update proceeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_config: Option<UpdateConfig>,
}

/// A task, Aurora's `Task`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename = "Task", deny_unknown_fields)]
pub struct TaskDocument<'a> {
    /// In which order processes run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint<'a>>,
    /// Seconds that the final processes may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finalization_wait: Option<i64>,
    /// How many processes run at a time; 0 is all that can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<i64>,
    /// How many processes may fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<i64>,
    /// The name.
    pub name: Cow<'a, str>,
    /// The processes.
    pub processes: Vec<ProcessDocument<'a>>,
    /// What one instance may use.
    pub resources: Resources,
    /// The account that the processes run as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Cow<'a, str>>,
}

/// Processes, each of which waits for the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constraint<'a> {
    /// Names of processes.
    pub order: Vec<Cow<'a, str>>,
}

/// A process, Aurora's `Process`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename = "Process", deny_unknown_fields)]
pub struct ProcessDocument<'a> {
    /// The command.
    pub cmdline: Cow<'a, str>,
    /// Whether it is started again after it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon: Option<bool>,
    /// Whether the task may end without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<bool>,
    /// Whether it belongs to the task's finalisation.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    pub is_final: Option<bool>,
    /// Where its output goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logger: Option<Box<Logger>>,
    /// How many runs may fail; 0 is never too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<i64>,
    /// Seconds between two runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_duration: Option<i64>,
    /// The name.
    pub name: Cow<'a, str>,
    /// What it may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Box<Resources>>,
}

/// Aurora's `Resources`; sizes in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Processor cores.
    pub cpu: Number,
    /// Bytes of disk space.
    pub disk: i64,
    /// Graphics processors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu: Option<i64>,
    /// Bytes of main memory.
    pub ram: i64,
}

/// Aurora's `Logger`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logger {
    /// Where output goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<LoggerDestination>,
    /// Whether files are rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<LoggerMode>,
    /// How files are rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate: Option<RotatePolicy>,
}

/// Where output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoggerDestination {
    /// Into files of the sandbox.
    File,
    /// To the executor's own output.
    Console,
    /// Both.
    Both,
    /// Nowhere.
    None,
}

/// Whether log files are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoggerMode {
    /// They grow.
    Standard,
    /// They are.
    Rotate,
}

/// Aurora's `RotatePolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotatePolicy {
    /// How many closed files are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backups: Option<i64>,
    /// Bytes at which a file is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_size: Option<i64>,
}

/// Aurora's `Announcer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcer<'a> {
    /// Names that ports are announced by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portmap: Option<BTreeMap<Cow<'a, str>, Cow<'a, str>>>,
    /// The service's own port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_port: Option<Cow<'a, str>>,
    /// Where to announce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zk_path: Option<Cow<'a, str>>,
}

/// What a cron job does when its last run has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CronCollisionPolicy {
    /// Kill it.
    KillExisting,
    /// Skip this time.
    CancelNew,
}

/// Aurora's `ExecutorConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecutorConfig<'a> {
    /// What it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Cow<'a, str>>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
}

/// Aurora's `HealthCheckConfig`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheckConfig<'a> {
    /// How to check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_checker: Option<HealthChecker<'a>>,
    /// Seconds of grace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_interval_secs: Option<Number>,
    /// Seconds between two checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_secs: Option<Number>,
    /// Failures in a row that are forgiven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_consecutive_failures: Option<i64>,
    /// Successes in a row that are wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_consecutive_successes: Option<i64>,
    /// Seconds that a check may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_secs: Option<Number>,
}

/// Aurora's `HealthCheckerConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename = "HealthCheckerConfig", rename_all = "snake_case")]
#[schemars(rename = "HealthChecker")]
pub enum HealthChecker<'a> {
    /// By HTTP.
    Http(HttpHealthChecker<'a>),
    /// By a command.
    Shell(ShellHealthChecker<'a>),
}

/// Aurora's `HttpHealthChecker`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpHealthChecker<'a> {
    /// The path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Cow<'a, str>>,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_response: Option<Cow<'a, str>>,
    /// The status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_response_code: Option<i64>,
}

/// Aurora's `ShellHealthChecker`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShellHealthChecker<'a> {
    /// The command.
    pub shell_command: Cow<'a, str>,
}

/// Aurora's `LifecycleConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleConfig<'a> {
    /// By HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpLifecycleConfig<'a>>,
}

/// Aurora's `HttpLifecycleConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpLifecycleConfig<'a> {
    /// The path of the graceful request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graceful_shutdown_endpoint: Option<Cow<'a, str>>,
    /// Seconds to wait after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graceful_shutdown_wait_secs: Option<i64>,
    /// The port's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Cow<'a, str>>,
    /// The path of the last request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shutdown_endpoint: Option<Cow<'a, str>>,
    /// Seconds to wait after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shutdown_wait_secs: Option<i64>,
}

/// Aurora's `Metadata`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// The value.
    pub value: Cow<'a, str>,
}

/// Aurora's `PartitionPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartitionPolicy {
    /// Seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_secs: Option<i64>,
    /// Whether instances are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reschedule: Option<bool>,
}

/// Aurora's `UpdateConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateConfig {
    /// Instances at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<i64>,
    /// Failures of one instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_shard_failures: Option<i64>,
    /// Failed instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_total_failures: Option<i64>,
    /// Seconds between heartbeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulse_interval_secs: Option<i64>,
    /// Whether a failed update is rolled back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback_on_failure: Option<bool>,
    /// Whether an update keeps the SLA policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla_aware: Option<bool>,
    /// In which groups instances are replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<QueueUpdateStrategy>")]
    pub update_strategy: Option<UpdateStrategy>,
    /// Whether a batch has to be done before the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_for_batch_completion: Option<bool>,
    /// Seconds that an instance has to stay up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch_secs: Option<i64>,
}
