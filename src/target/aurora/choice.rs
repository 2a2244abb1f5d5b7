//! Fields that take one of several structs, which pystachio calls a `Choice`.
//!
//! In a config file the struct's constructor says which it is. The JSON reader of Aurora's client
//! takes every such field for the first struct that it may be; so does the schema of compiled jobs.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::intent::{self, Text};

use super::number::Number;
use super::texts::Texts;

/// The name that serde has for all of these, by which they are told from tables of one field.
pub(super) const CHOICE: &str = "Choice";

/// What tasks run in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename = "Choice", rename_all = "snake_case")]
pub enum Container<'a> {
    /// A container of the unified Mesos containerizer.
    Mesos(Mesos<'a>),
    /// A Docker container. The client takes a bare `Docker`, too, but passes it on in other words,
    /// so that a job would change with its form.
    #[serde(untagged)]
    Docker(DockerContainer<'a>),
}

/// Aurora's `Container`, the only kind that JSON can carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename = "Container", deny_unknown_fields)]
pub struct DockerContainer<'a> {
    /// A Docker container.
    pub docker: Docker<'a>,
}

/// Aurora's `Docker`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Docker<'a> {
    /// The image.
    pub image: Cow<'a, str>,
    /// Parameters for `docker run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<Parameter<'a>>>,
}

/// Aurora's `Parameter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter<'a> {
    /// The option.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Cow<'a, str>,
}

/// Aurora's `Mesos`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mesos<'a> {
    /// The image that the file system comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image<'a>>,
    /// Directories of the host that the task sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volumes: Option<Vec<Volume<'a>>>,
}

/// An image for the unified containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename = "Choice", rename_all = "snake_case")]
pub enum Image<'a> {
    /// A Docker image.
    Docker(DockerImage<'a>),
    /// An application container image.
    Appc(AppcImage<'a>),
}

/// Aurora's `DockerImage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DockerImage<'a> {
    /// The name, without tag.
    pub name: Cow<'a, str>,
    /// The tag.
    pub tag: Cow<'a, str>,
}

/// Aurora's `AppcImage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppcImage<'a> {
    /// The hash.
    pub image_id: Cow<'a, str>,
    /// The name.
    pub name: Cow<'a, str>,
}

/// Aurora's `Volume`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Volume<'a> {
    /// Where the container sees it.
    pub container_path: Cow<'a, str>,
    /// Where it is on the host.
    pub host_path: Cow<'a, str>,
    /// Whether the task may write there.
    pub mode: VolumeMode,
}

/// Whether a volume may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum VolumeMode {
    /// Read only.
    #[serde(rename = "RO")]
    ReadOnly,
    /// Read and write.
    #[serde(rename = "RW")]
    ReadWrite,
}

/// What maintenance has to leave running.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename = "Choice", rename_all = "snake_case")]
pub enum SlaPolicy<'a> {
    /// At least this number of instances.
    Count(CountSlaPolicy),
    /// At least this percentage of the instances.
    Percentage(PercentageSlaPolicy),
    /// A service is asked.
    #[serde(untagged)]
    Coordinator(CoordinatorSlaPolicy<'a>),
}

/// Aurora's `CountSlaPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountSlaPolicy {
    /// How many instances.
    pub count: i64,
    /// Seconds for which they have to have been running.
    pub duration_secs: i64,
}

/// Aurora's `PercentageSlaPolicy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PercentageSlaPolicy {
    /// Seconds for which they have to have been running.
    pub duration_secs: i64,
    /// How many percent.
    pub percentage: Number,
}

/// Aurora's `CoordinatorSlaPolicy`, the only policy that JSON can carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoordinatorSlaPolicy<'a> {
    /// The service to ask.
    pub coordinator_url: Cow<'a, str>,
    /// The field of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_key: Option<Cow<'a, str>>,
}

/// In which groups instances are replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename = "Choice", rename_all = "snake_case")]
pub enum UpdateStrategy {
    /// Batches of one size.
    Batch(BatchUpdateStrategy),
    /// Batches of given sizes.
    VariableBatch(VariableBatchUpdateStrategy),
    /// A fixed number at any time.
    #[serde(untagged)]
    Queue(QueueUpdateStrategy),
}

