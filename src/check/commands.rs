//! Command lines: their references, and where in the shell's quotes those stand.

use crate::diagnostic::codes::commands;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, HealthChecker, Piece, Problem, Reference, SyntaxError};
use crate::source::Pointer;

use super::Ctx;
use super::packages::Used;
use super::quoting::Quoting;

/// What runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runner {
    Process,
    HealthCheck,
}

/// Checks all commands of the job; `used` learns which packages the document's jobs name.
pub(super) fn check(ctx: &mut Ctx<'_>, used: &mut Used) {
    let job = ctx.job;
    used.start_job();
    for (index, process) in job.task.processes.iter().enumerate() {
        let pointer = |at: &Pointer| super::process(at, index).key("cmdline");
        command(ctx, &process.cmdline, Runner::Process, pointer, used);
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
    used.report(ctx);
}

fn command(
    ctx: &mut Ctx<'_>,
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
        let problem = Diagnostic::new(&commands::EMPTY_COMMAND, "the command does nothing", place);
        ctx.report(problem.help("write `true` if that is what it is for"));
    }
    if text.contains('\0') {
        let place = Place::value(pointer(ctx.at));
        let headline = "the command has a NUL character";
        ctx.report(Diagnostic::new(&commands::NUL_IN_COMMAND, headline, place));
    }
    if !text.contains("${") {
        return;
    }
    let mut quoting = Quoting::new();
    for piece in command.pieces() {
        match piece {
            Ok(Piece::Text(text)) => quoting.skip(text),
            Ok(Piece::Reference {
                text: written,
                offset,
                to,
            }) => {
                let place = |at: &Pointer| Place::within(pointer(at), text, offset, written);
                match to {
                    Reference::Package(name) => used.name(ctx, &name, || place(ctx.at)),
                    Reference::File(_) => {}
                    Reference::Expanded(path) => {
                        if let Some(problem) = expansion(runner, &quoting, path, || place(ctx.at)) {
                            ctx.report(problem);
                        }
                    }
                }
                quoting.skip_word();
            }
            Err(error) => {
                used.unclear();
                let place = Place::within(pointer(ctx.at), text, error.offset, error.text);
                ctx.report(bad_reference(&error, place));
                quoting.skip_word();
            }
        }
    }
}

fn expansion(
    runner: Runner,
    quoting: &Quoting,
    path: &str,
    place: impl Fn() -> Place,
) -> Option<Diagnostic> {
    if runner == Runner::HealthCheck {
        let headline = "a health check has no expanded files";
        return Some(
            Diagnostic::new(&commands::MISPLACED_EXPANSION, headline, place()).help(format!(
                "write `${{{path}}}` if the file needs nothing filled in"
            )),
        );
    }
    quoting.is_literal().then(|| {
        let headline = "the shell expands nothing between single quotes";
        Diagnostic::new(&commands::QUOTED_EXPANSION, headline, place())
            .label("its path is in a variable of the shell")
            .help("put it between double quotes")
    })
}

fn bad_reference(error: &SyntaxError<'_>, place: Place) -> Diagnostic {
    let text = error.text;
    let (headline, help) = match &error.problem {
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
    Diagnostic::new(&commands::BAD_REFERENCE, headline, place)
        .help(help)
        .note("`$${` is a literal `${`")
}
