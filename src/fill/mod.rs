//! Trees of jobs -> the same trees with what definitions know filled into their texts.
//!
//! Between `elaborate` and decoding, so that every later stage sees the texts that people mean. Each text
//! keeps where its parts were written.
//!
//! ```text
//! text = { any text | "${vars." NAME "}" | "${labels." NAME "}" | "${job." FIELD "}" | "${jobs." JOB ... "}" }
//! ```
//!
//! All texts of a job are filled in but those that say which job it is, its packages and its waivers. The
//! values of variables and labels are texts in which the same references stand, and no others.
//!
//! What other jobs say is asked of [`Neighbours`], and where jobs are reached of the target.

mod around;
mod codes;
mod elsewhere;
mod evaluate;
mod facts;
mod trouble;
mod wait;
mod walk;
mod word;

use std::collections::HashMap;

use crate::diagnostic::{Chapter, Diagnostic, Topic};
use crate::front::Loaded;
use crate::source::{Entry, FilledTexts, Kind, Node, Pointer, Token};

pub use around::{Alone, Around, Missing, Neighbours, Settled, WaitsFor};
pub use facts::Facts;
pub use wait::HeldWait;

use walk::Walk;
use word::OPENING;

/// The problems of what is filled in.
pub const CODES: &[Chapter] = &[
    (
        Topic::Values,
        &[
            &codes::UNKNOWN_VALUE,
            &codes::ENDLESS_VALUE,
            &codes::VALUE_REFERENCE,
            &codes::LONG_VALUE,
            &codes::UNKNOWN_JOB,
            &codes::AMBIGUOUS_JOB,
            &codes::FORBIDDEN_REFERENCE,
            &codes::BROKEN_REFERENCE,
            &codes::UNREACHABLE_VALUE,
            &codes::APPROXIMATED_VALUE,
        ],
    ),
    (Topic::Order, &[&codes::ENDLESS_WAIT]),
];

/// How many bytes may be filled into the texts of one file.
const MOST_OF_FILE: usize = 64 * 1024 * 1024;

/// The field of a list of jobs.
const JOBS: &str = "jobs";

/// What came of filling in the texts of a document.
#[derive(Debug)]
pub struct Filling {
    /// The document.
    pub loaded: Loaded,
    /// What is wrong with its references, at places of the document.
    pub problems: Vec<Diagnostic>,
    /// The texts in which something stands in for what is not known.
    pub made_up: Vec<Pointer>,
    /// The waits for other jobs that whoever runs them holds processes back for, by where the job that
    /// waits stands.
    pub held: HashMap<Pointer, Vec<HeldWait>>,
}

/// Fills in all texts of the jobs of a document.
pub fn fill(mut loaded: Loaded, around: Around<'_>) -> Filling {
    let mut problems = Vec::new();
    let mut made_up = Vec::new();
    let mut added = Vec::new();
    let mut held = HashMap::new();
    let mut filled = FilledTexts::default();
    let mut left = Some(MOST_OF_FILE);
    for (pointer, job) in jobs(&loaded.tree) {
        let waits = || facts::processes(job).any(|process| facts::waits(process).next().is_some());
        if !may_refer(job) && !waits() {
            continue;
        }
        let mut walk = Walk::new(Facts::of(job), around, pointer.clone(), left);
        walk.job(job);
        left = walk.left();
        problems.append(&mut walk.problems);
        made_up.append(&mut walk.made_up);
        added.append(&mut walk.added);
        if !walk.held.is_empty() {
            held.insert(pointer, std::mem::take(&mut walk.held));
        }
        for (pointer, text) in walk.texts {
            filled.add(pointer, text);
        }
    }
    for (pointer, text) in filled.iter() {
        if let Some(node) = at(&mut loaded.tree, pointer) {
            node.kind = Kind::String(text.text().to_owned());
        }
    }
    for (pointer, address) in added {
        if let Some(wait) = at(&mut loaded.tree, &pointer) {
            add_address(wait, address);
        }
    }
    loaded.filled = filled;
    Filling {
        loaded,
        problems,
        made_up,
        held,
    }
}

/// Adds to a wait where the job takes connections, as if it were written with the job's name.
fn add_address(wait: &mut Node, address: String) {
    let Kind::Mapping(entries) = &mut wait.kind else {
        return;
    };
    let Some(job) = entries.iter().find(|entry| entry.key == *walk::JOB) else {
        return;
    };
    let address = Entry {
        key: walk::ADDRESS.into(),
        key_span: job.key_span,
        value: Node {
            kind: Kind::String(address),
            ..job.value.clone()
        },
    };
    entries.push(address);
}

/// What the jobs of a document say, for others.
pub fn facts(root: &Node) -> Vec<Facts> {
    let jobs = jobs(root).into_iter();
    jobs.map(|(_, job)| Facts::of(job)).collect()
}

/// The jobs of a document, with where they stand.
fn jobs(root: &Node) -> Vec<(Pointer, &Node)> {
    match root.get(JOBS).map(|jobs| &jobs.kind) {
        Some(Kind::Sequence(jobs)) => {
            let list = Pointer::root().key(JOBS);
            let jobs = jobs.iter().enumerate();
            jobs.map(|(index, job)| (list.index(index), job)).collect()
        }
        Some(_) => Vec::new(),
        None => vec![(Pointer::root(), root)],
    }
}

/// Whether a text of a job may have a reference, which most have not.
fn may_refer(node: &Node) -> bool {
    match &node.kind {
        Kind::String(text) => text.contains(OPENING),
        Kind::Sequence(items) => items.iter().any(may_refer),
        Kind::Mapping(entries) => entries
            .iter()
            .any(|entry| entry.key.as_str().contains(OPENING) || may_refer(&entry.value)),
        Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => false,
    }
}

fn at<'n>(root: &'n mut Node, pointer: &Pointer) -> Option<&'n mut Node> {
    let mut tokens = pointer.tokens().iter();
    tokens.try_fold(root, |node, token| match (token, &mut node.kind) {
        (Token::Index(index), Kind::Sequence(items)) => items.get_mut(*index),
        (Token::Key(key), Kind::Mapping(entries)) => {
            let entry = entries.iter_mut().find(|entry| entry.key == **key)?;
            Some(&mut entry.value)
        }
        _ => None,
    })
}
