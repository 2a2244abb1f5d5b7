//! Command lines: text for the node's shell, with references to packages and files.
//!
//! ```text
//! command   = { "$${" | reference | any other character }
//! reference = "${pkgs." NAME "}" | "${" path "}" | "${expanded " path "}"
//!           | "${ports." NAME "}" | "${job." FIELD "}"
//! path      = "./" ... | "../" ...                     (up to the next "}")
//! reserved  = "${filled " ... | "${collect " ...
//! ```
//!
//! None of the references is a legal shell expansion, so that every other `${...}` is the shell's
//! and passes untouched, wherever it stands; `$${` is a literal `${`. What is no reference and no
//! legal expansion either, the checks tell: it depends on the quotes around it whether the shell
//! sees it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::{NameError, NodeValue, NodeValueError, PackageName};

/// A command as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CommandLine(Arc<str>);

/// A stretch of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that reaches the shell as it is.
    Text(&'a str),
    /// `$${`, which reaches the shell as `${`.
    Escape,
    /// Something that becomes a store path, or what only a node knows.
    Reference {
        /// The reference as written, `${` and `}` included.
        text: &'a str,
        /// Where it starts in the command line, in bytes.
        offset: usize,
        /// What it refers to.
        to: Reference<'a>,
    },
}

/// What a command line may refer to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference<'a> {
    /// `${pkgs.NAME}`: a package.
    Package(PackageName),
    /// `${./path}`: a file or directory, imported as it is.
    File(&'a str),
    /// `${expanded ./path}`: a file whose `{{...}}` references are filled in on the node.
    Expanded(&'a str),
    /// `${ports.NAME}` and `${job.FIELD}`: what only a node knows.
    Node(NodeValue<'a>),
}

/// A reference that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError<'a> {
    /// Where it starts in the command line, in bytes.
    pub offset: usize,
    /// The guilty text.
    pub text: &'a str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No `}` on the line.
    Unterminated,
    /// Not the name of a package.
    Name(NameError),
    /// A path that does not start with `./` or `../`.
    NotRelative,
    /// Not what a node knows.
    Node(NodeValueError),
    /// A word that is kept for references to come.
    Reserved(Reserved),
}

/// Words that mean nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// `${filled ./path}`
    Filled,
    /// `${collect KIND}`
    Collect,
}

