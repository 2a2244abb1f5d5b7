//! A value that is not what its field takes: what was expected, what was found, and how to make the one
//! into the other.

use crate::diagnostic::{Diagnostic, Place};
use crate::front::decode::codes::{BAD_VALUE, WRONG_TYPE};
use crate::model::{Bytes, Dialect, FractionalSeconds, Seconds};
use crate::source::{Kind, Node, Pointer, Token};

use super::super::problems::{named, shortened};
use super::error::{Found, Problem};
use super::other_tools;
use super::owner::Owner;
use super::pointers::{dotted, find};
use super::wording::{all, either};

/// A value that was refused, or its key.
pub(super) struct RefusedValue<'a> {
    subject: String,
    on_key: bool,
    pointer: Pointer,
    kind: Option<&'a Kind>,
}

impl<'a> RefusedValue<'a> {
    /// The one at a place.
    pub(super) fn new(pointer: &Pointer, on_key: bool, root: &'a Node) -> Self {
        Self {
            subject: subject(pointer, on_key),
            on_key,
            kind: find(root, pointer).map(|node| &node.kind),
            pointer: pointer.clone(),
        }
    }

    fn place(&self) -> Place {
        match self.kind {
            _ if self.on_key => Place::key(self.pointer.clone()),
            Some(Kind::Sequence(_) | Kind::Mapping(_)) => Place::opening(self.pointer.clone()),
            _ => Place::value(self.pointer.clone()),
        }
    }

    /// What is wrong with it.
    pub(super) fn problem(&self, problem: &Problem, owner: Owner) -> Diagnostic {
        let subject = &self.subject;
        let bad_value = |headline| Diagnostic::new(&BAD_VALUE, headline, self.place());
        match problem {
            Problem::UnknownChoice { found, expected } => {
                let headline = format!(
                    "{subject}expected {}, found {}",
                    either(expected),
                    named(found)
                );
                let place = match self.kind {
                    Some(Kind::Mapping(_)) => Place::key(self.pointer.key(found.as_str())),
                    _ => self.place(),
                };
                Diagnostic::new(&BAD_VALUE, headline, place)
                    .did_you_mean(found, expected.iter().copied())
            }
            Problem::OneChoice { expected } => self.one_choice(expected),
            Problem::Null => {
                let headline = format!("{subject}expected a value, found null");
                let problem = Diagnostic::new(&WRONG_TYPE, headline, self.place());
                match self.pointer.tokens().last() {
                    Some(Token::Index(_)) => problem.help("remove it"),
                    _ => problem.help("write a value, or leave the field out"),
                }
            }
            Problem::WrongType { expected } => {
                let expected = in_our_words(expected, owner);
                let found = self.kind.map_or("something else", Kind::name);
                let headline = format!("{subject}expected {expected}, found {found}");
                let problem = Diagnostic::new(&WRONG_TYPE, headline, self.place());
                match self.conversion(expected, owner) {
                    Some(help) => problem.help(help),
                    None => problem,
                }
            }
            Problem::BadValue { found, expected } => {
                let plain = in_our_words(expected, owner);
                let expected = range(found, expected).unwrap_or(plain);
                let headline = format!("{subject}expected {expected}, found {found}");
                match found {
                    Found::Text(text) => match quantity(expected, text) {
                        Some(meant) => bad_value(headline).help(format!("write `\"{meant}\"`")),
                        None => bad_value(headline),
                    },
                    Found::Whole(_) | Found::Other(_) => bad_value(headline),
                }
            }
            Problem::Other(message) => bad_value(format!("{subject}{message}")),
            Problem::MissingField(_) | Problem::UnknownField { .. } | Problem::Consequence => {
                unreachable!("these are told otherwise")
            }
        }
    }

    fn one_choice(&self, expected: &[&str]) -> Diagnostic {
        let keys: Vec<&str> = match self.kind {
            Some(Kind::Mapping(entries)) => {
                entries.iter().map(|entry| entry.key.as_str()).collect()
            }
            _ => Vec::new(),
        };
        let headline = format!(
            "{}expected exactly one of {}, found {}",
            self.subject,
            all(expected),
            if keys.is_empty() {
                "none".to_owned()
            } else {
                all(&keys)
            }
        );
        let place = match &keys[..] {
            [_, second, ..] => Place::key(self.pointer.key(*second)),
            _ => self.place(),
        };
        Diagnostic::new(&BAD_VALUE, headline, place)
    }

    /// How to make what was found into what was expected.
    fn conversion(&self, expected: &str, owner: Owner) -> Option<String> {
        let list = expected == "a list";
        if let Some(help) = self.of_other_tools(expected) {
            return Some(help);
        }
        match self.kind? {
            Kind::String(text) => {
                let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
                match text.to_ascii_lowercase().as_str() {
                    _ if list => Some("put it in brackets".to_owned()),
                    _ if is_number && expected.contains("number") => {
                        Some("remove the quotes".to_owned())
                    }
                    _ if expected != "a boolean" => None,
                    "true" | "false" => Some("remove the quotes".to_owned()),
                    "yes" | "on" => Some("write `true`".to_owned()),
                    "no" | "off" => Some("write `false`".to_owned()),
                    _ => None,
                }
            }
            Kind::Integer(_) | Kind::Float(_) if expected.contains("string") => {
                Some("put it in quotes".to_owned())
            }
            Kind::Boolean(_) if expected.starts_with("a string") => {
                Some("put it in quotes".to_owned())
            }
            Kind::Integer(0 | 1) if expected == "a boolean" => {
                Some("write `true` or `false`".to_owned())
            }
            Kind::Mapping(_) if list && owner.dialect() == Dialect::Client => {
                Some("put it in brackets".to_owned())
            }
            Kind::Mapping(entries)
                if list
                    && entries
                        .iter()
                        .all(|it| matches!(it.value.kind, Kind::Mapping(_)))
                    && !entries.is_empty() =>
            {
                let name = shortened(&entries[0].key);
                Some(format!(
                    "write a list, and the keys as names: `{} = [{{ name = \"{name}\", ... }}]`",
                    dotted(&self.pointer)
                ))
            }
            Kind::Mapping(_) if list => Some(format!(
                "write a list: `[...]`, or headers like `[[{}]]` in TOML",
                dotted(&self.pointer)
            )),
            Kind::Sequence(_) if self.pointer.tokens().is_empty() && owner.is_job() => {
                Some("name the list: `{ \"jobs\": [...] }`".to_owned())
            }
            Kind::Sequence(_) if expected == "a table" && !self.pointer.tokens().is_empty() => {
                Some(format!(
                    "write one table, and no list: `[{}]` in TOML, with one pair of brackets",
                    dotted(&self.pointer)
                ))
            }
            _ => None,
        }
    }
}

