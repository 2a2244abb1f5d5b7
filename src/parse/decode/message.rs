//! What is wrong with the shape of a document, in the project's words.

use crate::diagnostic::codes::shape;
use crate::diagnostic::{Diagnostic, Place, closest};
use crate::model::{Bytes, Dialect, Document, FractionalSeconds, Seconds};
use crate::source::{Kind, Node, Pointer, Token};

use super::super::problems::named;
use super::{DecodeError, Found, Owner, Problem, find};

/// The errors of a document as problems; they are `all`, or there are more.
///
/// One mistake is told once: fields that are missing from one table together, and not at all where
/// an unknown field is most likely a misspelling of the missing one.
pub(super) fn explain(
    errors: Vec<(Pointer, DecodeError)>,
    root: &Node,
    owner: Owner,
    all: bool,
) -> Vec<Diagnostic> {
    let last = errors.last().map(|(pointer, _)| pointer.clone());
    let meant: Vec<Pointer> = errors
        .iter()
        .filter_map(|(pointer, error)| meant(pointer, &error.problem, owner))
        .collect();
    let mut missing: Vec<(Pointer, Vec<&'static str>)> = Vec::new();
    let mut diagnostics = Vec::new();
    for (pointer, error) in errors {
        match error.problem {
            Problem::Consequence => {}
            Problem::MissingField(field) => {
                let wanted = pointer.key(field);
                if meant.iter().any(|meant| wanted.contains(meant)) {
                    continue;
                }
                match missing.iter_mut().find(|(table, _)| *table == pointer) {
                    Some((_, fields)) => fields.push(field),
                    None => missing.push((pointer, vec![field])),
                }
            }
            Problem::UnknownField { field, expected } => {
                diagnostics.push(unknown_field(&pointer, &field, expected, owner));
            }
            problem => {
                let value = Value {
                    subject: subject(&pointer, error.on_key),
                    on_key: error.on_key,
                    kind: find(root, &pointer).map(|node| &node.kind),
                    pointer,
                };
                diagnostics.push(value.problem(problem, owner));
            }
        }
    }
    for (table, fields) in missing {
        diagnostics.push(missing_fields(&table, &fields, owner));
    }
    if let Some(last) = last.filter(|_| !all) {
        let headline = "the file has more errors than are shown";
        let problem = Diagnostic::new(&shape::TOO_MANY_ERRORS, headline, Place::opening(last));
        diagnostics.push(problem.help("mend these to see the others"));
    }
    diagnostics
}

/// A value that was refused, or its key.
struct Value<'a> {
    subject: String,
    on_key: bool,
    pointer: Pointer,
    kind: Option<&'a Kind>,
}

