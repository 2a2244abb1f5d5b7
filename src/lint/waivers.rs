//! Waivers: what a job or one of its processes does not want to hear, and why.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Place, Report};
use crate::source::Pointer;

use super::Levels;
use super::codes::UNUSED_WAIVER;

/// The waivers of a job and of its processes, and which of them waived something so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Waivers {
    job: Pointer,
    /// By lint, and by the place of the job or the process.
    used: BTreeMap<(&'static str, Pointer), (bool, &'static Code)>,
}

/// How many steps below its job a process is: `/task/processes/0`.
const DEPTH_OF_PROCESS: usize = 3;
/// At most this many unused waivers of one job are told.
const MOST: usize = 100;

impl Waivers {
    /// No waivers of the job at `job`.
    pub fn new(job: &Pointer) -> Self {
        Self {
            job: job.clone(),
            used: BTreeMap::new(),
        }
    }

    /// The job or the process at `place` waives a lint.
    pub fn add(&mut self, place: Pointer, lint: &'static Code) {
        self.used.insert((lint.id, place), (false, lint));
    }

    /// The problem of this job as it is told, if it is.
    pub fn judge(&mut self, levels: Levels<'_>, problem: Diagnostic) -> Option<Diagnostic> {
        if problem.code.is_lint() && !self.used.is_empty() && self.waive(&problem) {
            return None;
        }
        levels.judge(problem)
    }

    /// The outcome of a stage as it is told; no value if there is an error.
    pub fn report<T>(&mut self, levels: Levels<'_>, report: Report<T>) -> Report<T> {
        report.filter_map(|problem| self.judge(levels, problem))
    }

    /// What the waivers that waived nothing are told, after all stages.
    pub fn unused(&self, levels: Levels<'_>) -> Vec<Diagnostic> {
        let unused = self.used.iter().filter(|(_, (used, lint))| {
            // An allowed lint is not looked for, so it is unknown whether its waiver is used.
            !used && !levels.allow(lint) && lint.id != UNUSED_WAIVER.id
        });
        let problem = |((id, place), _): (&(&str, Pointer), _)| {
            let headline = format!("nothing here is waived by `{id}`");
            let place = Place::key(place.key("waive").key(*id));
            Diagnostic::new(&UNUSED_WAIVER, headline, place).help("remove it")
        };
        unused.map(problem).take(MOST).collect()
    }

    /// Whether a waiver is for the problem: the closest one, which is used then.
    fn waive(&mut self, problem: &Diagnostic) -> bool {
        let places = problem
            .annotations
            .iter()
            .map(|annotation| &annotation.place);
        let processes = places.filter_map(|place| match place {
            Place::Document(pointer, _) => self.process(pointer),
            Place::Span(_) | Place::File(_) => None,
        });
        let closest_first: Vec<Pointer> = processes.chain([self.job.clone()]).collect();
        closest_first.into_iter().any(|place| {
            let waiver = self.used.get_mut(&(problem.code.id, place));
            waiver.is_some_and(|(used, _)| {
                *used = true;
                true
            })
        })
    }

    /// The process that the place is in, if it is in one.
    fn process(&self, place: &Pointer) -> Option<Pointer> {
        let depth = self.job.tokens().len() + DEPTH_OF_PROCESS;
        let tokens = place.tokens().get(..depth)?;
        Some(tokens.iter().cloned().collect())
    }
}
