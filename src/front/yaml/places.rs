//! Where things stand in a YAML text: what the library tells in characters, and what it does not
//! tell.

use crate::source::Span;

/// A text in which characters are found by number.
pub(super) struct Places<'a> {
    text: &'a str,
    /// The byte at which each [`STEP`]th character starts; empty if all are one byte.
    steps: Vec<usize>,
}

const STEP: usize = 128;

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let steps = if text.is_ascii() {
            Vec::new()
        } else {
            let starts = text.char_indices().map(|(start, _)| start);
            starts.step_by(STEP).collect()
        };
        Self { text, steps }
    }

    /// The byte at which the character with this number starts.
    pub(super) fn byte(&self, character: usize) -> usize {
        if self.steps.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&start) = self.steps.get(character / STEP) else {
            return self.text.len();
        };
        let rest = &self.text[start..];
        let offset = rest.char_indices().nth(character % STEP);
        offset.map_or(self.text.len(), |(offset, _)| start + offset)
    }

    /// The first byte from `at` on that is neither white space nor part of a comment.
    pub(super) fn after_blank(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                b'#' => at = self.line_end(at),
                _ => break,
            }
        }
        at
    }

    /// The byte after `indicator` if that comes next; otherwise `at`.
    pub(super) fn after_indicator(&self, at: usize, indicator: u8) -> usize {
        let next = self.after_blank(at);
        if self.text.as_bytes().get(next) == Some(&indicator) {
            next + 1
        } else {
            at
        }
    }

    /// The start of the value that the anchors and tags at `at` belong to.
    pub(super) fn after_properties(&self, at: usize) -> usize {
        let mut at = self.after_blank(at);
        while let Some(b'&' | b'!') = self.text.as_bytes().get(at) {
            let rest = &self.text[at..];
            let length = rest.find(|c: char| c.is_ascii_whitespace() || ",[]{}".contains(c));
            at = self.after_blank(at + length.unwrap_or(rest.len()));
        }
        at
    }

    /// The end of the quoted scalar that starts at `start`.
    pub(super) fn after_quoted(&self, start: usize, quote: u8) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            if byte == b'\\' && quote == b'"' {
                at += 1;
            } else if byte == quote {
                if quote == b'"' || bytes.get(at) != Some(&quote) {
                    break;
                }
                at += 1;
            }
        }
        at.min(bytes.len())
    }

    /// The header of the block scalar without content that comes next.
    pub(super) fn header(&self, at: usize) -> Span {
        let start = self.after_properties(at);
        let header = &self.text[start..];
        let length = header.find(|c: char| c.is_ascii_whitespace());
        Span::new(start..start + length.unwrap_or(header.len()))
    }

    /// The content of the block scalar whose header starts at `start`, before `end`.
    pub(super) fn after_header(&self, start: usize, end: usize) -> usize {
        let header = self.line_end(start).min(end);
        let content = self.text[header..end].find(|c: char| !c.is_ascii_whitespace());
        content.map_or(start, |offset| header + offset)
    }

    /// What is between `start` and `end` without the white space at its end.
    pub(super) fn trimmed(&self, start: usize, end: usize) -> Span {
        let content = self.text[start..end.max(start)].trim_ascii_end();
        Span::new(start..start + content.len())
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        at + length.unwrap_or(rest.len())
    }
}
