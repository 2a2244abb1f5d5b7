//! What the scheduler's flags allow, as `[scheduler]` in `jobc.toml` says it.
//!
//! Each setting has the name of the flag, and its default.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Integer, Seconds};

/// The scheduler's flags that a job can run into; none but those that the site has set is needed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchedulerSettings {
    /// The environments that jobs may have: exact names, or a name with `*` at its end for any
    /// digits (default `prod`, `devel`, `test`, `staging*`). The flag itself is a regular
    /// expression.
    pub allowed_job_environments: Option<Vec<String>>,
    /// The containers that jobs may run in (the flag's default: `MESOS` alone).
    pub allowed_container_types: Option<Vec<ContainerType>>,
    /// Whether jobs may have volumes (the flag's default: false).
    pub allow_container_volumes: Option<bool>,
    /// Whether jobs may pass parameters to Docker (the flag's default: false).
    pub allow_docker_parameters: Option<bool>,
    /// Whether jobs may have graphics processors (the flag's default: false).
    pub allow_gpu_resource: Option<bool>,
    /// The names of the executors that the file of this flag adds to `AuroraExecutor`.
    pub custom_executor_config: Option<Vec<String>>,
    /// How many instances a job may have (default 4000).
    pub max_tasks_per_job: Option<Integer<1>>,
    /// How many failures an update may tolerate: `max_per_shard_failures` times the instances
    /// (default 20000).
    pub max_update_instance_failures: Option<Integer<1>>,
    /// How many instances a job needs for an SLA policy of a count or a percentage (default 20).
    pub min_required_instances_for_sla_check: Option<Integer<0>>,
    /// The longest duration of such a policy (default `2h`).
    pub max_sla_duration_secs: Option<Seconds>,
    /// Whether jobs that may be preempted can have an SLA policy, too (default false).
    pub sla_aware_kill_non_prod: Option<bool>,
    /// The tiers, as the file of this flag has them.
    pub tier_config: Option<TierConfig>,
}

/// The kinds of containers, as the flag calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContainerType {
    /// The unified Mesos containerizer's, which are those of jobs without a `container`, too.
    Mesos,
    /// Docker's own.
    Docker,
}

impl ContainerType {
    /// Its word in the flag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mesos => "MESOS",
            Self::Docker => "DOCKER",
        }
    }
}

/// The tiers that the scheduler knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TierConfig {
    /// The tier of jobs that name none.
    pub default: String,
    /// All tiers by name.
    pub tiers: BTreeMap<String, Tier>,
}

/// What may be taken from the jobs of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Whether jobs of other tiers may take their place.
    pub preemptible: bool,
    /// Whether they run on resources that may be taken back.
    pub revocable: bool,
}

impl Tier {
    /// Whether nothing may be taken from its jobs.
    pub fn is_kept(self) -> bool {
        !self.preemptible && !self.revocable
    }
}

impl SchedulerSettings {
    const TASKS: i64 = 4000;
    const UPDATE_FAILURES: i64 = 20_000;
    const SLA_INSTANCES: i64 = 20;
    const SLA_DURATION: i64 = 7200;
    const ENVIRONMENTS: [&str; 4] = ["prod", "devel", "test", "staging*"];

    /// No setting at all, so that the flags have their defaults.
    pub(super) const DEFAULT: &Self = &Self {
        allowed_job_environments: None,
        allowed_container_types: None,
        allow_container_volumes: None,
        allow_docker_parameters: None,
        allow_gpu_resource: None,
        custom_executor_config: None,
        max_tasks_per_job: None,
        max_update_instance_failures: None,
        min_required_instances_for_sla_check: None,
        max_sla_duration_secs: None,
        sla_aware_kill_non_prod: None,
        tier_config: None,
    };

    /// The environments that jobs may have.
    pub fn environments(&self) -> Vec<&str> {
        match &self.allowed_job_environments {
            Some(allowed) => allowed.iter().map(String::as_str).collect(),
            None => Self::ENVIRONMENTS.to_vec(),
        }
    }

    /// How many instances a job may have.
    pub fn most_tasks(&self) -> i64 {
        self.max_tasks_per_job.map_or(Self::TASKS, Integer::get)
    }

    /// How many failures an update may tolerate.
    pub fn most_update_failures(&self) -> i64 {
        let written = self.max_update_instance_failures;
        written.map_or(Self::UPDATE_FAILURES, Integer::get)
    }

    /// How many instances a job needs for an SLA policy of a count or a percentage.
    pub fn least_sla_instances(&self) -> i64 {
        let written = self.min_required_instances_for_sla_check;
        written.map_or(Self::SLA_INSTANCES, Integer::get)
    }

    /// The longest duration of such a policy in seconds.
    pub fn longest_sla_duration(&self) -> i64 {
        let written = self.max_sla_duration_secs;
        written.map_or(Self::SLA_DURATION, Seconds::get)
    }

    /// The names of the tiers.
    pub fn tiers(&self) -> Vec<&str> {
        match &self.tier_config {
            Some(config) => config.tiers.keys().map(String::as_str).collect(),
            None => vec!["preferred", "preemptible", "revocable"],
        }
    }

    /// The tier of jobs that name none.
    pub fn default_tier(&self) -> &str {
        match &self.tier_config {
            Some(config) => &config.default,
            None => "preemptible",
        }
    }

    /// The tier of this name, if there is one.
    pub fn tier(&self, name: &str) -> Option<Tier> {
        let (preemptible, revocable) = match (&self.tier_config, name) {
            (Some(config), _) => return config.tiers.get(name).copied(),
            (None, "preferred") => (false, false),
            (None, "preemptible") => (true, false),
            (None, "revocable") => (true, true),
            (None, _) => return None,
        };
        Some(Tier {
            preemptible,
            revocable,
        })
    }
}
