//! References to what definitions say, by their grammar.
//!
//! ```text
//! text    = { "$${" | value | any other character }
//! value   = "${" ( own | "jobs." JOB "." of-any ) "}"
//! own     = "vars." NAME | "job." FIELD | "labels." NAME | outlet
//! of-any  = FIELD | "labels." NAME | "ports." NAME | outlet
//! outlet  = "address." NAME [ "[" INSTANCE "]" ] | "addresses." NAME [ "|" SEPARATOR ] | "state." NAME
//! FIELD   = "cluster" | "role" | "environment" | "name" | "key"
//! JOB     = NAME | ROLE "/" NAME | CLUSTER "/" ROLE "/" ENVIRONMENT "/" NAME
//! NAME    = letters, digits, "_", "-", the first no "-"
//! ```
//!
//! No shell takes them. What is said of another job is read from the right: names of jobs may hold dots,
//! names of what they say may not.

use std::fmt;

use crate::name::{PortName, ValueName};

/// A reference in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<'t> {
    /// Where it starts, in bytes.
    pub(super) offset: usize,
    /// All of it.
    pub(super) text: &'t str,
    /// What it names.
    pub(super) names: Result<Named<'t>, Malformed<'t>>,
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named<'t> {
    /// `${vars.NAME}`: a variable of the job.
    Variable(&'t str),
    /// Something of the job itself.
    Own(Item<'t>),
    /// `${jobs.JOB....}`: something of the job that is called so.
    Of(&'t str, Item<'t>),
}

/// Something that a job says, for itself and for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item<'t> {
    /// A part of its key, or all of it.
    Field(Field),
    /// `labels.NAME`
    Label(&'t str),
    /// `ports.NAME`: the number of a port.
    Port(&'t str),
    /// `address.NAME`: where a port is reached, of one instance if it says so.
    Address(&'t str, Option<u32>),
    /// `addresses.NAME`: where a port of all instances is reached, with this between them.
    Addresses(&'t str, &'t str),
    /// `state.NAME`: the path of a directory.
    State(&'t str),
}

/// A part of a job's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Field {
    /// Its cluster.
    Cluster,
    /// Its role.
    Role,
    /// Its environment.
    Environment,
    /// Its name.
    Name,
    /// All of them.
    Key,
}

/// Why a text that begins as a reference is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed<'t> {
    /// No `}` on the line.
    Unterminated,
    /// What stands in the place of a name, behind this word.
    Name(&'static str, &'t str),
    /// What stands behind `jobs.` names nothing of a job.
    OfJob(&'t str),
    /// What stands in the place of a job's name.
    Job(&'t str),
}

/// What every reference begins with.
pub(super) const OPENING: &str = "${";
const VARIABLES: &str = "vars.";
const JOB: &str = "job.";
const JOBS: &str = "jobs.";
/// What stands between addresses unless the reference says it.
const SEPARATOR: &str = ",";

/// What a job says for others, by the word before its name.
pub(super) const WORDS: [&str; 5] = ["labels", "ports", "address", "addresses", "state"];

impl Field {
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("cluster", Self::Cluster),
        ("role", Self::Role),
        ("environment", Self::Environment),
        ("name", Self::Name),
        ("key", Self::Key),
    ];

    fn of(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(own, _)| *own == name)?;
        Some(found.1)
    }

    fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, field)| *field == self);
        found.map_or("", |(name, _)| name)
    }
}

