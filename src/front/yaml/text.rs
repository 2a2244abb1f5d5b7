//! What is checked before the grammar's library gets the text: things that it would not refuse,
//! or only at too high a price.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

use super::super::limits::{MAX_YAML_PUNCTUATION, too_many};
use super::super::problems::{Problems, character, named};

/// The first problem of `text`, if it has one.
pub(super) fn check(problems: &Problems<'_>, text: &str) -> Result<(), Diagnostic> {
    control_characters(problems, text)?;
    punctuation(problems, text)?;
    directives(problems, text)
}

fn control_characters(problems: &Problems<'_>, text: &str) -> Result<(), Diagnostic> {
    let is_control =
        |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f;
    let Some(at) = text.bytes().position(is_control) else {
        return Ok(());
    };
    let found = character(char::from(text.as_bytes()[at]));
    Err(problems
        .syntax(
            Span::new(at..at + 1),
            format!("expected text, found {found}"),
        )
        .help("write it as an escape between double quotes: `\"\\x1b\"`"))
}

fn punctuation(problems: &Problems<'_>, text: &str) -> Result<(), Diagnostic> {
    let is_punctuation = |byte: &u8| b",[]{}?:\"'*&!".contains(byte);
    if text.len() <= MAX_YAML_PUNCTUATION
        || text.bytes().filter(is_punctuation).count() <= MAX_YAML_PUNCTUATION
    {
        return Ok(());
    }
    let place = problems.place(Span::new(0..0));
    Err(too_many(
        MAX_YAML_PUNCTUATION,
        "punctuation characters",
        place,
    ))
}

/// The library takes any directive, and counts those with other than ASCII characters wrong.
fn directives(problems: &Problems<'_>, text: &str) -> Result<(), Diagnostic> {
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let content = line.trim_start_matches('\u{feff}');
        if content.starts_with('%') {
            let directive = content.split(" #").next().unwrap_or_default().trim_end();
            if directive != "%YAML 1.2" {
                let start = start + line.len() - content.len();
                let found = named(directive);
                return Err(problems
                    .syntax(
                        Span::new(start..start + directive.len()),
                        format!("expected the directive `%YAML 1.2`, found {found}"),
                    )
                    .help("remove the directive"));
            }
        } else if !is_blank(content) {
            break;
        }
        start += line.len();
    }
    Ok(())
}

/// Whether a line has nothing of a document.
fn is_blank(line: &str) -> bool {
    let content = line.trim();
    content.is_empty() || content.starts_with('#') || line.starts_with("...")
}
