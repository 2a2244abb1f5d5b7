//! How long health checks and updates take, as Aurora's executor and scheduler count.
//!
//! The executor checks when the task starts and then again one interval after each check. It
//! converts the grace period to a number of checks, so that only the time that the checks
//! themselves take makes a difference: times are windows from none to the whole timeout for each.

use schemars::JsonSchema;
use serde::Serialize;

use crate::intent::{Update, UpdateStrategy, given};
use crate::vocabulary::{TASK, UPDATE_CONFIG};

/// What an instance gets for time while its health is found out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HealthTiming {
    /// The grace period, in seconds.
    pub grace: f64,
    /// The time between two checks, in seconds; not 0.
    pub interval: f64,
    /// How long one check may take, in seconds.
    pub timeout: f64,
    /// How many failures in a row are forgiven.
    pub max_failures: u64,
    /// How many successes in a row make a task healthy.
    pub min_successes: u64,
}

/// When something happens, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Window {
    /// The earliest, if checks take no time.
    pub earliest: f64,
    /// The latest, if each check takes as long as it may.
    pub latest: f64,
}

impl HealthTiming {
    /// How many checks may fail without counting: as many as the grace period has room for.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and what no integer holds is as good as for ever"
    )]
    pub fn forgiven(&self) -> u64 {
        (self.grace / self.interval).ceil() as u64
    }

    /// When a task that is healthy from the start counts as running.
    pub fn healthy_at_best(&self) -> Window {
        self.check(self.min_successes.max(1))
    }

    /// When a task that gets healthy as late as it may counts as running.
    pub fn healthy_at_worst(&self) -> Window {
        let needed = self.min_successes.max(1);
        self.check(
            self.forgiven()
                .saturating_add(self.max_failures)
                .saturating_add(needed),
        )
    }

    /// When a task that is never healthy is given up.
    pub fn never_healthy(&self) -> Window {
        let last = self.forgiven().saturating_add(self.max_failures);
        self.check(last.saturating_add(1))
    }

    /// How long after it turned unhealthy a running task is given up.
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    pub fn turned_unhealthy(&self) -> Window {
        let failures = self.max_failures as f64;
        Window {
            earliest: failures * self.interval,
            latest: (failures + 1.0) * (self.interval + self.timeout),
        }
    }

    /// When the check with this number, from 1, is done.
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    fn check(&self, number: u64) -> Window {
        let pauses = number.saturating_sub(1) as f64 * self.interval;
        Window {
            earliest: pauses,
            latest: pauses + number as f64 * self.timeout,
        }
    }
}

/// In which groups an update replaces instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// This many at any time: the next one starts when one is done.
    Queue(u64),
    /// This many at a time: the next group starts when all of one are done.
    Batch(u64),
    /// Groups of these sizes, the last of which repeats.
    Variable(Vec<u64>),
}

/// How an update proceeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateTiming {
    /// How many instances it replaces.
    pub instances: u64,
    /// In which groups.
    pub groups: Groups,
    /// How long an instance has to have been running to count as updated, in seconds.
    pub watch: u64,
    /// Whether an operator has to resume it after each group.
    pub pauses: bool,
}

impl UpdateTiming {
    /// How an update of all of a job's instances proceeds.
    pub fn new(update: Option<&Update>, instances: u64) -> Self {
        let batch = UPDATE_CONFIG.count("batch_size");
        let size = |size: Option<i64>| size.map_or(batch, i64::unsigned_abs);
        let strategy = update.and_then(|it| it.strategy.as_ref());
        let (groups, pauses) = match strategy.map(|it| &it.value) {
            Some(UpdateStrategy::Queue { batch_size }) => (Groups::Queue(size(*batch_size)), None),
            Some(UpdateStrategy::Batch {
                batch_size,
                autopause_after_batch,
            }) => (Groups::Batch(size(*batch_size)), *autopause_after_batch),
            Some(UpdateStrategy::VariableBatch {
                batch_sizes,
                autopause_after_batch,
            }) => {
                let sizes = batch_sizes.iter().map(|size| size.unsigned_abs());
                (Groups::Variable(sizes.collect()), *autopause_after_batch)
            }
            None => {
                let batch = size(update.and_then(|it| given(it.batch_size.as_ref())));
                match update.and_then(|it| given(it.wait_for_batch_completion.as_ref())) {
                    Some(true) => (Groups::Batch(batch), None),
                    Some(false) | None => (Groups::Queue(batch), None),
                }
            }
        };
        let watch = update.and_then(|it| given(it.watch_secs.as_ref()));
        Self {
            instances,
            groups,
            watch: watch.map_or(UPDATE_CONFIG.count("watch_secs"), i64::unsigned_abs),
            pauses: pauses == Some(true),
        }
    }

