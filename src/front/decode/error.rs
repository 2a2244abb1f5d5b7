//! Why serde refused a value.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use crate::source::{Node, Pointer, Token};

use super::super::problems::named;

/// What was wrong with a value, and the way up from it.
#[derive(Debug)]
pub(super) struct DecodeError {
    pub(super) problem: Problem,
    pub(super) node: *const Node,
    /// Whether it is the key that was wrong, not the value.
    pub(super) on_key: bool,
    /// From the value upwards.
    pub(super) path: Vec<Token>,
}

#[derive(Debug)]
pub(super) enum Problem {
    UnknownField {
        field: String,
        expected: &'static [&'static str],
    },
    MissingField(&'static str),
    UnknownChoice {
        found: String,
        expected: &'static [&'static str],
    },
    /// A table where exactly one choice is to be made.
    OneChoice {
        expected: &'static [&'static str],
    },
    Null,
    WrongType {
        expected: String,
    },
    BadValue {
        found: Found,
        expected: String,
    },
    Other(String),
    /// It only became wrong when one of its keys was left out, which has been told.
    Consequence,
}

/// A value of the right type that was refused.
#[derive(Debug)]
pub(super) enum Found {
    Text(String),
    Whole(i64),
    Other(String),
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if text.is_empty() => f.write_str("an empty string"),
            Self::Text(text) => f.write_str(&named(text)),
            Self::Whole(number) => write!(f, "`{number}`"),
            Self::Other(found) => f.write_str(found),
        }
    }
}

impl DecodeError {
    pub(super) fn new(problem: Problem) -> Self {
        Self {
            problem,
            node: std::ptr::null(),
            on_key: false,
            path: Vec::new(),
        }
    }

    /// The error with the innermost node that it passes.
    pub(super) fn on(mut self, node: &Node) -> Self {
        if self.node.is_null() {
            self.node = std::ptr::from_ref(node);
        }
        self
    }

    /// The error of a value that was to be text and nothing else.
    pub(super) fn of_text(mut self, node: &Node) -> Self {
        if let Problem::WrongType { expected } = &mut self.problem
            && std::ptr::eq(self.node, node)
            && !expected.contains("table")
        {
            "a string".clone_into(expected);
        }
        self
    }

    pub(super) fn below(mut self, token: impl FnOnce() -> Token) -> Self {
        self.path.push(token());
        self
    }

    pub(super) fn pointer(&self) -> Pointer {
        self.path.iter().rev().cloned().collect()
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.problem)
    }
}

impl std::error::Error for DecodeError {}

impl Error for DecodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Problem::Other(message.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Problem::WrongType {
            expected: expected.to_string(),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Str(text) => Found::Text(text.to_owned()),
            Unexpected::Signed(number) => Found::Whole(number),
            Unexpected::Float(number) => Found::Other(format!("`{number}`")),
            other => Found::Other(other.to_string()),
        };
        Self::new(Problem::BadValue {
            found,
            expected: expected.to_string(),
        })
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownField {
            field: field.to_owned(),
            expected,
        })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownChoice {
            found: variant.to_owned(),
            expected,
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Problem::MissingField(field))
    }
}
