//! Texts and values as Python 2 converts them into each other: the client's types do so.

use std::borrow::Cow;

/// The zeros of the scripts whose digits Python 2.7 knows (Unicode 5.2); nine more follow each.
const ZEROS: &[char] = &[
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
];

/// The number that `int(text)` is, in ASCII and without a plus sign.
///
/// ```text
/// integer = blanks [ ("+" | "-") blanks ] digits blanks
/// ```
pub fn integer(text: &str) -> Option<String> {
    let text = ascii_digits(text.trim_matches(is_blank));
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest.trim_start_matches(is_blank)),
        None => match text.strip_prefix('+') {
            Some(rest) => ("", rest.trim_start_matches(is_blank)),
            None => ("", &*text),
        },
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{sign}{digits}"))
}

/// The number that `float(text)` is, finite or not.
pub fn float(text: &str) -> Option<f64> {
    ascii_digits(text.trim_matches(is_blank)).parse().ok()
}

/// The truth value that pystachio makes of a text.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A number without its fraction, unless it is too large to have one.
pub fn truncated(number: f64) -> Option<i64> {
    let whole = number.trunc();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is cut on purpose, and fits"
    )]
    (whole.abs() < 9e15).then_some(whole as i64)
}

/// A truth value as `str(value)` prints it.
pub fn print_boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// A number as the client prints it: twelve significant digits at most, never without a point.
pub fn print_float(number: f64) -> String {
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

/// The text with digits of every script as those of ASCII.
fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(ascii_digit).collect())
}

fn ascii_digit(c: char) -> char {
    let after = ZEROS.partition_point(|zero| *zero <= c);
    let zero = after.checked_sub(1).map(|before| ZEROS[before]);
    let value = zero.map(|zero| u32::from(c) - u32::from(zero));
    let digit = value.and_then(|value| char::from_digit(value, 10));
    digit.unwrap_or(c)
}

fn is_blank(c: char) -> bool {
    // Unicode 5.2 has a blank that no longer is one.
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c) || c == '\u{180e}'
}

#[cfg(test)]
mod tests {
    use super::{float, integer, print_float};

    #[test]
    fn digits_of_all_scripts() {
        let cases = [
            ("12", Some("12")),
            (" + 1\u{3000}", Some("1")),
            ("5\u{180e}", Some("5")),
            ("5\u{200b}", None),
            ("- 5", Some("-5")),
            ("\u{ff11}0", Some("10")),
            ("\u{663}\u{664}", Some("34")),
            ("-\u{96a}", Some("-4")),
            ("\u{1d7db}", Some("3")),
            ("\u{1d7ff}", Some("9")),
            ("\u{2155}", None),
            ("\u{b2}", None),
            ("\u{66a}", None),
            ("", None),
            ("+", None),
            ("1.0", None),
        ];
        for (text, expected) in cases {
            assert_eq!(integer(text).as_deref(), expected, "{text}");
        }
        assert_eq!(float("\u{661}.5"), Some(1.5));
        assert_eq!(float("1e400"), Some(f64::INFINITY));
        assert_eq!(float("\u{2155}"), None);
    }

    #[test]
    fn floats_as_python_prints_them() {
        assert_eq!(print_float(f64::NAN), "nan");
        assert_eq!(print_float(f64::NEG_INFINITY), "-inf");
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
            assert_eq!(print_float(number), expected);
        }
    }
}
