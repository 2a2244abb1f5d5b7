//! Paths of Unix sockets that no socket can have.
//!
//! The kernel takes 107 bytes and a NUL. A sandbox's path alone is longer:
//! `DIRECTORY/slaves/AGENT/frameworks/FRAMEWORK/executors/thermos-TASK/runs/RUN/sandbox`, where the
//! agent's name has 39 characters, the framework's 41, a task's more than 44 and a run's 36.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{At, Checker, Text};
use crate::rule::Intended;

crate::diagnostic::declare_codes! {
    /// The path of a Unix socket has at most 107 bytes. The path of a sandbox alone has more than 200, so
    /// that no socket can be made in it by its whole path.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --socket=$PWD/http.sock" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A path that is relative to the sandbox is short:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --socket=http.sock" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// So is one below `/tmp`: `d=$(mktemp -d) && serve --socket="$d/http.sock"`.
    LONG_SOCKET_PATH = "long-socket-path", Warn, "a path that is too long for a socket";
}

/// The longest path of a socket, in bytes.
const LONGEST: usize = 107;
/// The shortest path of a sandbox that a Mesos agent makes.
const SANDBOX: usize = 213;
/// What the path of the sandbox is to a process that has not gone elsewhere.
const SANDBOXES: &[&str] = &["$PWD/", "${PWD}/", "$(pwd)/", "$HOME/", "${HOME}/"];
/// At most this many paths of one command are looked at.
const MOST: usize = 100;

/// Checks all commands of the job.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    if ctx.allows(&LONG_SOCKET_PATH) {
        return;
    }
    for run in &ctx.intent.runs {
        command(ctx, &run.command);
    }
    if let Some(Checker::Shell(check)) = ctx.intent.checker() {
        command(ctx, check);
    }
}

fn command(ctx: &mut Intended<'_, '_>, at: &At<Text>) {
    let text = &*at.value.written();
    // Most commands have none, which is faster to see than where one is.
    if !text.contains("unix:") && !text.contains(".sock") {
        return;
    }
    // In a container, the sandbox is somewhere else.
    let in_sandbox = ctx.intent.container.is_none() && !text.contains("cd ");
    for (offset, path) in paths(text).take(MOST) {
        let Some(length) = length(path, in_sandbox).filter(|length| *length > LONGEST) else {
            continue;
        };
        if ctx.hole(|_| at.pointer()) || ctx.is_given_up() {
            return;
        }
        let headline = if SANDBOXES.iter().any(|start| path.starts_with(start)) {
            format!("no socket can have this path: a sandbox's has at least {SANDBOX} bytes")
        } else {
            format!("no socket can have this path: it has {length} bytes")
        };
        let place = Place::within(at.pointer(), text, offset, path);
        ctx.report(
            Diagnostic::new(&LONG_SOCKET_PATH, headline, place)
                .help(
                    "name a shorter one: relative to the sandbox, or in a directory of `mktemp -d`",
                )
                .note(format!("a socket's path has at most {LONGEST} bytes")),
        );
    }
}

/// The paths in a command that look like those of sockets, and where they begin.
fn paths(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let addresses = text.match_indices("unix:").map(|(at, mark)| {
        let start = at + mark.len();
        let slashes = text[start..].len() - text[start..].trim_start_matches('/').len();
        // Of `unix:///path`, the last one is the path's.
        start + slashes.saturating_sub(1)
    });
    let addresses = addresses.map(|start| (start, &text[start..start + word(&text[start..])]));
    let files = text.match_indices(".sock").map(|(at, _)| {
        let start = at - word_before(&text[..at]);
        (start, &text[start..at + word(&text[at..])])
    });
    let files = files.filter(|(start, _)| !text[..*start].ends_with("unix:"));
    let files =
        files.filter(|(start, path)| !(path.starts_with("//") || text[..*start].ends_with('/')));
    addresses.chain(files)
}

fn ends(c: char) -> bool {
    c.is_whitespace() || "\"'`;|&,=:<>".contains(c)
}

fn word(text: &str) -> usize {
    text.find(ends).unwrap_or(text.len())
}

fn word_before(text: &str) -> usize {
    let start = text.char_indices().rev().find(|(_, c)| ends(*c));
    text.len() - start.map_or(0, |(at, c)| at + c.len_utf8())
}

/// How many bytes an absolute path has at least: what is filled in later may be nothing.
fn length(path: &str, in_sandbox: bool) -> Option<usize> {
    if let Some(rest) = SANDBOXES.iter().find_map(|start| path.strip_prefix(start)) {
        return in_sandbox.then(|| SANDBOX + "/".len() + written(rest));
    }
    path.starts_with('/').then(|| written(path))
}

fn written(text: &str) -> usize {
    let mut length = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (open, close) = match c {
            '$' if rest.starts_with("${") => ("${", "}"),
            '$' if rest.starts_with("$(") => ("$(", ")"),
            '{' if rest.starts_with("{{") => ("{{", "}}"),
            '$' => {
                let name = |c: char| c == '_' || c.is_ascii_alphanumeric();
                rest = rest[1..].trim_start_matches(name);
                continue;
            }
            _ => {
                length += c.len_utf8();
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        let inside = &rest[open.len()..];
        let end = inside
            .find(close)
            .map_or(inside.len(), |end| end + close.len());
        rest = &inside[end..];
    }
    length
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, length, paths};

    #[test]
    fn lengths() {
        let check = |text: &str, expected: &[usize]| {
            let lengths = paths(text).filter_map(|(_, path)| length(path, true));
            assert_eq!(lengths.collect::<Vec<_>>(), expected, "{text}");
        };
        check("run --socket=/run/x.sock", &[11]);
        check("run unix:/run/x", &[6]);
        check("run unix:///run/x.sock,mode=1 'unix:/a'", &[11, 2]);
        check("run /run/{{mesos.instance}}/$NAME/${x}.socket", &[14]);
        check("run x.sock unix:x.sock", &[]);
        check("run $PWD/x.sock", &[220]);
        assert_eq!(length("$PWD/x.sock", false), None);
        let longest = format!("/{}", "x".repeat(LONGEST - 1));
        check(&format!("unix:{longest}"), &[LONGEST]);
    }
}
