//! Numbers with the range that makes sense for them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A whole number from `MIN` to `MAX`, by default the largest that Aurora's API carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Integer<const MIN: i64, const MAX: i64 = { i32::MAX as i64 }>(i64);

impl<const MIN: i64, const MAX: i64> Integer<MIN, MAX> {
    /// The number, if it is in range.
    pub fn new(number: i64) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }

    /// The number, if it is whole and in range.
    pub fn of_float(number: f64) -> Option<Self> {
        exact(number).and_then(Self::new)
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for Integer<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Integer<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole<const MIN: i64, const MAX: i64>;
        impl<const MIN: i64, const MAX: i64> Visitor<'_> for Whole<MIN, MAX> {
            type Value = Integer<MIN, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_range(f, "a whole number", MIN, MAX)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Integer::new(number)
                    .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                Integer::of_float(number)
                    .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_i64(Whole)
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Integer<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Integer_{MIN}_{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

/// A number from `MIN` to `MAX` that need not be whole.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Float<const MIN: i64, const MAX: i64>(f64);

impl<const MIN: i64, const MAX: i64> Float<MIN, MAX> {
    /// The number, if it is in range.
    #[expect(clippy::cast_precision_loss, reason = "the bounds in use are small")]
    pub fn new(number: f64) -> Option<Self> {
        (MIN as f64..=MAX as f64)
            .contains(&number)
            .then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Float<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number<const MIN: i64, const MAX: i64>;
        impl<const MIN: i64, const MAX: i64> Visitor<'_> for Number<MIN, MAX> {
            type Value = Float<MIN, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_range(f, "a number", MIN, MAX)
            }

            #[expect(
                clippy::cast_precision_loss,
                reason = "checked against the range after"
            )]
            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Float::new(number as f64)
                    .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                Float::new(number).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_f64(Number)
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Float<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Float_{MIN}_{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": MIN, "maximum": MAX })
    }
}

/// The whole number that `number` is, if it is one: `3.0` is as good a 3 as `3`.
pub(super) fn exact(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
    let whole = (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
    whole
}

fn write_range(f: &mut fmt::Formatter<'_>, what: &str, min: i64, max: i64) -> fmt::Result {
    let unbounded = max >= i64::from(i32::MAX);
    match (min, unbounded) {
        _ if min == max => write!(f, "{min}"),
        (i64::MIN..=-2, true) => f.write_str(what),
        (0, true) => write!(f, "{what} that is not negative"),
        (1, true) => write!(f, "{what} that is positive"),
        (_, true) => write!(f, "{what} from {min} up"),
        (_, false) => write!(f, "{what} from {min} to {max}"),
    }
}
