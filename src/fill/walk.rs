//! A walk through all texts of a job.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place};
use crate::source::{FilledText, Kind, Node, Pointer, Token};

use super::around::Around;
use super::evaluate::{Evaluator, Of, Slot, Trouble, Why, Wrong};
use super::facts::{Facts, LABELS, VARS};
use super::trouble::{in_a_key, never_ends, problem, references_elsewhere, waited_for};
use super::wait::{HeldWait, endless};
use super::word::{OPENING, references};

/// The fields whose texts say which job it is, and those that are looked up by what is written.
const AS_WRITTEN: &[&str] = &[
    "cluster",
    "role",
    "environment",
    "name",
    "packages",
    "waive",
    "$schema",
];

/// The field of waits, and those of a wait for another job.
const AFTER: &str = "after";
pub(super) const JOB: &str = "job";
pub(super) const ADDRESS: &str = "address";
/// `task.processes[0].after[0]`
const WAIT_DEPTH: usize = 5;

/// A walk through a job, and what it found.
pub(super) struct Walk<'f> {
    evaluator: Evaluator<'f>,
    /// Where the job stands.
    job: Pointer,
    /// The way from the job to where the walk is.
    way: Vec<Token>,
    /// The texts in which something was filled in.
    pub(super) texts: Vec<(Pointer, FilledText)>,
    /// What is wrong.
    pub(super) problems: Vec<Diagnostic>,
    /// The texts in which something stands in for what is not known.
    pub(super) made_up: Vec<Pointer>,
    /// The waits that say nothing of an address, with what the target says.
    pub(super) added: Vec<(Pointer, String)>,
    /// Those that somebody else holds processes back for.
    pub(super) held: Vec<HeldWait>,
}

impl<'f> Walk<'f> {
    pub(super) fn new(facts: Facts, around: Around<'f>, job: Pointer, left: Option<usize>) -> Self {
        Self {
            evaluator: Evaluator::new(Arc::new(facts), around, left),
            job,
            way: Vec::new(),
            texts: Vec::new(),
            problems: Vec::new(),
            made_up: Vec::new(),
            added: Vec::new(),
            held: Vec::new(),
        }
    }

    /// How many bytes may still be filled in.
    pub(super) fn left(&self) -> Option<usize> {
        self.evaluator.left()
    }

    /// Fills in the texts of the job.
    pub(super) fn job(&mut self, job: &Node) {
        let Kind::Mapping(entries) = &job.kind else {
            return;
        };
        for entry in entries {
            let field = entry.key.as_str();
            if AS_WRITTEN.contains(&field) {
                continue;
            }
            self.way.push(Token::Key(field.to_owned()));
            match field {
                VARS => self.values(&entry.value, Of::Variable),
                LABELS => self.values(&entry.value, Of::Label),
                "task" => self.task(&entry.value),
                _ => self.node(&entry.value),
            }
            self.way.pop();
        }
    }

    /// A task, whose name may be the job's.
    fn task(&mut self, task: &Node) {
        let Kind::Mapping(entries) = &task.kind else {
            return;
        };
        for entry in entries.iter().filter(|entry| entry.key != *"name") {
            self.inside(Token::Key(entry.key.as_str().to_owned()), &entry.value);
        }
    }

