//! On which hosts instances run, and what they may use there.

use std::fmt;

use crate::model;

use super::Text;
use super::definition::Table;

/// What one host attribute has to be. `Display` writes it as the definition may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// At most this many instances run on hosts that share a value.
    Limit(i64),
    /// The value is one of these.
    AnyOf(Vec<Text>),
    /// The value is none of these.
    NoneOf(Vec<Text>),
}

/// What one instance, or one of its processes, may use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resources {
    /// Processor cores.
    pub cpu: f64,
    /// Bytes of main memory.
    pub ram: i64,
    /// Bytes of disk space.
    pub disk: i64,
    /// Graphics processors.
    pub gpu: Option<i64>,
}

impl Placement {
    pub(super) fn new(placement: &model::Placement, job: &Table<'_, '_>) -> Self {
        let texts = |values: &[model::AttributeValue]| {
            let values = values.iter().map(|value| job.text(value.as_str()));
            values.collect()
        };
        match &placement.0 {
            model::PlacementRule::Limit(limit) => Self::Limit(limit.get()),
            model::PlacementRule::AnyOf(values) => Self::AnyOf(texts(values)),
            model::PlacementRule::NoneOf(values) => Self::NoneOf(texts(values)),
        }
    }
}

impl From<&model::Resources> for Resources {
    fn from(resources: &model::Resources) -> Self {
        let model::Resources {
            cpu,
            ram,
            disk,
            gpu,
        } = resources;
        Self {
            cpu: cpu.get(),
            ram: ram.get(),
            disk: disk.get(),
            gpu: gpu.map(model::Integer::get),
        }
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(limit) => write!(f, "limit:{limit}"),
            Self::AnyOf(values) => list(f, values),
            Self::NoneOf(values) => {
                f.write_str("!")?;
                list(f, values)
            }
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, values: &[Text]) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            f.write_str(",")?;
        }
        write!(f, "{value}")?;
    }
    Ok(())
}
