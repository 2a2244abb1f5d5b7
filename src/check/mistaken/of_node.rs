//! What begins as `${ports.NAME}` or `${job.FIELD}` and is neither.

use crate::check::commands::codes::BAD_REFERENCE;
use crate::check::templates;
use crate::diagnostic::{Diagnostic, Place, closest};
use crate::model::{NodeValue, NodeValueError, Problem, SyntaxError};

pub(super) const LITERAL: &str = "`$${` is a literal `${`";

/// Whether a mistake is one in `${ports.NAME}` or `${job.FIELD}`.
pub(in crate::check) fn is_of_node(error: &SyntaxError<'_>) -> bool {
    match error.problem {
        Problem::Node(_) => true,
        Problem::Unterminated => NodeValue::starts(error.text.trim_start_matches("${")),
        Problem::Name(_) | Problem::NotRelative | Problem::Reserved(_) => false,
    }
}

/// The problem of what begins as `${ports.NAME}` or `${job.FIELD}` and is neither.
pub(in crate::check) fn of_node(error: &SyntaxError<'_>, place: Place) -> Diagnostic {
    let text = templates::shorten(error.text);
    let inner = error.text.trim_start_matches("${").trim_end_matches('}');
    let (headline, help) = match &error.problem {
        Problem::Node(NodeValueError::Port) => {
            let name = inner.trim_start_matches("ports.");
            let headline = match name {
                "" => format!("the port in `{text}` has no name"),
                _ => format!("`{text}` names no port"),
            };
            let name = name.trim();
            let help = if NodeValue::is_port_name(name) {
                format!("did you mean `${{ports.{name}}}`?")
            } else {
                "name it with letters, digits, `_` and `-`: `${ports.NAME}`".to_owned()
            };
            (headline, help)
        }
        Problem::Node(NodeValueError::Field) => {
            let headline = format!("a node has no `{text}`");
            (headline, of_job(inner.trim_start_matches("job.").trim()))
        }
        Problem::Node(NodeValueError::OfDefinition) => (
            format!("`{text}` is not filled in here"),
            "write the value".to_owned(),
        ),
        _ => (
            "a reference has no `}` on its line".to_owned(),
            "close it with `}`".to_owned(),
        ),
    };
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(help)
        .note(LITERAL)
}

/// What to write for `${job.FIELD}`.
pub(super) fn of_job(field: &str) -> String {
    let neutral = match field {
        "shard" | "shard_id" | "index" | "number" => Some("instance"),
        "hostname" | "node" => Some("host"),
        "task" | "id" => Some("task_id"),
        _ => None,
    };
    let of_the_job = ["name", "role", "cluster", "environment"];
    let names = NodeValue::FIELDS.iter().map(|(name, _)| *name);
    let neutral = neutral.or_else(|| names.clone().find(|name| *name == field));
    if neutral.is_none() && of_the_job.contains(&field) {
        return format!("write `{{{{{field}}}}}`, which is known before there is a node");
    }
    match neutral.or_else(|| closest(field, names)) {
        Some(meant) => format!("did you mean `${{job.{meant}}}`?"),
        None => {
            "write `${job.instance}`, `${job.host}` or `${job.task_id}`, or `{{...}}` for a field \
                 of the job"
                .to_owned()
        }
    }
}