    /// How many times after each other instances are replaced, if all take the same time.
    pub fn rounds(&self) -> u64 {
        match &self.groups {
            Groups::Queue(size) | Groups::Batch(size) => self.instances.div_ceil(*size),
            Groups::Variable(sizes) => {
                let mut left = self.instances;
                let mut rounds = 0;
                for size in sizes {
                    if left == 0 {
                        return rounds;
                    }
                    left = left.saturating_sub(*size);
                    rounds += 1;
                }
                rounds + left.div_ceil(sizes.last().copied().unwrap_or(1))
            }
        }
    }

    /// How many seconds the update takes at least, with instances that run after `start` seconds.
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    pub fn at_best(&self, start: f64) -> f64 {
        self.rounds() as f64 * (start + self.watch as f64)
    }
}

/// How many seconds a task gets to finalise if it does not say so.
pub const FINALIZATION_WAIT: i64 = TASK.integer("finalization_wait");
/// However long a task wants to finalise, it is not given more seconds than this.
pub const MOST_FINALIZATION_WAIT: i64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    /// What the executor's own code does, check by check.
    fn simulated(timing: &HealthTiming, healthy: impl Fn(u64) -> bool) -> (bool, u64) {
        let (mut failures, mut successes, mut running) = (0, 0, false);
        let most = timing.forgiven() + timing.max_failures + timing.min_successes;
        let mut attempts = 0;
        for number in 1.. {
            if !running && attempts > most {
                return (false, number);
            }
            if attempts <= most {
                attempts += 1;
            }
            if healthy(number) {
                successes += 1;
                failures = 0;
                running |= successes >= timing.min_successes;
                if running {
                    return (true, number);
                }
            } else {
                successes = 0;
                if attempts <= timing.forgiven() {
                    continue;
                }
                let left = most.saturating_sub(attempts);
                let fast = !running && left > 1 && timing.min_successes > left;
                failures += 1;
                if fast || failures > timing.max_failures {
                    return (false, number);
                }
            }
        }
        unreachable!("numbers do not end");
    }

    #[test]
    fn health_as_the_executor_counts() {
        for (grace, interval) in [(0.0, 10.0), (15.0, 10.0), (60.0, 5.0), (7.0, 0.5)] {
            for max_failures in 0..4 {
                for min_successes in 0..4 {
                    let timing = HealthTiming {
                        grace,
                        interval,
                        timeout: 0.0,
                        max_failures,
                        min_successes,
                    };
                    let at = |(fate, number): (bool, u64)| (fate, timing.check(number));
                    let never = at(simulated(&timing, |_| false));
                    assert_eq!(never, (false, timing.never_healthy()), "{timing:?}");
                    let always = at(simulated(&timing, |_| true));
                    assert_eq!(always, (true, timing.healthy_at_best()), "{timing:?}");
                    let bad = timing.forgiven() + max_failures;
                    let late = at(simulated(&timing, |number| number > bad));
                    assert_eq!(late, (true, timing.healthy_at_worst()), "{timing:?}");
                }
            }
        }
    }

    #[test]
    fn rounds_of_updates() {
        let check = |groups: Groups, instances, expected| {
            let timing = UpdateTiming {
                instances,
                groups,
                watch: 10,
                pauses: false,
            };
            assert_eq!(timing.rounds(), expected, "{timing:?}");
        };
        check(Groups::Queue(1), 3, 3);
        check(Groups::Queue(5), 3, 1);
        check(Groups::Batch(3), 10, 4);
        check(Groups::Variable(vec![1, 2, 4]), 0, 0);
        check(Groups::Variable(vec![1, 2, 4]), 3, 2);
        check(Groups::Variable(vec![1, 2, 4]), 12, 5);
    }
}
