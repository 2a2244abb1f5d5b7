//! What a task runs in.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::vocabulary::{self, Struct};

use super::Text;
use super::fields::{FieldValue, Held, Table, choice, table, texts};

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

/// The struct around a Docker container.
impl Table for Container {
    fn of(&self) -> &'static Struct {
        &vocabulary::CONTAINER
    }

    fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match self {
            Self::Docker(docker) if name == "docker" => docker.held(),
            Self::Docker(_) | Self::Mesos(_) => None,
        }
    }
}

impl Held for Container {
    fn held(&self) -> Option<FieldValue<'_>> {
        Some(match self {
            Self::Docker(_) => FieldValue::Choice(None, self),
            Self::Mesos(mesos) => FieldValue::Choice(Some("mesos"), mesos),
        })
    }
}

/// A container of the Docker containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct Docker {
    /// The image, with its tag.
    pub image: Text,
    /// Parameters for `docker run`; the scheduler has to allow them.
    pub parameters: Option<Vec<Parameter>>,
}

table!(Docker: DOCKER { image, parameters });

/// A parameter for `docker run`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The option's long name, without dashes.
    pub name: Text,
    /// Its value.
    pub value: Text,
}

table!(Parameter: PARAMETER { name, value });

/// A container of the unified Mesos containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mesos {
    /// The image that the task's file system comes from; the host's without one.
    pub image: Option<Image>,
    /// Directories of the host that the task sees; the scheduler has to allow them.
    pub volumes: Option<Vec<Volume>>,
}

table!(Mesos: MESOS { image, volumes });

/// An image for the unified containerizer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// A Docker image.
    Docker(DockerImage),
    /// An application container (appc) image.
    Appc(AppcImage),
}

choice!(Image { Docker = "docker", Appc = "appc" });

/// A Docker image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct DockerImage {
    /// The image's name, without tag.
    pub name: Text,
    /// Its tag.
    pub tag: Text,
}

table!(DockerImage: DOCKER_IMAGE { name, tag });

/// An application container (appc) image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct AppcImage {
    /// The image's name.
    pub name: Text,
    /// The image's identifier: its hash.
    pub image_id: Text,
}

table!(AppcImage: APPC_IMAGE { name, image_id });

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

table!(Volume: VOLUME { container_path, host_path, mode });

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

impl VolumeMode {
    /// Its word in the schema.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::ReadOnly => "RO",
            Self::ReadWrite => "RW",
        }
    }
}

texts!(VolumeMode);
