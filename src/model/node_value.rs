//! What only a node knows, by the names that no scheduler gave it.
//!
//! ```text
//! text  = { "$${" word | value | any other character }
//! value = "${ports." NAME "}" | "${job." ( "instance" | "host" | "task_id" ) "}"
//! word  = "ports." | "job." | "vars." | "labels." | "jobs." | "address." | "addresses." | "state."
//! NAME  = letters, digits, "_", "-"
//! ```
//!
//! No shell takes them. `$${` before one of the words is a literal `${`.

use super::PortName;

/// What only a node knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeValue<'a> {
    /// `${ports.NAME}`: the number of a port.
    Port(&'a str),
    /// `${job.instance}`: the number of the instance.
    Instance,
    /// `${job.host}`: the name of the node.
    Host,
    /// `${job.task_id}`: what the scheduler calls this run of the instance.
    TaskId,
}

/// Why something is no such value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeValueError {
    /// No port can have this name.
    Port,
    /// Only a few things of a job are known on its node alone.
    Field,
    /// A definition has it, and it is filled in before texts are read; but not in all of them.
    OfDefinition,
    /// No `}` on the line.
    Unterminated,
}

/// Something in a text that begins as such a value does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundValue<'a> {
    /// Where it starts, in bytes.
    pub offset: usize,
    /// All of it; of an escape, the two `$`.
    pub text: &'a str,
    /// What it is.
    pub is: ValueOrEscape<'a>,
}

/// What begins as a value does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOrEscape<'a> {
    /// A value.
    Value(NodeValue<'a>),
    /// The `$$` of a literal `${ports.` or `${job.`.
    Escape,
    /// A value that is none.
    Mistake(NodeValueError),
}

const PORTS: &str = "ports.";
const JOB: &str = "job.";
const VARS: &str = "vars.";
const LABELS: &str = "labels.";
const JOBS: &str = "jobs.";
const ADDRESS: &str = "address.";
const ADDRESSES: &str = "addresses.";
const STATE: &str = "state.";

/// What definitions say, of the job itself or of others.
const OF_DEFINITIONS: &[&str] = &[VARS, LABELS, JOBS, ADDRESS, ADDRESSES, STATE];

impl<'a> NodeValue<'a> {
    /// What follows `${`.
    pub const WORDS: &'static [&'static str] =
        &[PORTS, JOB, VARS, LABELS, JOBS, ADDRESS, ADDRESSES, STATE];

    /// The fields of `${job.FIELD}`.
    pub const FIELDS: &'static [(&'static str, NodeValue<'static>)] = &[
        ("instance", NodeValue::Instance),
        ("host", NodeValue::Host),
        ("task_id", NodeValue::TaskId),
    ];

    /// Whether what follows `${` makes it one, or a mistaken one.
    pub fn starts(inner: &str) -> bool {
        Self::WORDS.iter().any(|word| inner.starts_with(word))
    }

    /// Whether a port can have this name.
    pub fn is_port_name(name: &str) -> bool {
        name.parse::<PortName>().is_ok()
    }

    /// What stands between `${` and `}`; none if it is something else.
    pub fn parse(inner: &'a str) -> Option<Result<Self, NodeValueError>> {
        if let Some(name) = inner.strip_prefix(PORTS) {
            let is_name = Self::is_port_name(name);
            return Some(if is_name {
                Ok(Self::Port(name))
            } else {
                Err(NodeValueError::Port)
            });
        }
        if OF_DEFINITIONS.iter().any(|word| inner.starts_with(word)) {
            return Some(Err(NodeValueError::OfDefinition));
        }
        let field = inner.strip_prefix(JOB)?;
        let known = Self::FIELDS.iter().find(|(name, _)| *name == field);
        Some(known.map_or(Err(NodeValueError::Field), |(_, value)| Ok(*value)))
    }
}

/// Whether `text` may have such values or escapes, which most texts have not.
pub fn may_have_node_values(text: &str) -> bool {
    openings(text, 0).next().is_some()
}

