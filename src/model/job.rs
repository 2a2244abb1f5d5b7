//! A job: what runs, how often, where, and how it is kept running.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::{table, texts};
use super::{
    Cluster, Container, DeclaredPort, Environment, HealthCheckConfig, Integer, JobName,
    LifecycleConfig, PackageName, PackageSource, Placement, PortName, Role, Scalar, Seconds,
    SlaPolicy, StateDirectory, StateName, Task, Text, UpdateConfig, ValueName, Waive,
};

/// A job: instances of one task.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::job)]
pub struct Job {
    /// The schema that an editor checks this document against; jobc ignores it.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// The cluster to run in.
    pub cluster: Cluster,
    /// The role that owns the job.
    pub role: Role,
    /// The environment that the job belongs to.
    pub environment: Environment,
    /// The job's name (default: the task's).
    pub name: Option<JobName>,
    /// What each instance runs.
    pub task: Task,
    /// Packages that command lines call `${pkgs.NAME}`.
    pub packages: Option<BTreeMap<PackageName, PackageSource>>,
    /// The ports that instances listen at, which texts call `${ports.NAME}`: a number where a certain
    /// one is wanted, or `{}`. Aurora finds free ones, whatever numbers are wanted.
    pub ports: Option<BTreeMap<PortName, DeclaredPort>>,
    /// How many instances run (default 1).
    pub instances: Option<Integer<1>>,
    /// Whether an instance that ended is started again (default false).
    pub service: Option<bool>,
    /// When to run, in cron's five fields; the job is then a cron job.
    pub cron_schedule: Option<String>,
    /// What to do when the last run has not ended yet (default `KILL_EXISTING`).
    pub cron_collision_policy: Option<CronCollisionPolicy>,
    /// Whom to ask about the job: an e-mail address.
    pub contact: Option<Text>,
    /// On which hosts instances may run: a rule for each host attribute.
    pub constraints: Option<BTreeMap<String, Placement>>,
    /// How an update proceeds.
    pub update_config: Option<UpdateConfig>,
    /// How many times an instance may fail before it is given up; -1 is never (default 1). A
    /// service's instances are never given up.
    pub max_task_failures: Option<Integer<-1>>,
    /// Deprecated in favour of `tier`: whether the job is protected from preemption.
    pub production: Option<bool>,
    /// Which of the role's own jobs preempts the other: the larger number (default 0).
    pub priority: Option<Integer<{ i32::MIN as i64 }>>,
    /// How health is checked.
    pub health_check_config: Option<HealthCheckConfig>,
    /// What tasks run in.
    pub container: Option<Container>,
    /// Links for the web interface; Aurora's client does not send them.
    pub task_links: Option<BTreeMap<String, Text>>,
    /// How instances are announced in `ZooKeeper`.
    pub announce: Option<Announcer>,
    /// Whether the client runs its hooks for this job (default false).
    pub enable_hooks: Option<bool>,
    /// How a task is asked to stop.
    pub lifecycle: Option<LifecycleConfig>,
    /// The tier, which says what may preempt or revoke the job: `preferred`, `preemptible`,
    /// `revocable` or the site's own.
    pub tier: Option<Text>,
    /// Keys and values that the web interface and the API show.
    pub metadata: Option<Vec<Metadata>>,
    /// What happens to instances on a node that is out of reach.
    pub partition_policy: Option<PartitionPolicy>,
    /// What maintenance has to leave running.
    pub sla_policy: Option<SlaPolicy>,
    /// Which executor runs the task (default: Thermos).
    pub executor_config: Option<ExecutorConfig>,
    /// Directories that outlive a run, by name, where a scheduler has them: `{ data = {} }`.
    #[expect(
        clippy::zero_sized_map_values,
        reason = "what a definition says of one is a table"
    )]
    pub state: Option<BTreeMap<StateName, StateDirectory>>,
    /// Values that the job's texts call `${vars.NAME}`: what is different in each environment, or would
    /// be written several times.
    pub vars: Option<BTreeMap<ValueName, Scalar>>,
    /// What the job tells others of itself, which its texts call `${labels.NAME}`. Aurora gets them as
    /// metadata.
    pub labels: Option<BTreeMap<ValueName, Scalar>>,
    /// Lints that are not reported for this job, each with the reason.
    pub waive: Option<Waive>,
}

table!(Job: JOB {
    cluster, role, environment, name, task, instances, service, cron_schedule,
    cron_collision_policy, contact, constraints, update_config, max_task_failures, production,
    priority, health_check_config, container, task_links, announce, enable_hooks, lifecycle, tier,
    metadata, partition_policy, sla_policy, executor_config,
} own { schema, packages, ports, state, vars, labels, waive });

/// What a cron job does when its last run has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CronCollisionPolicy {
    /// Kill it and start anew.
    KillExisting,
    /// Let it run and skip this time.
    CancelNew,
}

impl CronCollisionPolicy {
    /// Its word in the schema.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::KillExisting => "KILL_EXISTING",
            Self::CancelNew => "CANCEL_NEW",
        }
    }
}

texts!(CronCollisionPolicy);

/// Announces instances in `ZooKeeper`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announcer {
    /// The name of the port that is announced as the service's own (default `http`).
    pub primary_port: Option<Text>,
    /// Names that other ports are announced by: another port's name, or a fixed number.
    pub portmap: Option<BTreeMap<String, Text>>,
    /// The path to announce at, where the executor allows one (default: `/aurora/ROLE/ENV/NAME`).
    pub zk_path: Option<Text>,
}

table!(Announcer: ANNOUNCER { primary_port, portmap, zk_path });

/// A key and a value for people and tools.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The key; it may be given several times.
    pub key: Text,
    /// The value.
    pub value: Text,
}

table!(Metadata: METADATA { key, value });

/// What happens to instances on a node that is out of reach.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartitionPolicy {
    /// Whether they are replaced (default true).
    pub reschedule: Option<bool>,
    /// How long to wait for the node to come back first (default 0).
    pub delay_secs: Option<Seconds>,
}

table!(PartitionPolicy: PARTITION_POLICY { reschedule, delay_secs });

/// The executor that runs the task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecutorConfig {
    /// Its name in the scheduler's settings (default `AuroraExecutor`, which is Thermos).
    pub name: Option<Text>,
    /// What it is given; Thermos is given the job itself.
    pub data: Option<String>,
}

table!(ExecutorConfig: EXECUTOR_CONFIG { name, data });
