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
}

/// All targets.
pub const NAMED: &[Named] = &[
    Named {
        name: "aurora-json",
        summary: "JSON for Aurora's client, read with `--read-json`; some choices do not fit into it",
        extension: ".json",
        target: Target::AuroraJson,
    },
    Named {
        name: "aurora-config",
        summary: "a config file for Aurora's client, `.aurora`; every job fits into it",
        extension: ".aurora",
        target: Target::AuroraConfig,
    },
];

/// What files for a target end in.
pub(super) fn extension(target: Target) -> &'static str {
    let named = NAMED.iter().find(|named| named.target == target);
    named.map_or("", |named| named.extension)
}
