//! Compiled jobs as trees, and their text: one printer and one parser, each the other's inverse.
//!
//! What jobc compiles becomes a tree without being written. Only a text that comes from elsewhere is
//! parsed: it may say more than the document has a field for, and a tree keeps all of it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::plan::Plan;

use super::compose::compose;

/// A table of a compiled job, or the job.
pub type Table = Map<String, Value>;

/// The compiled job of a plan.
///
/// # Panics
/// Never: documents become JSON.
pub fn tree(plan: &Plan) -> Table {
    match serde_json::to_value(compose(plan)) {
        Ok(Value::Object(table)) => table,
        _ => unreachable!("a document is a table whose keys are strings"),
    }
}

/// Whether two plans compile to the same.
pub fn is_same(one: &Plan, other: &Plan) -> bool {
    compose(one) == compose(other)
}

/// What a text says that may be a compiled job. JSON is no deeper than 127 tables and lists.
///
/// # Errors
/// If it is no JSON.
pub fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

/// A document or a tree as people review it: two spaces, one value a line, a final newline.
///
/// # Panics
/// Never: keys are strings.
pub fn print(value: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("keys are strings, and writing does not fail");
    text.push('\n');
    // Many documents wait until the last one is compiled.
    text.shrink_to_fit();
    text
}

/// The processes of a job.
pub fn processes(job: &Table) -> impl Iterator<Item = &Table> {
    let processes = job.get("task").and_then(|task| task.get("processes"));
    let processes = processes.and_then(Value::as_array).into_iter().flatten();
    processes.filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use super::{parse, print};

    #[test]
    fn what_is_printed_reads_the_same() {
        for text in [
            r#"{"b": [1, -1, 18446744073709551615, true, null], "a": {"\u0000é\"\\": ""}}"#,
            "[0.1, 0.30000000000000004, 5e-324, 1.7976931348623157e308, -0.0]",
        ] {
            let value = parse(text).expect("it is JSON");
            assert_eq!(parse(&print(&value)).expect("it is JSON"), value, "{text}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_refused() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&deep(127)).is_ok());
        assert!(parse(&deep(128)).is_err());
        assert!(parse(&"[".repeat(1_000_000)).is_err());
        assert!(parse("1e400").is_err());
    }
}
