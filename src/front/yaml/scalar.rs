//! What a plain scalar means, by the table of YAML 1.2.2's core schema (10.3.2):
//!
//! | text                                                  | value           |
//! |-------------------------------------------------------|-----------------|
//! | nothing, `~`, `null`, `Null`, `NULL`                  | null            |
//! | `true`, `True`, `TRUE`, `false`, `False`, `FALSE`     | a boolean       |
//! | `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`           | an integer      |
//! | `[-+]?(\.[0-9]+\|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` | a float         |
//! | `[-+]?\.(inf\|Inf\|INF)`, `\.(nan\|NaN\|NAN)`          | refused         |
//! | anything else                                         | a string        |

use super::super::number::{float, radix, whole};
use crate::source::Kind;

/// A number that JSON has no way to write.
#[derive(Debug, PartialEq)]
pub(super) struct NotFinite;

/// The value of a plain scalar.
pub(super) fn resolve(text: String) -> Result<Kind, NotFinite> {
    let Some(first) = text.bytes().next() else {
        return Ok(Kind::Null);
    };
    let number = match first {
        b'~' | b'n' | b'N' if matches!(&*text, "~" | "null" | "Null" | "NULL") => Some(Kind::Null),
        b't' | b'T' if matches!(&*text, "true" | "True" | "TRUE") => Some(Kind::Boolean(true)),
        b'f' | b'F' if matches!(&*text, "false" | "False" | "FALSE") => Some(Kind::Boolean(false)),
        b'0'..=b'9' | b'-' | b'+' | b'.' => number(&text)?,
        _ => None,
    };
    Ok(number.unwrap_or(Kind::String(text)))
}

/// The number that `text` is, if it is one.
fn number(text: &str) -> Result<Option<Kind>, NotFinite> {
    let finite = |number: Option<Kind>| number.map(Some).ok_or(NotFinite);
    for (prefix, base) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let legal = !digits.is_empty() && digits.chars().all(|c| c.is_digit(base));
            return if legal {
                finite(radix(digits, base))
            } else {
                Ok(None)
            };
        }
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(NotFinite);
    }
    let (before, rest) = digits(unsigned);
    if rest.is_empty() && !before.is_empty() {
        return finite(whole(text));
    }
    let (after, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
    if before.is_empty() && after.is_empty() {
        return Ok(None);
    }
    let rest = match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => match digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)) {
            ("", _) => return Ok(None),
            (_, rest) => rest,
        },
        None => rest,
    };
    if rest.is_empty() {
        finite(float(text))
    } else {
        Ok(None)
    }
}

/// The digits that `text` starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}
