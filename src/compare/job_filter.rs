//! Which jobs a comparison is about.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use glob::Pattern;

use crate::diagnostic::{Failure, closest};
use crate::query::declared::{Declared, name_of};
use crate::query::selection::fits;

/// The most keys that a message lists.
const MOST: usize = 20;

/// Names, keys and patterns of jobs; all jobs if there are none.
#[derive(Debug, Default)]
pub(crate) struct JobFilter {
    patterns: Vec<Pattern>,
    /// The keys that were asked about.
    seen: Mutex<BTreeSet<String>>,
}

impl JobFilter {
    /// The jobs that `words` mean.
    pub(crate) fn new(words: &[String]) -> Result<Self, Failure> {
        let pattern = |word: &String| {
            Pattern::new(word).map_err(|error| {
                Failure::new(format!(
                    "`{word}` is no pattern from character {} on: {}",
                    error.pos + 1,
                    error.msg
                ))
            })
        };
        let patterns = words.iter().map(pattern).collect::<Result<_, _>>()?;
        Ok(Self {
            patterns,
            seen: Mutex::default(),
        })
    }

    /// Whether a job is one of them.
    pub(super) fn accepts(&self, key: &str) -> bool {
        if self.patterns.is_empty() {
            return true;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(key) {
            seen.insert(key.to_owned());
        }
        self.patterns.iter().any(|pattern| fits(pattern, key))
    }

    /// Whether some words are names or keys.
    pub(super) fn has_names(&self) -> bool {
        self.patterns.iter().any(is_name)
    }

    /// Whether a file in which something is wrong may define one of them. What a name means is one of
    /// `found`, if it is there.
    pub(super) fn may_be_in(&self, declared: &Declared, found: &BTreeSet<String>) -> bool {
        let may_be = |pattern: &Pattern| {
            if !is_name(pattern) || declared.is_clear() {
                return declared.may_fit(|key| fits(pattern, key));
            }
            let is_found = found.iter().any(|key| fits(pattern, key));
            !is_found && declared.may_hold(pattern.as_str())
        };
        self.patterns.is_empty() || self.patterns.iter().any(may_be)
    }

    /// Whether a word fits none of the jobs that were asked about.
    pub(crate) fn has_unmatched(&self) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        !self.unmatched(&seen).is_empty()
    }

    fn unmatched(&self, keys: &BTreeSet<String>) -> Vec<&str> {
        let patterns = self.patterns.iter();
        let unmatched = patterns.filter(|pattern| !keys.iter().any(|key| fits(pattern, key)));
        unmatched.map(Pattern::as_str).collect()
    }

    /// Why words fit no job: of those that were asked about, nor of `others`. `place` says where.
    pub(crate) fn failures(&self, others: &BTreeSet<String>, place: &str) -> Vec<Failure> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let keys: BTreeSet<String> = seen.union(others).cloned().collect();
        let failure = |word: &str| {
            if word.contains(['*', '?', '[']) {
                let failure = Failure::new(format!("no job fits the pattern `{word}` in {place}"));
                return listed(failure, &keys);
            }
            let failure = Failure::new(format!("no job is called `{word}` in {place}"));
            let names = keys.iter().map(|key| name_of(key));
            match closest(word, keys.iter().map(String::as_str).chain(names)) {
                Some(other) => failure.help(format!("did you mean `{other}`?")),
                None => listed(failure, &keys),
            }
        };
        self.unmatched(&keys).into_iter().map(failure).collect()
    }
}

/// Whether a pattern means one name or key.
fn is_name(pattern: &Pattern) -> bool {
    !pattern.as_str().contains(['*', '?', '['])
}

/// With the keys that there are, if these are few.
fn listed(failure: Failure, keys: &BTreeSet<String>) -> Failure {
    match keys.len() {
        0 => failure.note("there are no jobs"),
        1..=MOST => {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            failure.note(keys.join("\n"))
        }
        _ => failure.help("see all jobs with `jobc list`"),
    }
}
