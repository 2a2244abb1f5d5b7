//! What came of asking, with who needs it.

use std::collections::BTreeMap;

use crate::cache::{AskError, CacheUrl, Caches, Found, Nodes, NotFrom, Verdict};
use crate::model::JobKey;
use crate::plan::{NeededBy, Needs};
use crate::store::{StoreDir, StorePath};

/// Whether nodes can get what jobs need.
#[derive(Debug)]
pub(crate) struct Readiness<'j> {
    pub(super) store_dir: StoreDir,
    /// The caches in the order that nodes ask them in, and why they could not be asked.
    pub(super) caches: Vec<(CacheUrl, Option<AskError>)>,
    /// All store paths, sorted.
    pub(super) rows: Vec<Row<'j>>,
}

/// A store path.
#[derive(Debug)]
pub(super) struct Row<'j> {
    pub(super) path: StorePath,
    pub(super) found: Found,
    /// Sorted by job, then in the order of processes.
    pub(super) needed_by: Vec<(&'j JobKey, &'j NeededBy)>,
}

/// What a verdict amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// No cache has it.
    Absent,
    /// A cache has it, and nodes do not take it from there.
    Unusable,
    /// A cache has something else.
    Differs,
    /// No cache that could be asked has it, and some could not be.
    CouldNotAsk,
    /// A cache has it.
    Present,
}

impl Row<'_> {
    pub(super) fn kind(&self) -> Kind {
        match &self.found.verdict {
            Verdict::Present { .. } => Kind::Present,
            Verdict::Differs { .. } => Kind::Differs,
            Verdict::Absent(reasons) => {
                if reasons.iter().all(|(_, why)| *why == NotFrom::Absent) {
                    Kind::Absent
                } else {
                    Kind::Unusable
                }
            }
            Verdict::CouldNotAsk(_) => Kind::CouldNotAsk,
        }
    }

    /// The size of its archive, and how much of it goes over the wire; of what is present.
    pub(super) fn sizes(&self) -> Option<(u64, u64)> {
        match &self.found.verdict {
            Verdict::Present { info, .. } => {
                Some((info.nar_size, info.file_size.unwrap_or(info.nar_size)))
            }
            _ => None,
        }
    }
}

impl<'j> Readiness<'j> {
    pub(super) fn new(
        jobs: &'j [(JobKey, Needs)],
        found: BTreeMap<StorePath, Found>,
        nodes: &Nodes,
        caches: &Caches,
    ) -> Self {
        let mut needed_by = needed_by(jobs, &found);
        let rows = found.into_iter().map(|(path, found)| Row {
            needed_by: needed_by.remove(&path).unwrap_or_default(),
            path,
            found,
        });
        let rows: Vec<_> = rows.collect();
        let asked = nodes.caches().iter();
        let asked = asked.map(|url| (url.clone(), caches.trouble(url)));
        Self {
            store_dir: caches.store_dir().clone(),
            caches: asked.collect(),
            rows,
        }
    }

    /// That of jobs that need nothing.
    pub(super) fn of_nothing(store_dir: &StoreDir) -> Self {
        Self {
            store_dir: store_dir.clone(),
            caches: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The worst that came of any path; none where nothing is needed. What is absent is worse than what
    /// could not be asked: asking again would not change it.
    pub(crate) fn worst(&self) -> Option<Kind> {
        self.rows.iter().map(Row::kind).min()
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.of(kind).count()
    }

    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Row<'j>> {
        self.rows.iter().filter(move |row| row.kind() == kind)
    }

    /// The sizes of what is present: of the archives, and of what goes over the wire.
    pub(super) fn sizes(&self) -> (u64, u64) {
        let sizes = self.rows.iter().filter_map(Row::sizes);
        sizes.fold((0, 0), |(nar, file), (more_nar, more_file)| {
            (
                u64::saturating_add(nar, more_nar),
                u64::saturating_add(file, more_file),
            )
        })
    }
}

/// What needs each path: the processes whose scripts lead there.
fn needed_by<'j>(
    jobs: &'j [(JobKey, Needs)],
    found: &BTreeMap<StorePath, Found>,
) -> BTreeMap<StorePath, Vec<(&'j JobKey, &'j NeededBy)>> {
    let numbers: BTreeMap<&StorePath, usize> = found.keys().zip(0..).collect();
    let number = |path: &StorePath| numbers.get(path).copied();
    let references: Vec<Vec<usize>> = found
        .values()
        .map(|found| found.references.iter().filter_map(number).collect())
        .collect();
    let mut needed_by = vec![Vec::new(); found.len()];
    // Which job saw each path last, so that no job sees it twice.
    let mut seen = vec![usize::MAX; found.len()];
    let needs = jobs
        .iter()
        .flat_map(|(key, needs)| needs.scripts.iter().map(move |need| (key, need)));
    for (who, (key, need)) in needs.enumerate() {
        let mut waiting: Vec<usize> = number(&need.script.path).into_iter().collect();
        while let Some(path) = waiting.pop() {
            if seen[path] != who {
                seen[path] = who;
                needed_by[path].push((key, &need.by));
                // The root of the job leads everywhere, which says nothing.
                if need.by != NeededBy::Job {
                    waiting.extend(&references[path]);
                }
            }
        }
    }
    found.keys().cloned().zip(needed_by).collect()
}
