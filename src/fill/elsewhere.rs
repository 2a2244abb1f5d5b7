//! References that are not read in the value of a variable or a label, but where it is used.

use crate::model::{CommandLine, Piece};
use crate::template;

use super::word;

/// The references that are not read in the value of a variable or a label.
pub(super) fn references(text: &str) -> Vec<(usize, &str)> {
    let own: Vec<usize> = word::references(text).map(|found| found.offset).collect();
    let line = CommandLine::new(text);
    let mut found = Vec::new();
    for piece in line.pieces() {
        let (offset, length) = match piece {
            Ok(Piece::Reference { text, offset, .. }) => (offset, text.len()),
            Ok(Piece::Text(_) | Piece::Escape) => continue,
            Err(error) => (error.offset, error.text.len()),
        };
        if !own.contains(&offset) {
            found.push((offset, &text[offset..offset + length]));
        }
    }
    let mut at = 0;
    for reference in template::references(text) {
        found.push((reference.offset, reference.text));
        at = reference.offset + reference.text.len();
    }
    if let Some(open) = text[at..].find("{{") {
        found.push((at + open, "{{"));
    }
    found
}
