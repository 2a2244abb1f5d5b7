//! Diagnostics for programs: one JSON object on each line.

use std::borrow::Cow;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::diagnostic::{Annotation, Diagnostic, Failure, Place, Severity};

use super::failure;
use super::lines::{Lines, Position};
use super::text::{self, TextOptions};
use super::visible;

/// Writes each diagnostic as a JSON object on a line of its own:
///
/// - `code`, `severity` (`error` or `warning`), `headline`;
/// - `job`: the key, as far as it is written, of the job that it is about, if it is about one;
/// - `help`, `notes`: lists of text;
/// - `annotations`: the places, the primary one first, each with `file` or `pointer` (a place in
///   the document that was not found in a file), `primary`, `label` and, for a range of a file,
///   `start` and `end` (`offset` in bytes from 0; `line` and `column` in characters, from 1) and
///   the `text` between them;
/// - `rendered`: the whole diagnostic as text.
///
/// Fields may be added; those here keep their names and meanings. Long text ends in `...`.
///
/// # Errors
/// Those of `out`.
pub fn json(diagnostics: &[Diagnostic], out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Lines::default();
    for diagnostic in diagnostics {
        write(&Message::new(diagnostic, &mut lines), out)?;
    }
    Ok(())
}

/// Writes what has no place and no code as such an object.
///
/// # Errors
/// Those of `out`.
pub fn json_failure(failure: &Failure, out: &mut dyn io::Write) -> io::Result<()> {
    write(&Message::of_failure(failure), out)
}

fn write(message: &Message<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut line = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut line, Printable);
    message.serialize(&mut serializer)?;
    line.push(b'\n');
    out.write_all(&line)
}

/// A line of `--message-format json`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Message<'a> {
    /// The kind of problem, as `jobc explain` takes it; absent where no definition is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// How bad it is.
    severity: SeverityName,
    /// The key of the job that it is about, with `?` for what is not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'a str>,
    /// What is wrong, in one line.
    headline: Cow<'a, str>,
    /// What to do, each an imperative.
    help: Vec<Cow<'a, str>>,
    /// What to know besides.
    notes: Vec<Cow<'a, str>>,
    /// Where; the primary place first.
    annotations: Vec<Mark<'a>>,
    /// All of it as text, without colours.
    rendered: Cow<'a, str>,
}

/// How bad a problem is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SeverityName {
    /// Worth knowing.
    Warning,
    /// It kept something from being done.
    Error,
}

impl From<Severity> for SeverityName {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}

/// A place. Of `file` and `pointer` there is one; the range is absent where the place is a whole
/// file or was not found in one.
#[derive(Serialize, JsonSchema)]
struct Mark<'a> {
    /// The file's name, as it was given to jobc.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// The JSON pointer (RFC 6901) to the value in the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Whether it is the guilty text; otherwise it is a related place.
    primary: bool,
    /// What to say beside it; may be empty.
    label: Cow<'a, str>,
    /// The first character of the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Position>,
    /// The character after the last of the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
    /// The source there, up to a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
}

/// One line; characters that a terminal must not see are escaped.
struct Printable;

impl<'a> Message<'a> {
    fn new(diagnostic: &'a Diagnostic, lines: &mut Lines<'a>) -> Self {
        let annotations = diagnostic.annotations.iter().enumerate();
        let subject = diagnostic.subject.as_ref();
        let job = subject.and_then(|subject| subject.job.as_ref());
        Self {
            code: Some(diagnostic.code.id),
            severity: diagnostic.severity.into(),
            job: job.map(|job| &*job.name),
            headline: visible::cut_line(&diagnostic.headline),
            help: paragraphs(&diagnostic.help),
            notes: paragraphs(&diagnostic.notes),
            annotations: annotations
                .map(|(index, annotation)| Mark::new(annotation, index == 0, lines))
                .collect(),
            rendered: text::render(diagnostic, lines, &TextOptions::default()).into(),
        }
    }

    fn of_failure(failure: &'a Failure) -> Self {
        Self {
            code: None,
            severity: failure.severity().into(),
            job: None,
            headline: visible::cut_line(failure.headline()),
            help: paragraphs(failure.helps()),
            notes: paragraphs(failure.notes()),
            annotations: Vec::new(),
            rendered: failure::rendered(failure, &TextOptions::default()).into(),
        }
    }
}

fn paragraphs(texts: &[String]) -> Vec<Cow<'_, str>> {
    let cut = texts.iter().map(|text| visible::cut_paragraph(text));
    cut.collect()
}