impl Value<'_> {
    fn place(&self) -> Place {
        match self.kind {
            _ if self.on_key => Place::key(self.pointer.clone()),
            Some(Kind::Sequence(_) | Kind::Mapping(_)) => Place::opening(self.pointer.clone()),
            _ => Place::value(self.pointer.clone()),
        }
    }

    fn problem(&self, problem: Problem, owner: Owner) -> Diagnostic {
        let subject = &self.subject;
        let bad_value = |headline| Diagnostic::new(&shape::BAD_VALUE, headline, self.place());
        match problem {
            Problem::UnknownChoice { found, expected } => {
                let headline = format!(
                    "{subject}expected {}, found {}",
                    either(expected),
                    named(&found)
                );
                let place = match self.kind {
                    Some(Kind::Mapping(_)) => Place::key(self.pointer.key(&found)),
                    _ => self.place(),
                };
                Diagnostic::new(&shape::BAD_VALUE, headline, place)
                    .did_you_mean(&found, expected.iter().copied())
            }
            Problem::OneChoice { expected } => self.one_choice(expected),
            Problem::Null => {
                let headline = format!("{subject}expected a value, found null");
                let problem = Diagnostic::new(&shape::WRONG_TYPE, headline, self.place());
                match self.pointer.tokens().last() {
                    Some(Token::Index(_)) => problem.help("remove it"),
                    _ => problem.help("write a value, or leave the field out"),
                }
            }
            Problem::WrongType { expected } => {
                let expected = in_our_words(&expected, owner);
                let found = self.kind.map_or("something else", Kind::name);
                let headline = format!("{subject}expected {expected}, found {found}");
                let problem = Diagnostic::new(&shape::WRONG_TYPE, headline, self.place());
                match self.conversion(expected, owner) {
                    Some(help) => problem.help(help),
                    None => problem,
                }
            }
            Problem::BadValue { found, expected } => {
                let plain = in_our_words(&expected, owner);
                let expected = range(&found, &expected).unwrap_or(plain);
                let headline = format!("{subject}expected {expected}, found {found}");
                match &found {
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
        Diagnostic::new(&shape::BAD_VALUE, headline, place)
    }

    /// How to make what was found into what was expected.
    fn conversion(&self, expected: &str, owner: Owner) -> Option<String> {
        let list = expected == "a list";
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
            Kind::Boolean(_) if expected == "a string" => Some("put it in quotes".to_owned()),
            Kind::Integer(0 | 1) if expected == "a boolean" => {
                Some("write `true` or `false`".to_owned())
            }
            Kind::Mapping(_) if list && owner.dialect() == Dialect::Client => {
                Some("put it in brackets".to_owned())
            }
            Kind::Mapping(_) if list => Some(format!(
                "write a list: `[...]`, or headers like `[[{}]]` in TOML",
                dotted(&self.pointer)
            )),
            Kind::Sequence(_) if self.pointer.tokens().is_empty() && owner.is_job() => {
                Some("name the list: `{ \"jobs\": [...] }`".to_owned())
            }
            _ => None,
        }
    }
}

fn missing_fields(table: &Pointer, fields: &[&str], owner: Owner) -> Diagnostic {
    let place = match table.tokens().last() {
        Some(Token::Key(_)) => Place::key(table.clone()),
        _ => Place::opening(table.clone()),
    };
    let (plural, none) = if fields.len() == 1 {
        ("", fields)
    } else {
        ("s", fields)
    };
    let headline = format!("missing field{plural} {}", all(fields));
    let label = format!("this {} has no {}", owner_name(table, owner), either(none));
    Diagnostic::new(&shape::MISSING_FIELD, headline, place).label(label)
}

/// What a message calls the table at `pointer`.
fn owner_name(pointer: &Pointer, owner: Owner) -> &'static str {
    match pointer.tokens() {
        [] if owner.is_job() => "job",
        [] => "file",
        [Token::Key(list), Token::Index(_)] if list == Document::LIST_FIELD => "job",
        [.., Token::Key(list), Token::Index(_)] => match list.as_str() {
            "processes" => "process",
            "constraints" => "constraint",
            "packages" => "package",
            _ => "table",
        },
        [.., Token::Key(key)] if key == "task" => "task",
        _ => "table",
    }
}

fn unknown_field(
    pointer: &Pointer,
    field: &str,
    expected: &'static [&'static str],
    owner: Owner,
) -> Diagnostic {
    let headline = format!("unknown field {}", named(field));
    let problem = Diagnostic::new(&shape::UNKNOWN_FIELD, headline, Place::key(pointer.clone()));
    if let Some(moved) = moved(field, pointer, expected, owner) {
        return problem.help(moved.help);
    }
    let expected = known(expected, owner);
    let suggested = problem.did_you_mean(field, expected.iter().copied());
    match &expected[..] {
        _ if !suggested.help.is_empty() => suggested,
        [] => suggested,
        [only] => suggested.note(format!("the only field here is `{only}`")),
        _ => suggested.note(format!("the fields here are {}", all(&expected))),
    }
}

