//! How one knows that a process is ready.
//!
//! ```text
//! ready = "health" | { command = TEXT | tcp = ADDRESS | http = URL, interval, timeout, within }
//! tcp   = PORT | [HOST ":"] PORT as text
//! http  = "http://" HOST [":" PORT] [PATH] | [":" PORT] PATH
//! ```

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::{CommandLine, Integer, Seconds, Text};

/// How one knows that a process can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    /// As the job's health check does.
    Health,
    /// By a probe.
    Probe(Box<Probe>),
}

/// What is tried until it works: a command, a connection or a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// A command; exit code 0 is ready. It may name packages and files as a command line does.
    pub command: Option<CommandLine>,
    /// A port, with a host before it and a colon between if it is not this one; a connection is ready.
    pub tcp: Option<TcpAddress>,
    /// An address to ask, `http://HOST:PORT/PATH` or `:PORT/PATH`; an answer of 2xx or 3xx is ready.
    pub http: Option<Text>,
    /// The time between two tries (default 1 s).
    pub interval: Option<Seconds>,
    /// How long one try may take (default 5 s).
    pub timeout: Option<Seconds>,
    /// How long all tries may take, together (default 60 s).
    pub within: Option<Seconds>,
}

impl Probe {
    /// The fields of which one says what is tried.
    pub const KINDS: [&str; 3] = ["command", "tcp", "http"];

    /// Those of them that are given.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        let given = [
            self.command.is_some(),
            self.tcp.is_some(),
            self.http.is_some(),
        ];
        let kinds = Self::KINDS.into_iter().zip(given);
        kinds.filter(|(_, given)| *given).map(|(kind, _)| kind)
    }
}

/// A port, or a host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpAddress(Text);

impl TcpAddress {
    /// The address as text.
    pub fn text(&self) -> &Text {
        &self.0
    }

    fn of(port: Port) -> Self {
        Self(Text(port.to_string()))
    }
}

/// A port by its number.
type Port = Integer<1, 65535>;

const HEALTH: &str = "health";

impl<'de> Deserialize<'de> for Ready {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct How;
        impl<'de> Visitor<'de> for How {
            type Value = Ready;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table with `command`, `tcp` or `http`, or `health`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Ready, E> {
                match text {
                    HEALTH => Ok(Ready::Health),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ready, A::Error> {
                let probe = Probe::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Ready::Probe(Box::new(probe)))
            }
        }
        deserializer.deserialize_str(How)
    }
}

impl JsonSchema for Ready {
    fn schema_name() -> Cow<'static, str> {
        "Ready".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How one knows that a process can be used: by a probe, or as the job's \
                health check does (`health`).",
            "anyOf": [
                { "type": "string", "const": HEALTH },
                generator.subschema_for::<Probe>(),
            ]
        })
    }
}

impl<'de> Deserialize<'de> for TcpAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Address;
        impl Visitor<'_> for Address {
            type Value = TcpAddress;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port from 1 to 65535, or `HOST:PORT`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<TcpAddress, E> {
                Ok(TcpAddress(Text(text.to_owned())))
            }

            fn visit_i64<E: Error>(self, port: i64) -> Result<TcpAddress, E> {
                Port::deserialize(port.into_deserializer()).map(TcpAddress::of)
            }

            fn visit_u64<E: Error>(self, port: u64) -> Result<TcpAddress, E> {
                Port::deserialize(port.into_deserializer()).map(TcpAddress::of)
            }

            fn visit_f64<E: Error>(self, port: f64) -> Result<TcpAddress, E> {
                Port::deserialize(port.into_deserializer()).map(TcpAddress::of)
            }
        }
        deserializer.deserialize_str(Address)
    }
}

impl JsonSchema for TcpAddress {
    fn schema_name() -> Cow<'static, str> {
        "TcpAddress".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                generator.subschema_for::<Port>(),
                { "type": "string" },
            ]
        })
    }
}
