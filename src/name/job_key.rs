//! What identifies a job.

use std::fmt;

use super::{Cluster, Environment, JobName, Role};

/// What identifies a job: `CLUSTER/ROLE/ENVIRONMENT/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKey {
    /// The cluster.
    pub cluster: Cluster,
    /// The role.
    pub role: Role,
    /// The environment.
    pub environment: Environment,
    /// The name.
    pub name: JobName,
}

impl JobKey {
    /// The key that `text` is, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let [cluster, role, environment, name] = parts[..] else {
            return None;
        };
        Some(Self {
            cluster: cluster.parse().ok()?,
            role: role.parse().ok()?,
            environment: environment.parse().ok()?,
            name: name.parse().ok()?,
        })
    }
}

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}/{}",
            self.cluster, self.role, self.environment, self.name
        )
    }
}
