//! How much a job's nodes fetch, and how fast.

use std::collections::HashSet;

use crate::model::Settings;
use crate::resolve::Lock;
use crate::store::StorePath;

use super::{NeededBy, Needs};

/// Bytes that a node takes in per second unless the settings say how many.
const DEFAULT_BANDWIDTH: i64 = 100 << 20;

/// What nodes fetch: sizes as far as a lock and the job itself know them.
#[derive(Debug, Clone, Copy)]
pub struct Downloads<'a> {
    /// How many bytes a node takes in per second.
    pub bandwidth: i64,
    lock: &'a Lock,
}

impl<'a> Downloads<'a> {
    /// By the lock of a workspace and its settings.
    pub fn new(lock: &'a Lock, settings: &Settings) -> Self {
        let nodes = settings.nodes.as_ref();
        let bandwidth = nodes.and_then(|nodes| nodes.bandwidth);
        Self {
            bandwidth: bandwidth.map_or(DEFAULT_BANDWIDTH, |bytes| bytes.get().max(1)),
            lock,
        }
    }

    /// No closure of the job is larger than this.
    pub fn at_most(self, needs: &Needs) -> i64 {
        let imports = needs.imports.values();
        let sizes = imports.map(|import| as_signed(import.nar.size));
        sizes.fold(self.lock.size(), i64::saturating_add)
    }

    /// The size of all archives that those need whom `wanted` picks.
    pub fn of(self, needs: &Needs, wanted: impl Fn(&NeededBy) -> bool) -> i64 {
        let scripts = needs.scripts.iter().filter(|need| wanted(&need.by));
        let mut next: Vec<&StorePath> = scripts.flat_map(|it| &it.script.references).collect();
        let mut seen = HashSet::new();
        let mut size = 0_i64;
        while let Some(path) = next.pop() {
            if !seen.insert(path) {
                continue;
            }
            if let Some(info) = self.lock.path(path) {
                size = size.saturating_add(info.nar_size);
                next.extend(&info.references);
            } else if let Some(import) = needs.imports.get(path) {
                size = size.saturating_add(as_signed(import.nar.size));
            }
        }
        size
    }
}

fn as_signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
