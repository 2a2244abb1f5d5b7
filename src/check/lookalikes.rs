//! What looks like a reference where nobody reads one: the shell and the agent leave it as it is,
//! or make nothing of it.

use std::collections::BTreeSet;

use crate::diagnostic::codes::commands::UNREAD_REFERENCE;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Address, CommandLine, Dialect, Piece, Problem, SyntaxError, references};
use crate::source::Pointer;

use super::scope::Scope;
use super::{Ctx, mistaken, packages, templates};

/// So many of one text are told.
const MOST: usize = 10;

/// So many addresses of one text are looked up.
const LOOKED_UP: usize = 100;

/// Looks for packages in a command that are named otherwise than by `${pkgs.NAME}`: the shell makes
/// something of `$pkgs.x` and `${pkgs[x]}`, too.
pub(super) fn check(ctx: &mut Ctx<'_>, text: &str, pointer: &impl Fn(&Pointer) -> Pointer) {
    // What sets the shell's own variable may use it.
    if ctx.dialect == Dialect::Client || !text.contains("pkgs") || text.contains("pkgs=") {
        return;
    }
    let declared = packages::declared(ctx);
    let found: Vec<_> = named_otherwise(text, &declared).take(MOST).collect();
    for (offset, guilty, name) in found {
        let place = Place::within(pointer(ctx.at), text, offset, guilty);
        let headline = format!("`{guilty}` does not name the package `{name}`");
        let problem = Diagnostic::new(&UNREAD_REFERENCE, headline, place);
        ctx.report(problem.help(format!("write `${{pkgs.{name}}}`")));
    }
}

/// Offset, text and name of what looks like a declared package.
fn named_otherwise<'t>(
    text: &'t str,
    declared: &BTreeSet<&str>,
) -> impl Iterator<Item = (usize, &'t str, &'t str)> {
    text.match_indices("pkgs").filter_map(|(at, word)| {
        let before = &text[..at];
        let opening = ["${", "$(", "{", "$"]
            .into_iter()
            .find(|o| before.ends_with(o))?;
        let start = at - opening.len();
        if opening == "{" && before.ends_with("{{") {
            return None;
        }
        let rest = &text[at + word.len()..];
        let (closed, rest) = match rest.strip_prefix('}') {
            Some(rest) if opening == "${" => ("}", rest),
            _ => ("", rest),
        };
        let separator = rest.chars().next()?;
        let separates = match opening {
            "${" if closed.is_empty() => "[/:-".contains(separator),
            "$" => ".[".contains(separator),
            _ => separator == '.',
        };
        if !separates {
            return None;
        }
        let rest = &rest[separator.len_utf8()..];
        let legal = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
        let length = rest.find(|c| !legal(c)).unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches('.');
        if !declared.contains(name) {
            return None;
        }
        let mut end = at + word.len() + closed.len() + separator.len_utf8() + name.len();
        for closing in ["]", "}", ")"] {
            let wanted = match closing {
                "]" => separator == '[',
                "}" => opening.ends_with('{') && closed.is_empty(),
                _ => opening == "$(",
            };
            if wanted && text[end..].starts_with(closing) {
                end += closing.len();
            }
        }
        Some((start, &text[start..end], name))
    })
}

/// References to packages and files in a text that is no command, and old or broken spellings of
/// what the agent fills in, in any.
pub(super) fn in_text(
    text: &str,
    is_command: bool,
    dialect: Dialect,
    scope: &Scope<'_>,
    place: impl Fn(usize, &str) -> Place,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if !is_command && dialect == Dialect::Definition && text.contains("${") {
        misplaced(text, &place, &mut found);
    }
    if text.contains('{') {
        half_open(text, scope, &place, &mut found);
    }
    if text.contains('%') {
        old(text, &place, &mut found);
    }
    found
}

