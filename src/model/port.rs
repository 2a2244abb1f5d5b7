//! Ports that a job declares.

use std::borrow::Cow;
use std::fmt;

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
