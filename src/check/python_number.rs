//! Which texts Python 2 takes for numbers.

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

/// Whether `int(text)` makes a number of the text.
pub(super) fn is_whole_number(text: &str) -> bool {
    python_integer(text).is_some()
}

/// The number that `int(text)` is, in ASCII and without a plus sign.
///
/// ```text
/// integer = blanks [ ("+" | "-") blanks ] digits blanks
/// ```
pub(crate) fn python_integer(text: &str) -> Option<String> {
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
pub(crate) fn python_number(text: &str) -> Option<f64> {
    ascii_digits(text.trim_matches(is_blank)).parse().ok()
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
    use super::{python_integer, python_number};

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
            assert_eq!(python_integer(text).as_deref(), expected, "{text}");
        }
        assert_eq!(python_number("\u{661}.5"), Some(1.5));
        assert_eq!(python_number("1e400"), Some(f64::INFINITY));
        assert_eq!(python_number("\u{2155}"), None);
    }
}
