//! Shares of a node.

use schemars::JsonSchema;
use serde::Deserialize;

use super::fields::table;
use super::{Bytes, Float, Integer};

/// What may be used.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::layer)]
pub struct Resources {
    /// Processor cores, a fraction being a share of one.
    pub cpu: Float<0, 1_000_000>,
    /// Main memory: at least 1 MiB, and whole MiB count.
    pub ram: Bytes,
    /// Disk space of the sandbox: at least 1 MiB, and whole MiB count.
    pub disk: Bytes,
    /// Graphics processors (default 0); the scheduler has to allow them.
    pub gpu: Option<Integer<0>>,
}

table!(Resources: RESOURCES { cpu, ram, disk, gpu });