impl<'t> Named<'t> {
    /// What stands between `${` and `}`; none if it is something else.
    fn parse(inner: &'t str) -> Option<Result<Self, Malformed<'t>>> {
        if let Some(name) = inner.strip_prefix(VARIABLES) {
            return Some(name_behind("vars.", name).map(Self::Variable));
        }
        if let Some(rest) = inner.strip_prefix(JOBS) {
            return Some(of_job(rest).map(|(job, item)| Self::Of(job, item)));
        }
        if let Some(field) = inner.strip_prefix(JOB) {
            let field = Field::of(field)?;
            return Some(Ok(Self::Own(Item::Field(field))));
        }
        let (word, rest) = inner.split_once('.')?;
        // The number of an own port is what only a node knows.
        let is_own = WORDS.contains(&word) && word != "ports";
        is_own.then(|| Item::parse(word, rest).map(Self::Own))
    }
}

impl<'t> Item<'t> {
    /// What stands behind one of the words.
    fn parse(word: &'t str, rest: &'t str) -> Result<Self, Malformed<'t>> {
        Ok(match word {
            "labels" => Self::Label(name_behind("labels.", rest)?),
            "ports" => Self::Port(port_behind("ports.", rest)?),
            "address" => match rest.strip_suffix(']').and_then(|it| it.split_once('[')) {
                Some((name, instance)) => {
                    let name = port_behind("address.", name)?;
                    let number = instance.parse().ok();
                    let is_plain = |number: &u32| number.to_string() == instance;
                    let Some(number) = number.filter(is_plain) else {
                        return Err(Malformed::Name("address.", rest));
                    };
                    Self::Address(name, Some(number))
                }
                None => Self::Address(port_behind("address.", rest)?, None),
            },
            "addresses" => {
                let (name, separator) = rest.split_once('|').unwrap_or((rest, SEPARATOR));
                Self::Addresses(port_behind("addresses.", name)?, separator)
            }
            _ => Self::State(name_behind("state.", rest)?),
        })
    }
}

fn name_behind<'t>(word: &'static str, name: &'t str) -> Result<&'t str, Malformed<'t>> {
    let is_name = name.parse::<ValueName>().is_ok();
    is_name.then_some(name).ok_or(Malformed::Name(word, name))
}

fn port_behind<'t>(word: &'static str, name: &'t str) -> Result<&'t str, Malformed<'t>> {
    let is_name = name.parse::<PortName>().is_ok();
    is_name.then_some(name).ok_or(Malformed::Name(word, name))
}

/// What stands behind `jobs.`: the name of a job, and what is asked of it.
fn of_job(rest: &str) -> Result<(&str, Item<'_>), Malformed<'_>> {
    // Separators may be anything.
    let plain = rest.split_once('|').map_or(rest, |(plain, _)| plain);
    let Some((before, last)) = plain.rsplit_once('.') else {
        return Err(Malformed::OfJob(rest));
    };
    if let Some((job, word)) = before.rsplit_once('.')
        && WORDS.contains(&word)
    {
        let item = Item::parse(word, &rest[before.len() + 1..])?;
        return is_job(job)
            .then_some((job, item))
            .ok_or(Malformed::Job(job));
    }
    match Field::of(last) {
        Some(field) if plain == rest && is_job(before) => Ok((before, Item::Field(field))),
        Some(_) if plain == rest => Err(Malformed::Job(before)),
        _ => Err(Malformed::OfJob(rest)),
    }
}

/// Whether a job may be called so from elsewhere.
fn is_job(text: &str) -> bool {
    let is_part = |part: &str| {
        let legal = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        !part.is_empty() && part.chars().all(legal)
    };
    let parts = text.split('/').count();
    text.split('/').all(is_part) && matches!(parts, 1 | 2 | 4)
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "${{{VARIABLES}{name}}}"),
            Self::Own(Item::Field(field)) => write!(f, "${{{JOB}{}}}", field.as_str()),
            Self::Own(item) => write!(f, "${{{item}}}"),
            Self::Of(job, item) => write!(f, "${{{JOBS}{job}.{item}}}"),
        }
    }
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field.as_str()),
            Self::Label(name) => write!(f, "labels.{name}"),
            Self::Port(name) => write!(f, "ports.{name}"),
            Self::Address(name, None) => write!(f, "address.{name}"),
            Self::Address(name, Some(instance)) => write!(f, "address.{name}[{instance}]"),
            Self::Addresses(name, SEPARATOR) => write!(f, "addresses.{name}"),
            Self::Addresses(name, separator) => write!(f, "addresses.{name}|{separator}"),
            Self::State(name) => write!(f, "state.{name}"),
        }
    }
}

