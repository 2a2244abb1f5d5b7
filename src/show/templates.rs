//! The references of a definition that are filled in on the node, with where they stand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::compile::Planned;
use crate::diagnostic::render::Lines;
use crate::source::{Kind, Node, Pointer, SourceMap, Token};
use crate::template::{Address, Component, TemplateReference, may_refer, references_of_definition};

use super::document::{Place, Template};

/// At most this many are listed of one job.
const MOST: usize = 1_000;

/// Those of a job in the order written, then those of the files that its commands expand.
pub(super) fn templates(planned: &Planned) -> Vec<Template> {
    let mut found = of_definition(&planned.map, &planned.plan.intent.pointer);
    let mut lines = Lines::default();
    for left in &planned.plan.left_to_node {
        if found.len() >= MOST {
            break;
        }
        let file = &left.location.file;
        let start = left.location.span.range().start;
        let name: PathBuf = Path::new(file.name()).components().collect();
        found.push(Template {
            reference: left.text.clone(),
            field: format!("task.processes[{}].cmdline", left.process),
            at: Place {
                file: name.display().to_string(),
                line: lines.of(file).position(start).line,
            },
        });
    }
    found
}

fn of_definition(map: &SourceMap, job: &Pointer) -> Vec<Template> {
    let mut tokens = job.tokens().iter();
    let node = tokens.try_fold(map.root(), Node::step);
    let mut found = Vec::new();
    let mut lines = Lines::default();
    let mut next: Vec<(&Node, Pointer)> = node.into_iter().map(|it| (it, job.clone())).collect();
    while let Some((node, pointer)) = next.pop() {
        match &node.kind {
            Kind::Sequence(items) => {
                let items = items.iter().enumerate().rev();
                next.extend(items.map(|(index, item)| (item, pointer.index(index))));
            }
            Kind::Mapping(entries) => {
                let entries = entries.iter().rev();
                next.extend(entries.map(|it| (&it.value, pointer.key(&it.key))));
            }
            Kind::String(text) if may_refer(text) => {
                let mut seen = BTreeSet::new();
                for reference in references_of_definition(text).filter(is_late) {
                    if found.len() >= MOST || !seen.insert(reference.text) {
                        continue;
                    }
                    let location = map.text(&pointer, reference.text, 0);
                    let start = location.span.range().start;
                    // The map's own file, so that its index is made once.
                    let file = map.sources().of(&location);
                    found.push(Template {
                        reference: reference.text.to_owned(),
                        field: field(&pointer, job),
                        at: Place {
                            file: file.name().to_owned(),
                            line: lines.of(file).position(start).line,
                        },
                    });
                }
            }
            _ => {}
        }
    }
    found
}

/// The way to a field from the job on, as in `task.processes[0].cmdline`.
fn field(pointer: &Pointer, job: &Pointer) -> String {
    let below = &pointer.tokens()[job.tokens().len()..];
    let mut field = String::new();
    for token in below {
        match token {
            Token::Key(key) if field.is_empty() => field.push_str(key),
            Token::Key(key) => {
                field.push('.');
                field.push_str(key);
            }
            Token::Index(index) => field.push_str(&format!("[{index}]")),
        }
    }
    field
}

/// Whether only the node knows it.
fn is_late(reference: &TemplateReference<'_>) -> bool {
    let Some(Address(components)) = &reference.address else {
        return false;
    };
    !reference.escaped
        && matches!(
            components[..],
            [
                Component::Field("mesos"),
                Component::Field("instance" | "hostname")
            ] | [Component::Field("thermos"), Component::Field("task_id")]
                | [
                    Component::Field("thermos"),
                    Component::Field("ports"),
                    Component::Index(_)
                ]
        )
}
