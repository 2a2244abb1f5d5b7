//! What is wrong with a TOML text, in the project's words.

use toml_parser::{Expected, ParseError};

use crate::diagnostic::Diagnostic;
use crate::front::codes::TOML_DATE;
use crate::source::Span;

use super::super::problems::{Problems, character, found, named, shortened};

/// Whether the error is that a list or braces have no end, which makes the errors in between
/// worthless.
pub(super) fn unclosed(error: &ParseError) -> bool {
    matches!(
        error.description(),
        "unclosed array" | "unclosed inline table" | "unexpected `=` in array"
    )
}

/// Whether the error shows that a list is not closed, so that the rest was read as a part of it.
pub(super) fn is_last(error: &ParseError) -> bool {
    error.description() == "unexpected `=` in array"
}

/// Where the list or braces of an error start.
pub(super) fn opened(error: &ParseError) -> u32 {
    let start = error.context().map_or(0, |context| context.start());
    u32::try_from(start).unwrap_or(u32::MAX)
}

/// Whether a line has no `=` where a key should be, nor a colon in its place.
pub(super) fn is_no_pair(problem: &Diagnostic, text: &str) -> bool {
    const STARTS: &[&str] = &["expected `=` after the key", "expected a letter, a digit"];
    let is_colon = text[super::start(problem) as usize..].starts_with(':');
    !is_colon
        && STARTS
            .iter()
            .any(|start| problem.headline.starts_with(start))
}

/// An error of the grammar.
pub(super) fn grammar(problems: &Problems<'_>, text: &str, error: &ParseError) -> Diagnostic {
    let unexpected = error.unexpected().or(error.context()).unwrap_or_default();
    let at = unexpected.start();
    let found = found(text, at);
    let expect = |expected: &str| problems.expected(at, expected);
    let opened = || {
        let start = opened(error) as usize;
        problems.place(Span::new(start..start + 1))
    };
    match error.description() {
        "key with no value" | "missing value for key" => {
            expect("`=` after the key").help("write `key = value`")
        }
        "invalid unquoted key" if text[found.span.range()].starts_with(':') => {
            expect("`=` after the key").help("write `key = value`")
        }
        "invalid unquoted key" if text[found.span.start as usize..].starts_with("//") => {
            let start = found.span.start as usize;
            problems
                .syntax(
                    Span::new(start..start + 2),
                    "expected TOML, found a comment with `//`",
                )
                .help("start the comment with `#`")
        }
        "invalid unquoted key" => {
            let first = text[found.span.range()].chars().next();
            let problem = expect("a letter, a digit, `-` or `_` in a key");
            match first.filter(|first| first.is_alphabetic()) {
                // It may look like a letter that keys have.
                Some(letter) => problem
                    .label(format!(
                        "`{letter}` is the character U+{:04X}",
                        u32::from(letter)
                    ))
                    .help("write a to z, or put quotes around the key"),
                None if first.is_some_and(char::is_control) => problem.help("remove it"),
                None => problem.help("put quotes around the key"),
            }
        }
        "unquoted keys cannot be empty" | "invalid key-value pair" | "invalid table" => {
            expect("a key")
        }
        "unclosed table" => expect("`]` after the name of the table"),
        "unclosed array table" => expect("`]]` after the name of the list"),
        "unclosed array" | "unexpected `=` in array" => expect("`]`").also(opened(), "opened here"),
        "unclosed inline table" => expect("`}`").also(opened(), "opened here"),
        "missing comma between array elements" => expect("`,` or `]`")
            .label("a comma is missing before this")
            .help("put a comma between the two"),
        "missing comma between key-value pairs" => expect("`,` or `}`")
            .label("a comma is missing before this")
            .help("put a comma between the two"),
        "extra `=`" => expect("a value").help("remove the second `=`"),
        "extra comma in array" | "extra comma in inline table" => {
            expect("a value").help("remove the comma")
        }
        "missing assignment between key-value pairs" => expect("`=` after the key"),
        "missing key for inline table element" => expect("a key"),
        "unexpected key or value" | "unexpected content" => expect("the end of the line").help(
            match text.as_bytes().get(found.span.start as usize) {
                Some(b';' | b',') => "remove it",
                Some(b'+') => "write the text as one string",
                _ => "start a line for each key, and put quotes around text",
            },
        ),
        "invalid comment character" => problems.syntax(
            found.span,
            format!(
                "expected text, found {} in a comment",
                text[at..]
                    .chars()
                    .next()
                    .map_or_else(String::new, character)
            ),
        ),
        _ => match alternatives(error) {
            Some(expected) => expect(&expected),
            None => expect("TOML"),
        },
    }
}

/// A key or `=` without a value.
pub(super) fn missing_value(problems: &Problems<'_>, text: &str, span: Span) -> Diagnostic {
    let at = span.start as usize;
    let equals = text[..at].trim_end().ends_with('=');
    let expected = if equals { "a value" } else { "`=` and a value" };
    problems.expected(at, &format!("{expected} after the key"))
}

