//! Opinions about lints: their levels in the settings, their waivers in definitions.
//!
//! Lints go by their names here; which ones there are is known where problems are declared.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// How a lint is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LintLevel {
    /// It is not reported.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error.
    Deny,
}

/// The levels of lints, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct LintLevels(pub BTreeMap<String, LintLevel>);

/// Lints that are not reported here, each with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Waive(pub BTreeMap<String, Reason>);

/// Why something is right as it is: text that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    const EXPECTS: &str = "the reason in words";
    const BLANKS: &str = " \t\r\n";
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Reason;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Reason::EXPECTS)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Reason, E> {
                if text.chars().all(|c| Reason::BLANKS.contains(c)) {
                    return Err(E::invalid_value(Unexpected::Str(text), &self));
                }
                Ok(Reason(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl JsonSchema for Reason {
    fn schema_name() -> Cow<'static, str> {
        "Reason".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "[^ \\t\\r\\n]" })
    }
}