/// Aurora's `BatchUpdateStrategy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchUpdateStrategy {
    /// Whether the update pauses after each batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autopause_after_batch: Option<bool>,
    /// Instances of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<i64>,
}

/// Aurora's `VariableBatchUpdateStrategy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariableBatchUpdateStrategy {
    /// Whether the update pauses after each batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autopause_after_batch: Option<bool>,
    /// Instances of each batch.
    pub batch_sizes: Vec<i64>,
}

/// Aurora's `QueueUpdateStrategy`, the only strategy that JSON can carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueUpdateStrategy {
    /// Instances at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<i64>,
}

impl<'p> Container<'p> {
    /// What a plan says, as Aurora has it.
    pub(super) fn of(container: &'p intent::Container, texts: &Texts) -> Self {
        match container {
            intent::Container::Docker { image, parameters } => {
                let convert = |(name, value): &'p (Text, Text)| Parameter {
                    name: texts.text(name),
                    value: texts.text(value),
                };
                let parameters = parameters.as_ref();
                let docker = Docker {
                    image: texts.text(image),
                    parameters: parameters.map(|all| all.iter().map(convert).collect()),
                };
                Container::Docker(DockerContainer { docker })
            }
            intent::Container::Mesos { image, volumes } => Container::Mesos(Mesos {
                image: image.as_ref().map(|image| match image {
                    intent::Image::Docker { name, tag } => Image::Docker(DockerImage {
                        name: texts.text(name),
                        tag: texts.text(tag),
                    }),
                    intent::Image::Appc { name, image_id } => Image::Appc(AppcImage {
                        image_id: texts.text(image_id),
                        name: texts.text(name),
                    }),
                }),
                volumes: volumes.as_ref().map(|volumes| {
                    volumes
                        .iter()
                        .map(|volume| Volume::of(volume, texts))
                        .collect()
                }),
            }),
        }
    }
}

impl<'p> Volume<'p> {
    fn of(volume: &'p intent::Volume, texts: &Texts) -> Self {
        let intent::Volume {
            container_path,
            host_path,
            mode,
        } = volume;
        Self {
            container_path: texts.text(container_path),
            host_path: texts.text(host_path),
            mode: match mode {
                intent::VolumeMode::ReadOnly => VolumeMode::ReadOnly,
                intent::VolumeMode::ReadWrite => VolumeMode::ReadWrite,
            },
        }
    }
}

impl<'p> SlaPolicy<'p> {
    /// What a plan says, as Aurora has it.
    pub(super) fn of(policy: &'p intent::SlaPolicy, texts: &Texts) -> Self {
        match policy {
            intent::SlaPolicy::Count {
                count,
                duration_secs,
            } => SlaPolicy::Count(CountSlaPolicy {
                count: *count,
                duration_secs: *duration_secs,
            }),
            intent::SlaPolicy::Percentage {
                percentage,
                duration_secs,
            } => SlaPolicy::Percentage(PercentageSlaPolicy {
                duration_secs: *duration_secs,
                percentage: Number(*percentage),
            }),
            intent::SlaPolicy::Coordinator {
                coordinator_url,
                status_key,
            } => SlaPolicy::Coordinator(CoordinatorSlaPolicy {
                coordinator_url: texts.text(coordinator_url),
                status_key: status_key.as_ref().map(|key| texts.text(key)),
            }),
        }
    }
}

impl UpdateStrategy {
    /// What a plan says, as Aurora has it.
    pub(super) fn of(strategy: &intent::UpdateStrategy) -> Self {
        match strategy {
            intent::UpdateStrategy::Queue { batch_size } => {
                UpdateStrategy::Queue(QueueUpdateStrategy {
                    batch_size: *batch_size,
                })
            }
            intent::UpdateStrategy::Batch {
                batch_size,
                autopause_after_batch,
            } => UpdateStrategy::Batch(BatchUpdateStrategy {
                autopause_after_batch: *autopause_after_batch,
                batch_size: *batch_size,
            }),
            intent::UpdateStrategy::VariableBatch {
                batch_sizes,
                autopause_after_batch,
            } => UpdateStrategy::VariableBatch(VariableBatchUpdateStrategy {
                autopause_after_batch: *autopause_after_batch,
                batch_sizes: batch_sizes.clone(),
            }),
        }
    }
}
