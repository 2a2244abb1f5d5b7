//! Targets as people name them.

use crate::name::Target;

/// A target as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub summary: &'static str,
    /// What its files end in, where it makes one for each job.
    pub extension: &'static str,
    /// The target.
    pub target: Target,
    /// Where the numbers of ports come from.
    pub ports: Ports,
}

/// Where the numbers of a target's ports come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The scheduler finds free ones on each node.
    Dynamic,
    /// The definition or the lock has them.
    Fixed,
}

/// All targets.
pub const NAMED: &[Named] = &[
    Named {
        name: "aurora-json",
        summary: "JSON for Aurora's client, read with `--read-json`; some choices do not fit into it",
        extension: ".json",
        target: Target::AuroraJson,
        ports: Ports::Dynamic,
    },
    Named {
        name: "aurora-config",
        summary: "a config file for Aurora's client, `.aurora`; every job fits into it",
        extension: ".aurora",
        target: Target::AuroraConfig,
        ports: Ports::Dynamic,
    },
];

/// Where the numbers of a target's ports come from.
pub fn ports(target: Target) -> Ports {
    let named = NAMED.iter().find(|named| named.target == target);
    named.map_or(Ports::Dynamic, |named| named.ports)
}

/// What files for a target end in.
pub(super) fn extension(target: Target) -> &'static str {
    let named = NAMED.iter().find(|named| named.target == target);
    named.map_or("", |named| named.extension)
}
