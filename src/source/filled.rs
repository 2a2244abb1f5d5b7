//! Texts of a document in which something was filled in, so that places in them are found where they are
//! written.

use std::collections::HashMap;
use std::ops::Range;

use super::Pointer;

/// The texts of a document in which something was filled in, by where they stand.
#[derive(Debug, Clone, Default)]
pub struct FilledTexts(HashMap<Pointer, FilledText>);

/// A text in which something was filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilledText {
    written: String,
    text: String,
    /// What was filled in, from left to right.
    values: Vec<FilledValue>,
}

/// A value in a text that its author wrote a reference for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FilledValue {
    /// The value, in the filled text.
    value: Range<usize>,
    /// The reference, in the text as written.
    reference: Range<usize>,
}

impl FilledText {
    /// Appends what stands as it is written.
    pub fn push_written(&mut self, text: &str) {
        self.written.push_str(text);
        self.text.push_str(text);
    }

    /// Appends the value of a reference.
    pub fn push_value(&mut self, reference: &str, value: &str) {
        let (written, text) = (self.written.len(), self.text.len());
        self.written.push_str(reference);
        self.text.push_str(value);
        self.values.push(FilledValue {
            value: text..self.text.len(),
            reference: written..self.written.len(),
        });
    }

    /// The text with the values.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands as it is written, and the values, from left to right.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        let mut at = 0;
        let parts = self
            .values
            .iter()
            .flat_map(move |FilledValue { value, .. }| {
                let before = at..value.start;
                at = value.end;
                [before, value.clone()]
            });
        let end = self.values.last().map_or(0, |last| last.value.end);
        let parts = parts.chain(std::iter::once(end..self.text.len()));
        parts.map(|range| &self.text[range])
    }

    /// The text as its author wrote it.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether nothing was filled in.
    pub fn is_as_written(&self) -> bool {
        self.values.is_empty()
    }

    /// What the author wrote for the `nth` occurrence (from 0) of `text` in the filled text, and how many
    /// times that stands before it. Of what lies in a value, or over the edge of one, that is its reference.
    fn as_written(&self, text: &str, nth: usize) -> Option<(&str, usize)> {
        let (start, found) = self.text.match_indices(text).nth(nth)?;
        let end = start + found.len();
        // Where the value before it ends, here and there.
        let mut shift = (0, 0);
        let mut range = None;
        for FilledValue { value, reference } in &self.values {
            if value.end <= start {
                shift = (value.end, reference.end);
            } else if value.start < end {
                range = Some(reference.clone());
                break;
            } else {
                break;
            }
        }
        let range = range.unwrap_or_else(|| {
            let from = shift.1 + (start - shift.0);
            from..from + found.len()
        });
        let guilty = self.written.get(range.clone())?;
        let nth = self.written[..range.start].matches(guilty).count();
        Some((guilty, nth))
    }
}

impl FilledTexts {
    /// Takes note of the text at `pointer`.
    pub fn add(&mut self, pointer: Pointer, text: FilledText) {
        self.0.insert(pointer, text);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&Pointer, &FilledText)> {
        self.0.iter()
    }

    /// The text at `pointer`, if something was filled in.
    pub fn get(&self, pointer: &Pointer) -> Option<&FilledText> {
        self.0.get(pointer)
    }

    /// What the author wrote for the `nth` occurrence of `text` in the value at `pointer`.
    pub(super) fn as_written<'t>(
        &'t self,
        pointer: &Pointer,
        text: &'t str,
        nth: usize,
    ) -> (&'t str, usize) {
        let filled = self.0.get(pointer);
        let found = filled.and_then(|filled| filled.as_written(text, nth));
        found.unwrap_or((text, nth))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(pieces: &[(&str, Option<&str>)]) -> FilledText {
        let mut text = FilledText::default();
        for (written, value) in pieces {
            match value {
                Some(value) => text.push_value(written, value),
                None => text.push_written(written),
            }
        }
        text
    }

    #[test]
    fn places_are_those_of_what_is_written() {
        let text = filled(&[
            ("run a ", None),
            ("${vars.x}", Some("a b")),
            (" b a ", None),
            ("${vars.x}", Some("a b")),
            ("b", None),
        ]);
        assert_eq!(text.text(), "run a a b b a a bb");
        let check = |guilty, nth, expected| assert_eq!(text.as_written(guilty, nth), expected);
        check("a", 0, Some(("a", 0)));
        // The second `a` lies in the value of the first reference.
        check("a", 1, Some(("${vars.x}", 0)));
        check("b", 0, Some(("${vars.x}", 0)));
        check("b", 1, Some(("b", 0)));
        // Those of `vars` count where they are written.
        check("a", 2, Some(("a", 2)));
        check("a", 3, Some(("${vars.x}", 1)));
        check("b", 3, Some(("b", 1)));
        check("a b b", 0, Some(("${vars.x}", 0)));
        check("a", 9, None);
        assert_eq!(text.written(), "run a ${vars.x} b a ${vars.x}b");
    }

    proptest! {
        #[test]
        fn what_is_written_is_found_where_it_is_written(
            pieces in prop::collection::vec(("[ab]{0,3}", prop::option::of("[ab]{0,3}")), 0..6),
        ) {
            let mut text = FilledText::default();
            let mut literal = Vec::new();
            for (index, (written, value)) in pieces.iter().enumerate() {
                if let Some(value) = value {
                    text.push_value(&format!("${{{index}}}"), value);
                } else {
                    let at = (text.text().len(), text.written().len());
                    text.push_written(written);
                    literal.push((at, written));
                }
            }
            for ((from, to), written) in literal.into_iter().filter(|(_, it)| !it.is_empty()) {
                let found = text.text().match_indices(written.as_str());
                if let Some(nth) = found.clone().position(|(offset, _)| offset == from) {
                    let (guilty, before) = text.as_written(written, nth).expect("it is there");
                    prop_assert_eq!(guilty, written);
                    let there = text.written().match_indices(guilty).nth(before).expect("it is there").0;
                    // `match_indices` passes over what overlaps.
                    prop_assert!(there <= to);
                }
            }
        }
    }
}
