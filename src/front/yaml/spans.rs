//! Where values stand. The library's marks are often beside that: before an anchor, after a dash, or
//! at whatever comes after a value that is not written.

use saphyr_parser::{Marker, ScalarStyle};

use crate::source::Span;

use super::{Content, Mapping, Open, Properties, Reader};

impl Reader<'_> {
    /// Where a list or table starts, the library's mark being that of what comes first.
    pub(super) fn collection_start(&self, mark: Marker, properties: Properties) -> usize {
        let start = self.places.byte(mark.index());
        match properties {
            Properties::Written => self.places.after_properties(start),
            Properties::Absent => start,
        }
    }

    /// Where a sequence starts: for a block sequence that is not indented more than its key, the
    /// library's `mark` is its first element, not the dash before that.
    pub(super) fn sequence_start(&self, mark: usize) -> usize {
        let is_value = matches!(
            self.open.last(),
            Some(Open {
                content: Content::Mapping(..),
                ..
            })
        );
        if !is_value || self.text[mark..].starts_with('[') {
            return mark;
        }
        let start = self.places.after_properties(self.next());
        if self.text[start..].starts_with('-') {
            start
        } else {
            mark
        }
    }

    /// Where a scalar stands. The library's mark of its end includes what may follow a quote, and
    /// a scalar that is not written has the mark of the next thing that is.
    pub(super) fn scalar_span(
        &self,
        marks: saphyr_parser::Span,
        style: ScalarStyle,
        value: &str,
        properties: Properties,
    ) -> Span {
        let end = self.places.byte(marks.end.index());
        if style == ScalarStyle::Plain && value.is_empty() {
            let at = match properties {
                Properties::Written => end,
                Properties::Absent => self.next(),
            };
            return Span::new(at..at);
        }
        let mut start = self.places.byte(marks.start.index());
        if properties == Properties::Written {
            start = self.places.after_properties(start);
        }
        let end = match style {
            ScalarStyle::Plain => end,
            ScalarStyle::SingleQuoted => self.places.after_quoted(start, b'\''),
            ScalarStyle::DoubleQuoted => self.places.after_quoted(start, b'"'),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                if value.bytes().all(|byte| byte == b'\n') {
                    return self.places.header(self.next());
                }
                // Otherwise, the library's mark is after the header.
                let content = if properties == Properties::Written {
                    self.places.after_header(start, end)
                } else {
                    start
                };
                return self.places.trimmed(content, end);
            }
        };
        Span::new(start..end.max(start))
    }

    /// Where the next key or value may start, after the colon or dash before it.
    fn next(&self) -> usize {
        match self.open.last().map(|open| &open.content) {
            Some(Content::Sequence(_)) => self.places.after_indicator(self.at, b'-'),
            Some(Content::Mapping(Mapping { pending: None, .. })) => {
                self.places.after_blank(self.at)
            }
            Some(Content::Mapping(_)) => self.places.after_indicator(self.at, b':'),
            None => self.at,
        }
    }
}
