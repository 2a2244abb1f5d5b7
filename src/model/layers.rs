//! Schemas of layers: what is laid over each other before it is a job need not be whole.

use schemars::{Schema, json_schema};
use serde_json::Value;

/// The schema of a table that layers make together: none of them has to have all of it.
pub(super) fn layer(schema: &mut Schema) {
    schema.remove("required");
}

/// The schema of a job as it is written: a layer, with those of its environments.
pub(super) fn job(schema: &mut Schema) {
    layer(schema);
    let environments = json_schema!({
        "description": "What is different in each environment: there is a job for each.",
        "type": "object",
        "additionalProperties": { "$ref": "#/$defs/Job" },
    });
    property(schema, "environments", environments);
    property(schema, UNSET, unset());
    holders(schema);
}

/// The schema of a process as it is written.
pub(super) fn process(schema: &mut Schema) {
    layer(schema);
    property(schema, UNSET, unset());
}

/// The schema of a task as it is written: its processes are a list, or a table by their names.
pub(super) fn task(schema: &mut Schema) {
    layer(schema);
    either(schema, "processes", "#/$defs/Process");
}

/// The schema of several jobs in one file: a list, or a table by their names.
pub(super) fn jobs(schema: &mut Schema) {
    either(schema, "jobs", "#/$defs/Job");
    holders(schema);
}

const UNSET: &str = "unset";
/// Names with dots in between; in quotes those that have dots themselves.
const PATH: &str = r#"^("[^"]+"|'[^']+'|[^."'][^.]*)(\.("[^"]+"|'[^']+'|[^."'][^.]*))*$"#;

fn unset() -> Schema {
    json_schema!({
        "description": "What lower layers say and this one takes out: paths such as \
                        `task.processes.web.max_failures`, names with dots in quotes.",
        "type": "array",
        "items": { "type": "string", "pattern": PATH },
    })
}

/// Adds what lets texts stand at the top of a file that others refer to.
fn holders(schema: &mut Schema) {
    schema.insert(
        "patternProperties".to_owned(),
        serde_json::json!({ "^x-": true }),
    );
}

/// Makes a field a list of elements, or a table of them.
fn either(schema: &mut Schema, field: &str, element: &str) {
    let Some(description) =
        properties(schema).and_then(|it| it.get(field)?.get("description").cloned())
    else {
        return;
    };
    let schemas = json_schema!({
        "description": description,
        "type": ["array", "object"],
        "items": { "$ref": element },
        "additionalProperties": { "$ref": element },
        "minProperties": 1,
    });
    property(schema, field, schemas);
}

fn property(schema: &mut Schema, field: &str, of: Schema) {
    if let Some(properties) = properties(schema) {
        properties.insert(field.to_owned(), of.into());
    }
}

fn properties(schema: &mut Schema) -> Option<&mut serde_json::Map<String, Value>> {
    schema.get_mut("properties")?.as_object_mut()
}
