//! Help texts in as many columns as a terminal has, with code kept whole.

use clap::Command;
use clap::builder::StyledStr;

use crate::diagnostic::render::wrap;

use super::terminal;

/// Stands for a blank that is no place to break a line.
const HELD: char = '\u{a0}';

/// The command with help that keeps code whole on a narrow terminal, and its texts laid out for that.
/// What is not shown on one stays as it is.
pub(crate) fn fitted(command: Command) -> Command {
    match terminal::seen() {
        Some(columns) if columns < COLUMNS => narrow(command, columns).term_width(columns),
        _ => command,
    }
}

/// The columns that texts here are laid out for.
const COLUMNS: usize = 100;

fn narrow(command: Command, columns: usize) -> Command {
    let mut command = command.mut_args(|mut argument| {
        if let Some(help) = argument.get_help().map(held) {
            argument = argument.help(help);
        }
        if let Some(help) = argument.get_long_help().map(held) {
            argument = argument.long_help(help);
        }
        argument
    });
    if let Some(about) = command.get_long_about().map(held) {
        command = command.long_about(about);
    }
    if let Some(text) = command.get_after_long_help() {
        let text = sections(&text.to_string(), columns).replace(' ', &HELD.to_string());
        command = command.after_long_help(text);
    }
    command.mut_subcommands(|command| narrow(command, columns))
}

/// A help text of paragraphs and of titled sections, whose bodies are indented, in this many columns.
fn sections(text: &str, columns: usize) -> String {
    let mut done = String::new();
    let mut rest = text.lines().peekable();
    while let Some(line) = rest.next() {
        if line.is_empty() {
            done.push('\n');
            continue;
        }
        let is_title = line.ends_with(':')
            && !line.starts_with(' ')
            && rest.peek().is_some_and(|next| next.starts_with(' '));
        let mut body = Vec::new();
        let belongs = |next: &&str| is_title == (next.is_empty() || next.starts_with(' '));
        while let Some(next) = rest.next_if(belongs) {
            body.push(next.strip_prefix(INDENT).unwrap_or(next));
        }
        if !is_title {
            let text = [&[line], &*body].concat().join("\n");
            done.push_str(&wrap::document(&text, columns));
            continue;
        }
        done.push_str(line);
        done.push('\n');
        let ending = body.iter().rev().take_while(|line| line.is_empty()).count();
        body.truncate(body.len() - ending);
        let title = line.trim_end_matches(':');
        for line in section(title, &body.join("\n"), columns - INDENT.len()).lines() {
            done.push_str(if line.is_empty() { "" } else { INDENT });
            done.push_str(line);
            done.push('\n');
        }
        done.push_str(&"\n".repeat(ending));
    }
    done
}

/// What the body of a section is indented by.
const INDENT: &str = "  ";

/// The body of a section in this many columns. Examples are command lines, which stay whole, each with
/// what it does below it.
fn section(title: &str, body: &str, columns: usize) -> String {
    if title != "Examples" {
        return wrap::document(body, columns);
    }
    let mut text = String::new();
    for line in body.lines() {
        if let Some(what) = line.strip_prefix("    ") {
            for line in wrap::prose(what, columns.saturating_sub(4)).lines() {
                text.push_str("    ");
                text.push_str(line);
                text.push('\n');
            }
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The text of a topic as this terminal shows it.
pub(crate) fn on_topic(title: &str, text: &str) -> String {
    match terminal::seen() {
        Some(columns) => section(title, text, columns),
        None => format!("{text}\n"),
    }
}

/// A help text in which code is not broken.
fn held(text: &StyledStr) -> String {
    let mut in_code = false;
    let hold = |character| match character {
        '`' => {
            in_code = !in_code;
            '`'
        }
        ' ' if in_code => HELD,
        other => other,
    };
    text.to_string().chars().map(hold).collect()
}

/// A text that clap has laid out, as it is printed.
pub(crate) fn released(text: &str) -> String {
    text.replace(HELD, " ")
}

/// The help on a command.
pub(crate) fn text(command: &mut Command) -> String {
    let mut command = fitted(command.clone());
    released(&command.render_long_help().to_string())
}
