//! What is written once and has a part in many jobs is told once.

use std::collections::{BTreeSet, HashMap};

use super::{Diagnostic, Place};

/// The same problems, those that many jobs have at one place told once, with how many these are. All
/// are located.
pub fn once(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(problems.len());
    let mut jobs: Vec<BTreeSet<String>> = Vec::with_capacity(problems.len());
    let mut known: HashMap<Same, Vec<usize>> = HashMap::new();
    for mut problem in problems {
        problem.forget_places_told();
        let Some(same) = Same::of(&problem) else {
            kept.push(problem);
            jobs.push(BTreeSet::new());
            continue;
        };
        let candidates = known.entry(same).or_default();
        let first = candidates
            .iter()
            .find(|&&index| is_same(&kept[index], &problem));
        let subject = problem.subject.as_deref();
        let job = subject.and_then(|subject| subject.job.as_ref());
        let job = job.map(|job| job.name.clone());
        if let Some(&first) = first {
            jobs[first].extend(job);
        } else {
            candidates.push(kept.len());
            kept.push(problem);
            jobs.push(job.into_iter().collect());
        }
    }
    for (problem, jobs) in kept.iter_mut().zip(jobs) {
        if jobs.len() > 1 {
            problem.notes.push(format!("in {} jobs", jobs.len()));
        }
    }
    kept
}

/// What has to be the same first.
#[derive(PartialEq, Eq, Hash)]
struct Same {
    code: &'static str,
    file: String,
    start: u32,
    end: u32,
}

impl Same {
    fn of(problem: &Diagnostic) -> Option<Self> {
        let Place::Span(location) = problem.place() else {
            return None;
        };
        Some(Self {
            code: problem.code.id,
            file: location.file.name().to_owned(),
            start: location.span.start,
            end: location.span.end,
        })
    }
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.severity == b.severity
        && a.headline == b.headline
        && a.help == b.help
        && a.notes == b.notes
        && a.annotations == b.annotations
}

impl Diagnostic {
    /// Takes out the places that are there twice.
    fn forget_places_told(&mut self) {
        let mut index = 1;
        while index < self.annotations.len() {
            let (before, after) = self.annotations.split_at(index);
            if before.iter().any(|told| told.place == after[0].place) {
                self.annotations.remove(index);
            } else {
                index += 1;
            }
        }
    }
}
