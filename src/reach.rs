//! How a job is reached: what its definition or that of another job asks, and what a target answers.
//!
//! A leaf, so that definitions ask and targets answer without knowing each other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use crate::name::JobKey;

/// Something of a job that depends on where it runs.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What identifies the job that asks, if that is written.
    pub by: Option<&'a JobKey>,
    /// Whose it is; none if it is of the job that asks.
    pub job: Option<&'a JobKey>,
    /// What of it.
    pub what: What,
    /// The name of the port or of the directory.
    pub name: &'a str,
    /// Of which instance, if that is said.
    pub instance: Option<u32>,
    /// The number that its definition gives the port.
    pub number: Option<u16>,
    /// How many instances the job has.
    pub instances: u32,
    /// Whether its instances are announced where others look for them.
    pub is_announced: bool,
}

/// What of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The number of a port.
    Port,
    /// The host and the port, `HOST:PORT`.
    Address,
    /// The path of a directory that outlives a run.
    State,
}

/// What a target answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This text, in which references to what only a node knows may stand.
    Exact(String),
    /// This text, which differs from what was asked as the note says.
    Approximated(String, &'static str),
    /// None.
    Refused(Refusal),
}

/// Why a target has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, as a sentence.
    pub reason: &'static str,
    /// What to do.
    pub help: String,
}

/// Jobs that run together on one machine, each with the numbers of its ports.
#[derive(Debug, Clone, Default)]
pub struct Local {
    jobs: HashMap<JobKey, BTreeMap<String, u16>>,
    others: Others,
}

/// What is known where it is not of those jobs.
#[derive(Debug, Clone, Default)]
enum Others {
    /// Nothing.
    #[default]
    Unknown,
    /// Nothing of those that do not run here; what these themselves ask matters to nobody.
    Elsewhere,
    /// All run here, and their numbers are still to be found. The jobs that asked for some.
    ToBeFound(Arc<Mutex<HashSet<JobKey>>>),
}

/// A port that stands in for those whose numbers are still to be found.
const STAND_IN: u16 = 1;

impl Local {
    /// Jobs that are still to be added. Of what others ask, something stands in.
    pub fn running() -> Self {
        Self {
            others: Others::Elsewhere,
            ..Self::default()
        }
    }

    /// All jobs there are, with something that stands in for the numbers of their ports.
    pub fn to_be_found() -> Self {
        Self {
            others: Others::ToBeFound(Arc::default()),
            ..Self::default()
        }
    }

    /// The job called `key` listens at these ports.
    pub fn add(&mut self, key: JobKey, ports: BTreeMap<String, u16>) {
        self.jobs.insert(key, ports);
    }

    /// Whether the job called `by` may wait here for the one called `key`.
    pub fn has(&self, by: Option<&JobKey>, key: &JobKey) -> bool {
        self.jobs.contains_key(key)
            || match &self.others {
                Others::Unknown => false,
                Others::Elsewhere => self.is_elsewhere(by),
                Others::ToBeFound(_) => true,
            }
    }

    /// Whether something stands for a number in what the job called `by` was answered.
    pub fn has_stood_in(&self, by: &JobKey) -> bool {
        match &self.others {
            Others::Unknown | Others::Elsewhere => false,
            Others::ToBeFound(asking) => asking.lock().is_ok_and(|asking| asking.contains(by)),
        }
    }

    /// What is known of something that depends on where a job runs; none if that is nothing.
    pub fn answer(&self, asked: &Asked<'_>) -> Option<Answer> {
        let job = self.jobs.get(asked.job?);
        let number = match job.and_then(|job| job.get(asked.name)) {
            Some(number) => *number,
            None => self.stand_in(asked.by)?,
        };
        match asked.what {
            What::Port => Some(Answer::Exact(number.to_string())),
            What::Address => Some(Answer::Exact(format!("127.0.0.1:{number}"))),
            What::State => None,
        }
    }

    fn stand_in(&self, by: Option<&JobKey>) -> Option<u16> {
        match &self.others {
            Others::Unknown => None,
            Others::Elsewhere => self.is_elsewhere(by).then_some(STAND_IN),
            Others::ToBeFound(asking) => {
                if let (Ok(mut asking), Some(by)) = (asking.lock(), by) {
                    asking.insert(by.clone());
                }
                Some(STAND_IN)
            }
        }
    }

    fn is_elsewhere(&self, key: Option<&JobKey>) -> bool {
        key.is_none_or(|key| !self.jobs.contains_key(key))
    }
}

/// What answers.
pub type Reach<'a> = &'a (dyn Fn(&Asked<'_>) -> Answer + Sync);

/// What the settings say of how jobs are reached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways<'a> {
    /// On Aurora: what looks an announced job up, with names in braces.
    pub aurora: Option<&'a str>,
}

impl Ways<'_> {
    /// The names that may stand in braces.
    pub const NAMES: [&'static str; 6] =
        ["cluster", "role", "environment", "name", "port", "instance"];

    /// A text with `value` in the place of each name in braces.
    ///
    /// # Errors
    /// A name that has no value, or a brace without the other one.
    pub fn filled<'t, 'v>(
        text: &'t str,
        value: impl Fn(&'t str) -> Option<&'v str>,
    ) -> Result<String, &'t str> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            filled.push_str(&rest[..brace]);
            let inner = rest[brace..]
                .strip_prefix('{')
                .ok_or(&rest[brace..=brace])?;
            let end = inner
                .find(['{', '}'])
                .filter(|&end| inner[end..].starts_with('}'));
            let name = &inner[..end.ok_or(&rest[brace..=brace])?];
            filled.push_str(value(name).ok_or(name)?);
            rest = &inner[name.len() + 1..];
        }
        filled.push_str(rest);
        Ok(filled)
    }
}
