//! What instances run in.

use crate::model;

use super::Text;
use super::definition::Table;

/// The container of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Container {
    /// A container of the Docker containerizer.
    Docker {
        /// The image, with its tag.
        image: Text,
        /// Parameters for `docker run`: names and values.
        parameters: Option<Vec<(Text, Text)>>,
    },
    /// A container of the unified Mesos containerizer.
    Mesos {
        /// The image that the file system comes from.
        image: Option<Image>,
        /// Directories of the host.
        volumes: Option<Vec<Volume>>,
    },
}

/// An image for the unified containerizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// A Docker image.
    Docker {
        /// The name, without tag.
        name: Text,
        /// The tag.
        tag: Text,
    },
    /// An application container (appc) image.
    Appc {
        /// The name.
        name: Text,
        /// The hash.
        image_id: Text,
    },
}

/// A directory of the host inside the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Where the container sees it.
    pub container_path: Text,
    /// Where it is on the host.
    pub host_path: Text,
    /// What the instance may do there.
    pub mode: VolumeMode,
}

/// What an instance may do in a directory of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VolumeMode {
    /// Read.
    ReadOnly,
    /// Read and write.
    ReadWrite,
}

impl Container {
    pub(super) fn new(container: &model::Container, job: &Table<'_, '_>) -> Self {
        match container {
            model::Container::Docker(docker) => {
                let model::Docker { image, parameters } = docker;
                let around = job.table("container", container);
                let table = around.table("docker", docker);
                let parameters = parameters.as_ref().map(|parameters| {
                    let parameters = parameters.iter().enumerate();
                    let parameters = parameters.map(|(index, parameter)| {
                        let model::Parameter { name, value } = parameter;
                        let own = parameter;
                        let table = table.element("parameters", index, own);
                        (table.text(name.as_str()), table.text(value.as_str()))
                    });
                    parameters.collect()
                });
                Self::Docker {
                    image: table.text(image.as_str()),
                    parameters,
                }
            }
            model::Container::Mesos(mesos) => {
                let model::Mesos { image, volumes } = mesos;
                let table = job.table("container", mesos);
                let volumes = volumes.as_ref().map(|volumes| {
                    let volumes = volumes.iter().enumerate();
                    let volumes = volumes.map(|(index, volume)| {
                        let around = table.element("volumes", index, volume);
                        Volume::new(volume, &around)
                    });
                    volumes.collect()
                });
                Self::Mesos {
                    image: image.as_ref().map(|image| Image::new(image, &table)),
                    volumes,
                }
            }
        }
    }

    /// What a definition calls the choice.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Docker { .. } => "docker",
            Self::Mesos { .. } => "mesos",
        }
    }
}

impl Image {
    fn new(image: &model::Image, mesos: &Table<'_, '_>) -> Self {
        match image {
            model::Image::Docker(image) => {
                let model::DockerImage { name, tag } = image;
                let table = mesos.table("image", image);
                Self::Docker {
                    name: table.text(name.as_str()),
                    tag: table.text(tag.as_str()),
                }
            }
            model::Image::Appc(image) => {
                let model::AppcImage { name, image_id } = image;
                let table = mesos.table("image", image);
                Self::Appc {
                    name: table.text(name.as_str()),
                    image_id: table.text(image_id.as_str()),
                }
            }
        }
    }
}

impl Volume {
    fn new(volume: &model::Volume, table: &Table<'_, '_>) -> Self {
        let model::Volume {
            container_path,
            host_path,
            mode,
        } = volume;
        Self {
            container_path: table.text(container_path.as_str()),
            host_path: table.text(host_path.as_str()),
            mode: match mode {
                model::VolumeMode::ReadOnly => VolumeMode::ReadOnly,
                model::VolumeMode::ReadWrite => VolumeMode::ReadWrite,
            },
        }
    }
}
