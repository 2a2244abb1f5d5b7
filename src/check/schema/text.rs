//! Values as the client writes them into a text.

use std::borrow::Cow;

use crate::model::{Integer, Seconds, Text};
use crate::vocabulary::python;

use super::Value;

pub(super) fn word(word: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(word))
}

pub(super) fn text(text: &Text) -> Value<'_> {
    word(text.as_str())
}

pub(super) fn text_or<'a>(text: Option<&'a Text>, default: &'static str) -> Value<'a> {
    word(text.map_or(default, Text::as_str))
}

pub(super) fn number<'a>(number: i64) -> Value<'a> {
    Value::Text(Cow::Owned(number.to_string()))
}

pub(super) fn integer<'a, const MIN: i64, const MAX: i64>(
    value: Option<Integer<MIN, MAX>>,
    default: i64,
) -> Value<'a> {
    number(value.map_or(default, Integer::get))
}

pub(super) fn seconds<'a>(value: Option<Seconds>, default: i64) -> Value<'a> {
    number(value.map_or(default, Seconds::get))
}

pub(super) fn boolean<'a>(value: Option<bool>, default: bool) -> Value<'a> {
    word(python::print_boolean(value.unwrap_or(default)))
}

pub(super) fn float<'a>(number: f64) -> Value<'a> {
    Value::Text(Cow::Owned(python::print_float(number)))
}
