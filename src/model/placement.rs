//! Constraints on the hosts that a job's tasks are placed on.
//!
//! ```text
//! text   = "limit:" integer | [ "!" ] value { "," value }
//! typed  = { limit = integer } | { any_of = [value...] } | { none_of = [value...] }
//! ```

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::Integer;

/// What one host attribute has to be.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlacementRule {
    /// At most this many tasks of the job run on hosts that share a value.
    Limit(Integer<1>),
    /// The value is one of these.
    AnyOf(Vec<AttributeValue>),
    /// The value is none of these.
    NoneOf(Vec<AttributeValue>),
}

/// A placement rule, typed or as Aurora writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement(pub PlacementRule);

/// A value of a host attribute; a comma would make it two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = Self::PATTERN))]
pub struct AttributeValue(String);

impl AttributeValue {
    /// At least one character, no comma, and no `!` in front, which would negate the list.
    pub const PATTERN: &str = "^[^,!][^,]*$";

    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AttributeValue {
    type Error = PlacementError;

    fn try_from(value: String) -> Result<Self, PlacementError> {
        if value.is_empty() || value.contains(',') || value.starts_with('!') {
            return Err(PlacementError::Value);
        }
        Ok(Self(value))
    }
}

/// What is wrong with a placement rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlacementError {
    /// After `limit:` stands no positive integer.
    Limit,
    /// A value is empty or has a comma or a leading `!`.
    Value,
}

impl PlacementError {
    fn expected(&self) -> &'static str {
        match self {
            Self::Limit => "a positive integer after `limit:`",
            Self::Value => "values with a comma between two, and no `!` but one in front of all",
        }
    }
}

impl fmt::Display for PlacementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Limit => "expected a positive integer after `limit:`",
            Self::Value => "expected a value without a comma and without `!` in front",
        })
    }
}

impl std::error::Error for PlacementError {}

impl FromStr for Placement {
    type Err = PlacementError;

    fn from_str(text: &str) -> Result<Self, PlacementError> {
        if let Some(limit) = text.strip_prefix("limit:") {
            let digits =
                (1..=9).contains(&limit.len()) && limit.bytes().all(|b| b.is_ascii_digit());
            return digits
                .then(|| limit.parse().ok().and_then(Integer::new))
                .flatten()
                .map(|limit| Self(PlacementRule::Limit(limit)))
                .ok_or(PlacementError::Limit);
        }
        let (negated, list) = match text.strip_prefix('!') {
            Some(list) => (true, list),
            None => (false, text),
        };
        let values = list
            .split(',')
            .map(|value| AttributeValue::try_from(value.to_owned()))
            .collect::<Result<_, _>>()?;
        Ok(Self(if negated {
            PlacementRule::NoneOf(values)
        } else {
            PlacementRule::AnyOf(values)
        }))
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, values: &[AttributeValue]| {
            let values: Vec<_> = values.iter().map(AttributeValue::as_str).collect();
            f.write_str(&values.join(","))
        };
        match &self.0 {
            PlacementRule::Limit(limit) => write!(f, "limit:{limit}"),
            PlacementRule::AnyOf(values) => list(f, values),
            PlacementRule::NoneOf(values) => {
                f.write_str("!")?;
                list(f, values)
            }
        }
    }
}

/// The names of the rules, as keys of a table.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum RuleName {
    Limit,
    AnyOf,
    NoneOf,
}

impl<'de> Deserialize<'de> for Placement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rule;
        impl<'de> Visitor<'de> for Rule {
            type Value = Placement;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string such as `limit:1` or `a,b`, or a table")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Placement, E> {
                text.parse().map_err(|error: PlacementError| {
                    E::invalid_value(Unexpected::Str(text), &error.expected())
                })
            }

            // Not a derived enum: serde would overlook all entries but the first.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Placement, A::Error> {
                let one = |found: &str| {
                    A::Error::custom(format!(
                        "expected exactly one of `limit`, `any_of` and `none_of`, found {found}"
                    ))
                };
                let rule = match map.next_key()?.ok_or_else(|| one("none"))? {
                    RuleName::Limit => PlacementRule::Limit(map.next_value()?),
                    RuleName::AnyOf => PlacementRule::AnyOf(map.next_value()?),
                    RuleName::NoneOf => PlacementRule::NoneOf(map.next_value()?),
                };
                match map.next_key::<RuleName>()? {
                    None => Ok(Placement(rule)),
                    Some(_) => Err(one("several")),
                }
            }
        }
        deserializer.deserialize_str(Rule)
    }
}

impl JsonSchema for Placement {
    fn schema_name() -> Cow<'static, str> {
        "Placement".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What a host attribute has to be, typed or as Aurora writes it.",
            "anyOf": [
                { "type": "string", "pattern": "^limit:0*[1-9][0-9]*$", "maxLength": 15 },
                { "type": "string", "pattern": "^(?!limit:)!?[^,!][^,]*(,[^,!][^,]*)*$" },
                generator.subschema_for::<PlacementRule>(),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Placement;

    #[test]
    fn printing_gives_the_text_back() {
        for text in ["limit:3", "rack1", "!a,b", "a,b", "web/*"] {
            assert_eq!(text.parse::<Placement>().expect(text).to_string(), text);
        }
        for text in [
            "", "limit:", "limit:0", "limit:-1", "limit:x", "!", "a,,b", "!!a", ",",
        ] {
            assert!(text.parse::<Placement>().is_err(), "{text}");
        }
    }
}
