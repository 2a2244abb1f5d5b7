//! The target `aurora-json`: what `aurora job create --read-json` reads.
//!
//! Where a field takes one of several structs, the client's JSON reader only tries the first one,
//! so that JSON cannot carry the others.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::plan::Plan;
use crate::target::aurora::codes::NOT_IN_JSON;

use super::choice::{Container, SlaPolicy, UpdateStrategy};
use super::compose::compose;
use super::document::JobDocument;

/// The compiled job, if JSON can carry it.
pub(in crate::target) fn emit(plan: &Plan) -> Report<String> {
    let job = compose(plan);
    let refused: Vec<_> = refused(&job)
        .map(|choice| choice.diagnostic(plan))
        .collect();
    if refused.is_empty() {
        Report::ok(pretty(&job))
    } else {
        Report::failed(refused)
    }
}

/// The compiled job with all its choices, some of which the client cannot read in JSON.
pub(in crate::target) fn complete(plan: &Plan) -> String {
    pretty(&compose(plan))
}

/// A choice that JSON cannot carry.
struct Refused {
    /// The tables around the field.
    tables: &'static [&'static str],
    field: &'static str,
    choice: &'static str,
    /// What JSON can carry.
    possible: &'static str,
}

fn refused(job: &JobDocument<'_>) -> impl Iterator<Item = Refused> {
    let container = match &job.container {
        Some(Container::Mesos(_)) => Some("mesos"),
        Some(Container::Docker(_)) | None => None,
    };
    let sla_policy = match &job.sla_policy {
        Some(SlaPolicy::Count(_)) => Some("count"),
        Some(SlaPolicy::Percentage(_)) => Some("percentage"),
        Some(SlaPolicy::Coordinator(_)) | None => None,
    };
    let strategy = job.update_config.as_ref();
    let strategy = match strategy.and_then(|config| config.update_strategy.as_ref()) {
        Some(UpdateStrategy::Batch(_)) => Some("batch"),
        Some(UpdateStrategy::VariableBatch(_)) => Some("variable_batch"),
        Some(UpdateStrategy::Queue(_)) | None => None,
    };
    let rows: [(&[&str], _, _, _); 3] = [
        (&[], "container", container, "docker"),
        (&[], "sla_policy", sla_policy, "coordinator"),
        (&["update_config"], "update_strategy", strategy, "queue"),
    ];
    rows.into_iter()
        .filter_map(|(tables, field, choice, possible)| {
            choice.map(|choice| Refused {
                tables,
                field,
                choice,
                possible,
            })
        })
}

impl Refused {
    fn diagnostic(&self, plan: &Plan) -> Diagnostic {
        let Self {
            tables,
            field,
            choice,
            possible,
        } = *self;
        let table = tables
            .iter()
            .fold(plan.pointer().clone(), |at, table| at.key(*table));
        let place = Place::key(table.key(field).key(choice));
        let headline = format!("Aurora's JSON cannot carry the `{field}` `{choice}`");
        Diagnostic::new(&NOT_IN_JSON, headline, place)
            .note(format!(
                "for `{field}`, the JSON reader of Aurora's client only knows `{possible}`"
            ))
            .help("write the job as a config file, which carries it: `--target aurora-config`")
            .help(match possible {
                // An update cannot be started with it.
                "queue" => format!("or leave `{field}` out"),
                _ => format!("or use `{possible}`, or leave `{field}` out"),
            })
    }
}

/// JSON as people review it: two spaces, one value a line, a final newline.
fn pretty(value: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("keys are strings, and writing does not fail");
    text.push('\n');
    // All documents are held until the last one is compiled.
    text.shrink_to_fit();
    text
}
