//! The tree that every front end yields: values with the place that they were written at.
//!
//! The tree doubles as the map from pointers to spans, so that nothing has to be built for
//! documents in which nothing is wrong.

use super::{Key, Span, Token};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The text that it was read from.
    pub span: Span,
}

/// What a value may be in a data format.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// JSON's and YAML's null.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// Any other number, whole ones beyond 64 bits included.
    Float(f64),
    /// Text, with the format's escapes undone.
    String(String),
    /// An ordered list.
    Sequence(Vec<Node>),
    /// Keys with values in the order written; front ends refuse duplicate keys.
    Mapping(Vec<Entry>),
}

impl Kind {
    /// What a message calls a value of this kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a table",
        }
    }
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, with the format's escapes undone.
    pub key: Key,
    /// Where the key stands.
    pub key_span: Span,
    /// What it is bound to.
    pub value: Node,
}

impl Node {
    /// The value of `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Kind::Mapping(entries) = &mut self.kind else {
            return None;
        };
        let entry = entries.iter_mut().find(|entry| entry.key == key)?;
        Some(&mut entry.value)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Moves the spans of this value and of all in it by this many bytes.
    pub(super) fn move_spans(&mut self, by: u32) {
        self.span = self.span.moved(by);
        match &mut self.kind {
            Kind::Sequence(items) => items.iter_mut().for_each(|item| item.move_spans(by)),
            Kind::Mapping(entries) => {
                for entry in entries {
                    entry.key_span = entry.key_span.moved(by);
                    entry.value.move_spans(by);
                }
            }
            Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_) => {
            }
        }
    }

    /// The value that one step of a pointer leads to.
    pub fn step(&self, token: &Token) -> Option<&Self> {
        match (token, &self.kind) {
            (Token::Key(key), _) => self.get(key),
            (Token::Index(index), Kind::Sequence(items)) => items.get(*index),
            (Token::Index(_), _) => None,
        }
    }
}
