//! `${...}` in commands that is neither a reference nor the shell's, and what was meant by it.
//!
//! ```text
//! mistaken = "${" blank ... | "${" WORD blank ... | "${" [ WORD ] "." ...
//!          | "${~/" ... | "${#pkgs." ... | "${!pkgs." ...
//! ```
//!
//! Bash takes none of these (5.2: "bad substitution"), so that a command with one dies where the
//! shell comes by it. Between single quotes and in here-documents with a quoted word the shell does
//! not: it is another program's text there.

mod meant;

use std::collections::BTreeSet;

use crate::check::commands::codes::BAD_REFERENCE;
use crate::diagnostic::{Diagnostic, Place, closest};
use crate::model::{NodeValue, NodeValueError, PackageName, Problem, Reserved, SyntaxError};
use crate::rule::scope::Scope;
use crate::template::{TemplateReference, by_agent, references};

use super::templates;
use meant::{Meant, PACKAGES, is_name, meant};

/// Whether `text` starts with a `${` that is neither that of a reference nor the shell's.
pub(super) fn is_mistaken(text: &str) -> bool {
    let Some(inner) = text.strip_prefix("${") else {
        return false;
    };
    if ["~/", "#pkgs.", "!pkgs."]
        .iter()
        .any(|start| inner.starts_with(start))
    {
        return true;
    }
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let after = inner.trim_start_matches(is_word);
    let named = after.len() < inner.len();
    match after.chars().next() {
        Some(' ' | '\t' | '.') => true,
        Some('\n') => !named,
        _ => false,
    }
}

/// Whether `text` starts with a `${` of a word that is taken for `pkgs`, and a package that is declared.
pub(super) fn names_package(text: &str, is_declared: impl Fn(&str) -> bool) -> bool {
    let inner = text.strip_prefix("${").unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphabetic();
    let rest = inner.trim_start_matches(is_word);
    let word = inner[..inner.len() - rest.len()].to_ascii_lowercase();
    if word == "pkgs" || !PACKAGES.contains(&&*word) {
        return false;
    }
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
    let name = rest.strip_prefix('.').unwrap_or_default();
    let after = name.trim_start_matches(is_of_name);
    after.starts_with('}') && is_declared(&name[..name.len() - after.len()])
}

/// What Aurora fills in directly after a `$`, where `text` starts: `${{...}}`, or `${{{...}}}` of
/// what only the agent knows. With `$8080` the shell takes its eighth argument. The text of it all,
/// and the reference.
pub(super) fn after_dollar(text: &str) -> Option<(&str, TemplateReference<'_>)> {
    const LONGEST: usize = 200;
    let inner = text
        .strip_prefix('$')
        .filter(|inner| inner.starts_with("{{"))?;
    let end = inner.char_indices().nth(LONGEST);
    let reference = references(&inner[..end.map_or(inner.len(), |(end, _)| end)]).next()?;
    let end = 1 + reference.offset + reference.text.len();
    match reference.offset {
        0 => Some((&text[..end], reference)),
        1 if text[end..].starts_with('}') && reference.address.as_ref().is_some_and(by_agent) => {
            Some((&text[..=end], reference))
        }
        _ => None,
    }
}

/// The problem of `text`, which is `reference` after a `$`.
pub(super) fn filled_in_after_dollar(
    text: &str,
    reference: &TemplateReference<'_>,
    place: Place,
) -> Diagnostic {
    let headline = format!(
        "`{}` becomes `$` and the value, a variable of the shell",
        templates::shorten(text)
    );
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(format!("write `{}`, without `$`", reference.text))
        .note(LITERAL)
}

/// The right spelling of `${pkgs.NAME}` with blanks around the name.
pub(super) fn without_blanks(text: &str) -> Option<String> {
    let name = text.strip_prefix("${pkgs.")?.strip_suffix('}')?;
    let name: PackageName = name.trim().parse().ok()?;
    Some(format!("${{pkgs.{name}}}"))
}

/// All of the `${...}` that `text` starts with.
pub(super) fn extent_of(text: &str) -> &str {
    &text[..2 + extent(&text[2..])]
}

/// How much of what follows `${` belongs to it: up to its brace on this line, or else its first
/// word.
fn extent(inner: &str) -> usize {
    let mut depth = 0_usize;
    let line = inner.split('\n').next().unwrap_or_default();
    for (index, c) in line.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return index + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    let blank = |c: char| c.is_whitespace() || "'\"`;|&".contains(c);
    let start = line.len() - line.trim_start().len();
    line[start..]
        .find(blank)
        .map_or(line.len(), |length| start + length)
}

