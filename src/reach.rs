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
                Others::ToBeFound(asking) => {
                    note(asking, by);
                    true
                }
            }
    }

    /// Whether what the job called `by` asks is answered here, and not by its target.
    pub fn answers(&self, by: &JobKey) -> bool {
        matches!(self.others, Others::Elsewhere) || self.has_stood_in(by)
    }

    /// Whether something stood in when the job called `by` asked.
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

    /// What the target answers, or why there is no answer here.
    pub fn explain(&self, asked: &Asked<'_>, answer: Answer) -> Answer {
        match (&self.others, &answer, asked.job, asked.what) {
            (Others::Elsewhere, Answer::Refused(_), Some(job), What::Port | What::Address) => {
                Answer::Refused(Refusal {
                    reason: "the job does not run here as well",
                    help: format!("run it, too: name `{job}` as well"),
                })
            }
            _ => answer,
        }
    }

    fn stand_in(&self, by: Option<&JobKey>) -> Option<u16> {
        match &self.others {
            Others::Unknown => None,
            Others::Elsewhere => self.is_elsewhere(by).then_some(STAND_IN),
            Others::ToBeFound(asking) => {
                note(asking, by);
                Some(STAND_IN)
            }
        }
    }

    fn is_elsewhere(&self, key: Option<&JobKey>) -> bool {
        key.is_none_or(|key| !self.jobs.contains_key(key))
    }
}

fn note(asking: &Mutex<HashSet<JobKey>>, by: Option<&JobKey>) {
    if let (Ok(mut asking), Some(by)) = (asking.lock(), by) {
        asking.insert(by.clone());
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn key(name: &str) -> JobKey {
        JobKey::parse(&format!("c/r/e/{name}")).expect("a key")
    }

    /// What the job `by` is answered about the port `sql` of another one.
    fn ask(local: &Local, by: &str, job: &str, what: What) -> Option<Answer> {
        let (by, job) = (key(by), key(job));
        let asked = Asked {
            by: Some(&by),
            job: Some(&job),
            what,
            name: "sql",
            instance: None,
            number: None,
            instances: 1,
            is_announced: false,
        };
        local.answer(&asked)
    }

    #[test]
    fn jobs_that_run_here_are_reached_here() {
        let exact = |text: &str| Some(Answer::Exact(text.to_owned()));
        let mut local = Local::running();
        local.add(key("db"), BTreeMap::from([("sql".to_owned(), 5432)]));
        local.add(key("web"), BTreeMap::new());
        assert_eq!(ask(&local, "web", "db", What::Port), exact("5432"));
        let address = ask(&local, "web", "db", What::Address);
        assert_eq!(address, exact("127.0.0.1:5432"));
        assert_eq!(ask(&local, "web", "db", What::State), None);
        assert!(local.has(Some(&key("web")), &key("db")));
        // Of those that do not, the target knows, or nothing.
        assert_eq!(ask(&local, "web", "queue", What::Port), None);
        assert!(!local.has(Some(&key("web")), &key("queue")));
        // What those ask themselves matters to nobody.
        assert_eq!(ask(&local, "queue", "mail", What::Port), exact("1"));
        assert!(local.has(Some(&key("queue")), &key("mail")));
        let none = Local::default();
        assert_eq!(ask(&none, "web", "db", What::Port), None);
        assert!(!none.has(Some(&key("web")), &key("db")) && !none.answers(&key("web")));
    }

    #[test]
    fn who_asked_for_what_is_still_to_be_found_is_known() {
        let local = Local::to_be_found();
        let stand_in = Some(Answer::Exact("127.0.0.1:1".to_owned()));
        assert_eq!(ask(&local, "web", "db", What::Address), stand_in);
        assert!(local.has(Some(&key("load")), &key("db")));
        let asking = ["web", "load", "db"].map(|name| local.has_stood_in(&key(name)));
        assert_eq!(asking, [true, true, false]);
    }
}
