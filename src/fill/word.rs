//! References to what definitions say, by their grammar.
//!
//! ```text
//! text  = { "$${" | value | any other character }
//! value = "${" ( own | "jobs." JOB "." of-another ) "}"
//! own   = "vars." NAME | "labels." NAME | "job." FIELD
//! FIELD = "cluster" | "role" | "environment" | "name" | "key"
//! NAME  = letters, digits, "_", "-", the first no "-"
//! ```
//!
//! No shell takes them. What is said of another job is read from the right: names of jobs may hold dots,
//! names of what they say may not.

use std::fmt;

use crate::name::ValueName;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Named<'t> {
    /// `${vars.NAME}`: a variable of the job.
    Variable(&'t str),
    /// `${labels.NAME}`: a label of the job.
    Label(&'t str),
    /// `${job.FIELD}`: a part of the job's key, or all of it.
    Field(Field),
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
}

/// What every reference begins with.
pub(super) const OPENING: &str = "${";
const VARIABLES: &str = "vars.";
const LABELS: &str = "labels.";
const JOB: &str = "job.";

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

    pub(super) fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, field)| *field == self);
        found.map_or("", |(name, _)| name)
    }
}

impl<'t> Named<'t> {
    /// What stands between `${` and `}`; none if it is something else.
    fn parse(inner: &'t str) -> Option<Result<Self, Malformed<'t>>> {
        type Make<'t> = fn(&'t str) -> Named<'t>;
        let named: [(&'static str, Make<'t>); 2] =
            [(VARIABLES, Self::Variable), (LABELS, Self::Label)];
        for (word, make) in named {
            if let Some(name) = inner.strip_prefix(word) {
                let is_name = name.parse::<ValueName>().is_ok();
                return Some(if is_name {
                    Ok(make(name))
                } else {
                    Err(Malformed::Name(word, name))
                });
            }
        }
        let field = inner.strip_prefix(JOB).and_then(Field::of)?;
        Some(Ok(Self::Field(field)))
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "${{{VARIABLES}{name}}}"),
            Self::Label(name) => write!(f, "${{{LABELS}{name}}}"),
            Self::Field(field) => write!(f, "${{{JOB}{}}}", field.as_str()),
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
            "-d ${vars.data-dir}/${labels.a_1} ${job.name}",
            &[
                "3 Variable(\"data-dir\")",
                "20 Label(\"a_1\")",
                "34 Field(Name)",
            ],
        );
        check(
            "${vars} ${ports.a} ${job.instance} ${HOME} $vars.a {vars.a} ${job.x} ${var.a}",
            &[],
        );
    }

    #[test]
    fn two_dollars_escape() {
        check("a$${vars.x} $$${labels.x}", &[]);
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
    }
}
