//! Commands that never start on a node.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Intent, Piece, Run, Text};
use crate::rule::Intended;
use crate::target::aurora::await_ready;
use crate::target::aurora::prelude::prelude;
use crate::target::aurora::waiting::Waiting;
use crate::target::judged::Judged;

crate::diagnostic::declare_codes! {
    /// Thermos gives bash a command as one argument, and the kernel takes at most 131,071 bytes in one. A longer
    /// command never starts: the process is lost, and run again every minute, without a message. What
    /// `env`, `path` and `directory` put before the command counts.
    ///
    /// Put the text into a file beside the definition and name it: `cmdline = "exec bash ${./run.sh}"`.
    LONG_COMMAND = "long-command", Error, "a command that is too long to start";

    /// A command has a character that is not ASCII. Where the runner has no locale, as is usual below Mesos, the
    /// command never starts: the process is lost, and run again every minute, without a message.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --title 'caf\u00e9'" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Values of `env` may have any characters; or write the bytes in octal, as bash reads them:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --title \"$TITLE\"", env = { TITLE = "caf\u00e9" } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NON_ASCII_COMMAND = "non-ascii-command", Warn, "a command that needs a locale to start";
}

/// The most bytes that the kernel takes in one argument.
const MOST: usize = 131_071;

/// Tells of commands that are too long, with what is put before them.
pub(super) fn lengths(ctx: &mut Judged<'_>) {
    let intent = &ctx.plan.intent;
    let waiting = Waiting::new(intent);
    for (index, run) in intent.runs.iter().enumerate() {
        let command = run.command.value.filled_length();
        // One value may stand in others many times: what is too long before it is quoted is never written.
        let values = run.values().map(Text::filled_length);
        let least = values.fold(command, usize::saturating_add);
        let before = if least > MOST { 0 } else { prelude(run).len() };
        let waits = waiting.by_itself.get(&index).into_iter().flatten();
        let waits = waits.map(|other| length_of_waiting(&intent.runs[*other], intent));
        let jobs = run.awaits.iter();
        let jobs = jobs.map(|job| await_ready::of_job(&job.value).len());
        let waits = waits.chain(jobs).fold(0, usize::saturating_add);
        let length = command.saturating_add(before).saturating_add(waits);
        if least > MOST || length > MOST {
            let mut problem = too_long(Place::key(run.command.pointer()));
            if least > command {
                problem = problem.note("what the process starts with is put before it, and counts");
            }
            if waits > 0 {
                problem = problem.note(format!("{waits} of them wait until others are ready"));
            }
            ctx.found.push(problem);
        }
        if let Some(ready) = &run.ready
            && waiting.by_step.contains(&index)
            && length_of_waiting(run, intent) > MOST
        {
            ctx.found.push(too_long(Place::key(ready.pointer())));
        }
    }
}

fn too_long(place: Place) -> Diagnostic {
    let headline = format!("the command has more than {MOST} bytes, and does not start");
    Diagnostic::new(&LONG_COMMAND, headline, place)
        .help("put text into files beside the definition, and name them: `${./FILE}`")
}

/// The length of the command that waits until a process is ready.
fn length_of_waiting(run: &Run, intent: &Intent) -> usize {
    let ready = run.ready.as_ref();
    ready.map_or(0, |it| await_ready::command(run, &it.value, intent).len())
}

/// Tells of commands that are not ASCII.
pub(super) fn characters(ctx: &mut Intended<'_, '_>) {
    for run in &ctx.intent.runs {
        let text = &*run.command.value.written();
        let Some((c, guilty, offset)) = foreign(text, &run.command.value) else {
            continue;
        };
        if ctx.is_given_up() || ctx.hole(|_| run.command.pointer()) {
            continue;
        }
        let mut bytes = [0; 4];
        let bytes = c.encode_utf8(&mut bytes).bytes();
        let octal: String = bytes.map(|byte| format!("\\{byte:03o}")).collect();
        let place = Place::within(run.command.pointer(), text, offset, guilty);
        let headline = format!("`{c}` keeps the command from starting where there is no locale");
        let problem = Diagnostic::new(&NON_ASCII_COMMAND, headline, place)
            .help(format!(
                "write it as `$'{octal}'`, or in a variable of `env`, or in a file that the command names"
            ))
            .note("Thermos then loses the process again and again, without a message");
        ctx.report(problem);
    }
}

/// The first character of a command that is not ASCII, with the text that has it and where that is in
/// the command as written: a reference may come to one.
fn foreign<'t>(written: &'t str, command: &'t Text) -> Option<(char, &'t str, usize)> {
    if let Some((at, c)) = outside_of_names(written) {
        return Some((c, &written[at..at + c.len_utf8()], at));
    }
    command.pieces().iter().find_map(|piece| match piece {
        Piece::Field(field) => {
            let value = field.value.as_ref()?.written();
            let c = value.chars().find(|c| !c.is_ascii())?;
            let reference = &field.written;
            let at = written.find(reference)?;
            Some((c, &written[at..at + reference.len()], at))
        }
        Piece::Literal(_) | Piece::Port(_) | Piece::Instance | Piece::Host | Piece::TaskId => None,
    })
}

/// The first character that is not ASCII, but in the name of a file that a store path takes the place of.
fn outside_of_names(text: &str) -> Option<(usize, char)> {
    if text.is_ascii() {
        return None;
    }
    let mut found = text.char_indices().filter(|(_, c)| !c.is_ascii());
    found.find(|(at, _)| {
        let Some((_, inside)) = text[..*at].rsplit_once("${") else {
            return true;
        };
        let is_file = ["./", "../", "expanded "]
            .iter()
            .any(|start| inside.starts_with(start));
        !is_file || inside.contains('}')
    })
}

#[cfg(test)]
mod tests {
    use super::outside_of_names;

    #[test]
    fn names_of_files_are_replaced() {
        let check = |text, expected| assert_eq!(outside_of_names(text), expected, "{text}");
        check("a", None);
        check("a \u{e9}", Some((2, '\u{e9}')));
        check("${./\u{e9}} ${expanded ../\u{e9}}", None);
        check("${./a} \u{e9}", Some((7, '\u{e9}')));
        check("${x:-\u{e9}}", Some((5, '\u{e9}')));
    }
}
