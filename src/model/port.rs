//! Ports that a job declares, and how they get their numbers.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::Integer;

/// The number of a port.
pub type PortNumber = Integer<1, 65535>;

/// A port that a job declares: `8080`, `{ number = 8080 }` or `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeclaredPort {
    /// The number that it is to have, if a certain one.
    pub number: Option<PortNumber>,
}

/// A port as a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PortTable {
    /// The number that it is to have (default: any free one).
    number: Option<PortNumber>,
}

impl<'de> Deserialize<'de> for DeclaredPort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Port;
        impl<'de> Visitor<'de> for Port {
            type Value = DeclaredPort;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number from 1 to 65535, or `{}` for any")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                let number = PortNumber::new(number)
                    .ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))?;
                Ok(DeclaredPort {
                    number: Some(number),
                })
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                PortNumber::of_float(number)
                    .map(|number| DeclaredPort {
                        number: Some(number),
                    })
                    .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let PortTable { number } = PortTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(DeclaredPort { number })
            }
        }
        deserializer.deserialize_i64(Port)
    }
}

impl JsonSchema for DeclaredPort {
    fn schema_name() -> Cow<'static, str> {
        "DeclaredPort".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The number that a port is to have, or `{}` for any.",
            "anyOf": [
                generator.subschema_for::<PortNumber>(),
                generator.subschema_for::<PortTable>(),
            ]
        })
    }
}

/// How ports get numbers where the scheduler finds none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PortSettings {
    /// The numbers that `jobc lock` assigns, both ends included (default `20000-29999`, which is below
    /// what Linux gives to connections).
    pub range: Option<PortRange>,
    /// Which jobs' ports get numbers (default `where-needed`).
    pub assign: Option<PortAssignment>,
}

/// Which jobs' ports get numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PortAssignment {
    /// Those of jobs whose target has no ports of its own to give.
    #[default]
    WhereNeeded,
    /// Those of all jobs.
    Always,
}

/// Numbers of ports: `FIRST-LAST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    first: u16,
    last: u16,
}

impl PortRange {
    /// What such a range is, as a message continues after "expected".
    pub const EXPECTS: &str = "two numbers from 1 to 65535, as `20000-29999`";

    /// The numbers.
    pub fn numbers(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }
}

impl Default for PortRange {
    fn default() -> Self {
        Self {
            first: 20000,
            last: 29999,
        }
    }
}

impl FromStr for PortRange {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (first, last) = text.split_once('-').ok_or(())?;
        let number = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|number| *number > 0);
            number.filter(|_| is_plain).ok_or(())
        };
        let (first, last) = (number(first)?, number(last)?);
        (first <= last).then_some(Self { first, last }).ok_or(())
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl<'de> Deserialize<'de> for PortRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Range;
        impl Visitor<'_> for Range {
            type Value = PortRange;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(PortRange::EXPECTS)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<PortRange, E> {
                text.parse()
                    .map_err(|()| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Range)
    }
}

impl JsonSchema for PortRange {
    fn schema_name() -> Cow<'static, str> {
        "PortRange".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^0*[1-9][0-9]{0,4}-0*[1-9][0-9]{0,4}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::PortRange;

    #[test]
    fn ranges() {
        for good in ["1-1", "20000-29999", "1-65535"] {
            let range: PortRange = good.parse().expect("it is one");
            assert_eq!(range.to_string(), good);
        }
        for bad in [
            "", "-", "1", "1-", "-1", "0-1", "2-1", "1-65536", "+1-2", "1-2-3", "1 - 2",
        ] {
            assert_eq!(bad.parse::<PortRange>(), Err(()), "{bad}");
        }
    }
}