    /// The values of variables or labels.
    fn values(&mut self, table: &Node, of: Of) {
        let Kind::Mapping(entries) = &table.kind else {
            return;
        };
        for entry in entries {
            let Kind::String(text) = &entry.value.kind else {
                continue;
            };
            self.way.push(Token::Key(entry.key.as_str().to_owned()));
            let elsewhere = references_elsewhere(text, || self.pointer());
            if !elsewhere.is_empty() {
                self.made_up.push(self.pointer());
                self.problems.extend(elsewhere);
            }
            if text.contains(OPENING) {
                let slot = Slot::new(0, of, entry.key.as_str());
                let (filled, wrong) = self.evaluator.fill_value(slot.clone(), text);
                self.found(text, filled, wrong, |wrong| is_told_at(&slot, wrong));
            }
            self.way.pop();
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.kind {
            Kind::String(text) if text.contains(OPENING) => {
                let (filled, wrong) = self.evaluator.fill(text);
                // A circle is told where it is.
                self.found(text, filled, wrong, |wrong| own_circle(wrong).is_none());
            }
            Kind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.inside(Token::Index(index), item);
                }
            }
            Kind::Mapping(entries) => {
                for entry in entries {
                    self.way.push(Token::Key(entry.key.as_str().to_owned()));
                    self.key(entry.key.as_str());
                    self.node(&entry.value);
                    self.way.pop();
                }
                if let [.., Token::Key(list), Token::Index(_)] = &self.way[..]
                    && list == AFTER
                    && self.way.len() == WAIT_DEPTH
                {
                    self.wait(node);
                }
            }
            _ => {}
        }
    }

    /// A wait, which may be one for another job.
    fn wait(&mut self, wait: &Node) {
        let Some(Kind::String(written)) = wait.get(JOB).map(|job| &job.kind) else {
            return;
        };
        let pointer = self.pointer();
        let place = || Place::value(pointer.key(JOB));
        let (name, wrong) = self.evaluator.fill(written);
        if !wrong.is_empty() {
            return;
        }
        let is_to_succeed = match wait.get("when").map(|when| &when.kind) {
            Some(Kind::String(when)) => when == "succeeded",
            _ => return,
        };
        let found = self.evaluator.awaited(name.text());
        let (key, facts) = match found {
            Ok(found) => found,
            Err(trouble) => {
                self.made_up.push(pointer.key(JOB));
                let own = self.evaluator.facts(0);
                let problem = waited_for(&trouble, name.text(), own, place());
                self.problems.extend(problem);
                return;
            }
        };
        let around = self.evaluator.around();
        let own = self.evaluator.facts(0).key();
        let endless = own.and_then(|own| endless(&own, &key, &facts, is_to_succeed, around));
        if let Some(endless) = endless {
            self.problems.push(never_ends(&endless, &key, &place()));
            return;
        }
        let mut called = FilledText::default();
        let is_held = self.evaluator.is_held_for(&key);
        if is_held && let [.., Token::Index(process), _, _] = self.way[..] {
            called.push_value(written, "");
            self.held.push(HeldWait {
                process,
                job: key,
                is_to_succeed,
            });
        } else {
            called.push_value(written, &key.to_string());
            if wait.get(ADDRESS).is_none()
                && let Some(address) = self.evaluator.connection(&key, &facts)
            {
                self.added.push((pointer.clone(), address));
            }
        }
        self.texts.push((pointer.key(JOB), called));
    }

    /// A key, which is as it is written.
    fn key(&mut self, key: &str) {
        if key.contains(OPENING)
            && let Some(reference) = references(key).next()
        {
            let place = Place::key(self.pointer());
            self.problems.push(in_a_key(reference.text, place));
        }
    }

    fn inside(&mut self, step: Token, node: &Node) {
        self.way.push(step);
        self.node(node);
        self.way.pop();
    }

    /// Takes note of a filled text, and of what is wrong with it that `is_told` here.
    fn found(
        &mut self,
        text: &str,
        filled: FilledText,
        wrong: Vec<Wrong<'_>>,
        is_told: impl Fn(&Wrong<'_>) -> bool,
    ) {
        let pointer = self.pointer();
        // Of a text with other words, rules have something to say.
        let is_all = |wrong: &Wrong<'_>| !wrong.why.is_remark() && wrong.reference.text == text;
        if wrong.iter().any(is_all) {
            self.made_up.push(pointer.clone());
        }
        for wrong in wrong.into_iter().filter(is_told) {
            let guilty = wrong.reference;
            let place = Place::within(pointer.clone(), text, guilty.offset, guilty.text);
            self.problems
                .extend(problem(&wrong, &mut self.evaluator, place));
        }
        if !filled.is_as_written() {
            self.texts.push((pointer, filled));
        }
    }

    fn pointer(&self) -> Pointer {
        let job = self.job.tokens().iter();
        job.chain(&self.way).cloned().collect()
    }
}

/// Whether what is wrong with a reference in the value of `slot` is told there: a circle is told at one
/// of its values.
fn is_told_at(slot: &Slot, wrong: &Wrong<'_>) -> bool {
    own_circle(wrong).is_none_or(|first| first == slot)
}

/// Where a circle is told that a value of the job itself is in.
fn own_circle<'w>(wrong: &'w Wrong<'_>) -> Option<&'w Slot> {
    match &wrong.why {
        Why::Trouble(Trouble::Endless(circle)) => circle.first().filter(|slot| slot.job() == 0),
        _ => None,
    }
}
