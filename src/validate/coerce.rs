//! What the client's types make of values of other types.

use crate::source::Kind;
use crate::vocabulary::python;

/// The whole number that a text is.
pub(super) fn integer(text: &str) -> Option<Kind> {
    let number = python::integer(text)?;
    match number.parse() {
        Ok(number) => Some(Kind::Integer(number)),
        Err(_) => number.parse().ok().map(Kind::Float),
    }
}

/// The number that a text is, finite or not.
pub(super) fn float(text: &str) -> Option<Kind> {
    python::float(text).map(Kind::Float)
}

/// The truth value that a text is.
pub(super) fn boolean(text: &str) -> Option<Kind> {
    python::boolean(text).map(Kind::Boolean)
}

/// The text that a value is written as; none for what is text already, or cannot be.
pub(super) fn text(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Boolean(value) => python::print_boolean(*value).to_owned(),
        Kind::Integer(number) => number.to_string(),
        Kind::Float(number) => python::print_float(*number),
        Kind::Null | Kind::String(_) | Kind::Sequence(_) | Kind::Mapping(_) => return None,
    })
}

/// A number without its fraction.
pub(super) fn whole(number: f64) -> Kind {
    python::truncated(number).map_or(Kind::Float(number.trunc()), Kind::Integer)
}
