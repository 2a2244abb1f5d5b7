//! Command lines: their references, and where in the shell's quotes those stand.

pub(super) mod codes;

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{
    CommandLine, Dialect, HealthChecker, PackageName, Piece, Problem, Ready, Reference, SyntaxError,
};
use crate::rule::{self, Context};
use crate::source::Pointer;

pub use codes::{
    BAD_REFERENCE, EMPTY_COMMAND, MISPLACED_EXPANSION, NUL_IN_COMMAND, QUOTED_EXPANSION,
    UNKNOWN_OUTPUT,
};

use super::packages::{self, Used};
use super::quoting::{Deferred, Standing};
use super::{lookalikes, mistaken, templates};

/// What runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    /// That of the process at an index.
    Process(usize),
    /// What finds out whether the process at an index is ready.
    Probe(usize),
    HealthCheck,
}

/// Checks all commands of the job; `used` learns which packages the document's jobs name.
pub(super) fn check(ctx: &mut Context<'_>, used: &mut Used) {
    let job = ctx.job;
    for (index, process) in job.task.processes.iter().enumerate() {
        let pointer = |at: &Pointer| rule::process(at, index).key("cmdline");
        command(ctx, &process.cmdline, Runner::Process(index), pointer, used);
        if let Some(Ready::Probe(probe)) = &process.ready
            && let Some(line) = &probe.command
        {
            let pointer = |at: &Pointer| pointer_of_probe(at, index);
            command(ctx, line, Runner::Probe(index), pointer, used);
        }
    }
    if let Some(config) = &job.health_check_config
        && let Some(HealthChecker::Shell(shell)) = &config.health_checker
    {
        let pointer = |at: &Pointer| {
            at.key("health_check_config")
                .key("health_checker")
                .key("shell")
                .key("shell_command")
        };
        let text = &shell.shell_command;
        command(ctx, text, Runner::HealthCheck, pointer, used);
    }
}

fn pointer_of_probe(at: &Pointer, index: usize) -> Pointer {
    rule::process(at, index).key("ready").key("command")
}

fn command(
    ctx: &mut Context<'_>,
    command: &CommandLine,
    runner: Runner,
    pointer: impl Fn(&Pointer) -> Pointer,
    used: &mut Used,
) {
    let text = command.as_str();
    if ctx.hole(&pointer) {
        used.unclear();
        return;
    }
    if text.trim_ascii().is_empty() {
        let place = Place::value(pointer(ctx.at));
        let problem = Diagnostic::new(&EMPTY_COMMAND, "the command does nothing", place);
        ctx.report(problem.help("write `true` if that is what it is for"));
    }
    if text.contains('\0') {
        let place = Place::value(pointer(ctx.at));
        let headline = "the command has a NUL character";
        ctx.report(Diagnostic::new(&NUL_IN_COMMAND, headline, place));
    }
    lookalikes::check(ctx, text, &pointer, used);
    used.told_as_template(text);
    if !text.contains("${") {
        return;
    }
    let mut quoting = Deferred::default();
    let mut end = 0;
    for piece in command.pieces() {
        if ctx.is_given_up() {
            used.unclear();
            return;
        }
        match piece {
            Ok(Piece::Text(piece)) => {
                let start = end;
                end += piece.len();
                mistakes(
                    ctx,
                    text,
                    start..end,
                    runner,
                    &mut quoting,
                    |at, offset, guilty| Place::within(pointer(at), text, offset, guilty),
                    used,
                );
            }
            Ok(Piece::Escape) => {
                end += "$${".len();
                quoting.skip("${");
            }
            Ok(Piece::Reference {
                text: written,
                offset,
                to,
            }) => {
                end = offset + written.len();
                let place = |at: &Pointer| Place::within(pointer(at), text, offset, written);
                match to {
                    Reference::Package(name) => {
                        used.name(ctx, &name, || place(ctx.at));
                        output(ctx, &name, &text[offset..], |at, guilty| {
                            Place::within(pointer(at), text, offset, guilty)
                        });
                    }
                    Reference::File(_) | Reference::Node(_) => {}
                    Reference::Expanded(path) => {
                        if let Some(problem) =
                            expansion(runner, &mut quoting, path, || place(ctx.at))
                        {
                            ctx.report(problem);
                        }
                    }
                }
                quoting.skip_word();
            }
            Err(error) => {
                end = error.offset + error.text.len();
                used.unclear();
                let place = Place::within(pointer(ctx.at), text, error.offset, error.text);
                ctx.report(bad_reference(&error, place));
                quoting.skip_word();
            }
        }
    }
}

