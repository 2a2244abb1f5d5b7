//! A run as a SARIF 2.1.0 log, which services for code scanning take.

mod document;
mod fingerprint;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;

use crate::diagnostic::{Annotation, Code, Diagnostic, Failure, Kind, Level, Place, Severity};

use self::document::{
    Artifact, Base, Bases, Configuration, Driver, Finding, Fingerprints, Invocation, Location, Log,
    Logical, Message, Notification, Physical, Properties, Region, Rule, Run, Snippet, Tool,
};
use self::fingerprint::Fingerprinter;
use super::lines::Lines;
use super::outcome::{Outcome, message};
use super::root::{Reference, Root};
use super::visible;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// GitHub refuses a log with more results.
const MOST_RESULTS: usize = 25_000;
/// What files are relative to.
const BASE: &str = "ROOT";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes the run as a document.
///
/// Columns count code points (`unicodeCodePoints`). Files below the root have relative references,
/// others absolute ones. Of more problems than services take, the errors come first, and a notification
/// counts the rest.
///
/// # Errors
/// Those of `out`.
pub fn sarif(outcome: &Outcome<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, PrettyFormatter::new());
    log(outcome).serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn log<'a>(outcome: &Outcome<'a>) -> Log<'a> {
    let codes = outcome.diagnostics.iter().map(|problem| problem.code);
    let mut rules: BTreeMap<&str, (usize, &Code)> =
        codes.map(|code| (code.id, (0, code))).collect();
    for (number, (index, _)) in rules.values_mut().enumerate() {
        *index = number;
    }
    let mut writer = Writer {
        root: outcome.root,
        lines: Lines::default(),
        fingerprints: Fingerprinter::default(),
    };
    let told = told(outcome.diagnostics);
    let results = told.iter().map(|problem| {
        let index = rules.get(problem.code.id).map_or(0, |(index, _)| *index);
        writer.finding(problem, index)
    });
    let results = results.collect();
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "jobc",
                    version: VERSION,
                    semantic_version: VERSION,
                    rules: rules.values().map(|(_, code)| rule(code)).collect(),
                },
            },
            invocations: [invocation(outcome)],
            original_uri_base_ids: Bases {
                root: Base {
                    uri: outcome.root.uri(),
                },
            },
            column_kind: "unicodeCodePoints",
            results,
        }],
    }
}

/// The problems that a log has room for, in their order.
fn told(problems: &[Diagnostic]) -> Vec<&Diagnostic> {
    let is_error = |problem: &&Diagnostic| problem.severity == Severity::Error;
    let errors = problems.iter().filter(is_error).count();
    let (mut errors, mut others) = (
        errors.min(MOST_RESULTS),
        MOST_RESULTS.saturating_sub(errors),
    );
    let has_room = |problem: &&Diagnostic| {
        let room = match problem.severity {
            Severity::Error => &mut errors,
            Severity::Warning => &mut others,
        };
        let has_room = *room > 0;
        *room = room.saturating_sub(1);
        has_room
    };
    problems.iter().filter(has_room).collect()
}

fn rule(code: &Code) -> Rule {
    let mut docs = code.prose();
    let first = docs.split("\n\n").next().unwrap_or_default();
    let first = first.replace('\n', " ");
    if code.is_lint() {
        docs.push_str("\nThis is a lint: its level is a setting, and jobs may waive it.\n");
    }
    Rule {
        id: code.id,
        short_description: Message::new(code.summary),
        full_description: Message::new(first),
        help: Message {
            text: docs.clone(),
            markdown: Some(docs),
        },
        default_configuration: Configuration {
            enabled: code.kind != Kind::Lint(Level::Allow),
            level: level(code.severity()),
        },
    }
}

