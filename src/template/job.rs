//! A definition's job as names lead through it.

use std::borrow::Cow;

use crate::model::{CommandLine, FieldValue, Piece, Reference, Table};
use crate::vocabulary::{Struct, python};

use super::address::Component;
use super::default::Default;
use super::list;
use super::names::{Names, Value};
use super::reference::in_auroras_words;

/// A place in a definition's job.
#[derive(Debug, Clone, Copy)]
pub enum OfJob<'a> {
    /// What its author wrote.
    Written(FieldValue<'a>),
    /// What Aurora takes.
    Default(Default),
}

impl<'a> OfJob<'a> {
    /// A table of the job.
    pub fn table(table: &'a dyn Table) -> Self {
        Self::Written(FieldValue::Table(table))
    }

    /// The struct that stands there.
    pub fn of(self) -> Option<&'static Struct> {
        match self {
            Self::Written(FieldValue::Table(table)) => Some(table.of()),
            _ => None,
        }
    }
}

impl<'a> Names<'a> for OfJob<'a> {
    fn value(self) -> Value<'a> {
        let written = match self {
            Self::Written(written) => written,
            Self::Default(default) => return default.value(),
        };
        Value::Text(match written {
            FieldValue::Text(text) => in_auroras_words(text),
            FieldValue::Command(command) => return compiled(command),
            FieldValue::Placement(placement) => {
                Cow::Owned(in_auroras_words(&placement.to_string()).into_owned())
            }
            FieldValue::Integer(number) => Cow::Owned(number.to_string()),
            FieldValue::Float(number) => Cow::Owned(python::print_float(number)),
            FieldValue::Boolean(value) => Cow::Borrowed(python::print_boolean(value)),
            FieldValue::Table(_)
            | FieldValue::List(_)
            | FieldValue::Map(_)
            | FieldValue::Choice(..) => return Value::NotText,
        })
    }

    fn step(self, component: &Component<'_>) -> Option<Self> {
        let written = match self {
            Self::Written(written) => written,
            Self::Default(default) => return default.step(component).map(Self::Default),
        };
        match (written, component) {
            (FieldValue::Table(table), Component::Field(name)) => {
                let written = table.field(name).map(Self::Written);
                written.or_else(|| Default::of(table.of().field(name)?).map(Self::Default))
            }
            (FieldValue::List(list), Component::Index(index)) => {
                let element = list.element(list::position(index, list.count())?)?;
                Some(Self::Written(element))
            }
            (FieldValue::Map(map), Component::Index(key)) => map.entry(key).map(Self::Written),
            _ => None,
        }
    }
}

/// A command with its escapes undone, as far as its compiled form is known.
fn compiled(command: &CommandLine) -> Value<'_> {
    let text = command.as_str();
    if !text.contains("${") {
        return Value::Text(Cow::Borrowed(text));
    }
    let mut is_final = true;
    let pieces = command.pieces().map(|piece| match piece {
        Ok(Piece::Text(text)) => Cow::Borrowed(text),
        Ok(Piece::Escape) => Cow::Borrowed("${"),
        Ok(Piece::Reference {
            text,
            to: Reference::Node(_),
            ..
        }) => in_auroras_words(text),
        Ok(Piece::Reference { text, .. }) => {
            is_final = false;
            Cow::Borrowed(text)
        }
        Err(error) => {
            is_final = false;
            Cow::Borrowed(error.text)
        }
    });
    let text = Cow::Owned(pieces.collect());
    if is_final {
        Value::Text(text)
    } else {
        Value::Draft(text)
    }
}