/// The values in `text`, and what only begins as they do, from left to right.
pub fn node_values(text: &str) -> NodeValues<'_> {
    NodeValues { text, at: 0 }
}

/// The values in a text, see [`node_values`].
#[derive(Debug, Clone)]
pub struct NodeValues<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for NodeValues<'a> {
    type Item = FoundValue<'a>;

    fn next(&mut self) -> Option<FoundValue<'a>> {
        let text = self.text;
        let open = openings(text, self.at).next()?;
        if text[..open].ends_with('$') {
            self.at = open + "${".len();
            let offset = open - 1;
            return Some(FoundValue {
                offset,
                text: &text[offset..=open],
                is: ValueOrEscape::Escape,
            });
        }
        let inner = &text[open + "${".len()..];
        let end = inner.find(['}', '\n']).unwrap_or(inner.len());
        let (end, is) = match NodeValue::parse(&inner[..end]) {
            Some(value) if inner[end..].starts_with('}') => {
                let is = value.map_or_else(ValueOrEscape::Mistake, ValueOrEscape::Value);
                (end + 1, is)
            }
            _ => (end, ValueOrEscape::Mistake(NodeValueError::Unterminated)),
        };
        self.at = open + "${".len() + end;
        Some(FoundValue {
            offset: open,
            text: &text[open..self.at],
            is,
        })
    }
}

/// Where `${` stands before one of the words, from `at` on.
fn openings(text: &str, at: usize) -> impl Iterator<Item = usize> {
    let braces = text[at..].match_indices('{');
    braces.filter_map(move |(found, _)| {
        let brace = at + found;
        let is_ours = text[..brace].ends_with('$') && NodeValue::starts(&text[brace + 1..]);
        is_ours.then(|| brace - 1)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = node_values(text)
            .map(|found| match found.is {
                ValueOrEscape::Value(value) => format!("{} {value:?}", found.offset),
                ValueOrEscape::Escape => format!("{} escape {}", found.offset, found.text),
                ValueOrEscape::Mistake(error) => {
                    format!("{} {error:?} in {}", found.offset, found.text)
                }
            })
            .collect();
        assert_eq!(found, expected, "{text:?}");
        assert_eq!(may_have_node_values(text), !expected.is_empty());
    }

    #[test]
    fn values() {
        check(
            "-p ${ports.a-b_1}${job.instance} ${job.host} '${job.task_id}'",
            &["3 Port(\"a-b_1\")", "17 Instance", "33 Host", "46 TaskId"],
        );
        check(
            "${ports} ${job} ${portsx.a} $ports.a {ports.a} ${HOME} {{a}}",
            &[],
        );
    }

    #[test]
    fn two_dollars_escape() {
        check("a$${ports.x}", &["1 escape $$"]);
        check("$$${job.x}${ports.y}", &["1 escape $$", "10 Port(\"y\")"]);
        check("$${HOME}", &[]);
    }

    #[test]
    fn mistakes() {
        check("${ports.}", &["0 Port in ${ports.}"]);
        check("${ports.a.b}", &["0 Port in ${ports.a.b}"]);
        check("${ports.\u{e9}} ", &["0 Port in ${ports.\u{e9}}"]);
        check("${job.name}", &["0 Field in ${job.name}"]);
        check("${job. host}", &["0 Field in ${job. host}"]);
        check(
            "${ports.a\n} ${job.host",
            &[
                "0 Unterminated in ${ports.a",
                "12 Unterminated in ${job.host",
            ],
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_none_of_it_twice(text in r"([a{}$.\n\u{e9}]|\$\{|ports\.|job\.|host)*") {
            let mut end = 0;
            for found in node_values(&text) {
                prop_assert!(found.offset >= end);
                end = found.offset + found.text.len();
                prop_assert_eq!(&text[found.offset..end], found.text);
            }
        }
    }
}
