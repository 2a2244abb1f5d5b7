//! JSON as people review it: two spaces, one value a line, a final newline.

use serde::Serialize;

/// `value` as text.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("keys are strings, and writing does not fail");
    text.push('\n');
    // All documents are held until the last one is compiled.
    text.shrink_to_fit();
    text
}
