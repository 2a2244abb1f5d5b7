//! All that is shown of a job, as `--format json` prints it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::closure::Size;
use crate::graph::Kind;
use crate::target::aurora::timing::Window;

use super::surroundings::Surroundings;

/// The layer of what a job says itself.
pub(super) const OWN_LAYER: &str = "the job";

/// A job, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Shown {
    /// The job's key, `CLUSTER/ROLE/ENVIRONMENT/NAME`.
    pub key: String,
    /// Where its definition begins.
    pub defined: Place,
    /// Whether an instance that ended is started again.
    pub service: bool,
    /// When it runs, if it is a cron job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<Cron>,
    /// How many instances run.
    pub instances: u64,
    /// What instances may use.
    pub resources: Resources,
    /// Whom to ask about the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What may preempt or revoke it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Whether it is protected from preemption, in the deprecated way.
    pub production: bool,
    /// Which of the role's own jobs preempts the other: the larger number.
    pub priority: i64,
    /// How many times an instance may fail before it is given up; -1 is never.
    pub max_task_failures: i64,
    /// On which hosts instances may run.
    pub placement: Vec<Placement>,
    /// What tasks run in, if it is a container of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// What each instance runs.
    pub task: Task,
    /// All store paths that an instance needs, each counted once.
    pub closure: Size,
    /// The named ports, and what each is for.
    pub ports: Vec<Port>,
    /// When the executor checks health, and what comes of it.
    pub health_check: HealthCheck,
    /// How a changed job replaces this one; none unless it is a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Update>,
    /// How an instance is stopped.
    pub stop: Stop,
    /// What maintenance of hosts has to leave running, if the job says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla_policy: Option<SlaPolicy>,
    /// What happens to an instance whose host is out of reach, if the job says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_policy: Option<PartitionPolicy>,
    /// Keys and values for people and tools.
    pub metadata: Vec<Labelled>,
    /// Links beside a task in the web interface.
    pub task_links: Vec<Labelled>,
    /// Where instances are announced, if not at the place that the cluster has for the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zk_path: Option<String>,
    /// Which executor runs the task, if it is not Thermos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executor: Option<String>,
    /// The references that are filled in on the node.
    pub templates: Vec<Template>,
    /// Lints that the definition waives.
    pub waivers: Vec<Waiver>,
    /// Which layer each value comes from, of a job that has some from others than itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layered>,
    /// Where the values come from that the definition does not say, by field: `aurora` for its
    /// defaults, `jobc` for jobc's own, `jobc.toml` for the settings of the workspace.
    pub origins: BTreeMap<String, Origin>,
}

/// A value of a job that is laid from several layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Layered {
    /// The field, from the job on, with all that is in it; names that have dots are in quotes.
    pub field: String,
    /// The layer: `the job`, `environments.NAME`, `defaults`, `defaults.environments.NAME`,
    /// `workspace defaults` or `workspace defaults.environments.NAME`.
    pub layer: String,
    /// Where the value begins.
    pub at: Place,
}

/// Where a value comes from that the definition does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub enum Origin {
    /// A default of Aurora's.
    #[serde(rename = "aurora")]
    Aurora,
    /// A default of jobc's.
    #[serde(rename = "jobc")]
    Jobc,
    /// A setting of the workspace.
    #[serde(rename = "jobc.toml")]
    Settings,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The file, as messages call it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// When a cron job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cron {
    /// The schedule as written.
    pub schedule: String,
    /// The same in words; in the scheduler's time zone, which is GMT unless it is set up otherwise.
    pub words: String,
    /// What happens when the last run has not ended yet.
    pub collision_policy: String,
}

/// What maintenance of hosts has to leave running.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlaPolicy {
    /// At least this number of instances.
    Count {
        /// How many.
        count: i64,
        /// For how long they have to have been running.
        duration_secs: i64,
    },
    /// At least this percentage of the instances.
    Percentage {
        /// How many percent.
        percentage: f64,
        /// For how long they have to have been running.
        duration_secs: i64,
    },
    /// What a service of the job's owner says each time.
    Coordinator {
        /// The address of the service.
        coordinator_url: String,
        /// The field of its answer that says yes or no.
        status_key: String,
    },
}

/// What happens to an instance whose host is out of reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartitionPolicy {
    /// Whether it is replaced.
    pub reschedule: bool,
    /// After how long.
    pub delay_secs: i64,
}

/// A text with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Labelled {
    /// The name.
    pub name: String,
    /// The text.
    pub value: String,
}

/// What instances may use.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Resources {
    /// Each of them.
    pub instance: Amounts,
    /// All together.
    pub total: Amounts,
}

/// What may be used.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Amounts {
    /// Processor cores.
    pub cpu: f64,
    /// Bytes of main memory.
    pub ram: u64,
    /// Bytes of disk space.
    pub disk: u64,
    /// Graphics processors.
    pub gpu: u64,
}

/// A rule for the hosts that instances may run on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Placement {
    /// The attribute of hosts.
    pub attribute: String,
    /// What it has to be, as Aurora writes it.
    pub rule: String,
    /// The same in words.
    pub words: String,
}

/// What each instance runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// How many processes may fail before it has failed; 0 tolerates all.
    pub max_failures: u64,
    /// How many processes run at a time; 0 is all that can.
    pub max_concurrency: u64,
    /// How many seconds its finalisation may take.
    pub finalization_wait_secs: u64,
    /// Its processes and the steps that jobc adds, by stage.
    pub steps: Vec<Step>,
}

