//! Standard output: results, and nothing before everything went well.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::ui::exit::Exit;
use crate::cli::ui::terminal;
use crate::diagnostic::Failure;
use crate::diagnostic::render::{Root, wrap};
use crate::secret::{Mask, hide, hide_in_json};

use super::help_layout;

/// Prints a result with its secrets hidden, all at once. A reader who went away has seen enough.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    if text.starts_with(['{', '[']) {
        print_as_it_is(&hide_in_json(text))
    } else {
        print_as_it_is(&hide(text))
    }
}

/// As [`print`], with what `mask` knows hidden, too.
pub(crate) fn print_masked(text: &str, mask: &Mask) -> Result<(), Failure> {
    print(&if text.starts_with(['{', '[']) {
        mask.hide_in_json(text)
    } else {
        mask.hide(text)
    })
}

/// Prints a text of jobc's own, or a compiled job: what is in that is what was asked for.
pub(crate) fn print_as_it_is(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    or_gone(written)
}

/// Answers a shell, with secrets hidden. A shell that went away needs no answer.
pub(crate) fn answer_shell(answer: &[u8]) {
    let _ = print(&String::from_utf8_lossy(answer));
}

/// Prints what the command line itself asks for, help for instance, or what is wrong with it.
pub(crate) fn answer(answer: &clap::Error) -> Result<Exit, Failure> {
    let rendered = answer.render();
    let plain = help_layout::released(&rendered.to_string());
    let text = match hide(&plain) {
        // What was wrong with the command line had a secret in it.
        Cow::Owned(hidden) if answer.exit_code() != 0 => hidden,
        _ => help_layout::released(&rendered.ansi().to_string()),
    };
    let columns = answer
        .use_stderr()
        .then(|| terminal::seen_of(&io::stderr()))
        .flatten();
    let text = match columns {
        Some(columns) => fitted(&text, columns),
        None => text,
    };
    let printed = if answer.use_stderr() {
        anstream::stderr().write_all(text.as_bytes())
    } else {
        let mut stdout = anstream::stdout();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
    };
    or_gone(printed)?;
    Ok(match answer.exit_code() {
        0 => Exit::Done,
        _ => Exit::Failed,
    })
}

/// What is wrong with a command line, in this many columns; how it is used is code.
fn fitted(text: &str, columns: usize) -> String {
    let mut fitted = String::new();
    for line in text.lines() {
        if line.contains("Usage:") {
            fitted.push_str(line);
        } else {
            // An option stays with its value.
            let line = line.replace(" <", "\u{a0}<");
            fitted.push_str(&help_layout::released(&wrap::indented(&line, columns)));
        }
        fitted.push('\n');
    }
    fitted
}

/// The directory that reports for programs are about: where GitHub has put the repository, if this is
/// below it, since that is what it shows reports beside; otherwise the current directory.
pub(crate) fn root() -> Root {
    let current_dir = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let checkout = std::env::var_os("GITHUB_WORKSPACE");
    let checkout = checkout.as_deref().map(Path::new);
    Root::new(&current_dir, checkout.filter(|path| path.is_absolute()))
}

fn or_gone(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}
