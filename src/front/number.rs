//! Numbers, once a format has decided that a text is one.

use crate::diagnostic::{Diagnostic, Place};
use crate::front::codes::NUMBER_OUT_OF_RANGE;
use crate::source::Kind;

/// The value of a whole number in decimal: an integer if it fits 64 bits.
pub(super) fn whole(text: &str) -> Option<Kind> {
    match text.parse() {
        Ok(integer) => Some(Kind::Integer(integer)),
        Err(_) => float(text),
    }
}

/// The value of a number; `None` if it is too large for a float, or none.
pub(super) fn float(text: &str) -> Option<Kind> {
    let float: f64 = text.parse().ok()?;
    float.is_finite().then_some(Kind::Float(float))
}

/// The value of a whole number's `digits`, all of which are legal in `radix`.
pub(super) fn radix(digits: &str, radix: u32) -> Option<Kind> {
    if let Ok(integer) = i64::from_str_radix(digits, radix) {
        return Some(Kind::Integer(integer));
    }
    let float = digits
        .chars()
        .filter_map(|c| c.to_digit(radix))
        .fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit));
    float.is_finite().then_some(Kind::Float(float))
}

/// The problem of a number that is no finite 64-bit float.
pub(super) fn out_of_range(text: &str, place: Place) -> Diagnostic {
    Diagnostic::new(
        &NUMBER_OUT_OF_RANGE,
        format!("expected a finite number, found `{text}`"),
        place,
    )
    .help("use a finite number")
}