impl Reserved {
    const ALL: [(&'static str, Self); 2] = [("filled ", Self::Filled), ("collect ", Self::Collect)];

    /// The word that `inner`, the text after `${`, starts with, and what follows it.
    fn of(inner: &str) -> Option<(Self, &str)> {
        Self::ALL
            .iter()
            .find_map(|(prefix, word)| Some((*word, inner.strip_prefix(prefix)?)))
    }
}

impl CommandLine {
    /// A command line.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as written, without a copy of it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// Whether it has files filled in on the node, or tries to.
    pub fn expands_files(&self) -> bool {
        self.0.contains("${expanded ")
    }

    /// Whether it names packages or files, or tries to.
    pub fn has_references(&self) -> bool {
        let is_reference = |piece| {
            matches!(
                piece,
                Ok(Piece::Reference {
                    to: Reference::Package(_) | Reference::File(_) | Reference::Expanded(_),
                    ..
                }) | Err(SyntaxError {
                    problem: Problem::Reserved(_),
                    ..
                })
            )
        };
        self.0.contains("${") && self.pieces().any(is_reference)
    }

    /// The command line in pieces, references parsed.
    pub fn pieces(&self) -> Pieces<'_> {
        Pieces {
            text: &self.0,
            at: 0,
        }
    }
}

impl<'de> Deserialize<'de> for CommandLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = CommandLine;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<CommandLine, E> {
                Ok(CommandLine::new(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The pieces of a command line, see [`CommandLine::pieces`].
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, SyntaxError<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with("$${") {
            self.at += 3;
            return Some(Ok(Piece::Escape));
        }
        if let Some(inner) = rest.strip_prefix("${")
            && is_reference(inner)
        {
            return Some(self.reference(inner));
        }
        // Skip the first character: it starts nothing.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let length = rest[first..]
            .match_indices('$')
            .map(|(found, _)| first + found)
            .filter(|&found| rest[found..].starts_with("${"))
            .find_map(|found| {
                if rest[..found].ends_with('$') {
                    Some(found - 1)
                } else {
                    is_reference(&rest[found + 2..]).then_some(found)
                }
            })
            .unwrap_or(rest.len());
        self.at += length;
        Some(Ok(Piece::Text(&rest[..length])))
    }
}

impl<'a> Pieces<'a> {
    fn reference(&mut self, inner: &'a str) -> Result<Piece<'a>, SyntaxError<'a>> {
        let offset = self.at;
        let Some(length) = inner
            .find(['}', '\n'])
            .filter(|&end| inner[end..].starts_with('}'))
        else {
            let end = inner.find('\n').unwrap_or(inner.len());
            self.at += 2 + end;
            let text = &self.text[offset..self.at];
            return Err(SyntaxError {
                offset,
                text,
                problem: Problem::Unterminated,
            });
        };
        self.at += 2 + length + 1;
        let text = &self.text[offset..self.at];
        let inner = &inner[..length];
        if let Some((word, _)) = Reserved::of(inner) {
            return Err(SyntaxError {
                offset,
                text,
                problem: Problem::Reserved(word),
            });
        }
        let to = if let Some(value) = NodeValue::parse(inner) {
            value.map(Reference::Node).map_err(Problem::Node)
        } else if let Some(name) = inner.strip_prefix("pkgs.") {
            name.parse().map(Reference::Package).map_err(Problem::Name)
        } else if let Some(path) = inner.strip_prefix("expanded ") {
            relative(path.trim_start_matches(' ')).map(Reference::Expanded)
        } else {
            relative(inner).map(Reference::File)
        };
        to.map(|to| Piece::Reference { text, offset, to })
            .map_err(|problem| SyntaxError {
                offset,
                text,
                problem,
            })
    }
}

/// Whether what follows `${` makes it one of ours; `${/` is no shell expansion either.
fn is_reference(inner: &str) -> bool {
    ["pkgs.", "./", "../", "/", "expanded "]
        .iter()
        .any(|prefix| inner.starts_with(prefix))
        || NodeValue::starts(inner)
        || Reserved::of(inner).is_some()
}

fn relative(path: &str) -> Result<&str, Problem> {
    if !path.starts_with("./") && !path.starts_with("../") {
        return Err(Problem::NotRelative);
    }
    Ok(path)
}

impl JsonSchema for CommandLine {
    fn schema_name() -> Cow<'static, str> {
        "CommandLine".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let printed: Vec<String> = CommandLine::new(text)
            .pieces()
            .map(|piece| match piece {
                Ok(Piece::Text(text)) => format!("text {text}"),
                Ok(Piece::Escape) => "escape".to_owned(),
                Ok(Piece::Reference { offset, to, .. }) => format!("{offset} {to:?}"),
                Err(error) => format!("{} {:?} in {}", error.offset, error.problem, error.text),
            })
            .collect();
        assert_eq!(printed, expected, "{text:?}");
    }

    #[test]
    fn the_shell_keeps_what_is_its_own() {
        let own = "a ${HOME} $(x) $$ ${x:-y} ${#x} $ ${pkgs} ${expandedx} ${.} \u{e9}${";
        check(own, &[&format!("text {own}")]);
        check("", &[]);
    }

    #[test]
    fn references() {
        check(
            "${pkgs.a}/b ${./x}${expanded  ../y z}${ports.a}${job.host}",
            &[
                "0 Package(PackageName(\"a\"))",
                "text /b ",
                "12 File(\"./x\")",
                "18 Expanded(\"../y z\")",
                "37 Node(Port(\"a\"))",
                "47 Node(Host)",
            ],
        );
    }

    #[test]
    fn two_dollars_escape() {
        check("a$${pkgs.x}", &["text a", "escape", "text pkgs.x}"]);
        check("$$${pkgs.x}", &["text $", "escape", "text pkgs.x}"]);
        check("$${HOME}", &["escape", "text HOME}"]);
    }

    #[test]
    fn mistakes() {
        check("${pkgs.}", &["0 Name(Empty) in ${pkgs.}"]);
        check("${pkgs.a b}", &["0 Name(Character(' ')) in ${pkgs.a b}"]);
        check(
            "x ${./a\n}",
            &["text x ", "2 Unterminated in ${./a", "text \n}"],
        );
        check("${/etc/passwd}", &["0 NotRelative in ${/etc/passwd}"]);
        check("${expanded x}", &["0 NotRelative in ${expanded x}"]);
        check("${ports.}", &["0 Node(Port) in ${ports.}"]);
        check("${job.x}", &["0 Node(Field) in ${job.x}"]);
        check("${job.x", &["0 Unterminated in ${job.x"]);
        check("${filled ./x}", &["0 Reserved(Filled) in ${filled ./x}"]);
    }
}
