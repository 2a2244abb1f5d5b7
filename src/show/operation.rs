//! What is shown for those who run the cluster: maintenance, hosts out of reach, links, labels.

use std::fmt::Display;

use crate::intent;
use crate::plan::Plan;
use crate::vocabulary::{COORDINATOR_SLA_POLICY, PARTITION_POLICY};

use super::document::{Labelled, PartitionPolicy, SlaPolicy};
use super::text::seconds;

/// What maintenance has to leave running.
pub(super) fn sla_policy(plan: &Plan) -> Option<SlaPolicy> {
    Some(match &plan.intent.sla_policy.as_ref()?.value {
        intent::SlaPolicy::Count {
            count,
            duration_secs,
        } => SlaPolicy::Count {
            count: *count,
            duration_secs: *duration_secs,
        },
        intent::SlaPolicy::Percentage {
            percentage,
            duration_secs,
        } => SlaPolicy::Percentage {
            percentage: *percentage,
            duration_secs: *duration_secs,
        },
        intent::SlaPolicy::Coordinator {
            coordinator_url,
            status_key,
        } => SlaPolicy::Coordinator {
            coordinator_url: coordinator_url.to_string(),
            status_key: match status_key {
                Some(key) => key.to_string(),
                None => COORDINATOR_SLA_POLICY.text("status_key").to_owned(),
            },
        },
    })
}

/// What happens to instances out of reach.
pub(super) fn partition_policy(plan: &Plan) -> Option<PartitionPolicy> {
    let policy = &plan.intent.partition_policy.as_ref()?.value;
    Some(PartitionPolicy {
        reschedule: match &policy.reschedule {
            Some(at) => at.value,
            None => PARTITION_POLICY.boolean("reschedule"),
        },
        delay_secs: match &policy.delay_secs {
            Some(at) => at.value,
            None => PARTITION_POLICY.integer("delay_secs"),
        },
    })
}

/// The job's metadata.
pub(super) fn metadata(plan: &Plan) -> Vec<Labelled> {
    let entries = plan.intent.labels.metadata.iter().flat_map(|it| &it.value);
    entries.map(|(key, value)| labelled(key, value)).collect()
}

/// The job's links.
pub(super) fn task_links(plan: &Plan) -> Vec<Labelled> {
    let links = plan
        .intent
        .labels
        .task_links
        .iter()
        .flat_map(|it| &it.value);
    links
        .map(|(name, link)| labelled(name, &link.value))
        .collect()
}

fn labelled(name: &impl Display, value: &impl Display) -> Labelled {
    Labelled {
        name: name.to_string(),
        value: value.to_string(),
    }
}

impl SlaPolicy {
    /// For people.
    pub(super) fn words(&self) -> String {
        let running = |what: String, secs: i64| {
            let time = seconds(secs.unsigned_abs());
            format!("leaves {what} that have run for {time} or longer")
        };
        match self {
            Self::Count {
                count,
                duration_secs,
            } => running(format!("{count} instances"), *duration_secs),
            Self::Percentage {
                percentage,
                duration_secs,
            } => running(format!("{percentage} % of the instances"), *duration_secs),
            Self::Coordinator {
                coordinator_url,
                status_key,
            } => format!("asks {coordinator_url} each time, whose answer is in `{status_key}`"),
        }
    }
}

impl PartitionPolicy {
    /// For people.
    pub(super) fn words(&self) -> String {
        match (self.reschedule, self.delay_secs) {
            (false, _) => "an instance out of reach is not replaced".to_owned(),
            (true, 0) => "an instance out of reach is replaced at once".to_owned(),
            (true, secs) => {
                let time = seconds(secs.unsigned_abs());
                format!("an instance out of reach is replaced after {time}")
            }
        }
    }
}
