//! Sizes and durations: a plain number in the base unit, or text with a unit.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::number::exact;

/// A size in bytes: `67108864`, `"64 MB"` or `"64MiB"`.
///
/// Units count in 1024s with and without the `i`, as Aurora's `MB` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Bytes(i64);

/// A duration in whole seconds: `30`, `"30s"`, `"5m"`, `"1h"` or `"1d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Seconds(i64);

/// A duration in seconds that need not be whole: `0.5`, `"500ms"`, `"30s"`, `"5m"` or `"1h"`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct FractionalSeconds(f64);

/// A unit, its factor, and how many digits a number of it may have. The digits keep every quantity
/// in range, so that the schema's pattern says all there is to say.
type Unit = (&'static str, u64, usize);

const BYTE_UNITS: &[Unit] = &[
    ("B", 1, 15),
    ("KB", 1 << 10, 12),
    ("KiB", 1 << 10, 12),
    ("MB", 1 << 20, 9),
    ("MiB", 1 << 20, 9),
    ("GB", 1 << 30, 6),
    ("GiB", 1 << 30, 6),
    ("TB", 1 << 40, 3),
    ("TiB", 1 << 40, 3),
];

const SECOND_UNITS: &[Unit] = &[("s", 1, 9), ("m", 60, 7), ("h", 3600, 5), ("d", 86400, 4)];

const MILLISECOND_UNITS: &[Unit] = &[
    ("ms", 1, 9),
    ("s", 1000, 9),
    ("m", 60_000, 7),
    ("h", 3_600_000, 5),
    ("d", 86_400_000, 4),
];

/// Whole numbers up to here are exact in every JSON reader.
const MAX_BYTES: i64 = 1 << 53;

/// No duration that Aurora takes is longer: its API carries 32 bits.
const MAX_SECONDS: i64 = i32::MAX as i64;

impl Bytes {
    /// This many bytes; none if negative or beyond 8 PiB.
    pub fn new(bytes: i64) -> Option<Self> {
        (0..=MAX_BYTES).contains(&bytes).then_some(Self(bytes))
    }

    /// The number of bytes.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl Seconds {
    /// This many seconds, if they are a duration that Aurora takes.
    pub fn new(seconds: i64) -> Option<Self> {
        (0..=MAX_SECONDS)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// The number of seconds.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FractionalSeconds {
    /// This many seconds, if they are a duration that Aurora takes.
    #[expect(clippy::cast_precision_loss, reason = "32 bits are exact in a double")]
    pub fn new(seconds: f64) -> Option<Self> {
        (0.0..=MAX_SECONDS as f64)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// The number of seconds.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// Digits, at most one space, a unit.
fn parse_units(text: &str, units: &[Unit]) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, factor, limit) = units.iter().find(|(name, ..)| *name == unit)?;
    (1..=*limit)
        .contains(&digits)
        .then(|| number.parse::<u64>().ok())??
        .checked_mul(*factor)
}

/// What a text that breaks the rules most likely means: units in another case or written out,
/// fractions, or no unit, which is taken for the most usual one.
fn meant(text: &str, units: &[Unit]) -> Option<String> {
    let text = text.trim();
    if let Some(sum) = sum(text, units) {
        return Some(sum);
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
        .unwrap_or(text.len());
    let (number, unit) = (text[..end].replace(',', "."), text[end..].trim());
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let (name, factor, _) = named_unit(unit, units)?;
    let amount = digits.checked_mul(*factor)?;
    let space = if units == BYTE_UNITS { " " } else { "" };
    let binary = name.contains('i');
    let not_larger = units.iter().rev().filter(|(name, divisor, _)| {
        divisor <= factor && (name.contains('i') == binary || *divisor == 1)
    });
    not_larger
        .filter_map(|(name, divisor, _)| Some((name, divisor.checked_mul(scale)?)))
        .find(|(_, divisor)| amount.is_multiple_of(*divisor))
        .map(|(name, divisor)| format!("{}{space}{name}", amount / divisor))
}

/// What durations in a row come to, `1h30m`, in the largest unit that it is a whole number of.
fn sum(text: &str, units: &[Unit]) -> Option<String> {
    if units == BYTE_UNITS {
        return None;
    }
    let mut rest = text;
    let mut total: u64 = 0;
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let end = after.find(|c: char| c.is_ascii_digit());
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let unit = unit.trim_end_matches([' ', ',']);
        if unit.is_empty() {
            return None;
        }
        let (_, factor, _) = named_unit(unit, units)?;
        let amount = number.parse::<u64>().ok()?.checked_mul(*factor)?;
        total = total.checked_add(amount)?;
        parts += 1;
        rest = after;
    }
    let (name, factor, _) = units
        .iter()
        .rev()
        .find(|(_, factor, _)| total.is_multiple_of(*factor))?;
    (parts > 1).then(|| format!("{}{name}", total / factor))
}

fn named_unit<'u>(word: &str, units: &'u [Unit]) -> Option<&'u Unit> {
    const WORDS: &[(&str, &str)] = &[
        ("byte", "B"),
        ("ki", "KiB"),
        ("mi", "MiB"),
        ("gi", "GiB"),
        ("ti", "TiB"),
        ("mebibyte", "MiB"),
        ("gibibyte", "GiB"),
        ("k", "KB"),
        ("kilobyte", "KB"),
        ("m", "MB"),
        ("meg", "MB"),
        ("megabyte", "MB"),
        ("g", "GB"),
        ("gig", "GB"),
        ("gigabyte", "GB"),
        ("t", "TB"),
        ("terabyte", "TB"),
        ("", "MB"),
        ("", "s"),
        ("sec", "s"),
        ("second", "s"),
        ("min", "m"),
        ("minute", "m"),
        ("hr", "h"),
        ("hour", "h"),
        ("day", "d"),
        ("msec", "ms"),
        ("millisecond", "ms"),
    ];
    let of_name = |wanted: &str| {
        let mut units = units.iter();
        units.find(|(name, ..)| name.eq_ignore_ascii_case(wanted))
    };
    let lower = word.to_ascii_lowercase();
    let singular = match lower.strip_suffix('s') {
        Some(singular) if !singular.is_empty() => singular,
        _ => &lower,
    };
    of_name(word).or_else(|| {
        let mut words = WORDS.iter().filter(|(word, _)| *word == singular);
        words.find_map(|(_, name)| of_name(name))
    })
}

