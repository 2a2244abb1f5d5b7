//! What is shown for those who run the cluster: maintenance, hosts out of reach, links, labels.

use std::fmt::Display;

use crate::model::{self, Float, Integer, Job, Seconds, Text};

use crate::vocabulary::{COORDINATOR_SLA_POLICY, PARTITION_POLICY};

use super::document::{Labelled, PartitionPolicy, SlaPolicy};
use super::text::seconds;

/// What maintenance has to leave running.
pub(super) fn sla_policy(job: &Job) -> Option<SlaPolicy> {
    Some(match job.sla_policy.as_ref()? {
        model::SlaPolicy::Count(policy) => SlaPolicy::Count {
            count: Integer::get(policy.count),
            duration_secs: policy.duration_secs.get(),
        },
        model::SlaPolicy::Percentage(policy) => SlaPolicy::Percentage {
            percentage: Float::get(policy.percentage),
            duration_secs: policy.duration_secs.get(),
        },
        model::SlaPolicy::Coordinator(policy) => SlaPolicy::Coordinator {
            coordinator_url: policy.coordinator_url.to_string(),
            status_key: policy
                .status_key
                .as_ref()
                .map_or(COORDINATOR_SLA_POLICY.text("status_key"), Text::as_str)
                .to_owned(),
        },
    })
}

/// What happens to instances out of reach.
pub(super) fn partition_policy(job: &Job) -> Option<PartitionPolicy> {
    let policy = job.partition_policy.as_ref()?;
    Some(PartitionPolicy {
        reschedule: policy
            .reschedule
            .unwrap_or(PARTITION_POLICY.boolean("reschedule")),
        delay_secs: policy
            .delay_secs
            .map_or(PARTITION_POLICY.integer("delay_secs"), Seconds::get),
    })
}

/// The job's metadata.
pub(super) fn metadata(job: &Job) -> Vec<Labelled> {
    let entries = job.metadata.iter().flatten();
    entries
        .map(|entry| labelled(&entry.key, &entry.value))
        .collect()
}

/// The job's links.
pub(super) fn task_links(job: &Job) -> Vec<Labelled> {
    let links = job.task_links.iter().flatten();
    links.map(|(name, link)| labelled(name, link)).collect()
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