impl<'a> Mark<'a> {
    fn new(annotation: &'a Annotation, primary: bool, lines: &mut Lines<'a>) -> Self {
        let mark = Self {
            file: None,
            pointer: None,
            primary,
            label: visible::cut_line(&annotation.label),
            start: None,
            end: None,
            text: None,
        };
        match &annotation.place {
            Place::Span(location) => {
                let index = lines.of(&location.file);
                let range = location.span.range();
                let start = index.position(range.start);
                let end = index.position(index.ceiling(range.end).max(start.offset));
                let text = &index.text()[start.offset..end.offset];
                Self {
                    file: Some(location.file.name()),
                    start: Some(start),
                    end: Some(end),
                    text: Some(visible::cut_line(text)),
                    ..mark
                }
            }
            Place::File(name) => Self {
                file: Some(name),
                ..mark
            },
            Place::Document(pointer, _) => Self {
                pointer: Some(pointer.to_string()),
                ..mark
            },
        }
    }
}

impl Formatter for Printable {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        let mut printed = 0;
        for (index, character) in fragment.char_indices() {
            if visible::is_hidden(character) {
                writer.write_all(&fragment.as_bytes()[printed..index])?;
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                printed = index + character.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[printed..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::samples::SYNTAX;
    use crate::source::{Pointer, SourceFile, Span};

    /// Compares the lines but for the renderings in them, which it returns. Line breaks in what is
    /// expected are for its reader.
    fn check(diagnostics: &[Diagnostic], expected: &[&str]) -> Vec<String> {
        let mut out = Vec::new();
        json(diagnostics, &mut out).expect("a vector takes all");
        let out = String::from_utf8(out).expect("UTF-8");
        let mut renderings = Vec::new();
        let mut actual = Vec::new();
        for line in out.lines() {
            let (rest, _) = line.split_once(r#","rendered":""#).expect("last");
            actual.push(format!("{rest}}}"));
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            renderings.push(value["rendered"].as_str().expect("text").to_owned());
        }
        let joined = |object: &&str| object.lines().map(str::trim_start).collect::<String>();
        assert_eq!(actual, expected.iter().map(joined).collect::<Vec<_>>());
        renderings
    }

    #[test]
    fn all_kinds_of_places() {
        let file = SourceFile::new("job.toml", "a = 1\né = 2\n");
        let here = Diagnostic::new(&SYNTAX, "wrong", Place::span(&file, Span::new(6..8)))
            .label("name")
            .also(Place::File("b.toml".to_owned()), "other")
            .also(Place::value(Pointer::root().key("x")), "")
            .help("help")
            .note("note");
        let end = Diagnostic::new(&SYNTAX, "end", Place::span(&file, Span::new(13..99)));
        let renderings = check(
            &[here, end],
            &[
                r#"{"code":"syntax","severity":"error","headline":"wrong","help":["help"],
                "notes":["note"],"annotations":[
                {"file":"job.toml","primary":true,"label":"name",
                "start":{"offset":6,"line":2,"column":1},
                "end":{"offset":8,"line":2,"column":2},"text":"é"},
                {"file":"b.toml","primary":false,"label":"other"},
                {"pointer":"/x","primary":false,"label":""}]}"#,
                r#"{"code":"syntax","severity":"error","headline":"end","help":[],
                "notes":[],"annotations":[
                {"file":"job.toml","primary":true,"label":"",
                "start":{"offset":13,"line":3,"column":1},
                "end":{"offset":13,"line":3,"column":1},"text":""}]}"#,
            ],
        );
        assert_eq!(
            renderings[1],
            "error[syntax]: end\n --> job.toml:3:1\n  |\n3 |\n  | ^\n"
        );
    }

    #[test]
    fn foreign_text() {
        let file = SourceFile::new("a\u{1b}", "\u{9b}\u{e0001}");
        let diagnostic = Diagnostic::new(&SYNTAX, "\u{202e}", Place::span(&file, Span::new(1..3)));
        check(
            &[diagnostic],
            &[
                r#"{"code":"syntax","severity":"error","headline":"\u202e","help":[],
                "notes":[],"annotations":[
                {"file":"a\u001b","primary":true,"label":"",
                "start":{"offset":0,"line":1,"column":1},
                "end":{"offset":6,"line":1,"column":3},"text":"\u009b\udb40\udc01"}]}"#,
            ],
        );

        let long = "y".repeat(1_000_000);
        let file = SourceFile::new("a", &*long);
        let place = Place::span(&file, Span::new(0..long.len()));
        let diagnostic = Diagnostic::new(&SYNTAX, &*long, place).help(&*long);
        let mut out = Vec::new();
        json(&[diagnostic], &mut out).expect("a vector takes all");
        assert!(out.len() < 30_000, "{}", out.len());
    }
}