/// References where only commands have them.
fn misplaced(text: &str, place: &impl Fn(usize, &str) -> Place, found: &mut Vec<Diagnostic>) {
    let line = CommandLine::new(text);
    for piece in line.pieces() {
        let problem = match piece {
            Err(SyntaxError {
                offset,
                text,
                problem: Problem::Reserved(word),
            }) => mistaken::reserved(word, text, place(offset, text)),
            Ok(Piece::Reference { text, offset, .. }) => {
                let headline = format!("`{}` is not read here", templates::shorten(text));
                Diagnostic::new(&UNREAD_REFERENCE, headline, place(offset, text))
                    .help("name packages and files in commands only: `cmdline` and `shell_command`")
            }
            // An absolute path and the like are another program's.
            Ok(Piece::Text(_) | Piece::Escape) | Err(_) => continue,
        };
        found.push(problem);
        if found.len() == MOST {
            return;
        }
    }
}

/// `{{thermos.ports[x]}` and the like: a brace is missing.
fn half_open(
    text: &str,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
    let whole: Vec<_> = references(text)
        .map(|reference| reference.offset..reference.offset + reference.text.len())
        .collect();
    let mut whole = whole.iter().peekable();
    let mut end = 0;
    let mut looked_up = 0;
    for (open, _) in text.match_indices('{') {
        while whole.peek().is_some_and(|range| range.end <= open) {
            whole.next();
        }
        if open < end || whole.peek().is_some_and(|range| range.contains(&open)) {
            continue;
        }
        let inner = text[open..].trim_start_matches('{');
        let start = text.len() - inner.len();
        let opened = start - open;
        end = start;
        // `${thermos.x}` is told as what the shell does not take.
        if opened > 2 || text[..open].ends_with(['$', '#', '%']) {
            continue;
        }
        let Some((address, length)) = leading_address(inner) else {
            continue;
        };
        let closed = inner[length..].bytes().take_while(|&b| b == b'}').count();
        let is_agents = ["thermos", "mesos"].contains(&address.head().unwrap_or_default());
        let broken = match (opened, closed) {
            (2, 1) => true,
            (1, 1..) | (2, 0) => is_agents,
            _ => false,
        };
        if !broken {
            continue;
        }
        looked_up += 1;
        if looked_up > LOOKED_UP {
            return;
        }
        if !templates::is_known(&address, scope) {
            continue;
        }
        end = start + length + closed.min(2);
        let guilty = &text[open..end];
        let headline = format!("`{guilty}` is no reference: a brace is missing");
        found.push(
            Diagnostic::new(&UNREAD_REFERENCE, headline, place(open, guilty))
                .help(format!("write `{{{{{address}}}}}`")),
        );
        if found.len() >= MOST {
            return;
        }
    }
}

/// The address that `text` starts with, and its length.
fn leading_address(text: &str) -> Option<(Address<'_>, usize)> {
    const LONGEST: usize = 100;
    let legal = |c: char| c.is_ascii_alphanumeric() || "_.[]-/".contains(c);
    let length = text.find(|c| !legal(c)).unwrap_or(text.len());
    if length > LONGEST {
        return None;
    }
    Some((Address::parse(&text[..length])?, length))
}

/// `%port:http%` and the like, which Aurora's predecessors filled in.
fn old(text: &str, place: &impl Fn(usize, &str) -> Place, found: &mut Vec<Diagnostic>) {
    let mut end = 0;
    for (open, _) in text.match_indices('%') {
        if open < end {
            continue;
        }
        let inner = &text[open + 1..];
        let Some(length) = inner.find(|c: char| !(c.is_ascii_alphanumeric() || "_:-".contains(c)))
        else {
            return;
        };
        if !inner[length..].starts_with('%') {
            continue;
        }
        let written = &inner[..length];
        let meant = match written {
            "shard_id" | "instance_id" => "mesos.instance".to_owned(),
            "task_id" => "thermos.task_id".to_owned(),
            _ => match written.strip_prefix("port:") {
                Some(name) if !name.is_empty() => format!("thermos.ports[{name}]"),
                _ => continue,
            },
        };
        end = open + length + 2;
        let guilty = &text[open..end];
        let headline = format!("nobody fills in `{guilty}`");
        found.push(
            Diagnostic::new(&UNREAD_REFERENCE, headline, place(open, guilty))
                .help(format!("write `{{{{{meant}}}}}`")),
        );
        if found.len() >= MOST {
            return;
        }
    }
}
