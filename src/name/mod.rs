//! Names: one type for each kind, so that none is taken for another.
//!
//! A leaf: what a definition is written in, and what it is compiled to, call things by the same names.

mod job_key;
mod port_key;
mod target;

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

pub use job_key::JobKey;
pub use port_key::{PortKey, PortKeyError};
pub use target::Target;

/// Why a text is not a name of the kind wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameError {
    /// Nothing was written.
    Empty,
    /// A character that such names do not have.
    Character(char),
    /// The first character may not stand at the start.
    Start(char),
    /// More characters than such names have; the limit.
    TooLong(usize),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Character(c) => write!(f, "contains `{}`", c.escape_debug()),
            Self::Start(c) => write!(f, "starts with `{}`", c.escape_debug()),
            Self::TooLong(limit) => write!(f, "is longer than {limit} characters"),
        }
    }
}

impl std::error::Error for NameError {}

macro_rules! names {
    ($($(#[$docs:meta])* $name:ident, $expects:literal, $pattern:literal, $limit:expr, $check:expr;)+) => {$(
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
        #[schemars(inline, extend("pattern" = $pattern, "maxLength" = $limit))]
        pub struct $name(Arc<str>);

        impl $name {
            /// What such a name is, as a message continues after "expected".
            pub const EXPECTS: &str = $expects;
            /// The same rule as a regular expression, for the schema.
            pub const PATTERN: &str = $pattern;

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<(), NameError> = $check;
                if text.is_empty() {
                    return Err(NameError::Empty);
                }
                check(text)?;
                if text.len() > $limit && text.chars().count() > $limit {
                    return Err(NameError::TooLong($limit));
                }
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Name;
                impl Visitor<'_> for Name {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($name::EXPECTS)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        let found = Unexpected::Str(text);
                        text.parse().map_err(|error| match error {
                            NameError::TooLong(limit) => {
                                let expected = format!("at most {limit} characters");
                                E::invalid_value(found, &expected.as_str())
                            }
                            _ => E::invalid_value(found, &self),
                        })
                    }
                }
                deserializer.deserialize_str(Name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

names! {
    /// The cluster that a job runs in, as the client's `clusters.json` calls it.
    Cluster, "letters, digits, `_`, `-` and `.`", r"^[A-Za-z0-9_.\-]+$", 255, identifier;
    /// The role that owns a job: the Unix account that its processes run as.
    Role, "letters, digits, `_`, `-` and `.`", r"^[A-Za-z0-9_.\-]+$", 255, identifier;
    /// The environment that a job belongs to, such as `prod` or `devel`.
    Environment, "letters, digits, `_`, `-` and `.`", r"^[A-Za-z0-9_.\-]+$", 255, identifier;
    /// A job's name, the last part of its key.
    JobName, "letters, digits, `_`, `-` and `.`", r"^[A-Za-z0-9_.\-]+$", 255, identifier;
    /// The name that a definition gives a package, for use as `${pkgs.NAME}`.
    PackageName, "a letter, digit or `_`, then letters, digits, `_`, `-`, `.` and `+`",
        r"^[A-Za-z0-9_][A-Za-z0-9_.+\-]{0,254}$", 255, package;
    /// A port's name, for use as `${ports.NAME}`.
    PortName, "letters, digits, `_` and `-`", r"^[A-Za-z0-9_\-]+$", 255, port;
    /// The name of an environment variable, as every shell takes it.
    VariableName, "a letter or `_`, then letters, digits and `_`",
        r"^[A-Za-z_][A-Za-z0-9_]{0,254}$", 255, variable;
    /// The name of a directory that outlives a run.
    StateName, "a letter, digit or `_`, then letters, digits, `_` and `-`",
        r"^[A-Za-z0-9_][A-Za-z0-9_\-]{0,254}$", 255, state;
    /// The name of a variable or a label of a job, for use as `${vars.NAME}`.
    ValueName, "a letter, digit or `_`, then letters, digits, `_` and `-`",
        r"^[A-Za-z0-9_][A-Za-z0-9_\-]{0,254}$", 255, state;
    /// A process' name: the agent makes a directory of this name for its logs, so it has no slash
    /// and no leading period.
    ProcessName, "a name without `/`, NUL and leading `.`",
        r"^[^./\u0000][^/\u0000]*$", 255, process;
}

fn identifier(text: &str) -> Result<(), NameError> {
    only(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
    })
}

fn port(text: &str) -> Result<(), NameError> {
    only(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
    })
}

fn package(text: &str) -> Result<(), NameError> {
    only(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+')
    })?;
    not_first(text, |c| matches!(c, '-' | '.' | '+'))
}

fn variable(text: &str) -> Result<(), NameError> {
    only(text, |c| c.is_ascii_alphanumeric() || c == '_')?;
    not_first(text, |c| c.is_ascii_digit())
}

fn state(text: &str) -> Result<(), NameError> {
    only(text, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
    })?;
    not_first(text, |c| c == '-')
}

fn process(text: &str) -> Result<(), NameError> {
    only(text, |c| !matches!(c, '/' | '\0'))?;
    not_first(text, |c| c == '.')
}

fn only(text: &str, allowed: fn(char) -> bool) -> Result<(), NameError> {
    match text.chars().find(|&c| !allowed(c)) {
        Some(c) => Err(NameError::Character(c)),
        None => Ok(()),
    }
}

fn not_first(text: &str, refused: fn(char) -> bool) -> Result<(), NameError> {
    match text.chars().next() {
        Some(c) if refused(c) => Err(NameError::Start(c)),
        _ => Ok(()),
    }
}