impl RefusedValue<'_> {
    /// What to write for a value that another tool has in a field of this name.
    fn of_other_tools(&self, expected: &str) -> Option<String> {
        let Some(Token::Key(field)) = self.pointer.tokens().last() else {
            return None;
        };
        let help = match (field.as_str(), self.kind?) {
            ("environment", Kind::Mapping(_) | Kind::Sequence(_)) => format!(
                "write the stage that the job belongs to, such as `\"prod\"`; {}",
                other_tools::VARIABLES
            ),
            ("service", Kind::String(text))
                if expected == "a boolean"
                    && ["true", "false", "yes", "no", "on", "off"]
                        .iter()
                        .any(|word| text.eq_ignore_ascii_case(word)) =>
            {
                return None;
            }
            ("service", Kind::String(_) | Kind::Mapping(_)) if expected == "a boolean" => {
                "write `true` if instances that ended are to start again".to_owned()
            }
            ("cmdline", Kind::Sequence(_)) => {
                "write one string, as for a shell: `\"program argument\"`".to_owned()
            }
            ("constraints", Kind::Sequence(_)) if self.pointer.tokens().len() != 2 => {
                "write a table: attributes of hosts and a rule for each; the order of processes \
                 stands in `task.constraints`"
                    .to_owned()
            }
            ("umask", Kind::Integer(_)) => {
                "write its octal digits in quotes: `\"0027\"`".to_owned()
            }
            ("env", Kind::Sequence(_)) => "write a table: `env = { NAME = \"value\" }`".to_owned(),
            ("packages", Kind::Sequence(_)) => {
                "write a table: `packages = { python = \"nixpkgs#python3\" }`".to_owned()
            }
            ("ports", Kind::Sequence(_)) => {
                "write a table: `ports = { http = 8080, admin = {} }`".to_owned()
            }
            ("cpu", Kind::String(text)) => format!("write `{}`", cores(text)?),
            _ => return None,
        };
        Some(help)
    }
}

/// A number of cores that is written with a unit: `500m`, `2 cores`, `50%`.
fn cores(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    match unit.trim() {
        "m" => Some(number / 1000.0),
        "%" => Some(number / 100.0),
        "core" | "cores" | "cpu" | "cpus" | "vCPU" | "vCPUs" | "vcpu" => Some(number),
        _ => None,
    }
}

/// What a headline starts with.
fn subject(pointer: &Pointer, on_key: bool) -> String {
    match pointer.tokens() {
        [.., Token::Key(table), Token::Key(_)] if on_key => format!("a key of `{table}`: "),
        [.., Token::Key(list), Token::Index(_)] => format!("an element of `{list}`: "),
        [.., Token::Key(key)] => format!("{}: ", named(key)),
        _ => String::new(),
    }
}

/// What is expected, for serde's own names and for the units that only definitions have.
fn in_our_words(expected: &str, owner: Owner) -> &str {
    match (expected, owner.dialect()) {
        ("a sequence", _) => "a list",
        ("a map", _) => "a table",
        (Bytes::EXPECTS, Dialect::Client) => "a whole number of bytes that is not negative",
        (Seconds::EXPECTS, Dialect::Client) => "a whole number of seconds that is not negative",
        (FractionalSeconds::EXPECTS, Dialect::Client) => "a number of seconds that is not negative",
        (other, _) => other,
    }
}

/// What was expected of a number that is too large or too small for Aurora's API, where the
/// expectation does not say how large it may be.
fn range(found: &Found, expected: &str) -> Option<&'static str> {
    let is_open = ["a whole number", "a duration"]
        .iter()
        .any(|start| expected.starts_with(start))
        && !expected.contains(" to ");
    match *found {
        Found::Whole(number) if is_open && number > i32::MAX.into() => {
            Some("a number up to 2147483647")
        }
        Found::Whole(number) if expected == "a whole number" && number < i32::MIN.into() => {
            Some("a number from -2147483648 up")
        }
        _ => None,
    }
}

/// What was most likely meant by a size or a duration.
fn quantity(expected: &str, text: &str) -> Option<String> {
    type Meant = fn(&str) -> Option<String>;
    let kinds: [(&str, Meant); 3] = [
        (Bytes::EXPECTS, Bytes::meant),
        (Seconds::EXPECTS, Seconds::meant),
        (FractionalSeconds::EXPECTS, FractionalSeconds::meant),
    ];
    let (_, meant) = kinds.iter().find(|(expects, _)| *expects == expected)?;
    meant(text)
}
