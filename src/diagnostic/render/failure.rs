//! Why a command came to nothing, made into text.

use std::io;

use annotate_snippets::{Group, Level, Renderer};

use crate::diagnostic::{Failure, Severity};

use super::text::TextOptions;

/// Writes it for people.
///
/// # Errors
/// Those of `out`.
pub fn failure_text(
    failure: &Failure,
    options: &TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    out.write_all(rendered(failure, options).as_bytes())
}

/// Writes it for editors: a line.
///
/// # Errors
/// Those of `out`.
pub fn failure_short(failure: &Failure, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{}: {}", failure.severity(), failure.headline())
}

/// The text for people, ending with a line break.
pub(super) fn rendered(failure: &Failure, options: &TextOptions) -> String {
    // `error: ` and ` = help: ` come before them.
    let before = failure.severity().to_string().len() + 2;
    let headline = options.fitted(failure.headline().to_owned(), before);
    let fit = |text: &String| options.fitted(text.clone(), 9);
    let notes = failure.notes().iter().map(fit);
    let notes = notes.map(|note| Level::NOTE.message(note));
    let help = failure.helps().iter().map(fit);
    let help = help.map(|help| Level::HELP.message(help));
    let renderer = if options.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let level = match failure.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let group = Group::with_title(level.primary_title(headline));
    let mut text = renderer.render(&[group.elements(notes).elements(help)]);
    text.push('\n');
    text
}