/// A value without quotes that is none of TOML's words and numbers.
pub(super) fn unquoted(problems: &Problems<'_>, text: &str, span: Span) -> Diagnostic {
    if text.starts_with('>') {
        let start = (span.start as usize).saturating_sub(1);
        return problems
            .syntax(
                Span::new(start..start + 2),
                "expected `=` after the key, found `=>`",
            )
            .help("write `key = value`");
    }
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | 'e' | 'E' | '+' | '-');
    let unsigned = text.trim_start_matches(['+', '-']);
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.chars().all(numeric)
        && unsigned.matches(['.', '-']).count() < 2;
    let (kind, help) = match unsigned.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => ("a value", "write `true`".to_owned()),
        "false" | "no" | "off" => ("a value", "write `false`".to_owned()),
        "inf" | "nan" | "infinity" => ("a number", "use a finite number".to_owned()),
        "null" | "nil" | "none" => ("a value", "leave the key out: TOML has no null".to_owned()),
        _ if is_number && unsigned.len() > 1 && unsigned.starts_with('0') => {
            ("a number", "remove the leading zeros".to_owned())
        }
        _ if is_number && text.contains('_') => {
            ("a number", "put `_` only between digits".to_owned())
        }
        _ if is_number => (
            "a number",
            "put digits on both sides of the point".to_owned(),
        ),
        _ if text.starts_with("<<") => (
            "a value",
            "put text of several lines between `\"\"\"`".to_owned(),
        ),
        _ if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(' ') => (
            "a value",
            "put a comma between two values, or quotes around text".to_owned(),
        ),
        _ => ("a value", "put quotes around text".to_owned()),
    };
    problems
        .syntax(span, format!("expected {kind}, found {}", named(text)))
        .help(help)
}

/// An error in the string at `span`.
pub(super) fn string(
    problems: &Problems<'_>,
    text: &str,
    span: Span,
    error: &ParseError,
) -> Diagnostic {
    let at = error
        .unexpected()
        .map_or(0, |unexpected| unexpected.start());
    let source = &text[span.range()];
    let found = found(text, at);
    match error.description() {
        "missing escaped value" => {
            let escape: String = text[..at.min(text.len())]
                .chars()
                .next_back()
                .into_iter()
                .chain(text[found.span.start as usize..].chars().next())
                .collect();
            let start = (found.span.start as usize).saturating_sub(1);
            problems
                .syntax(
                    Span::new(start..start + escape.len()),
                    format!("expected an escape of TOML, found {}", named(&escape)),
                )
                .help("write `\\\\` for a backslash, or put single quotes around the text")
        }
        "too few unicode value digits" | "invalid value" => problems
            .expected(at, "the hexadecimal number of a character")
            .help("write `\\\\` for a backslash, or put single quotes around the text"),
        "carriage return must be followed by newline" => problems.syntax(
            found.span,
            "expected a line feed after a carriage return, found none",
        ),
        _ if is_open(span, error) => {
            let quote = match source.as_bytes() {
                [quote, second, third, ..] if quote == second && quote == third => &source[..3],
                _ => &source[..1],
            };
            let end = if text[span.end as usize..].is_empty() {
                "file"
            } else {
                "line"
            };
            let problem = problems.syntax(
                span,
                format!("expected `{quote}` after the string, found the end of the {end}"),
            );
            match quote {
                "\"" => {
                    problem.help("close the string; text of several lines goes between `\"\"\"`")
                }
                "'" => problem.help("close the string; text of several lines goes between `'''`"),
                _ => problem.help("close the string"),
            }
        }
        _ => {
            let c = text[found.span.start as usize..].chars().next();
            let c = c.unwrap_or_default();
            let start = found.span.start as usize;
            problems
                .syntax(
                    Span::new(start..start + c.len_utf8()),
                    format!("expected text, found {} in a string", character(c)),
                )
                .help(format!(
                    "write `\\u{:04x}` between double quotes",
                    u32::from(c)
                ))
        }
    }
}

/// Whether the error in the string at `span` is that it does not end.
pub(super) fn is_open(span: Span, error: &ParseError) -> bool {
    let at = error
        .unexpected()
        .map_or(0, |unexpected| unexpected.start());
    !matches!(
        error.description(),
        "missing escaped value"
            | "too few unicode value digits"
            | "invalid value"
            | "carriage return must be followed by newline"
    ) && (at >= span.end as usize || at <= span.start as usize)
}

/// A date or a time, or a text that starts like one.
pub(super) fn date(problems: &Problems<'_>, text: &str, span: Span) -> Diagnostic {
    let digits = |range: std::ops::Range<usize>| {
        text.as_bytes()
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let separator = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
    let is_date = digits(0..4) && separator(4, b'-') && digits(5..7) && separator(7, b'-');
    let is_time = digits(0..2) && separator(2, b':') && digits(3..5);
    if !is_date && !is_time {
        return problems
            .syntax(span, format!("expected a value, found {}", named(text)))
            .help("put quotes around text");
    }
    Diagnostic::new(
        &TOML_DATE,
        format!("expected a value, found the date `{}`", shortened(text)),
        problems.place(span),
    )
    .help("put quotes around it: jobc has no dates")
}

/// The grammar's own list of what it expected.
fn alternatives(error: &ParseError) -> Option<String> {
    let expected = error.expected()?.iter().map(|expected| match expected {
        Expected::Literal("\n") => "the end of the line".to_owned(),
        Expected::Literal(literal) => format!("`{literal}`"),
        Expected::Description(description) => format!("a {description}"),
        _ => "something else".to_owned(),
    });
    let expected: Vec<String> = expected.collect();
    (!expected.is_empty()).then(|| expected.join(" or "))
}
