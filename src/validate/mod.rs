//! Jobs that jobc did not make: whether Aurora takes them as they are.
//!
//! The text is read as Aurora's client reads it ([`parse::json`]), then spelled as a definition
//! ([`spelling`]): what the client would convert is converted, with a warning, and what it would
//! choose is chosen. From there on the rules are those of definitions, with the same messages.

mod bind;
mod coerce;
mod spelling;
mod structs;
mod verdict;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::{self, Checked, Holes};
use crate::diagnostic::{Diagnostic, Report, Severity, redact};
use crate::lint::Levels;
use crate::model::{Dialect, Document, Settings};
use crate::parse;
use crate::source::{Kind, Location, Node, Pointer, SourceFile, SourceMap};

/// What is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// What any layer of Aurora would refuse, and what all of them let pass that does not work.
    #[default]
    Full,
    /// What Aurora's client refuses; all else is a warning.
    AsClient,
}

/// What was validated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validated {
    /// The jobs, in the order written.
    pub jobs: Vec<ValidatedJob>,
    /// How many processes they have.
    pub processes: usize,
}

/// A job that is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatedJob {
    /// Its key: `CLUSTER/ROLE/ENVIRONMENT/NAME`.
    pub key: String,
    /// Where it begins.
    pub location: Location,
}

/// Checks the jobs of `file`: one job, or `{"jobs": [...]}`. No value if anything is wrong with them.
pub fn validate(
    file: &Arc<SourceFile>,
    settings: &Settings,
    strictness: Strictness,
) -> Report<Validated> {
    let tree = parse::json::parse_as(file, Dialect::Client);
    let mut diagnostics: Vec<_> = tree
        .diagnostics
        .into_iter()
        .map(|problem| verdict::soften(problem, None, strictness))
        .collect();
    let Some(mut root) = tree.value else {
        return Report::failed(diagnostics);
    };
    let spelled = spelling::spell(file, &mut root, settings);
    let map = SourceMap::new(Arc::clone(file), Arc::new(root));
    let mut found = spelled.diagnostics;
    let mut keys = BTreeMap::new();
    if spelled.goes_on {
        let decoded = parse::client_document(map.root(), &spelled.told);
        found.extend(decoded.diagnostics);
        let holes = Holes::new(decoded.holes);
        if let Some(document) = decoded.value {
            let checked = check::check_as(document, &holes, settings, Dialect::Client);
            found.extend(checked.diagnostics);
            let jobs = checked.value.iter().flat_map(Checked::jobs);
            keys.extend(jobs.map(|job| (job.pointer().clone(), job.key().to_string())));
        }
    }
    let levels = Levels::new(settings);
    let told = found
        .into_iter()
        .filter_map(|problem| levels.judge(problem))
        .map(|problem| verdict::soften(problem, Some(map.root()), strictness))
        .map(|problem| problem.located(&map));
    diagnostics.extend(told);
    redact(&mut diagnostics, file);
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    Report {
        value: (!diagnostics.iter().any(wrong)).then(|| validated(&map, &keys)),
        diagnostics,
    }
}

/// The jobs of a valid document; `keys` are those of jobs that nothing is said against.
fn validated(map: &SourceMap, keys: &BTreeMap<Pointer, String>) -> Validated {
    let root = Pointer::root();
    let list = map.root().get(Document::LIST_FIELD).map(|jobs| &jobs.kind);
    let jobs: Vec<(Pointer, &Node)> = match list {
        Some(Kind::Sequence(jobs)) => {
            let list = root.key(Document::LIST_FIELD);
            let place = |(index, job)| (list.index(index), job);
            jobs.iter().enumerate().map(place).collect()
        }
        _ => vec![(root, map.root())],
    };
    let mut processes = 0;
    let jobs = jobs.into_iter().map(|(pointer, job)| {
        let list = job.get("task").and_then(|task| task.get("processes"));
        if let Some(Kind::Sequence(list)) = list.map(|list| &list.kind) {
            processes += list.len();
        }
        ValidatedJob {
            key: keys
                .get(&pointer)
                .cloned()
                .unwrap_or_else(|| written_key(job)),
            location: map.opening(&pointer),
        }
    });
    Validated {
        jobs: jobs.collect(),
        processes,
    }
}

/// The key of a job as far as it is written.
fn written_key(job: &Node) -> String {
    let parts = ["cluster", "role", "environment", "name"].map(|field| {
        match job.get(field).map(|node| &node.kind) {
            Some(Kind::String(text)) => text.as_str(),
            _ => "",
        }
    });
    parts.join("/")
}
