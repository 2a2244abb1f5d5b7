//! What is wrong with the shape of a document, in the project's words.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::TOO_MANY_ERRORS;
use crate::diagnostic::{Annotation, Diagnostic, Place};
use crate::front::decode::codes::{BAD_VALUE, MISSING_FIELD, UNKNOWN_FIELD, WRONG_TYPE};
use crate::model::{Bytes, Dialect, Document, FractionalSeconds, Seconds};
use crate::source::{Kind, Node, Pointer, Token};

use super::super::problems::{named, shortened};
use super::tables::TABLES;
use super::unknown::{self, TooDeep, Unknown};
use super::words;
use super::{DecodeError, Found, Owner, Problem, find};

/// The errors of a document as problems; they are `all`, or there are more.
///
/// One mistake is told once: fields that are missing from one table together, and not at all where
/// an unknown field is most likely what was meant by the missing one; fields that stand in a table
/// below their own together; the same mistake in several elements of a list together.
pub(super) fn explain(
    errors: &[(Pointer, DecodeError)],
    root: &Node,
    owner: Owner,
    all: bool,
) -> Vec<Diagnostic> {
    let last = errors.last().map(|(pointer, _)| pointer.clone());
    let too_deep: Vec<Option<TooDeep>> = errors
        .iter()
        .map(|(pointer, error)| match &error.problem {
            Problem::MissingField(field) => unknown::in_map(pointer, field, owner, root),
            Problem::UnknownField { field, expected } if unknown::is_slip(field, expected) => None,
            Problem::UnknownField { .. } => unknown::too_deep(pointer, owner, root),
            _ => unknown::refused_key(pointer, owner, root),
        })
        .collect();
    let mut meant: Vec<Pointer> = too_deep
        .iter()
        .flatten()
        .map(|it| it.to().clone())
        .collect();
    let mut of_jobs: Vec<&str> = Vec::new();
    for ((pointer, error), too_deep) in errors.iter().zip(&too_deep) {
        if let Problem::UnknownField { field, expected } = &error.problem
            && too_deep.is_none()
        {
            if is_beside_jobs(pointer, field, expected, owner) {
                of_jobs.push(field);
                continue;
            }
            let unknown = Unknown {
                pointer,
                field,
                expected,
                owner,
                root,
            };
            meant.extend(unknown.meant());
        }
    }
    let mut missing: Vec<(Pointer, Vec<&'static str>)> = Vec::new();
    let mut diagnostics = Vec::new();
    if !of_jobs.is_empty() {
        diagnostics.push(beside_jobs(&of_jobs));
    }
    for ((pointer, error), _) in errors.iter().zip(&too_deep).filter(|(_, it)| it.is_none()) {
        match &error.problem {
            Problem::Consequence => {}
            // What belongs into it stands beside it.
            Problem::Null if meant.iter().any(|meant| pointer.contains(meant)) => {}
            Problem::MissingField(field) => {
                let wanted = pointer.key(*field);
                let is_beside = owner == Owner::File && of_jobs.contains(field);
                if is_beside || meant.iter().any(|meant| wanted.contains(meant)) {
                    continue;
                }
                match missing.iter_mut().find(|(table, _)| table == pointer) {
                    Some((_, fields)) => fields.push(field),
                    None => missing.push((pointer.clone(), vec![field])),
                }
            }
            Problem::UnknownField { field, expected } => {
                if is_beside_jobs(pointer, field, expected, owner) {
                    continue;
                }
                let unknown = Unknown {
                    pointer,
                    field,
                    expected,
                    owner,
                    root,
                };
                diagnostics.push(unknown.problem());
            }
            problem => {
                let value = Value {
                    subject: subject(pointer, error.on_key),
                    on_key: error.on_key,
                    kind: find(root, pointer).map(|node| &node.kind),
                    pointer: pointer.clone(),
                };
                diagnostics.push(value.problem(problem, owner));
            }
        }
    }
    let too_deep: Vec<TooDeep> = too_deep.into_iter().flatten().collect();
    diagnostics.extend(unknown::too_deep_problems(too_deep, owner, root));
    for (table, fields) in missing {
        diagnostics.push(missing_fields(&table, &fields, owner, root));
    }
    let mut diagnostics = together(diagnostics);
    if let Some(last) = last.filter(|_| !all) {
        let headline = "the file has more errors than are shown";
        let problem = Diagnostic::new(&TOO_MANY_ERRORS, headline, Place::opening(last));
        diagnostics.push(problem.help("mend these to see the others"));
    }
    diagnostics
}

/// Whether a field of a job stands beside the list of them.
fn is_beside_jobs(pointer: &Pointer, field: &str, expected: &[&str], owner: Owner) -> bool {
    !owner.is_job()
        && pointer.tokens().len() == 1
        && expected.contains(&Document::LIST_FIELD)
        && TABLES[0].has(field)
}

fn beside_jobs(fields: &[&str]) -> Diagnostic {
    let place = |field: &str| Place::key(Pointer::root().key(field));
    let (are, them) = match fields {
        [_] => ("is a field", "it"),
        _ => ("are fields", "them"),
    };
    let headline = format!("{} {are} of a job, not of the file", all(fields));
    let mut problem = Diagnostic::new(&UNKNOWN_FIELD, headline, place(fields[0]));
    for field in &fields[1..] {
        problem = problem.also(place(field), "");
    }
    problem.help(format!(
        "write {them} in each of the `{}`",
        Document::LIST_FIELD
    ))
}

/// The same problems, those that elements of one list have in common told once.
fn together(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    /// More places than these are counted.
    const SHOWN: usize = 3;
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut again: BTreeMap<usize, usize> = BTreeMap::new();
    let mut first: HashMap<(&'static str, String, Pointer), usize> = HashMap::new();
    for problem in problems {
        let Some(key) = in_list(&problem) else {
            kept.push(problem);
            continue;
        };
        let index = *first.entry(key).or_insert(kept.len());
        if index == kept.len() {
            kept.push(problem);
            continue;
        }
        let count = again.entry(index).or_default();
        *count += 1;
        if *count <= SHOWN {
            let place = problem.annotations.into_iter().next();
            let place = place.map(|it| it.place);
            kept[index]
                .annotations
                .extend(place.map(|place| Annotation {
                    place,
                    label: String::new(),
                }));
        }
    }
    for (index, count) in again {
        match count.saturating_sub(SHOWN) {
            0 => {}
            1 => kept[index]
                .notes
                .push("it is the same in 1 more place".to_owned()),
            more => kept[index]
                .notes
                .push(format!("it is the same in {more} more places")),
        }
    }
    kept
}

/// What problems have in common that are one mistake: code, headline and the place, whichever
/// element of a list it is in. None for problems outside of lists.
fn in_list(problem: &Diagnostic) -> Option<(&'static str, String, Pointer)> {
    let [
        Annotation {
            place: Place::Document(pointer, _),
            ..
        },
    ] = &problem.annotations[..]
    else {
        return None;
    };
    let is_index = |token: &Token| matches!(token, Token::Index(_));
    if !pointer.tokens().iter().any(is_index) {
        return None;
    }
    let any = |token: &Token| match token {
        Token::Index(_) => Token::Index(0),
        Token::Key(key) => Token::Key(key.clone()),
    };
    let anywhere = pointer.tokens().iter().map(any).collect();
    Some((problem.code.id, problem.headline.clone(), anywhere))
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

    fn problem(&self, problem: &Problem, owner: Owner) -> Diagnostic {
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
            Kind::Boolean(_) if expected == "a string" => Some("put it in quotes".to_owned()),
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

fn missing_fields(table: &Pointer, fields: &[&str], owner: Owner, root: &Node) -> Diagnostic {
    let place = match table.tokens().last() {
        Some(Token::Key(_)) => Place::key(table.clone()),
        _ => Place::opening(table.clone()),
    };
    let plural = if fields.len() == 1 { "" } else { "s" };
    let headline = format!("missing field{plural} {}", all(fields));
    let label = format!(
        "this {} has no {}",
        owner_name(table, owner),
        either(fields)
    );
    let problem = Diagnostic::new(&MISSING_FIELD, headline, place).label(label);
    let below = fields.iter().find_map(|field| {
        let node = find(root, table)?;
        Some((*field, below(node, table, field)?))
    });
    match below {
        Some((field, found)) => {
            let holder = parent(&found);
            let name = owner_name(&holder, owner);
            let help = match name {
                "table" => format!("move `{field}` up, if it is meant for all"),
                _ => format!("move `{field}` up, before the first {name}, if it is meant for all"),
            };
            problem
                .also(Place::key(found), format!("this is the {name}'s own"))
                .help(help)
        }
        None => problem,
    }
}

/// The first place below a table that has the field, in an element of one of its lists.
fn below(node: &Node, table: &Pointer, field: &str) -> Option<Pointer> {
    let Kind::Mapping(entries) = &node.kind else {
        return None;
    };
    entries.iter().find_map(|entry| {
        let Kind::Sequence(items) = &entry.value.kind else {
            return None;
        };
        let index = items.iter().position(|item| item.get(field).is_some())?;
        Some(table.key(entry.key.as_str()).index(index).key(field))
    })
}

/// What a message calls the table at `pointer`.
pub(super) fn owner_name(pointer: &Pointer, owner: Owner) -> &'static str {
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

impl Value<'_> {
    /// What to write for a value that another tool has in a field of this name.
    fn of_other_tools(&self, expected: &str) -> Option<String> {
        let Some(Token::Key(field)) = self.pointer.tokens().last() else {
            return None;
        };
        let help = match (field.as_str(), self.kind?) {
            ("environment", Kind::Mapping(_) | Kind::Sequence(_)) => format!(
                "write the stage that the job belongs to, such as `\"prod\"`; {}",
                words::VARIABLES
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
            ("packages", Kind::Sequence(_)) => {
                "write a table: `packages = { python = \"nixpkgs#python3\" }`".to_owned()
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

/// The problem of a field that only definitions have, its key being at `place`.
pub fn own_field(field: &str, place: Place) -> Diagnostic {
    let headline = format!("unknown field {}", named(field));
    Diagnostic::new(&UNKNOWN_FIELD, headline, place)
        .help("remove it: jobc's definitions have it, but not the JSON that Aurora's client reads")
}

/// The place around one.
pub(super) fn parent(pointer: &Pointer) -> Pointer {
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
pub(super) fn all(words: &[&str]) -> String {
    joined(words, "and")
}

fn joined(words: &[&str], last: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| named(word)).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
