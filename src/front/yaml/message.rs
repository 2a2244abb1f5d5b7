//! What is wrong with a YAML text, in the project's words.

use crate::diagnostic::Diagnostic;
use crate::front::codes::{YAML_ALIAS, YAML_MERGE_KEY, YAML_TAG};
use crate::source::{Node, Span};

use super::super::limits::too_deep;
use super::super::problems::{Problems, floor, found, named, one};
use super::guilty::{Line, cut_off, escape, open_bracket, tab, word};
use super::merge::MERGE_KEY;
use super::reasons::reason;

/// The library's error `info` at byte `at`.
pub(super) fn grammar(problems: &Problems<'_>, text: &str, info: &str, at: usize) -> Diagnostic {
    let line = Line::of(text, at);
    let known = no_break_space(problems, text, at)
        .or_else(|| hidden_bracket(problems, text, info, at))
        .or_else(|| after_bracket(problems, text, at, &line))
        .or_else(|| after_comment(problems, text, info, at));
    if let Some(problem) = known {
        return problem;
    }
    let problem = explain(problems, text, info, at, &line);
    if !problem.help.is_empty() || problem.code == &YAML_ALIAS {
        return problem;
    }
    match advice(line.text) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn explain(
    problems: &Problems<'_>,
    text: &str,
    info: &str,
    at: usize,
    line: &Line<'_>,
) -> Diagnostic {
    let expect = |expected: &str| problems.expected(at, expected);
    match info {
        _ if info.contains("recursion") => too_deep(problems.place(found(text, at).span)),
        _ if info.contains("tab") => {
            let tab = tab(text, line.start).unwrap_or(at);
            problems
                .syntax(
                    one(text, tab),
                    "expected spaces as indentation, found a tab",
                )
                .help("indent with spaces")
        }
        "while parsing node, found unknown anchor" => {
            let span = Span::new(at..at + word(&text[at..]));
            let name = named(&text[span.range()]);
            Diagnostic::new(
                &YAML_ALIAS,
                format!("expected an anchor before the alias {name}, found none"),
                problems.place(span),
            )
            .help("put quotes around text that starts with `*`")
        }
        "mapping values are not allowed in this context" => {
            misplaced_colon(problems, text, at, line)
        }
        "invalid indentation in quoted scalar" => {
            let quote = &text[one(text, at).range()];
            problems
                .syntax(
                    one(text, at),
                    format!("expected `{quote}` after the string, found a line indented less"),
                )
                .label("the string starts here")
                .help("close the string, or indent its further lines more")
        }
        "invalid indentation in flow construct" => match open_bracket(text, at) {
            None => expect("a line indented like those before"),
            Some((start, close)) => expect(&format!("`{close}`"))
                .also(problems.place(one(text, start)), "opened here")
                .help("close it, or indent its further lines more"),
        },
        _ if info.starts_with("simple key expect") => missing_colon(problems, text, at),
        _ if info.starts_with("while scanning a quoted scalar, found unexpected") => {
            let end = if info.contains("document") {
                "document"
            } else {
                "file"
            };
            let quote = &text[one(text, at).range()];
            problems
                .syntax(
                    one(text, at),
                    format!("expected `{quote}` after the string, found the end of the {end}"),
                )
                .label("the string starts here")
                .help("close the string")
        }
        "while parsing a quoted scalar, found unknown escape character"
        | "while parsing a quoted scalar, did not find expected hexadecimal number"
        | "while parsing a quoted scalar, found invalid Unicode character escape code" => {
            let span = escape(text, at);
            problems
                .syntax(
                    span,
                    format!(
                        "expected an escape of YAML, found {}",
                        named(&text[span.range()])
                    ),
                )
                .help("write `\\\\` for a backslash, or put single quotes around the text")
        }
        _ => match reason(info) {
            Some((expected, help)) => {
                let problem = expect(expected);
                match help {
                    "" => problem,
                    help => problem.help(help),
                }
            }
            None => expect("YAML").note(format!("the reader says: {info}")),
        },
    }
}

/// A no-break space among the indentation and the dashes of the line at `at`.
pub(super) fn no_break_space(problems: &Problems<'_>, text: &str, at: usize) -> Option<Diagnostic> {
    const SPACE: char = '\u{a0}';
    let start = text[..floor(text, at)].trim_end_matches(['\n', '\r', ' ']);
    for line in [Line::of(text, at), Line::of(text, start.len())] {
        let content = line.text.trim_start_matches([' ', '-']);
        let offset = line.text.len() - content.len();
        // `--` is no dash of a list.
        if content.starts_with(SPACE) && !line.text[..offset].ends_with("--") {
            let headline = "expected a space, found a no-break space (U+00A0)";
            return Some(
                problems
                    .syntax(one(text, line.start + offset), headline)
                    .help("write spaces as indentation and after `-`"),
            );
        }
    }
    None
}

/// A comment that hides the bracket which would close a table or a list on its line.
fn hidden_bracket(
    problems: &Problems<'_>,
    text: &str,
    info: &str,
    at: usize,
) -> Option<Diagnostic> {
    const LONGEST: usize = 10_000;
    if !["',' or '}'", "',' or ']'", "flow"]
        .iter()
        .any(|words| info.contains(words))
    {
        return None;
    }
    let at = floor(text, at);
    let mut end = at;
    let first = floor(text, at.saturating_sub(LONGEST));
    while end > first {
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        if let Some((hash, close)) = cut_off(line) {
            let span = Span::new(start + hash..start + line.trim_end().len());
            let headline = format!("expected `{close}`, found a comment");
            return Some(problems.syntax(span, headline).help(format!(
                "put quotes around text with `#`, or write the comment after `{close}`"
            )));
        }
        end = start.saturating_sub(1);
    }
    None
}

/// Something after a value that starts with a bracket, which was meant to be text.
fn after_bracket(
    problems: &Problems<'_>,
    text: &str,
    at: usize,
    line: &Line<'_>,
) -> Option<Diagnostic> {
    let before = line.text.get(..at.checked_sub(line.start)?)?;
    let value = before
        .split_once(": ")
        .or_else(|| before.split_once("- "))
        .map(|(_, value)| value.trim())?;
    let open = ["[", "{"]
        .into_iter()
        .find(|open| value.starts_with(open))?;
    let found = found(text, at);
    if !value.ends_with([']', '}']) || found.span.start == found.span.end {
        return None;
    }
    let problem = problems.expected(at, "the end of the value");
    Some(problem.help(format!("put quotes around text that starts with `{open}`")))
}

/// A comment before the line at `at`, which ended the text that this line was meant to go on with.
fn after_comment(problems: &Problems<'_>, text: &str, info: &str, at: usize) -> Option<Diagnostic> {
    const LONGEST: usize = 10_000;
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let line = if info.starts_with("simple key expect") {
        Line::of(
            text,
            text[..floor(text, at)].trim_end().len().checked_sub(1)?,
        )
    } else {
        Line::of(text, at)
    };
    let before = text[..line.start].strip_suffix('\n')?;
    let above = Line::of(text, before.len());
    let comment = above.text.trim();
    let wanted = indent(line.text);
    if !comment.starts_with('#') || wanted == 0 {
        return None;
    }
    let first = floor(text, above.start.saturating_sub(LONGEST));
    let mut lines = text[first..above.start].lines().rev();
    let is_text = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let owner = lines.find(|line| is_text(line) && indent(line) < wanted)?;
    let header = owner.split(" #").next().unwrap_or_default().trim_end();
    let header = header.rsplit(' ').next().unwrap_or_default();
    let is_block = header.starts_with(['|', '>']);
    let content = line.text.trim();
    let is_key = content.contains(": ") || content.ends_with(':') || content.starts_with('-');
    let help = if is_block && indent(above.text) < wanted {
        "indent it like the text: YAML takes it for one of its own"
    } else if !is_block && !is_key && owner.contains([':', '-']) {
        "put quotes around text of several lines, or write it as a block with `|`"
    } else {
        return None;
    };
    let start = above.start + indent(above.text);
    let span = Span::new(start..start + comment.len());
    let headline = "expected the rest of the text, found a comment, which ends it";
    Some(problems.syntax(span, headline).help(help))
}

/// A `:` inside of a text that was meant to end a key.
pub(super) fn missing_space(problems: &Problems<'_>, text: &str, colon: usize) -> Diagnostic {
    let found = found(text, colon + 1);
    problems
        .syntax(
            Span::new(colon..found.span.end as usize),
            format!("expected a space after `:`, found {}", found.name),
        )
        .help("write `key: value`")
}

/// A text without quotes that starts, at `at`, as something else does.
pub(super) fn indicator(problems: &Problems<'_>, at: usize) -> Diagnostic {
    problems
        .expected(at, "a value")
        .help("put quotes around text that starts like this")
}

/// A tag, which stands at `at` or after an anchor there.
pub(super) fn tag(problems: &Problems<'_>, text: &str, at: usize) -> Diagnostic {
    let start = text[at..].find('!').map_or(at, |offset| at + offset);
    let span = Span::new(start..start + word(&text[start..]));
    let tag = named(&text[span.range()]);
    Diagnostic::new(
        &YAML_TAG,
        format!("expected a value, found the tag {tag}"),
        problems.place(span),
    )
    .help("put quotes around text that starts with `!`; remove a tag")
}

/// A merge key whose value, or a part of it, is no table. What an alias stands for is elsewhere.
pub(super) fn no_table_to_merge(problems: &Problems<'_>, other: &Node, key: Span) -> Diagnostic {
    let is_here = key.end <= other.span.start && other.span.start < other.span.end;
    let found = other.kind.name();
    Diagnostic::new(
        &YAML_MERGE_KEY,
        format!("expected a table or a list of tables to merge, found {found}"),
        problems.place(if is_here { other.span } else { key }),
    )
    .help("merge a table, or put quotes around `<<` if it is a key")
}

/// A merge key after another one.
pub(super) fn second_merge(problems: &Problems<'_>, first: Span, second: Span) -> Diagnostic {
    let mut problem = problems.duplicate_key(MERGE_KEY, first, second);
    problem.help = vec!["write one with a list: `<<: [*a, *b]`".to_owned()];
    problem
}

/// A value of some other `kind` where a key is.
pub(super) fn complex_key(
    problems: &Problems<'_>,
    text: &str,
    span: Span,
    kind: &str,
) -> Diagnostic {
    let problem = problems.syntax(span, format!("expected a string as a key, found {kind}"));
    let start = span.start as usize;
    if text[..start].ends_with('{') && text[start..].starts_with('{') {
        return problem.help("put quotes around text with `{{`");
    }
    problem
}

/// A document after the first, at `at`.
pub(super) fn second_document(problems: &Problems<'_>, text: &str, at: usize) -> Diagnostic {
    let found = found(text, at);
    problems
        .syntax(
            found.span,
            format!("expected one document, found another at {}", found.name),
        )
        .help("put several jobs into the list `jobs`")
}

/// A `: ` where no key can end: inside of a text, or after one that was continued by accident.
fn misplaced_colon(problems: &Problems<'_>, text: &str, at: usize, line: &Line<'_>) -> Diagnostic {
    let before = line.text.get(..at.saturating_sub(line.start));
    let before = before.unwrap_or_default();
    let problem = problems.syntax(one(text, at), "expected the end of the value, found `:`");
    if before.contains(": ") || before.contains(":\t") {
        return problem.help("put quotes around text with `: `");
    }
    problem.help("indent keys of one table alike, or put quotes around text with `: `")
}

/// A line that had to be a key, before the place where that turned out.
fn missing_colon(problems: &Problems<'_>, text: &str, at: usize) -> Diagnostic {
    let before = text[..at].trim_end();
    let line = Line::of(text, before.len().saturating_sub(1));
    let content = line.text.trim_start();
    let indentation = line.text.len() - content.len();
    let content = content.trim_end();
    let start = line.start + indentation;
    match content.find(':') {
        Some(colon) if colon + 1 < content.len() => missing_space(problems, text, start + colon),
        _ => problems
            .syntax(
                Span::new(start..start + content.len()),
                format!("expected a key and `:`, found {}", named(content)),
            )
            .help("write `key: value`, and indent the further lines of a text more"),
    }
}

/// What commonly goes wrong on a line like this.
fn advice(line: &str) -> Option<&'static str> {
    let value = line
        .split_once(": ")
        .or_else(|| line.split_once("- "))
        .map(|(_, value)| value.trim_start())?;
    if value.starts_with("{{") {
        return Some("put quotes around text with `{{`");
    }
    if value.starts_with(['{', '[', '\'', '"', '*', '&', '!', '|', '>', '%', '@', '`']) {
        return Some("put quotes around all of the text if it is one");
    }
    None
}
