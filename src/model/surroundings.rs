//! What a process finds when it starts: its variables, its directory, the mask of files that it makes.
//!
//! Values are texts with references as those of commands, and no shell reads them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::CommandLine;

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// This text.
    Value(CommandLine),
    /// What is in a file of the node when the process starts.
    File(VariableFile),
}

/// `{ file = "/run/secret" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariableFile {
    /// The file, an absolute path on the node. Newlines at its end are left out.
    pub file: CommandLine,
}

impl Variable {
    /// What is expected, as messages say it.
    pub const EXPECTS: &str = "a string, or a table with `file`";
}

impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Variable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Variable::EXPECTS)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Variable, E> {
                Ok(Variable::Value(CommandLine::new(text)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Variable, A::Error> {
                VariableFile::deserialize(MapAccessDeserializer::new(map)).map(Variable::File)
            }
        }
        deserializer.deserialize_str(Value)
    }
}

impl JsonSchema for Variable {
    fn schema_name() -> Cow<'static, str> {
        "Variable".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The value itself, which no shell expands; or a file of the node, which is read \
                when the process starts.",
            "anyOf": [
                generator.subschema_for::<CommandLine>(),
                generator.subschema_for::<VariableFile>(),
            ]
        })
    }
}

/// The permissions that files of a process do not get: three octal digits, a `0` before them or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Umask(u16);

impl Umask {
    /// What is expected, as messages say it.
    pub const EXPECTS: &str = "an octal string such as `\"0027\"`";
    /// The same as a regular expression, for the schema.
    pub const PATTERN: &str = "^0?[0-7]{3}$";

    /// The bits.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl FromStr for Umask {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = match text.len() {
            4 => text.strip_prefix('0').ok_or(())?,
            3 => text,
            _ => return Err(()),
        };
        if !digits.bytes().all(|b| matches!(b, b'0'..=b'7')) {
            return Err(());
        }
        u16::from_str_radix(digits, 8).map(Self).map_err(drop)
    }
}

impl fmt::Display for Umask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl<'de> Deserialize<'de> for Umask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Octal;
        impl Visitor<'_> for Octal {
            type Value = Umask;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Umask::EXPECTS)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Umask, E> {
                let found = Unexpected::Str(text);
                text.parse().map_err(|()| E::invalid_value(found, &self))
            }
        }
        deserializer.deserialize_str(Octal)
    }
}

impl JsonSchema for Umask {
    fn schema_name() -> Cow<'static, str> {
        "Umask".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": Umask::PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::Umask;

    #[test]
    fn masks() {
        let check = |text: &str, expected: Option<&str>| {
            let mask = text.parse::<Umask>().ok();
            let printed = mask.map(|mask| mask.to_string());
            assert_eq!(printed.as_deref(), expected, "{text}");
            if let Some(printed) = printed {
                assert_eq!(printed.parse().ok(), mask);
            }
        };
        check("0027", Some("0027"));
        check("027", Some("0027"));
        check("0777", Some("0777"));
        for wrong in [
            "", "0", "27", "028", "1027", "00027", "u=rwx", "+27", "\u{e9}7", " 27",
        ] {
            check(wrong, None);
        }
    }
}