/// A process of the definition, or a step that jobc adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Aurora's, and each means something alone"
)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// The number of steps that have to succeed before it, plus one; those of the finalisation
    /// follow all others.
    pub stage: usize,
    /// Whether it is in the longest chain of steps that the task waits for.
    pub critical: bool,
    /// Whether it belongs to the finalisation.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Whether it is started again after it succeeded.
    pub daemon: bool,
    /// Whether the task may end without it.
    pub ephemeral: bool,
    /// How many runs may fail before it has failed; 0 retries for ever.
    pub max_failures: u64,
    /// The steps that it waits for, without those that others of them wait for.
    pub after: Vec<String>,
    /// The processes that its own command waits for until they are ready.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub until_ready: Vec<String>,
    /// How one knows that it is ready; of a process that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<Ready>,
    /// Where its definition begins; of a process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defined: Option<Place>,
    /// What it starts with besides its command, if the definition says so; of a process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<Surroundings>,
    /// What it needs from the store, if it needs something; of a process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure: Option<Closure>,
}

/// How one knows that a process is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ready {
    /// What is tried: `command`, `tcp`, `http`, or `health` for what the job's health check does.
    pub by: &'static str,
    /// The command or the address, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tries: Option<String>,
    /// Seconds between two tries.
    pub interval_secs: i64,
    /// Seconds that one try may take.
    pub timeout_secs: i64,
    /// Seconds that all tries may take, together.
    pub within_secs: i64,
}

/// What a process needs from the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Closure {
    /// The store path of the script that stands for it.
    pub root: String,
    /// How much it is.
    pub size: Size,
    /// What the process' command names.
    pub needs: Vec<Need>,
}

/// A store path that a command names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Need {
    /// The store path.
    pub path: String,
    /// The package that it is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// The file or directory that it is an import of, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
    /// The bytes of its own archive, if they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How much it is with all that it refers to.
    pub closure: Size,
}

/// A package of the definition or its workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Package {
    /// What commands call it.
    pub name: String,
    /// What it was declared as: an installable, a store path or the path of a file.
    pub source: String,
    /// Where.
    pub declared: Place,
}

/// A named port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Where its number comes from: `allocated` by the scheduler, `fixed`, `alias` of another one,
    /// or `none`, as nothing asks for it.
    pub source: PortSource,
    /// The number, if it is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// The number that the definition wants, which the scheduler may not give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<u16>,
    /// The name of the port that it is another name of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_of: Option<String>,
    /// The processes whose commands name it.
    pub processes: Vec<String>,
    /// What else it is for: `health_check`, `lifecycle`, `primary`, `announced`.
    pub uses: Vec<String>,
}

/// Where the number of a port comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortSource {
    /// The scheduler allocates it.
    Allocated,
    /// The portmap says it.
    Fixed,
    /// It is another name of a port.
    Alias,
    /// Nothing asks for it, so that it has none.
    None,
}

/// When health is checked, in seconds after the task started.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HealthCheck {
    /// How: `http`, `shell`, or `none` where a job has no port `health`.
    pub checker: String,
    /// The path that is requested, or the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The grace period.
    pub initial_interval_secs: f64,
    /// The time between two checks.
    pub interval_secs: f64,
    /// How long one check may take.
    pub timeout_secs: f64,
    /// How many failures in a row are forgiven.
    pub max_consecutive_failures: u64,
    /// How many successes in a row make a task healthy.
    pub min_consecutive_successes: u64,
    /// What that comes to; none where nothing is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<HealthTimes>,
}

/// What comes of checks, in seconds: each window goes from checks that take no time to checks that
/// take their whole timeout.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct HealthTimes {
    /// How many checks may fail at first without counting.
    pub forgiven_checks: u64,
    /// When a task that is healthy from the start counts as running.
    pub running_at_best: Window,
    /// When a task that gets healthy as late as it may counts as running.
    pub running_at_worst: Window,
    /// When a task that is never healthy is given up.
    pub given_up_at_start: Window,
    /// How long after it turned unhealthy a running task is given up.
    pub given_up_later: Window,
}

/// How a rolling update proceeds.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Update {
    /// `queue`, `batch` or `variable_batch`.
    pub strategy: String,
    /// The sizes of groups; the last one repeats.
    pub group_sizes: Vec<u64>,
    /// How many groups are replaced after each other, if all instances take the same time.
    pub rounds: u64,
    /// How long an instance has to have been running to count as updated.
    pub watch_secs: u64,
    /// How many seconds the update takes at least: without what it takes to stop, place and start
    /// instances and to fetch what they need.
    pub at_best_secs: f64,
    /// How many times one instance may fail before it counts as failed.
    pub max_per_shard_failures: u64,
    /// How many instances may fail before the update has failed.
    pub max_total_failures: u64,
    /// Whether a failed update is rolled back.
    pub rollback_on_failure: bool,
    /// Whether it pauses after each group.
    pub autopause: bool,
    /// The longest time between two heartbeats, if it is coordinated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulse_interval_secs: Option<u64>,
    /// Whether it keeps the job's SLA policy.
    pub sla_aware: bool,
}

/// How an instance is stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stop {
    /// The port that is asked to stop; without one, processes are told by signals alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// The requests, and for how many seconds each is waited after.
    pub requests: Vec<Request>,
    /// How many seconds lie between SIGTERM with the final processes, and SIGKILL.
    pub kill_secs: u64,
}

/// A request to stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Request {
    /// The path.
    pub path: String,
    /// How many seconds are waited after it.
    pub wait_secs: u64,
}

/// A reference that is filled in on the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Template {
    /// As written, with its braces.
    pub reference: String,
    /// The field that it stands in, from the job on; of an expanded file, that which expands it.
    pub field: String,
    /// Where it stands.
    pub at: Place,
}

/// A lint that is waived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiver {
    /// Its code.
    pub lint: String,
    /// Why.
    pub reason: String,
    /// The process that waives it; none if the job does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Where.
    pub at: Place,
}
