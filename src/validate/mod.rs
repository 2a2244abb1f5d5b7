//! Jobs that jobc did not make: whether Aurora takes them as they are.
//!
//! The text is read as Aurora's client reads it ([`front::load_client`]), then spelled as a definition
//! ([`spelling`]): what the client would convert is converted, with a warning, and what it would
//! choose is chosen. From there on the rules are those of definitions, with the same messages.

mod bind;
mod binding;
mod codes;
mod coerce;
mod literal;
mod spelling;
mod strictness;
mod type_at;
mod verdict;

use std::sync::Arc;

pub use binding::Binding;
pub use strictness::Strictness;

use crate::check;
use crate::diagnostic::{
    Chapter, Diagnostic, Holes, Registry, Report, Severity, SubjectJob, Topic,
};
use crate::front;
use crate::lint::Levels;
use crate::model::{Dialect, Document, Settings};
use crate::rule;
use crate::source::{Kind, Node, SourceFile};
use crate::target::aurora;

/// The problems of JSON that was made for Aurora's client.
pub const CODES: &[Chapter] = &[(
    Topic::Foreign,
    &[&codes::COERCED_VALUE, &codes::IGNORED_FIELD],
)];

/// What jobs are validated by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The workspace's settings.
    pub settings: &'a Settings,
    /// What is an error.
    pub strictness: Strictness,
    /// All codes, for the names of lints.
    pub registry: Registry,
}

/// How much was validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validated {
    /// How many jobs.
    pub jobs: usize,
    /// How many processes they have.
    pub processes: usize,
}

/// Checks the jobs of `file`: one job, or `{"jobs": [...]}`, with `bindings` for the references that
/// the jobs do not say themselves; of several for one name the last counts. No value if anything is wrong with them.
pub fn validate(
    file: &Arc<SourceFile>,
    terms: Terms<'_>,
    bindings: &[Binding],
) -> Report<Validated> {
    let Terms {
        settings,
        strictness,
        registry,
    } = terms;
    let loaded = front::load_client(file);
    let mut diagnostics: Vec<_> = loaded
        .diagnostics
        .into_iter()
        .map(|problem| verdict::soften(problem, None, strictness))
        .collect();
    let Some(mut loaded) = loaded.value else {
        return Report::failed(diagnostics);
    };
    let spelled = spelling::spell(file, &mut loaded.tree, settings, bindings);
    let validated = count(&loaded.tree);
    let map = loaded.into_map();
    let mut found = spelled.diagnostics;
    if spelled.goes_on {
        let decoded = front::client_document(map.root(), &spelled.told);
        found.extend(decoded.diagnostics);
        let holes = Holes::new(decoded.holes);
        if let Some(document) = decoded.value {
            let terms = rule::Terms {
                settings,
                dialect: Dialect::Client,
                registry,
                rules: aurora::RULES,
            };
            let checked = check::check(document, &holes, terms, Vec::new());
            found.extend(checked.diagnostics);
        }
    }
    let levels = Levels::new(settings);
    let told = found
        .into_iter()
        .filter_map(|problem| levels.judge(problem))
        .map(|problem| verdict::soften(problem, Some(map.root()), strictness))
        .map(|problem| problem.located_in_jobs(&map));
    diagnostics.extend(told);
    verdict::drop_implied(&mut diagnostics);
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    Report {
        value: (!diagnostics.iter().any(wrong)).then_some(validated),
        diagnostics,
    }
}

/// The jobs of `file`, right or wrong; those that can be read.
pub fn jobs(file: &Arc<SourceFile>) -> Vec<SubjectJob> {
    let loaded = front::load_client(file).value;
    loaded.map_or_else(Vec::new, |loaded| SubjectJob::all(&loaded.into_map()))
}

fn count(root: &Node) -> Validated {
    let jobs = match root.get(Document::LIST_FIELD).map(|jobs| &jobs.kind) {
        Some(Kind::Sequence(jobs)) => &jobs[..],
        _ => std::slice::from_ref(root),
    };
    let processes = jobs.iter().map(|job| {
        let processes = job.get("task").and_then(|task| task.get("processes"));
        match processes.map(|processes| &processes.kind) {
            Some(Kind::Sequence(processes)) => processes.len(),
            _ => 0,
        }
    });
    Validated {
        jobs: jobs.len(),
        processes: processes.sum(),
    }
}
