//! Jobs that change in the same way, told together.

use std::collections::BTreeMap;

use super::change::JobChange;

/// Jobs that change in the same way.
pub(super) struct Alike<'a> {
    pub(super) jobs: Vec<&'a JobChange>,
    /// What all of them say but for what stands beside each: whichever processes of theirs are
    /// touched, together.
    pub(super) change: JobChange,
}

/// Jobs that change in the same way together, in the order of the first of each.
pub(super) fn alike(jobs: &[JobChange]) -> Vec<Alike<'_>> {
    let mut groups: Vec<Alike<'_>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for job in jobs {
        let mut common = JobChange {
            key: String::new(),
            same_task_as: None,
            rehashed_steps: 0,
            ..job.clone()
        };
        common.impact.text.clear();
        (
            common.impact.restarted,
            common.impact.started,
            common.impact.stopped,
        ) = (0, 0, 0);
        touched(&mut common).for_each(Vec::clear);
        let like = serde_json::to_string(&common).expect("a change becomes JSON");
        if let Some(&index) = known.get(&like) {
            groups[index].add(job);
        } else {
            known.insert(like, groups.len());
            groups.push(Alike {
                jobs: vec![job],
                change: job.clone(),
            });
        }
    }
    groups
}

impl<'a> Alike<'a> {
    fn add(&mut self, job: &'a JobChange) {
        self.jobs.push(job);
        self.change.rehashed_steps += job.rehashed_steps;
        for (all, more) in touched(&mut self.change).zip(touched(&mut job.clone())) {
            all.append(more);
            all.sort();
            all.dedup();
        }
    }
}

/// The processes that each store path touches.
fn touched(job: &mut JobChange) -> impl Iterator<Item = &mut Vec<String>> {
    let packages = job
        .packages
        .iter_mut()
        .map(|package| &mut package.processes);
    let imports = job.imports.iter_mut().map(|import| &mut import.processes);
    packages.chain(imports)
}
