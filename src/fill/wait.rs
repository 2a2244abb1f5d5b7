//! Waits for other jobs: which jobs they are, and whether they ever end.
//!
//! A job is waited for by one of its neighbours; what it is called is filled in as its whole key, and where
//! it takes connections, if nothing is written, as the target says.

use std::collections::{HashMap, HashSet};

use crate::name::JobKey;

use super::around::{Around, Missing};
use super::facts::Facts;

/// A wait for another job that whoever runs both jobs holds the process back for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldWait {
    /// The process that waits, by its index.
    pub process: usize,
    /// The job that it waits for.
    pub job: JobKey,
    /// Whether the job has to succeed; otherwise it has to be ready.
    pub is_to_succeed: bool,
}

/// Why a wait never ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Endless {
    /// The job is the one that waits.
    Itself,
    /// No process of the job says when it is ready.
    NeverReady,
    /// The job is run for ever.
    NeverSucceeds,
    /// The job itself waits, by way of these, for one of them.
    Circle(Vec<JobKey>),
}

/// Whether a wait of the job `own` for the one called `key`, which says `facts`, never ends.
pub(super) fn endless(
    own: &JobKey,
    key: &JobKey,
    facts: &Facts,
    is_to_succeed: bool,
    around: Around<'_>,
) -> Option<Endless> {
    if own == key {
        return Some(Endless::Itself);
    }
    if is_to_succeed && facts.is_endless {
        return Some(Endless::NeverSucceeds);
    }
    if !is_to_succeed && !facts.is_awaitable {
        return Some(Endless::NeverReady);
    }
    circle(own, key, facts, around).map(Endless::Circle)
}

/// A circle of waits that begins with the one of `own` for `key`, or lies behind it.
fn circle(own: &JobKey, key: &JobKey, facts: &Facts, around: Around<'_>) -> Option<Vec<JobKey>> {
    let settled = |key: &JobKey| around.settled.has(key);
    if settled(key) {
        return None;
    }
    // Each with those that it waits for and that were not looked at.
    let mut way: Vec<(JobKey, Vec<JobKey>)> =
        vec![(own.clone(), Vec::new()), (key.clone(), waits(key, facts))];
    let mut places: HashMap<JobKey, usize> = HashMap::from([(own.clone(), 0), (key.clone(), 1)]);
    let mut done = HashSet::new();
    while let Some((_, open)) = way.last_mut() {
        let Some(next) = open.pop() else {
            let (key, _) = way.pop()?;
            places.remove(&key);
            done.insert(key);
            if way.len() == 1 {
                break;
            }
            continue;
        };
        if let Some(&place) = places.get(&next) {
            let circle = way[place..].iter().map(|(key, _)| key.clone());
            return Some(circle.chain([next]).collect());
        }
        if settled(&next) || done.contains(&next) {
            continue;
        }
        let found: Result<_, Missing> = around.jobs.job(&next, next.role.as_str());
        let Ok(facts) = found else {
            // That is told of the job that waits for it.
            continue;
        };
        let waits = waits(&next, &facts);
        places.insert(next.clone(), way.len());
        way.push((next, waits));
    }
    around.settled.add(done);
    None
}

/// The jobs that a job waits for.
fn waits(key: &JobKey, facts: &Facts) -> Vec<JobKey> {
    let named = facts.waits.iter().filter_map(|name| facts.neighbour(name));
    // That it waits for itself is told of it.
    named.filter(|other| other != key).collect()
}
