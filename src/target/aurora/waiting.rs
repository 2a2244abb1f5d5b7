//! How processes wait until others are ready, which Thermos has no words for.
//!
//! A step of jobc's polls, and the waiting process comes after it. Thermos lets an ephemeral process
//! start when an ephemeral step before it failed, and fails the task with any other step; so an ephemeral process
//! polls by its own command. Whoever polls comes after all that the other process comes after: the time
//! begins when that one may start.

use std::collections::{BTreeMap, BTreeSet};

use crate::intent::Intent;
use crate::plan::{Awaited, Plan};

/// An ephemeral process waits itself for this many others at most, what they wait for included.
pub(super) const MOST_BY_ITSELF: usize = 32;

/// Which processes, by their indexes, are waited for, and by what. Where the job as a whole is, a step
/// waits for each process that says when it is ready.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The processes that a step waits for.
    pub(super) by_step: BTreeSet<usize>,
    /// What ephemeral processes wait for by their own commands, in this order: at most one more than
    /// [`MOST_BY_ITSELF`].
    pub(super) by_itself: BTreeMap<usize, Vec<usize>>,
    /// For each process those that have to be ready before it starts.
    before: BTreeMap<usize, Vec<usize>>,
}

impl Waiting {
    /// How those of a job wait that no other waits for. There are no circles in its order.
    pub(super) fn new(intent: &Intent) -> Self {
        Self::with(intent, Awaited::Processes)
    }

    /// How those of a plan wait.
    pub(super) fn of(plan: &Plan) -> Self {
        Self::with(&plan.intent, plan.awaited)
    }

    fn with(intent: &Intent, awaited: Awaited) -> Self {
        let mut waiting = Self::default();
        for &(before, after) in intent.ready_order.keys() {
            waiting.before.entry(after).or_default().push(before);
        }
        waiting.find_steps(intent, awaited);
        waiting.find_own(intent);
        waiting
    }

    /// The processes that have to be ready before this one starts.
    pub(super) fn before(&self, process: usize) -> &[usize] {
        self.before.get(&process).map_or(&[], Vec::as_slice)
    }

    fn find_steps(&mut self, intent: &Intent, awaited: Awaited) {
        let waiting = self.before.iter();
        let ordinary = waiting.filter(|(after, _)| !intent.runs[**after].is_ephemeral());
        let mut next: Vec<usize> = ordinary.flat_map(|(_, before)| before).copied().collect();
        if awaited == Awaited::Job {
            let runs = intent.runs.iter().enumerate();
            let tell = runs.filter(|(_, run)| run.ready.is_some() && !run.is_final());
            next.extend(tell.map(|(process, _)| process));
        }
        while let Some(process) = next.pop() {
            if self.by_step.insert(process) {
                // Its step comes after what it waits for, and so does each of these.
                next.extend(self.before(process));
            }
        }
    }

    fn find_own(&mut self, intent: &Intent) {
        let mut after: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut left: BTreeMap<usize, usize> = BTreeMap::new();
        for &(before, waits) in intent.ready_order.keys() {
            after.entry(before).or_default().push(waits);
            *left.entry(waits).or_default() += 1;
        }
        let first = after.keys().filter(|process| !left.contains_key(process));
        let mut next: Vec<usize> = first.copied().collect();
        while let Some(process) = next.pop() {
            if intent.runs[process].is_ephemeral() && !self.before(process).is_empty() {
                let own = self.own(process);
                self.by_itself.insert(process, own);
            }
            for waits in after.get(&process).into_iter().flatten() {
                if let Some(count) = left.get_mut(waits) {
                    *count -= 1;
                    if *count == 0 {
                        next.push(*waits);
                    }
                }
            }
        }
    }

    /// What an ephemeral process waits for by itself: what those before it do, and then for them.
    fn own(&self, process: usize) -> Vec<usize> {
        let mut own = Vec::new();
        let mut seen = BTreeSet::new();
        for before in self.before(process) {
            let theirs = self.by_itself.get(before).into_iter().flatten();
            for &other in theirs.chain([before]) {
                if own.len() > MOST_BY_ITSELF {
                    return own;
                }
                if seen.insert(other) {
                    own.push(other);
                }
            }
        }
        own
    }
}
