//! Values as the client writes them into a text.

use std::borrow::Cow;

use crate::model::{Integer, Seconds, Text};

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
    word(if value.unwrap_or(default) {
        "True"
    } else {
        "False"
    })
}

pub(super) fn float<'a>(number: f64) -> Value<'a> {
    Value::Text(Cow::Owned(python_float(number)))
}

/// A number as the client prints it: twelve significant digits at most, never without a point.
pub(crate) fn python_float(number: f64) -> String {
    const DIGITS: usize = 12;
    if !number.is_finite() {
        // Rust and Python write these alike, but for the case.
        return number.to_string().to_ascii_lowercase();
    }
    let scientific = format!("{number:.*e}", DIGITS - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trim = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if (-4..11).contains(&exponent) {
        let decimals = usize::try_from(11 - exponent).unwrap_or_default();
        let fixed = format!("{number:.decimals$}");
        if !fixed.contains('.') {
            return format!("{fixed}.0");
        }
        let trimmed = trim(&fixed);
        if trimmed.contains('.') {
            trimmed
        } else {
            format!("{trimmed}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trim(mantissa), exponent.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::python_float;

    #[test]
    fn floats_as_python_prints_them() {
        assert_eq!(python_float(f64::NAN), "nan");
        assert_eq!(python_float(f64::NEG_INFINITY), "-inf");
        for (number, expected) in [
            (1.0, "1.0"),
            (0.5, "0.5"),
            (0.0, "0.0"),
            (1.0 / 3.0, "0.333333333333"),
            (2.0 / 3.0 * 1e6, "666666.666667"),
            (1e6, "1000000.0"),
            (123_456_789_012.0, "1.23456789012e+11"),
            (99_999_999_999.9, "99999999999.9"),
            (0.0001, "0.0001"),
            (0.000_012_5, "1.25e-05"),
            (1e-9, "1e-09"),
        ] {
            assert_eq!(python_float(number), expected);
        }
    }
}
