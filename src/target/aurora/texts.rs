//! Texts as Aurora's template library reads them.

use std::borrow::Cow;

use crate::intent::{At, Piece, Placement, Text};
use crate::template::in_auroras_words;

use super::process_indexes::shift_process_indexes;

/// Writes the texts of a job.
pub(super) struct Texts {
    /// How many processes jobc puts in front of the definition's.
    pub(super) added: usize,
}

impl Texts {
    /// A text as Aurora's template library reads it.
    pub(super) fn text<'p>(&self, text: &'p Text) -> Cow<'p, str> {
        if let Some(known) = text.as_literal() {
            return Cow::Borrowed(known);
        }
        let mut written = String::new();
        for piece in text.pieces() {
            match piece {
                Piece::Literal(text) => written.push_str(text),
                Piece::Port(name) => {
                    written.extend(["{{thermos.ports[", name.as_str(), "]}}"]);
                }
                Piece::Instance => written.push_str("{{mesos.instance}}"),
                Piece::Host => written.push_str("{{mesos.hostname}}"),
                Piece::TaskId => written.push_str("{{thermos.task_id}}"),
                Piece::Field(field) => {
                    written.push_str(&shift_process_indexes(&field.written, self.added));
                }
            }
        }
        Cow::Owned(written)
    }

    /// Texts by their names.
    pub(super) fn all<'p, N, M: FromIterator<(Cow<'p, str>, Cow<'p, str>)>>(
        &self,
        texts: &'p [(N, At<Text>)],
    ) -> M {
        let texts = texts.iter();
        texts
            .map(|(_, text)| (in_auroras_words(text.field()), self.text(&text.value)))
            .collect()
    }

    /// What a host attribute has to be.
    pub(super) fn placement(&self, placement: &Placement) -> String {
        let (sign, values) = match placement {
            Placement::Limit(_) => return placement.to_string(),
            Placement::AnyOf(values) => ("", values),
            Placement::NoneOf(values) => ("!", values),
        };
        let values: Vec<_> = values.iter().map(|value| self.text(value)).collect();
        format!("{sign}{}", values.join(","))
    }

    /// A text that may be absent.
    pub(super) fn optional<'p>(&self, text: Option<&'p At<Text>>) -> Option<Cow<'p, str>> {
        text.map(|text| self.text(&text.value))
    }
}
