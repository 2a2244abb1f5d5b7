//! Prints what changes in jobs, for all commands that compare some.

use std::io;

use anstream::{AutoStream, ColorChoice};

use crate::diagnostic::Failure;
use crate::diff::{Comparison, TextStyle, markdown, text};

use super::arguments::{DiffFormat, Global};
use super::ui::options::Color;
use super::ui::output;

/// Prints a comparison.
pub(crate) fn print(
    comparison: &Comparison,
    format: DiffFormat,
    global: &Global,
) -> Result<(), Failure> {
    output::print(&match format {
        DiffFormat::Text => text(comparison, style(global)),
        DiffFormat::Markdown => markdown(comparison),
        DiffFormat::Json => {
            let text = serde_json::to_string_pretty(comparison);
            let mut text = text.expect("a comparison becomes JSON");
            text.push('\n');
            text
        }
    })
}

fn style(global: &Global) -> TextStyle {
    let stdout = io::stdout();
    let color = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
    };
    let size = terminal_size::terminal_size_of(&stdout);
    TextStyle {
        color,
        width: size.map(|(width, _)| width.0.into()),
    }
}