/// The problem of `text`, a mistaken reference, at `place`.
pub(super) fn problem(
    text: &str,
    declared: &BTreeSet<&str>,
    scope: &Scope<'_>,
    place: Place,
) -> Diagnostic {
    let headline = format!(
        "`{}` is neither a reference nor the shell's",
        templates::shorten(text)
    );
    let problem = Diagnostic::new(&BAD_REFERENCE, headline, place);
    match meant(text, declared, scope) {
        Meant::Text(meant) => problem
            .help(format!("did you mean `{meant}`?"))
            .note(LITERAL),
        Meant::Package(name) => problem
            .help(format!(
                "write `${{pkgs.{name}}}`, and declare it: `packages.{name} = \"nixpkgs#...\"`"
            ))
            .note(LITERAL),
        Meant::Commands(command) => problem
            .help(format!("write `$({command})`"))
            .note("shells before bash 5.3 have no `${ ...; }`"),
        Meant::Home(path) => problem
            .help(format!(
                "write `$HOME/{path}` for a file on the node, or `${{./FILE}}` for one beside the \
                 definition"
            ))
            .note(LITERAL),
        Meant::Unclear => problem
            .help(
                "write `${pkgs.NAME}` for a package, `${./FILE}` for a file, or put it between \
                 single quotes if it is another program's",
            )
            .note(LITERAL),
    }
}

const LITERAL: &str = "`$${` is a literal `${`";

/// What the words that are kept for later are spelled like today.
pub(super) fn reserved(word: Reserved, text: &str, place: Place) -> Diagnostic {
    let inner = text.trim_start_matches("${").trim_end_matches('}');
    let (what, help) = match word {
        Reserved::Filled => {
            let path = inner.trim_start_matches("filled ").trim_start();
            let help = format!(
                "write `${{expanded {path}}}`, which fills a file in when its process starts"
            );
            ("`${filled FILE}`", help)
        }
        Reserved::Collect => (
            "`${collect KIND}`",
            "write the fragments into one file, and name it: `${./file}`".to_owned(),
        ),
    };
    let headline = format!("there is no {what} yet");
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(help)
        .note(LITERAL)
}

/// Whether a mistake is one in `${ports.NAME}` or `${job.FIELD}`.
pub(super) fn is_of_node(error: &SyntaxError<'_>) -> bool {
    match error.problem {
        Problem::Node(_) => true,
        Problem::Unterminated => NodeValue::starts(error.text.trim_start_matches("${")),
        Problem::Name(_) | Problem::NotRelative | Problem::Reserved(_) => false,
    }
}

/// The problem of what begins as `${ports.NAME}` or `${job.FIELD}` and is neither.
pub(super) fn of_node(error: &SyntaxError<'_>, place: Place) -> Diagnostic {
    let text = templates::shorten(error.text);
    let inner = error.text.trim_start_matches("${").trim_end_matches('}');
    let (headline, help) = match &error.problem {
        Problem::Node(NodeValueError::Port) => {
            let name = inner.trim_start_matches("ports.");
            let headline = match name {
                "" => format!("the port in `{text}` has no name"),
                _ => format!("`{text}` names no port"),
            };
            let name = name.trim();
            let help = if NodeValue::is_port_name(name) {
                format!("did you mean `${{ports.{name}}}`?")
            } else {
                "name it with letters, digits, `_` and `-`: `${ports.NAME}`".to_owned()
            };
            (headline, help)
        }
        Problem::Node(NodeValueError::Field) => {
            let headline = format!("a node has no `{text}`");
            (headline, of_job(inner.trim_start_matches("job.").trim()))
        }
        Problem::Node(NodeValueError::OfDefinition) => (
            format!("`{text}` is not filled in here"),
            "write the value".to_owned(),
        ),
        _ => (
            "a reference has no `}` on its line".to_owned(),
            "close it with `}`".to_owned(),
        ),
    };
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(help)
        .note(LITERAL)
}

/// What to write for `${job.FIELD}`.
fn of_job(field: &str) -> String {
    let neutral = match field {
        "shard" | "shard_id" | "index" | "number" => Some("instance"),
        "hostname" | "node" => Some("host"),
        "task" | "id" => Some("task_id"),
        _ => None,
    };
    let of_the_job = ["name", "role", "cluster", "environment"];
    let names = NodeValue::FIELDS.iter().map(|(name, _)| *name);
    let neutral = neutral.or_else(|| names.clone().find(|name| *name == field));
    if neutral.is_none() && of_the_job.contains(&field) {
        return format!("write `{{{{{field}}}}}`, which is known before there is a node");
    }
    match neutral.or_else(|| closest(field, names)) {
        Some(meant) => format!("did you mean `${{job.{meant}}}`?"),
        None => {
            "write `${job.instance}`, `${job.host}` or `${job.task_id}`, or `{{...}}` for a field \
                 of the job"
                .to_owned()
        }
    }
}

/// The reference to an expanded file that `text` was meant to be, its path having no `./`.
pub(super) fn relative(text: &str) -> Option<String> {
    let path = text.strip_prefix("${expanded ")?.strip_suffix('}')?.trim();
    let here = is_name(path) && !path.starts_with(['/', '.']);
    here.then(|| format!("${{expanded ./{path}}}"))
}