/// The fields of a table that are known where the document is read.
fn known(expected: &[&'static str], owner: Owner) -> Vec<&'static str> {
    let own = |field: &&&str| {
        owner.dialect() == Dialect::Definition || !Document::OWN_FIELDS.contains(field)
    };
    expected.iter().filter(own).copied().collect()
}

/// The problem of a field that only definitions have, its key being at `place`.
pub fn own_field(field: &str, place: Place) -> Diagnostic {
    let headline = format!("unknown field {}", named(field));
    Diagnostic::new(&shape::UNKNOWN_FIELD, headline, place)
        .help("remove it: jobc's definitions have it, but not the JSON that Aurora's client reads")
}

/// Where the field is that an unknown one most likely is.
fn meant(pointer: &Pointer, problem: &Problem, owner: Owner) -> Option<Pointer> {
    let Problem::UnknownField { field, expected } = problem else {
        return None;
    };
    if let Some(moved) = moved(field, pointer, expected, owner) {
        return moved.to;
    }
    let expected = known(expected, owner);
    let candidate = match expected[..] {
        [only] => only,
        _ => closest(field, expected.iter().copied())?,
    };
    Some(parent(pointer).key(candidate))
}

/// What became of a field.
struct Moved {
    help: String,
    to: Option<Pointer>,
}

/// Where a field went that older Aurora releases had at `pointer`, or that belongs into another
/// table.
fn moved(field: &str, pointer: &Pointer, expected: &[&str], owner: Owner) -> Option<Moved> {
    let table = parent(pointer);
    let write = |tables: &str, path: &[&str]| {
        let path: Vec<&str> = path.iter().copied().chain([field]).collect();
        let to = path.iter().fold(table.clone(), |to, key| to.key(*key));
        Some(Moved {
            help: format!("write it as `{tables}{}`", path.join(".")),
            to: Some(to),
        })
    };
    let rename = |name: &str| {
        Some(Moved {
            help: format!("write it as `{name}`"),
            to: name.rsplit('.').next().map(|name| table.key(name)),
        })
    };
    let key = match table.tokens().last() {
        Some(Token::Key(key)) => key.as_str(),
        _ => "",
    };
    match (key, field) {
        ("health_check_config", "endpoint" | "expected_response" | "expected_response_code") => {
            write("health_check_config.", &["health_checker", "http"])
        }
        ("update_config", "restart_threshold") => Some(Moved {
            help: "remove it: Aurora dropped it, health checks decide".to_owned(),
            to: None,
        }),
        ("announce", "port_map") => rename("announce.portmap"),
        ("task", "cpu" | "ram" | "disk" | "gpu") => write("task.", &["resources"]),
        ("", "environments") if expected.contains(&"scheduler") => {
            rename("scheduler.allowed_job_environments")
        }
        _ if !owner.is_job() && expected.contains(&Document::LIST_FIELD) => {
            let suggested = closest(field, expected.iter().copied());
            suggested.is_none().then(|| Moved {
                help: format!("write it in each of the `{}`", Document::LIST_FIELD),
                to: None,
            })
        }
        _ if owner_name(&table, owner) != "job" => None,
        (_, "cron_policy") => rename("cron_collision_policy"),
        (_, "processes" | "resources" | "finalization_wait" | "max_concurrency") => {
            write("", &["task"])
        }
        _ => None,
    }
}

fn parent(pointer: &Pointer) -> Pointer {
    let tokens = pointer.tokens();
    let above = &tokens[..tokens.len().saturating_sub(1)];
    above.iter().cloned().collect()
}

/// The keys on the way to a place, as a header of TOML has them.
fn dotted(pointer: &Pointer) -> String {
    let keys = pointer.tokens().iter().filter_map(|token| match token {
        Token::Key(key) => Some(key.as_str()),
        Token::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
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

/// `a`, `b` or `c`, in backticks.
pub(super) fn either(words: &[&str]) -> String {
    joined(words, "or")
}

/// `a`, `b` and `c`, in backticks.
fn all(words: &[&str]) -> String {
    joined(words, "and")
}

fn joined(words: &[&str], last: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| named(word)).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