/// Tells what is neither a reference nor the shell's in a part of the command `text`, which the
/// shell gets as it is.
fn mistakes<'t>(
    ctx: &mut Context<'_>,
    text: &'t str,
    part: Range<usize>,
    runner: Runner,
    quoting: &mut Deferred<'t>,
    place: impl Fn(&Pointer, usize, &str) -> Place,
    used: &mut Used,
) {
    let mut at = part.start;
    for start in part.clone() {
        if !text.as_bytes()[start..part.end].starts_with(b"${") {
            continue;
        }
        let rest = &text[start..];
        let is_definition = ctx.terms.dialect == Dialect::Definition;
        let after_dollar = mistaken::after_dollar(rest).filter(|_| is_definition);
        let is_mistaken = mistaken::is_mistaken(rest);
        if !is_mistaken && after_dollar.is_none() {
            continue;
        }
        quoting.skip(&text[at..start]);
        at = start;
        if quoting.standing() != Standing::Expanded || ctx.is_given_up() {
            continue;
        }
        let scope = match runner {
            Runner::Process(index) | Runner::Probe(index) => ctx.scopes().process(index),
            Runner::HealthCheck => ctx.scopes().job(),
        };
        if is_mistaken {
            used.unclear();
            let guilty = mistaken::extent_of(rest);
            let declared = packages::declared(ctx);
            let place = place(ctx.at, start, guilty);
            let problem = mistaken::problem(guilty, &declared, &scope, place);
            ctx.report(problem);
        } else if let Some((guilty, reference)) = after_dollar
            // An unknown name is told as a template.
            && let Some(address) = &reference.address
            && templates::is_known(address, &scope)
        {
            let place = place(ctx.at, start, guilty);
            let problem = mistaken::filled_in_after_dollar(guilty, &reference, place);
            ctx.report(problem);
        }
    }
    quoting.skip(&text[at..part.end]);
}

/// A package's path with something more in its name is the path of nothing: outputs have hashes of
/// their own.
pub(super) fn output(
    ctx: &mut Context<'_>,
    name: &PackageName,
    rest: &str,
    place: impl Fn(&Pointer, &str) -> Place,
) {
    let Some(end) = rest.find('}') else {
        return;
    };
    let after = &rest[end + 1..];
    let legal = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    let more = &after[..after.find(|c| !legal(c)).unwrap_or(after.len())];
    let output = more.trim_start_matches(['-', '.', '_']);
    if !output.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return;
    }
    let guilty = &rest[..end + 1 + more.len()];
    let headline = format!("`{guilty}` is no path of the package `{name}`");
    let problem = Diagnostic::new(&UNKNOWN_OUTPUT, headline, place(ctx.at, guilty));
    ctx.report(
        problem
            .help(format!(
                "declare an output as a package of its own: `packages.{name}-{output} = \
                 \"...^{output}\"`"
            ))
            .note("another name has another hash, and the lock has no such path"),
    );
}

fn expansion(
    runner: Runner,
    quoting: &mut Deferred<'_>,
    path: &str,
    place: impl Fn() -> Place,
) -> Option<Diagnostic> {
    let none = match runner {
        Runner::Process(_) => None,
        Runner::Probe(_) => Some("a probe has no expanded files"),
        Runner::HealthCheck => Some("a health check has no expanded files"),
    };
    if let Some(headline) = none {
        return Some(
            Diagnostic::new(&MISPLACED_EXPANSION, headline, place()).help(format!(
                "write `${{{path}}}` if the file needs nothing filled in"
            )),
        );
    }
    (quoting.standing() == Standing::Single).then(|| {
        let headline = "the shell expands nothing between single quotes";
        Diagnostic::new(&QUOTED_EXPANSION, headline, place())
            .label("its path is in a variable of the shell")
            .help("put it between double quotes")
    })
}

