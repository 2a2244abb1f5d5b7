//! On which hosts instances run, and what they may use there.

use std::fmt;

use crate::model;

/// What one host attribute has to be. `Display` writes it as the definition may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// At most this many instances run on hosts that share a value.
    Limit(i64),
    /// The value is one of these.
    AnyOf(Vec<String>),
    /// The value is none of these.
    NoneOf(Vec<String>),
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

impl From<&model::Placement> for Placement {
    fn from(placement: &model::Placement) -> Self {
        let names = |values: &[model::AttributeValue]| {
            let values = values.iter().map(|value| value.as_str().to_owned());
            values.collect()
        };
        match &placement.0 {
            model::PlacementRule::Limit(limit) => Self::Limit(limit.get()),
            model::PlacementRule::AnyOf(values) => Self::AnyOf(names(values)),
            model::PlacementRule::NoneOf(values) => Self::NoneOf(names(values)),
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
            Self::AnyOf(values) => f.write_str(&values.join(",")),
            Self::NoneOf(values) => write!(f, "!{}", values.join(",")),
        }
    }
}
