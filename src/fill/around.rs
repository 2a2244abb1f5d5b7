//! What is known of the jobs around the one whose texts are filled in.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::name::JobKey;
use crate::reach::Reach;

use super::facts::Facts;

/// What texts may refer to besides their own job.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The other jobs.
    pub jobs: &'a dyn Neighbours,
    /// How they are reached.
    pub reach: Reach<'a>,
    /// Those that wait in no circle, so that no way is gone twice.
    pub settled: &'a Settled,
    /// Whether whoever runs the jobs holds processes back that wait for other jobs.
    pub waits: WaitsFor<'a>,
}

/// Whether a job, the second one, is run by whoever can hold processes of the first one back for it.
pub type WaitsFor<'a> = &'a (dyn Fn(Option<&JobKey>, &JobKey) -> bool + Sync);

/// The jobs of a workspace, by what identifies them.
pub trait Neighbours: Sync {
    /// What the job called `key` says, for a job of the role `asking`.
    ///
    /// # Errors
    /// Why that is not known.
    fn job(&self, key: &JobKey, asking: &str) -> Result<Arc<Facts>, Missing>;
}

/// Why it is not known what a job says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// There is none of this name.
    Unknown {
        /// Names that may have been meant, as a job of the same role and environment writes them.
        similar: Vec<String>,
        /// Jobs of this name elsewhere, by their keys.
        elsewhere: Vec<JobKey>,
        /// A file in which something is wrong, and which may define it.
        wrong: Option<String>,
    },
    /// It is defined in each of these files.
    Several(Vec<String>),
    /// The settings let no job of another role refer to it.
    Forbidden,
}

/// A job that knows no others.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

impl Neighbours for Alone {
    fn job(&self, _: &JobKey, _: &str) -> Result<Arc<Facts>, Missing> {
        Err(Missing::Unknown {
            similar: Vec::new(),
            elsewhere: Vec::new(),
            wrong: None,
        })
    }
}

/// Jobs that wait in no circle, as far as they were looked at.
#[derive(Debug, Default)]
pub struct Settled(Mutex<HashSet<JobKey>>);

impl Settled {
    /// Whether the job called `key` is one of them.
    pub(super) fn has(&self, key: &JobKey) -> bool {
        self.0.lock().is_ok_and(|known| known.contains(key))
    }

    /// These are some.
    pub(super) fn add(&self, keys: HashSet<JobKey>) {
        if let Ok(mut known) = self.0.lock() {
            known.extend(keys);
        }
    }
}