fn invocation(outcome: &Outcome<'_>) -> Invocation {
    let notification = |failure: &Failure| Notification {
        level: level(failure.severity()),
        message: Message::new(message(
            failure.headline(),
            failure.helps(),
            failure.notes(),
        )),
    };
    let failures = outcome.failures.iter().map(notification);
    Invocation {
        // Finding problems is what a run is for.
        execution_successful: outcome.exit_code < 2,
        exit_code: outcome.exit_code,
        tool_execution_notifications: failures.chain(left_out(outcome.diagnostics)).collect(),
    }
}

/// Says that there are more problems than the log has room for.
fn left_out(problems: &[Diagnostic]) -> Option<Notification> {
    let count = problems.len().checked_sub(MOST_RESULTS + 1)? + 1;
    Some(Notification {
        level: level(Severity::Warning),
        message: Message::new(format!(
            "{count} more problems are not in this log, which may have {MOST_RESULTS} results"
        )),
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

struct Writer<'a> {
    root: &'a Root,
    lines: Lines<'a>,
    fingerprints: Fingerprinter,
}

impl<'a> Writer<'a> {
    fn finding(&mut self, problem: &'a Diagnostic, rule_index: usize) -> Finding<'a> {
        let mut places = problem.annotations.iter();
        let mut primary = places.next().map(|annotation| self.place(annotation));
        let related = places.enumerate().map(|(index, annotation)| Location {
            id: Some(index + 1),
            ..self.place(annotation)
        });
        let related_locations = related.collect();
        if let (Some(primary), Some(subject)) = (&mut primary, &problem.subject) {
            primary.logical = vec![logical(subject.pointer.to_string())];
        }
        let physical = primary.as_ref().and_then(|place| place.physical.as_ref());
        let file = physical.map_or("", |physical| &physical.artifact_location.uri);
        let fingerprint = self.fingerprints.next(problem, file);
        let job = problem
            .subject
            .as_ref()
            .and_then(|subject| subject.job.as_ref());
        Finding {
            rule_id: problem.code.id,
            rule_index,
            level: level(problem.severity),
            message: Message::new(message(&problem.headline, &problem.help, &problem.notes)),
            locations: primary.into_iter().collect(),
            related_locations,
            partial_fingerprints: Fingerprints {
                problem: fingerprint.clone(),
                line_hash: fingerprint,
            },
            properties: job.map(|job| Properties { job: &job.name }),
        }
    }

    fn place(&mut self, annotation: &'a Annotation) -> Location<'a> {
        let label = visible::line(&annotation.label);
        let place = Location {
            id: None,
            message: (!label.is_empty()).then(|| Message::new(label)),
            physical: None,
            logical: Vec::new(),
        };
        match &annotation.place {
            Place::Span(location) => {
                let index = self.lines.of(&location.file);
                let range = location.span.range();
                let start = index.position(range.start);
                let end = index.position(index.ceiling(range.end).max(start.offset));
                let text = &index.text()[start.offset..end.offset];
                Location {
                    physical: Some(Physical {
                        artifact_location: artifact(self.root.file(&location.file)),
                        region: Some(Region {
                            start_line: start.line,
                            start_column: start.column,
                            end_line: end.line,
                            end_column: end.column,
                            snippet: Snippet {
                                text: visible::cut_line(text),
                            },
                        }),
                    }),
                    ..place
                }
            }
            Place::File(name) => Location {
                physical: Some(Physical {
                    artifact_location: artifact(self.root.reference(name)),
                    region: None,
                }),
                ..place
            },
            Place::Document(pointer, _) => Location {
                logical: vec![logical(pointer.to_string())],
                ..place
            },
        }
    }
}

fn artifact(reference: Reference) -> Artifact {
    let (uri, uri_base_id) = match reference {
        Reference::Relative(uri) => (uri, Some(BASE)),
        Reference::Absolute(uri) => (uri, None),
    };
    Artifact { uri, uri_base_id }
}

fn logical(pointer: String) -> Logical {
    Logical {
        fully_qualified_name: pointer,
        kind: "value",
    }
}

#[cfg(test)]
mod tests;
