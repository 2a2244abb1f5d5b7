//! What looks like a reference and is read by no program: shell and agent leave it as it is,
//! or make nothing of it.

mod file;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, Dialect, Piece, Problem, Reference, SyntaxError};
use crate::rule::Context;
use crate::rule::scope::Scope;
use crate::source::Pointer;
use crate::template::{Address, Component, TemplateReference, references};

pub use file::lookalikes_in_file;

use super::packages::Used;
use super::{mistaken, packages, templates};

crate::diagnostic::declare_codes! {
    /// A text has what looks like a reference, and no program reads it there:
    ///
    /// - a package that is named otherwise than by `${pkgs.NAME}`: `$pkgs.python`, `${pkgs[python]}`,
    ///   `$(pkgs.python)`;
    /// - what the agent knows, named as a variable of the shell: `$mesos.instance`;
    /// - `${pkgs.NAME}`, `${./file}` and the like in a field that is no command;
    /// - a `{{...}}` with a brace too few: `{{thermos.ports[http]}`;
    /// - spellings of long ago: `%port:http%`, `%shard_id%`, `%task_id%`;
    /// - any of these, or `${pkgs.NAME}` and `${./file}`, in a file that is named by `${expanded ./file}`:
    ///   only what a node knows and `{{...}}` are filled in there.
    ///
    /// The program gets the text as it is, or with nothing in its place.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "$pkgs.python/bin/python3 -m http.server ${ports.http}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// packages = { python = "/nix/store/62fdlzq1x1ak2lsxp4ij7ip5k9nia3hc-python3-3.13.7" }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "${pkgs.python}/bin/python3 -m http.server ${ports.http}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNREAD_REFERENCE = "unread-reference", Deny, "what looks like a reference and is none";
}

/// At most this many of one text are told.
const MOST: usize = 10;

/// At most this many addresses of one text are looked up.
const LOOKED_UP: usize = 100;

/// Looks for packages in a command that are named otherwise than by `${pkgs.NAME}`: the shell makes
/// something of `$pkgs.x` and `${pkgs[x]}`, too. `used` learns that they are meant.
pub(super) fn check(
    ctx: &mut Context<'_>,
    text: &str,
    pointer: &impl Fn(&Pointer) -> Pointer,
    used: &mut Used,
) {
    // What sets the shell's own variable may use it.
    if ctx.terms.dialect == Dialect::Client || !text.contains("pkgs") || text.contains("pkgs=") {
        return;
    }
    let is_declared = |name: &str| packages::is_declared(ctx, name);
    let found: Vec<_> = named_otherwise(text, is_declared).take(MOST).collect();
    for (offset, guilty, name) in found {
        let place = Place::within(pointer(ctx.at), text, offset, guilty);
        let headline = format!("`{guilty}` does not name the package `{name}`");
        let problem = Diagnostic::new(&UNREAD_REFERENCE, headline, place);
        ctx.report(problem.help(format!("write `${{pkgs.{name}}}`")));
        if let Ok(name) = name.parse() {
            used.name(ctx, &name, || Place::value(Pointer::root()));
        }
    }
}

