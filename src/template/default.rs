//! What Aurora takes where a job says nothing.

use std::borrow::Cow;

use crate::vocabulary::{Absent, Field, Literal, Type, python};

use super::address::Component;
use super::names::{Names, Value};

/// A value that is not written: a default.
#[derive(Debug, Clone, Copy)]
pub struct Default {
    literal: &'static Literal,
    of: Type,
}

impl Default {
    /// That of a field, if it has one.
    pub(super) fn of(field: &'static Field) -> Option<Self> {
        match &field.absent {
            Absent::Default(literal) => Some(Self {
                literal,
                of: field.of,
            }),
            Absent::Refused | Absent::Nothing => None,
        }
    }
}

impl<'a> Names<'a> for Default {
    fn value(self) -> Value<'a> {
        Value::Text(match self.literal {
            Literal::Integer(number) => Cow::Owned(number.to_string()),
            Literal::Float(number) => Cow::Owned(python::print_float(*number)),
            Literal::Boolean(value) => Cow::Borrowed(python::print_boolean(*value)),
            Literal::Text(text) => Cow::Borrowed(text),
            Literal::EmptyList | Literal::Table(_) => return Value::NotText,
        })
    }

    fn step(self, component: &Component<'_>) -> Option<Self> {
        let Literal::Table(entries) = self.literal else {
            return None;
        };
        let entry = |name: &str| {
            let mut entries = entries.iter();
            entries.find_map(|(known, literal)| (*known == name).then_some(literal))
        };
        match (self.of, component) {
            (Type::Struct(of), Component::Field(name)) => {
                let field = of.field(name)?;
                let written = entry(name).map(|literal| Self {
                    literal,
                    of: field.of,
                });
                written.or_else(|| Self::of(field))
            }
            (Type::Map(of), Component::Index(key)) => Some(Self {
                literal: entry(key)?,
                of: *of,
            }),
            _ => None,
        }
    }
}