fn schema_pattern(units: &[Unit]) -> String {
    let choices: Vec<_> = units
        .iter()
        .map(|(name, _, digits)| format!("[0-9]{{1,{digits}}} ?{name}"))
        .collect();
    format!("^({})$", choices.join("|"))
}

/// What is wrong with a quantity's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityError {
    expected: &'static str,
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for QuantityError {}

macro_rules! quantities {
    ($($name:ident, $units:ident, $expected:literal, $schema:expr, $from_text:expr, $from_whole:expr, $from_float:expr;)+) => {$(
        impl $name {
            /// What a value is, as a message continues after "expected".
            pub const EXPECTS: &str = $expected;

            /// What was most likely meant by a text that is no such value.
            pub fn meant(text: &str) -> Option<String> {
                meant(text, $units).filter(|meant| meant.parse::<Self>().is_ok())
            }
        }

        impl FromStr for $name {
            type Err = QuantityError;

            fn from_str(text: &str) -> Result<Self, QuantityError> {
                let convert: fn(u64) -> Option<Self> = $from_text;
                parse_units(text, $units).and_then(convert).ok_or(QuantityError { expected: $expected })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Quantity;
                impl Visitor<'_> for Quantity {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
                    }

                    fn visit_i64<E: Error>(self, number: i64) -> Result<$name, E> {
                        let convert: fn(i64) -> Option<$name> = $from_whole;
                        convert(number)
                            .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
                    }

                    fn visit_u64<E: Error>(self, number: u64) -> Result<$name, E> {
                        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
                    }

                    fn visit_f64<E: Error>(self, number: f64) -> Result<$name, E> {
                        let convert: fn(f64) -> Option<$name> = $from_float;
                        convert(number)
                            .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
                    }
                }
                deserializer.deserialize_f64(Quantity)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut number = $schema;
                number["description"] = concat!("expected: ", $expected).into();
                let pattern = schema_pattern($units);
                json_schema!({
                    "anyOf": [number, { "type": "string", "pattern": pattern }]
                })
            }
        }
    )+};
}

quantities! {
    Bytes, BYTE_UNITS, "a size: bytes, or a string such as \"64 MB\"",
        serde_json::json!({ "type": "integer", "minimum": 0, "maximum": MAX_BYTES }),
        |bytes| i64::try_from(bytes).ok().and_then(Bytes::new),
        Bytes::new,
        |number| exact(number).and_then(Bytes::new);
    Seconds, SECOND_UNITS, "a duration: seconds, or a string such as \"30s\" or \"5m\"",
        serde_json::json!({ "type": "integer", "minimum": 0, "maximum": MAX_SECONDS }),
        |seconds| i64::try_from(seconds).ok().and_then(Seconds::new),
        Seconds::new,
        |number| exact(number).and_then(Seconds::new);
    FractionalSeconds, MILLISECOND_UNITS,
        "a duration: seconds, or a string such as \"500ms\" or \"30s\"",
        serde_json::json!({ "type": "number", "minimum": 0, "maximum": MAX_SECONDS }),
        from_milliseconds,
        from_whole_seconds,
        FractionalSeconds::new;
}

#[expect(clippy::cast_precision_loss, reason = "the range is checked after")]
fn from_whole_seconds(seconds: i64) -> Option<FractionalSeconds> {
    FractionalSeconds::new(seconds as f64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "at most 9 digits times a day's milliseconds"
)]
fn from_milliseconds(milliseconds: u64) -> Option<FractionalSeconds> {
    FractionalSeconds::new(milliseconds as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let check = |text: &str, bytes: Option<&str>, seconds: Option<&str>, fractional| {
            assert_eq!(Bytes::meant(text).as_deref(), bytes, "{text}");
            assert_eq!(Seconds::meant(text).as_deref(), seconds, "{text}");
            assert_eq!(
                FractionalSeconds::meant(text).as_deref(),
                fractional,
                "{text}"
            );
        };
        check("64mb", Some("64 MB"), None, None);
        check("64 megabytes", Some("64 MB"), None, None);
        check("64mib", Some("64 MiB"), None, None);
        check("0.5 GB", Some("512 MB"), None, None);
        check("1,5 GiB", Some("1536 MiB"), None, None);
        check("0.5 B", None, None, None);
        check("64", Some("64 MB"), Some("64s"), Some("64s"));
        check("5 min", None, Some("5m"), Some("5m"));
        check("1.5 hours", None, Some("90m"), Some("90m"));
        check("0.5s", None, None, Some("500ms"));
        check("9999999999999999999999 MB", None, None, None);
        check("many", None, None, None);
        check("", None, None, None);
    }
}