/// The references in `text`, from left to right.
pub(super) fn references(text: &str) -> impl Iterator<Item = Found<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + text[at..].find(OPENING)?;
            at = open + OPENING.len();
            let inner = &text[at..];
            if text[..open].ends_with('$') {
                continue;
            }
            let end = inner.find(['}', '\n']).unwrap_or(inner.len());
            let Some(names) = Named::parse(&inner[..end]) else {
                continue;
            };
            let is_closed = inner[end..].starts_with('}');
            let end = at + end + usize::from(is_closed);
            let found = Found {
                offset: open,
                text: &text[open..end],
                names: if is_closed {
                    names
                } else {
                    Err(Malformed::Unterminated)
                },
            };
            at = end;
            return Some(found);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = references(text)
            .map(|found| match found.names {
                Ok(names) => format!("{} {names:?}", found.offset),
                Err(malformed) => format!("{} {malformed:?} in {}", found.offset, found.text),
            })
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn values() {
        check(
            "-d ${vars.data-dir}/${labels.a_1} ${job.name} ${address.http}",
            &[
                "3 Variable(\"data-dir\")",
                "20 Own(Label(\"a_1\"))",
                "34 Own(Field(Name))",
                "46 Own(Address(\"http\", None))",
            ],
        );
        check(
            "${vars} ${ports.a} ${job.instance} ${HOME} $vars.a {vars.a} ${job.x} ${var.a}",
            &[],
        );
    }

    #[test]
    fn of_other_jobs() {
        check(
            "${jobs.db.ports.sql}${jobs.www/a.b.labels.x}${jobs.c/r/e/n.name}",
            &[
                "0 Of(\"db\", Port(\"sql\"))",
                "20 Of(\"www/a.b\", Label(\"x\"))",
                "44 Of(\"c/r/e/n\", Field(Name))",
            ],
        );
        check(
            "${jobs.db.address.sql[2]}${jobs.db.addresses.sql}${jobs.db.addresses.sql|. }",
            &[
                "0 Of(\"db\", Address(\"sql\", Some(2)))",
                "25 Of(\"db\", Addresses(\"sql\", \",\"))",
                "49 Of(\"db\", Addresses(\"sql\", \". \"))",
            ],
        );
        // Of a job called `a.labels` this is none.
        check(
            "${jobs.a.labels.name}${jobs.labels.name}",
            &[
                "0 Of(\"a\", Label(\"name\"))",
                "21 Of(\"labels\", Field(Name))",
            ],
        );
    }

    #[test]
    fn two_dollars_escape() {
        check("a$${vars.x} $$${labels.x} $${jobs.a.name}", &[]);
        check("$${vars.x}${vars.y}", &["10 Variable(\"y\")"]);
    }

    #[test]
    fn mistakes() {
        check("${vars.}", &["0 Name(\"vars.\", \"\") in ${vars.}"]);
        check(
            "${vars.a.b}",
            &["0 Name(\"vars.\", \"a.b\") in ${vars.a.b}"],
        );
        check(
            "${labels.-a}",
            &["0 Name(\"labels.\", \"-a\") in ${labels.-a}"],
        );
        check("${vars.a\n}", &["0 Unterminated in ${vars.a"]);
        check("${labels.a", &["0 Unterminated in ${labels.a"]);
        check("${jobs.db}", &["0 OfJob(\"db\") in ${jobs.db}"]);
        check(
            "${jobs.db.vars.x}",
            &["0 OfJob(\"db.vars.x\") in ${jobs.db.vars.x}"],
        );
        check(
            "${jobs.a/b/c.name}",
            &["0 Job(\"a/b/c\") in ${jobs.a/b/c.name}"],
        );
        check(
            "${jobs.db.address.x[01]}",
            &["0 Name(\"address.\", \"x[01]\") in ${jobs.db.address.x[01]}"],
        );
    }

    #[test]
    fn what_is_printed_is_read() {
        for text in [
            "${vars.a}",
            "${labels.a}",
            "${job.key}",
            "${jobs.a.key}",
            "${address.a}",
            "${state.a}",
            "${jobs.a/b.address.a[1]}",
            "${jobs.a.addresses.a}",
            "${jobs.a.addresses.a| }",
            "${jobs.a.ports.a}",
            "${jobs.a.state.a}",
        ] {
            let found = references(text).next().map(|found| found.names);
            let printed = found.and_then(Result::ok).map(|named| named.to_string());
            assert_eq!(printed.as_deref(), Some(text));
        }
    }
}
