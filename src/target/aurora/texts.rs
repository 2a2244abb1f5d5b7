//! Texts as Aurora's template library reads them.

use std::borrow::Cow;

use crate::intent::{At, Field, Intent, Piece, Placement, Text};
use crate::template::{Component, in_auroras_words, references};

use super::prelude::has_prelude;
use super::process_indexes::shift_process_indexes;

/// Writes the texts of a job.
pub(super) struct Texts {
    /// How many processes jobc puts in front of the definition's.
    pub(super) added: usize,
    /// What commands are in the document.
    pub(super) commands: CommandForm,
}

/// What commands are in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandForm {
    /// As the definition has them.
    AsDefined,
    /// Some have lines before them.
    Prefixed,
}

impl CommandForm {
    /// Those of a job.
    pub(super) fn of(intent: &Intent) -> Self {
        if intent
            .runs
            .iter()
            .any(|run| has_prelude(run) || !run.awaits.is_empty())
        {
            Self::Prefixed
        } else {
            Self::AsDefined
        }
    }
}

/// Whether a reference is one to the command of a process.
fn is_command(field: &Field) -> bool {
    let reference = references(&field.written).next();
    let address = reference.and_then(|reference| reference.named());
    address.is_some_and(|address| matches!(address.0[..], [.., Component::Field("cmdline")]))
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
                Piece::Field(field)
                    if self.commands == CommandForm::Prefixed && is_command(field) =>
                {
                    // The client would fill in the lines before it, too.
                    let value = field.value.as_ref().map(|value| self.text(value));
                    written.push_str(value.as_deref().unwrap_or(&field.written));
                }
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