/// Offset, text and name of what looks like a declared package.
fn named_otherwise(
    text: &str,
    is_declared: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (usize, &str, &str)> {
    text.match_indices("pkgs").filter_map(move |(at, word)| {
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
        let quote = ["\"", "'"]
            .into_iter()
            .find(|quote| separator == '[' && rest.starts_with(quote))
            .unwrap_or_default();
        let rest = &rest[quote.len()..];
        let legal = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
        let length = rest.find(|c| !legal(c)).unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches('.');
        if !is_declared(name) {
            return None;
        }
        let mut end =
            at + word.len() + closed.len() + separator.len_utf8() + quote.len() + name.len();
        for closing in [quote, "]", "}", ")"] {
            let wanted = match closing {
                _ if closing == quote => true,
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
    reader: Reader,
    dialect: Dialect,
    scope: &Scope<'_>,
    place: impl Fn(usize, &str) -> Place,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if reader != Reader::Shell && dialect == Dialect::Definition && text.contains("${") {
        if reader == Reader::Field {
            misplaced(text, scope, &place, &mut found);
        }
        after_dollars(text, scope, &place, &mut found);
    }
    braces_and_percents(text, reader, scope, &place, &mut found);
    variables(text, scope, &place, &mut found);
    found
}

/// Who reads a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The shell.
    Shell,
    /// A program to which it is a value.
    Field,
    /// The same, and jobc fills in the references of commands.
    Value,
    /// A program whose language is unknown.
    File,
}

/// `{{...}}` with a brace too few, and spellings of long ago.
fn braces_and_percents(
    text: &str,
    reader: Reader,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
    if text.contains('{') {
        half_open(text, reader, scope, place, found);
    }
    if text.contains('%') {
        old(text, reader, scope, place, found);
    }
}

/// `$thermos.ports[x]` and the like, of which the shell takes `$thermos`.
fn variables(
    text: &str,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
    for (at, dollar) in text.match_indices('$') {
        let inner = &text[at + dollar.len()..];
        let Some(address) = agents_address(inner) else {
            continue;
        };
        // What sets the shell's own variable may use it.
        let sets = ["mesos=", "thermos="].iter().any(|set| text.contains(set));
        if sets || found.len() >= MOST {
            return;
        }
        let guilty = &text[at..at + dollar.len() + address.len()];
        let headline = format!("nobody fills in `{guilty}`");
        found.push(
            Diagnostic::new(&UNREAD_REFERENCE, headline, place(at, guilty))
                .help(format!("write `{}`", templates::spelled(address, scope))),
        );
    }
}

/// The address of something that the agent knows which `text` starts with.
fn agents_address(text: &str) -> Option<&str> {
    const PORT: &str = "thermos.ports[";
    if let Some(rest) = text.strip_prefix(PORT) {
        let legal = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        let length = rest.find(|c| !legal(c))?;
        let is_whole = length > 0 && rest[length..].starts_with(']');
        return is_whole.then(|| &text[..=PORT.len() + length]);
    }
    ["mesos.instance", "mesos.hostname", "thermos.task_id"]
        .into_iter()
        .find(|name| {
            text.strip_prefix(name).is_some_and(|rest| {
                !rest.starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric())
            })
        })
}

/// `${{...}}` in a text that is no command, where the `$` stays.
fn after_dollars(
    text: &str,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
    for (at, _) in text.match_indices("${{").take(LOOKED_UP) {
        let Some((guilty, reference)) = mistaken::after_dollar(&text[at..]) else {
            continue;
        };
        let address = reference.address.as_ref();
        if text[..at].ends_with('$') || !address.is_some_and(|it| templates::is_known(it, scope)) {
            continue;
        }
        if found.len() >= MOST {
            return;
        }
        let headline = format!("`{guilty}` becomes `$` and the value");
        found.push(
            Diagnostic::new(&UNREAD_REFERENCE, headline, place(at, guilty))
                .help(without_dollar(&reference, scope)),
        );
    }
}

/// What to write for a reference behind a `$` that is no part of it.
fn without_dollar(reference: &TemplateReference<'_>, scope: &Scope<'_>) -> String {
    let spelled = templates::spelled(reference.inner, scope);
    // Both begin with a dollar.
    if spelled.starts_with('$') {
        return format!("write `{spelled}`");
    }
    format!("write `{}`, without `$`", reference.text)
}

/// References where only commands have them.
fn misplaced(
    text: &str,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
    let line = CommandLine::new(text);
    let mut end = 0;
    for piece in line.pieces() {
        let start = end;
        end += match &piece {
            Ok(Piece::Text(text) | Piece::Reference { text, .. }) => text.len(),
            Ok(Piece::Escape) => "$${".len(),
            Err(error) => error.text.len(),
        };
        let problem = match piece {
            Err(SyntaxError {
                offset,
                text,
                problem: Problem::Reserved(word),
            }) => mistaken::reserved(word, text, place(offset, text)),
            Err(error) if mistaken::is_of_node(&error) => {
                mistaken::of_node(&error, place(error.offset, error.text))
            }
            Ok(Piece::Reference { text, offset, to }) if !matches!(to, Reference::Node(_)) => {
                let headline = format!("`{}` is not read here", templates::shorten(text));
                Diagnostic::new(&UNREAD_REFERENCE, headline, place(offset, text))
                    .help("name packages and files in commands, `cmdline` and `shell_command`, and in `env`, `path` and `directory`")
            }
            Ok(Piece::Text(piece)) => {
                nearly_ours(piece, start, scope, place, found);
                continue;
            }
            // An absolute path and the like are another program's.
            Ok(_) | Err(_) => continue,
        };
        found.push(problem);
        if found.len() >= MOST {
            return;
        }
    }
}

/// `${port.x}` and the like in a piece of a text that starts at `start`.
fn nearly_ours(
    piece: &str,
    start: usize,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
    for (at, _) in piece.match_indices("${").take(LOOKED_UP) {
        let rest = &piece[at..];
        if mistaken::is_nearly_ours(rest) && found.len() < MOST {
            let guilty = mistaken::extent_of(rest);
            let place = place(start + at, guilty);
            let none = BTreeSet::new();
            found.push(mistaken::problem_of_literal(guilty, &none, scope, place));
        }
    }
}

/// `{{thermos.ports[x]}` and the like: a brace is missing.
fn half_open(
    text: &str,
    reader: Reader,
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
            (2, 1) => is_agents || reader != Reader::File || is_old(&address),
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
        let meant = match &address.0[..] {
            _ if templates::is_known(&address, scope) => address.to_string(),
            [Component::Field("shard_id")] => "mesos.instance".to_owned(),
            _ if closed == 1 && is_old(&address) => match templates::near_miss(&address, scope) {
                Some(meant) => meant,
                None => continue,
            },
            _ => continue,
        };
        end = start + length + closed.min(2);
        let guilty = &text[open..end];
        let headline = format!("`{guilty}` is no reference: a brace is missing");
        found.push(
            Diagnostic::new(&UNREAD_REFERENCE, headline, place(open, guilty))
                .help(format!("write `{}`", templates::spelled(&meant, scope))),
        );
        if found.len() >= MOST {
            return;
        }
    }
}

/// Whether it is a port or an instance as Aurora's predecessors called them.
fn is_old(address: &Address<'_>) -> bool {
    use Component::{Field, Index};
    matches!(
        &address.0[..],
        [Field("shard_id")] | [Field("port" | "ports"), Index(_)]
    )
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
fn old(
    text: &str,
    reader: Reader,
    scope: &Scope<'_>,
    place: &impl Fn(usize, &str) -> Place,
    found: &mut Vec<Diagnostic>,
) {
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
            // In files, these are others', too.
            "instance_id" | "task_id" if reader == Reader::File => continue,
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
                .help(format!("write `{}`", templates::spelled(&meant, scope))),
        );
        if found.len() >= MOST {
            return;
        }
    }
}
