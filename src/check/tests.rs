//! What the tests of all rules share: definitions in, problems out.

use crate::diagnostic::{Holes, Place, Severity};
use crate::front::{self, Format};
use crate::model::{Dialect, Document, Job, Settings};
use crate::registry::CODES;
use crate::rule::Terms;
use crate::source::SourceFile;
use crate::target::aurora;

/// A job that lacks nothing but processes; for dotted keys to follow.
pub(crate) const JOB: &str = r#"
cluster = "devcluster"
role = "www"
environment = "devel"
name = "hello"
task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
"#;

/// A process that does something; for dotted keys to follow.
pub(crate) const PROCESS: &str = r#"
task.processes = [{ name = "a", cmdline = "run" }]
"#;

/// The only job of a definition in which nothing is wrong.
pub(crate) fn job(definition: &str) -> Job {
    let loaded = front::load(&SourceFile::new("job.toml", definition), Format::Toml);
    let document = front::document(&loaded.value.expect("a tree").tree).value;
    match document {
        Some(Document::One(job)) => *job,
        other => panic!("{other:?}"),
    }
}

/// Lints of jobs as a whole, which are about most of the fragments that rules are tested with. They
/// have text cases.
const TRAPS: &[&str] = &[
    "deprecated-production",
    "futile-update",
    "no-op-health-check",
    "no-op-lifecycle",
    "unbound-primary-port",
    "unreachable-process",
    "unwatched-update",
];

/// Checks that a definition has these problems, as [`problems`] has them.
#[track_caller]
pub(crate) fn check_definition(definition: &str, expected: &[&str]) {
    let found = problems(definition, &Settings::default());
    assert_eq!(found, expected, "{definition}");
}

/// Checks that a job of one process with these fields has these problems.
#[track_caller]
pub(crate) fn check_fields(fields: &str, expected: &[&str]) {
    check_definition(&format!("{JOB}{PROCESS}{fields}"), expected);
}

/// All problems of a definition but for [`TRAPS`], as `CODE 'GUILTY TEXT' HEADLINE`.
pub(crate) fn problems(definition: &str, settings: &Settings) -> Vec<String> {
    let file = SourceFile::new("job.toml", definition);
    let loaded = front::load(&file, Format::Toml).value;
    let map = loaded.unwrap_or_else(|| panic!("{definition}")).into_map();
    let decoded = front::document(map.root());
    let mut found = decoded.diagnostics;
    if let Some(document) = decoded.value {
        let terms = Terms {
            settings,
            dialect: Dialect::Definition,
            registry: CODES,
            rules: aurora::RULES,
        };
        let report = super::check(document, &Holes::new(decoded.holes), terms, Vec::new());
        let healthy = report.value.is_some_and(|checked| {
            let jobs = checked.jobs.len();
            jobs > 0
                && jobs
                    == front::document(map.root())
                        .value
                        .map_or(0, |all| all.jobs().len())
        });
        found.extend(report.diagnostics);
        assert_eq!(
            healthy,
            !found.iter().any(|it| it.severity == Severity::Error),
            "{definition}"
        );
    }
    found
        .into_iter()
        .filter(|problem| !TRAPS.contains(&problem.code.id))
        .map(|problem| {
            let problem = problem.located(&map);
            let text = match problem.place() {
                Place::Span(location) => location.file.slice(location.span),
                _ => "",
            };
            let line = text.lines().next().unwrap_or_default();
            format!("{} '{line}' {}", problem.code.id, problem.headline)
        })
        .collect()
}
