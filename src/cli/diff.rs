//! `jobc diff`: what changes in compiled jobs.

use std::io;

use crate::diff::{Comparison, TextStyle, markdown, text};
use anstream::{AutoStream, ColorChoice};

use super::args::{Color, DiffArgs, DiffFormat, Global};
use super::console::Console;
use super::exit::Exit;
use super::{open, output};
use crate::compare::{Extent, JobFilter, Operand, Purpose, Reader};
use crate::diagnostic::Failure;

pub(super) fn run(args: &DiffArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let current_dir = open::current_dir()?;
    let root = open::root(global, &current_dir)?;
    let wanted = JobFilter::new(&args.jobs)?;
    let reader = Reader {
        current_dir: &current_dir,
        root: &root,
        wanted: &wanted,
        purpose: Purpose::Side { after: "jobc diff" },
    };
    let words = [args.old.as_deref(), args.new.as_deref()];
    let [old, new] = Operand::pair(words, &root, &current_dir);
    let (sides, diagnostics) = reader.read(&old, &new, Extent::Differing)?;
    let unmatched = reader.unmatched(&old, &new)?;
    if !unmatched.is_empty() {
        console.close(diagnostics, None, &unmatched);
        return Ok(Exit::Failed);
    }
    for note in sides.notes() {
        console.warn(&note);
    }
    let comparison = sides.compare();
    print(&comparison, args.format, global)?;
    let same = match sides.same {
        0 => String::new(),
        1 => "; 1 definition is the same on both sides".to_owned(),
        same => format!("; {same} definitions are the same on both sides"),
    };
    if sides.is_partial() {
        console.close(diagnostics, None, &sides.troubles);
        if comparison.jobs.is_empty() && !comparison.is_unknown() {
            console.remark(&format!("no job differs that can be compared{same}"));
        }
        return Ok(Exit::Failed);
    }
    let exit = console.close(diagnostics, None, &[]);
    if comparison.jobs.is_empty() {
        console.remark(&format!("no job differs{same}"));
    }
    Ok(match exit {
        Exit::Done if comparison.jobs.is_empty() => Exit::Done,
        Exit::Done => Exit::Wrong,
        // What is wrong with a lock concerns no job that was compared, and yet was not looked at.
        Exit::Wrong | Exit::Failed => Exit::Failed,
    })
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
