//! What standard output can show: colours, columns, characters.

use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use anstream::{AutoStream, ColorChoice};

use crate::cli::ui::options::Color;
use crate::diagnostic::render::wrap;
use crate::graph::{Characters, Look};

/// The columns of what is not shown on a terminal: that looks the same everywhere.
const COLUMNS: usize = 100;

/// How text is to look.
pub(crate) fn look(color: Color) -> Look {
    Look {
        width: columns(),
        characters: characters(),
        color: is_colored(color),
    }
}

/// Whether results are printed in colour.
fn is_colored(color: Color) -> bool {
    let stdout = io::stdout();
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => stdout.is_terminal() && AutoStream::choice(&stdout) != ColorChoice::Never,
    }
}

/// How many columns there are.
fn columns() -> usize {
    seen().unwrap_or(COLUMNS)
}

/// How many columns a reader sees of standard output, if that is known.
pub(crate) fn seen() -> Option<usize> {
    seen_of(&io::stdout())
}

/// How many columns a reader sees of a stream, if that is known: what the environment says (a user's
/// wish by POSIX, 8.3, which comes before the terminal), or what the terminal has.
pub(crate) fn seen_of(stream: &(impl IsTerminal + AsFd)) -> Option<usize> {
    let wished = std::env::var("COLUMNS").ok();
    let wished = wished.and_then(|columns| columns.parse::<usize>().ok());
    let columns = wished.filter(|&columns| columns > 0).or_else(|| {
        let size = stream
            .is_terminal()
            .then(|| terminal_size::terminal_size_of(stream));
        size.flatten().map(|(width, _)| width.0.into())
    });
    columns.map(|columns| columns.clamp(40, 1_000))
}

/// A text that was laid out for many columns as this terminal shows it.
pub(crate) fn fitted(text: &str) -> String {
    match seen() {
        Some(columns) => wrap::document(text, columns),
        None => text.to_owned(),
    }
}

/// A text of indented lines, each of them broken where this terminal ends.
pub(crate) fn broken(text: &str) -> String {
    let Some(columns) = seen() else {
        return text.to_owned();
    };
    let lines = text.lines();
    lines
        .map(|line| format!("{}\n", wrap::indented(line, columns)))
        .collect()
}

/// What the locale can show; all of Unicode where nothing is said.
fn characters() -> Characters {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names
        .iter()
        .filter_map(std::env::var_os)
        .find(|locale| !locale.is_empty());
    let Some(locale) = locale else {
        return Characters::Unicode;
    };
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    if locale.contains("utf-8") || locale.contains("utf8") {
        Characters::Unicode
    } else {
        Characters::Ascii
    }
}
