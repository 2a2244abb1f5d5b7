//! What the client's types make of values of other types, which are Python's own conversions.

use crate::check::{python_float, python_integer, python_number};
use crate::source::Kind;

/// The whole number that a text is: `int(text)`.
pub(super) fn integer(text: &str) -> Option<Kind> {
    let number = python_integer(text)?;
    match number.parse() {
        Ok(number) => Some(Kind::Integer(number)),
        Err(_) => number.parse().ok().map(Kind::Float),
    }
}

/// The number that a text is, finite or not: `float(text)`.
pub(super) fn float(text: &str) -> Option<Kind> {
    python_number(text).map(Kind::Float)
}

/// The truth value that a text is.
pub(super) fn boolean(text: &str) -> Option<Kind> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(Kind::Boolean(true)),
        "false" | "0" => Some(Kind::Boolean(false)),
        _ => None,
    }
}

/// The text that a value is written as; none for what is text already, or cannot be.
pub(super) fn text(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Boolean(true) => "True".to_owned(),
        Kind::Boolean(false) => "False".to_owned(),
        Kind::Integer(number) => number.to_string(),
        Kind::Float(number) => python_float(*number),
        Kind::Null | Kind::String(_) | Kind::Sequence(_) | Kind::Mapping(_) => return None,
    })
}

/// A number without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is cut on purpose, and fits"
)]
pub(super) fn whole(number: f64) -> Kind {
    let whole = number.trunc();
    if whole.abs() < 9e15 {
        Kind::Integer(whole as i64)
    } else {
        Kind::Float(whole)
    }
}
