//! `jobc diff`: what changes in compiled jobs.

use std::io;

use anstream::{AutoStream, ColorChoice};
use glob::{MatchOptions, Pattern};

use crate::diff::{Comparison, TextStyle, markdown, text};

use super::args::{Color, DiffArgs, DiffFormat, Global};
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::open;
use super::output;
use super::side::{Reach, Reader, Word};

pub(super) fn run(args: &DiffArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let current_dir = open::current_dir()?;
    let root = open::root(global, &current_dir)?;
    let patterns = patterns(&args.jobs)?;
    let wanted = |key: &str| patterns.is_empty() || patterns.iter().any(|it| fits(it, key));
    let reader = Reader {
        current_dir: &current_dir,
        root: &root,
        wanted: &wanted,
    };
    let words = [args.old.as_deref(), args.new.as_deref()];
    let [old, new] = Word::pair(words, &root, &current_dir);
    let report = reader.read(&old, &new, Reach::Differing)?;
    let Some(sides) = report.value else {
        // One side is trouble, not a difference.
        console.close(report.diagnostics, None, &[]);
        return Ok(Exit::Failed);
    };
    for note in sides.notes() {
        console.warn(note);
    }
    let comparison = sides.compare();
    print(&comparison, args.format, global)?;
    if comparison.is_empty() {
        console.remark(&match sides.same {
            0 => "no job differs".to_owned(),
            1 => "no job differs; 1 definition is the same on both sides".to_owned(),
            same => format!("no job differs; {same} definitions are the same on both sides"),
        });
        return Ok(Exit::Done);
    }
    Ok(Exit::Wrong)
}

/// Prints a comparison.
pub(super) fn print(
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

/// The patterns that words are.
pub(super) fn patterns(words: &[String]) -> Result<Vec<Pattern>, Failure> {
    let pattern = |word: &String| {
        Pattern::new(word).map_err(|error| {
            Failure::new(format!(
                "`{word}` is no pattern from character {} on: {}",
                error.pos + 1,
                error.msg
            ))
        })
    };
    words.iter().map(pattern).collect()
}

/// Whether a pattern fits a job's key, or its name if the pattern has no `/`.
pub(super) fn fits(pattern: &Pattern, key: &str) -> bool {
    let options = MatchOptions {
        require_literal_separator: true,
        ..MatchOptions::new()
    };
    let name = key.rsplit('/').next().unwrap_or(key);
    let text = if pattern.as_str().contains('/') {
        key
    } else {
        name
    };
    pattern.matches_with(text, options)
}