pub(super) fn bad_reference(error: &SyntaxError<'_>, place: Place) -> Diagnostic {
    let text = error.text;
    let (headline, help) = match &error.problem {
        Problem::Reserved(word) => return mistaken::reserved(*word, text, place),
        Problem::Node(_) => return mistaken::of_node(error, place),
        Problem::Unterminated => (
            "a reference has no `}` on its line".to_owned(),
            "close it with `}`",
        ),
        Problem::Name(error) => (
            format!("the package name in `{text}` {error}"),
            "write it as it is declared: `${pkgs.NAME}`",
        ),
        Problem::NotRelative => (
            format!("`{text}` names a file, but not from here"),
            "start the path with `./` or `../`, which mean the definition's directory",
        ),
    };
    let help = match mistaken::relative(text) {
        Some(meant) if error.problem == Problem::NotRelative => {
            format!("did you mean `{meant}`?")
        }
        _ => match mistaken::without_blanks(text) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => help.to_owned(),
        },
    };
    Diagnostic::new(&BAD_REFERENCE, headline, place)
        .help(help)
        .note("`$${` is a literal `${`")
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, PROCESS, check_definition};

    /// A process with this command, written as a TOML literal.
    fn check(command: &str, expected: &[&str]) {
        let definition = format!(
            "{JOB}packages = {{ tool = \"/nix/store/x\" }}\ntask.processes = [\n\
             {{ name = \"a\", cmdline = \"${{pkgs.tool}}\" }},\n\
             {{ name = \"b\", cmdline = {command} }},\n]"
        );
        check_definition(&definition, expected);
    }

    #[test]
    fn fine() {
        check(
            r#""${pkgs.tool}/bin/x ${./a b} ${expanded ../c} $HOME ${HOME} $${pkgs.x}""#,
            &[],
        );
        check(r#"'"${expanded ./a}" $(x "${expanded ./b}")'"#, &[]);
    }

    #[test]
    fn references() {
        check(
            r#""a ${pkgs.} ${/etc/x} ${expanded x} ${./y""#,
            &[
                "bad-reference '${pkgs.}' the package name in `${pkgs.}` is empty",
                "bad-reference '${/etc/x}' `${/etc/x}` names a file, but not from here",
                "bad-reference '${expanded x}' `${expanded x}` names a file, but not from here",
                "bad-reference '${./y' a reference has no `}` on its line",
            ],
        );
    }

    #[test]
    fn errors_without_end() {
        let command = format!("\"{}\"", "${/}".repeat(10_000));
        let told = "bad-reference '${/}' `${/}` names a file, but not from here";
        let mut expected = vec![told; 100];
        expected.push("too-many-errors '' more than 100 errors in one file");
        check(&command, &expected);
    }

    #[test]
    fn quotes() {
        check(
            r#""x '${expanded ./a}' ${expanded ./b} '${pkgs.tool}' '${expanded ./a}'""#,
            &[
                "quoted-expansion '${expanded ./a}' the shell expands nothing between single quotes",
                "quoted-expansion '${expanded ./a}' the shell expands nothing between single quotes",
            ],
        );
        check(r#""echo '$${' ${expanded ./a}""#, &[]);
    }

    #[test]
    fn empty_and_impossible() {
        check(
            r#"" \n""#,
            &["empty-command '\" \\n\"' the command does nothing"],
        );
        check(
            r#""a\u0000b""#,
            &["nul-in-command '\"a\\u0000b\"' the command has a NUL character"],
        );
    }

    #[test]
    fn health_checks() {
        let check = |command: &str, expected: &[&str]| {
            let definition = format!(
                "{JOB}{PROCESS}health_check_config.health_checker.shell.shell_command = {command}"
            );
            check_definition(&definition, expected);
        };
        check("\"cat ${./a}\"", &[]);
        check(
            "\"cat ${expanded ./a} ${pkgs.x}\"",
            &[
                "misplaced-expansion '${expanded ./a}' a health check has no expanded files",
                "unknown-package '${pkgs.x}' no package is called `x`",
            ],
        );
    }
}
