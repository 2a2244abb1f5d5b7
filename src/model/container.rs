//! What a task runs in.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;

/// The container of a job's tasks; without one, the Mesos containerizer's default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// A Docker container, by the Docker containerizer.
    Docker(Docker),
    /// A container by the unified Mesos containerizer. Aurora's JSON cannot carry it; the target
    /// `aurora-config` does.
    Mesos(Mesos),
}

/// A container of the Docker containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Docker {
    /// The image, with its tag.
    pub image: Text,
    /// Parameters for `docker run`; the scheduler has to allow them.
    pub parameters: Option<Vec<Parameter>>,
}

/// A parameter for `docker run`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The option's long name, without dashes.
    pub name: Text,
    /// Its value.
    pub value: Text,
}

/// A container of the unified Mesos containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mesos {
    /// The image that the task's file system comes from; the host's without one.
    pub image: Option<Image>,
    /// Directories of the host that the task sees; the scheduler has to allow them.
    pub volumes: Option<Vec<Volume>>,
}

/// An image for the unified containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// A Docker image.
    Docker(DockerImage),
    /// An application container (appc) image.
    Appc(AppcImage),
}

/// A Docker image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DockerImage {
    /// The image's name, without tag.
    pub name: Text,
    /// Its tag.
    pub tag: Text,
}

/// An application container (appc) image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppcImage {
    /// The image's name.
    pub name: Text,
    /// The image's identifier: its hash.
    pub image_id: Text,
}

/// A directory of the host inside the container.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// Where the container sees it.
    pub container_path: Text,
    /// Where it is on the host.
    pub host_path: Text,
    /// Whether the task may write there.
    pub mode: VolumeMode,
}

/// Whether a volume may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum VolumeMode {
    /// Read only.
    #[serde(rename = "RO")]
    ReadOnly,
    /// Read and write.
    #[serde(rename = "RW")]
    ReadWrite,
}
