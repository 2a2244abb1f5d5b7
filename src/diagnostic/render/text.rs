//! Diagnostics for people, in the look of `rustc`.

use std::io;

use annotate_snippets::renderer::{DEFAULT_LINE_NUM_STYLE, Style};
use annotate_snippets::{AnnotationKind, Group, Level, Message, Padding, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};

use super::excerpt::{Excerpt, Frame, MAX_PLACES, frames};
use super::lines::Lines;
use super::summary::counted;
use super::{visible, wrap};

/// How [`text`] is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether a terminal will show it that understands ANSI colours.
    pub color: bool,
    /// The columns to fit excerpts of the source into.
    pub width: usize,
    /// Whether messages are broken into lines of that width as well.
    pub wraps: bool,
}

impl Default for TextOptions {
    /// What is not shown on a terminal looks the same everywhere.
    fn default() -> Self {
        Self {
            color: false,
            width: 120,
            wraps: false,
        }
    }
}

impl TextOptions {
    /// `text` in lines that fit behind this many columns, if that is wanted.
    pub(super) fn fitted(&self, text: String, before: usize) -> String {
        if self.wraps {
            wrap::prose(&text, self.width.saturating_sub(before))
        } else {
            text
        }
    }
}

/// Writes each diagnostic with excerpts of the source that it points at, and an empty line after.
///
/// # Errors
/// Those of `out`.
pub fn text(
    diagnostics: &[Diagnostic],
    options: &TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut lines = Lines::default();
    for diagnostic in diagnostics {
        writeln!(out, "{}", render(diagnostic, &mut lines, options))?;
    }
    Ok(())
}

/// One diagnostic, ending with a line break.
pub(super) fn render<'a>(
    diagnostic: &'a Diagnostic,
    lines: &mut Lines<'a>,
    options: &TextOptions,
) -> String {
    let options = TextOptions {
        width: options.width.clamp(40, 1_000),
        ..*options
    };
    let style = if options.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let style = style.term_width(options.width);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // `error[CODE]: ` comes before it.
    let before = diagnostic.severity.to_string().len() + diagnostic.code.id.len() + 4;
    let headline = options.fitted(visible::line(&diagnostic.headline), before);
    let title = level.clone().primary_title(headline).id(diagnostic.code.id);
    let body = body(diagnostic, &level, lines, &options);

    let mut text = style.render(&[Group::with_title(title)]);
    text.push('\n');
    if body.iter().any(|group| !group.is_empty()) {
        text.push_str(&style.render(&body));
        text.push('\n');
    }
    text
}

/// The places, each a group of its own, with help and notes under the last.
///
/// The lines `--> file:line:column` are made here, as titles: those of annotate-snippets count the
/// columns of the text that it is given, which is not the file's where a long line was cut.
fn body<'a>(
    diagnostic: &'a Diagnostic,
    level: &Level<'a>,
    lines: &mut Lines<'a>,
    options: &TextOptions,
) -> Vec<Group<'a>> {
    let frames = frames(&diagnostic.annotations, lines, options.width);
    let last_line = frames.iter().filter_map(Frame::last_line).max();
    let indent = last_line.map_or(0, |line| line.to_string().len());
    let messages = messages(diagnostic, options, indent);
    let last_frame = frames.len().saturating_sub(1);

    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, frame) in frames.into_iter().enumerate() {
        let arrow = if index == 0 { "-->" } else { ":::" };
        let style = if options.color {
            DEFAULT_LINE_NUM_STYLE
        } else {
            Style::new()
        };
        let heading = format!("{:indent$}{style}{arrow}{style:#} {}", "", frame.heading);
        let mut group = Group::with_title(level.clone().no_name().secondary_title(heading));
        if let Some(excerpt) = frame.excerpt {
            group = group.element(snippet(excerpt));
        }
        if index < last_frame || !messages.is_empty() {
            group = group.element(Padding);
        }
        groups.push(group);
    }
    let last = groups.pop();
    let last = last.unwrap_or_else(|| Group::with_level(level.clone()));
    groups.push(last.elements(messages));
    groups
}

fn messages<'a>(diagnostic: &Diagnostic, options: &TextOptions, indent: usize) -> Vec<Message<'a>> {
    // ` = help: ` comes before them.
    let before = indent + 9;
    let help = diagnostic.help.iter().map(|help| (Level::HELP, help));
    let notes = diagnostic.notes.iter().map(|note| (Level::NOTE, note));
    let mut messages: Vec<_> = help
        .chain(notes)
        .map(|(level, text)| level.message(options.fitted(visible::paragraph(text), before)))
        .collect();
    let hidden = diagnostic.annotations.len().saturating_sub(MAX_PLACES);
    if hidden > 0 {
        let places = counted(hidden, "more place");
        messages.push(Level::NOTE.message(format!("{places} not shown")));
    }
    messages
}

fn snippet<'a>(excerpt: Excerpt) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    // Keeps the last line in the account of how wide line numbers are, even when it is empty.
    let end = excerpt.source.len();
    let last_line = AnnotationKind::Visible.span(end - 1..end);
    let marks = excerpt.marks.into_iter().map(|mark| {
        let kind = if mark.primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let label = Some(mark.label).filter(|label| !label.is_empty());
        kind.span(mark.range).label(label)
    });
    Snippet::source(excerpt.source)
        .line_start(excerpt.first_line)
        .annotations(marks)
        .annotation(last_line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Place;
    use crate::diagnostic::samples::SYNTAX;
    use crate::source::{Pointer, SourceFile, Span};

    /// A diagnostic about the first occurrence of each text in `source`, with its label; the empty
    /// text is the end of the file.
    fn marked(source: &str, marks: &[(&str, &str)]) -> Diagnostic {
        let file = SourceFile::new("job.toml", source);
        let mut places = marks.iter().map(|(text, label)| {
            let start = source.find(text).filter(|_| !text.is_empty());
            let start = start.unwrap_or(source.len());
            let span = Span::new(start..start + text.len());
            (Place::span(&file, span), *label)
        });
        let (primary, label) = places.next().expect("a mark");
        let diagnostic = Diagnostic::new(&SYNTAX, "expected a name", primary).label(label);
        places.fold(diagnostic, |diagnostic, (place, label)| {
            diagnostic.also(place, label)
        })
    }

    fn whole_file(name: &str) -> Diagnostic {
        Diagnostic::new(&SYNTAX, "cannot be read", Place::File(name.to_owned()))
    }

    fn rendered(diagnostic: &Diagnostic, color: bool, width: usize) -> String {
        let mut out = Vec::new();
        let options = TextOptions {
            color,
            width,
            ..TextOptions::default()
        };
        text(std::slice::from_ref(diagnostic), &options, &mut out).expect("a vector takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        let text = text.strip_suffix("\n\n").expect("an empty line after");
        text.to_owned()
    }

    fn without_colors(text: &str) -> String {
        let mut pieces = text.split('\u{1b}');
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |text, piece| {
            let (sequence, rest) = piece.split_once('m').expect("a style");
            assert!(sequence[1..].bytes().all(|b| b.is_ascii_digit()), "{piece}");
            text + rest
        })
    }

    fn check(diagnostic: &Diagnostic, expected: &str) {
        let width = TextOptions::default().width;
        let plain = rendered(diagnostic, false, width);
        assert_eq!(plain, expected.trim_matches('\n'));
        let colored = rendered(diagnostic, true, width);
        assert_ne!(colored, plain);
        assert_eq!(without_colors(&colored), plain);
    }

    #[test]
    fn a_mark_with_help_and_notes() {
        let diagnostic = marked("a = 1\nname = \"x\"\nb = 2\n", &[("name", "")]);
        check(
            &diagnostic,
            r#"
error[syntax]: expected a name
 --> job.toml:2:1
  |
2 | name = "x"
  | ^^^^
"#,
        );
        let diagnostic = diagnostic
            .help("write `role`")
            .note("one line\nand another");
        check(
            &diagnostic,
            r#"
error[syntax]: expected a name
 --> job.toml:2:1
  |
2 | name = "x"
  | ^^^^
  |
  = help: write `role`
  = note: one line
          and another
"#,
        );
        check(
            &Diagnostic {
                severity: Severity::Warning,
                ..diagnostic
            },
            r#"
warning[syntax]: expected a name
 --> job.toml:2:1
  |
2 | name = "x"
  | ^^^^
  |
  = help: write `role`
  = note: one line
          and another
"#,
        );
    }

    #[test]
    fn related_places_near_by() {
        let source = "name = 1\nb = 2\nname= 3\n";
        check(
            &marked(
                source,
                &[("name=", "again"), ("name", "first defined here")],
            ),
            r"
error[syntax]: expected a name
 --> job.toml:3:1
  |
1 | name = 1
  | ---- first defined here
2 | b = 2
3 | name= 3
  | ^^^^^ again
",
        );
        check(
            &marked(
                source,
                &[("name=", "again"), ("3", "to this"), ("=", "sign")],
            ),
            r"
error[syntax]: expected a name
 --> job.toml:3:1
  |
1 | name = 1
  |      - sign
2 | b = 2
3 | name= 3
  | ^^^^^ - to this
  | |
  | again
",
        );
    }

    #[test]
    fn related_places_far_away() {
        let source = "name = 1\n".to_owned() + &"\n".repeat(997) + "other\nname= 3\n";
        let marks = [
            ("name=", "again"),
            ("name", "first defined here"),
            ("other", ""),
        ];
        check(
            &marked(&source, &marks).note("names are unique"),
            r"
error[syntax]: expected a name
    --> job.toml:1000:1
     |
 999 | other
     | -----
1000 | name= 3
     | ^^^^^ again
     |
    ::: job.toml:1:1
     |
   1 | name = 1
     | ---- first defined here
     |
     = note: names are unique
",
        );
    }

    #[test]
    fn related_places_elsewhere() {
        let file = SourceFile::new("lib/b.json", "\n\n{ }\n");
        let diagnostic = marked("a = 1\n", &[("a", "")])
            .also(Place::span(&file, Span::new(2..5)), "defined here")
            .also(
                Place::value(Pointer::root().key("task").index(3)),
                "used here",
            )
            .also(Place::File("c.json".to_owned()), "");
        check(
            &diagnostic,
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | a = 1
  | ^
  |
 ::: lib/b.json:3:1
  |
3 | { }
  | --- defined here
  |
 ::: <document>/task/3: used here
  |
 ::: c.json
",
        );
        check(
            &diagnostic.help("remove one"),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | a = 1
  | ^
  |
 ::: lib/b.json:3:1
  |
3 | { }
  | --- defined here
  |
 ::: <document>/task/3: used here
  |
 ::: c.json
  |
  = help: remove one
",
        );
    }

    #[test]
    fn places_without_source() {
        check(
            &whole_file("a.toml"),
            r"
error[syntax]: cannot be read
--> a.toml
",
        );
        check(
            &whole_file("a.toml").help("check its mode"),
            r"
error[syntax]: cannot be read
--> a.toml
 |
 = help: check its mode
",
        );
        let root = Place::value(Pointer::root());
        check(
            &Diagnostic::new(&SYNTAX, "empty", root),
            r"
error[syntax]: empty
--> <document>
",
        );
        let mut nowhere = whole_file("");
        nowhere.annotations.clear();
        check(
            &nowhere,
            r"
error[syntax]: cannot be read
",
        );
        check(
            &nowhere.help("help"),
            r"
error[syntax]: cannot be read
 = help: help
",
        );
    }

    #[test]
    fn ends_of_files() {
        check(
            &marked("a =", &[("", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:4
  |
1 | a =
  |    ^ here
",
        );
        check(
            &marked("a =\n", &[("", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:2:1
  |
2 |
  | ^ here
",
        );
        check(
            &marked("", &[("", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 |
  | ^ here
",
        );
        check(
            &marked("a = b", &[("b", "")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:5
  |
1 | a = b
  |     ^
",
        );
        check(
            &marked(&"\n".repeat(9), &[("", "")]),
            r"
error[syntax]: expected a name
  --> job.toml:10:1
   |
10 |
   | ^
",
        );
    }

    #[test]
    fn line_breaks() {
        check(
            &marked("a\nb\n", &[("\n", "no break here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:2
  |
1 | a
  |  ^ no break here
",
        );
        check(
            &marked("a\r\nb\r\n", &[("\r\n", "no break here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:2
  |
1 | a
  |  ^ no break here
",
        );
        check(
            &marked("a\r\nb\r\n", &[("a\r\n", "whole line")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | a
  | ^ whole line
",
        );
        check(
            &marked("a\rb", &[("b", "")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:3
  |
1 | a\rb
  |    ^
",
        );
    }

    #[test]
    fn spans_over_lines() {
        let list = "[\r\n  1,\r\n\t2\r\n]";
        let source = format!("a = 1\r\nb = {list}\r\n");
        check(
            &marked(&source, &[(list, "this list")]),
            r"
error[syntax]: expected a name
 --> job.toml:2:5
  |
2 |   b = [
  |  _____^
3 | |   1,
4 | |     2
5 | | ]
  | |_^ this list
",
        );
        check(
            &marked(&source, &[("2", "this"), (list, "in this list")]),
            r"
error[syntax]: expected a name
 --> job.toml:4:2
  |
2 |   b = [
  |  _____-
3 | |   1,
4 | |     2
  | |     ^ this
5 | | ]
  | |_- in this list
",
        );
        let long = "x\n".repeat(100);
        check(
            &marked(&long, &[(&long, "")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | x
  | ^ (up to line 100)
",
        );
    }

    #[test]
    fn wide_characters_and_tabs() {
        check(
            &marked("é漢字 = 😀x", &[("x", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:8
  |
1 | é漢字 = 😀x
  |           ^ here
",
        );
        check(
            &marked("\ta\tb", &[("b", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:4
  |
1 |     a    b
  |          ^ here
",
        );
        let mut inside = marked("é", &[("é", "")]);
        inside.annotations[0].place = Place::span(&SourceFile::new("a", "xé"), Span::new(2..2));
        check(
            &inside,
            r"
error[syntax]: expected a name
 --> a:1:2
  |
1 | xé
  |  ^
",
        );
        inside.annotations[0].place = Place::span(&SourceFile::new("a", "x"), Span::new(7..9));
        check(
            &inside,
            r"
error[syntax]: expected a name
 --> a:1:2
  |
1 | x
  |  ^
",
        );
    }

    #[test]
    fn what_terminals_obey_is_shown() {
        let diagnostic = marked(
            "\u{1b}[2J \u{202e}\u{9b}\u{a0} b",
            &[("b", "\u{1b}]0;t\u{7}\nx")],
        );
        check(
            &diagnostic.help("\u{1b}[A").note("\u{2066}\n\tx"),
            r"
error[syntax]: expected a name
 --> job.toml:1:10
  |
1 | \u{1b}[2J \u{202e}\u{9b}\u{a0} b
  |                                ^ \u{1b}]0;t\u{7}\nx
  |
  = help: \u{1b}[A
  = note: \u{2066}
              x
",
        );
        let mut name = whole_file("\u{1b}[31m\n.toml");
        name.headline = "a\u{8}\tb\nc".to_owned();
        check(
            &name,
            r"
error[syntax]: a\u{8}\tb\nc
--> \u{1b}[31m\n.toml
",
        );
    }

    #[test]
    fn long_lines_are_cut() {
        let far = |text: &str| "xyz ".repeat(1000) + text + &" zyx".repeat(1000);
        check(
            &marked(&far("name"), &[("name", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:4001
  |
1 | ...xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz name zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx z...
  |                                                                ^^^^ here
",
        );
        check(
            &marked(&("name".to_owned() + &far("x")), &[("name", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | namexyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz xyz ...
  | ^^^^ here
",
        );
        check(
            &marked(&far(""), &[("", "here")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:8001
  |
1 | ... zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx zyx
  |                                                                ^ here
",
        );
        let two = far("name") + &far("other");
        check(
            &marked(&two, &[("name", "here"), ("other", "there")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:4001
  |
1 | ...xyz xyz xyz xyz name zyx zyx zyx zyx zyx zyx zyx z...z xyz xyz xyz xyz xyz xyz xyz other zyx zyx zyx zyx zyx z...
  |                    ^^^^ here                                                          ----- there
",
        );
        let wide = "漢".repeat(1000);
        check(
            &marked(&wide, &[(&wide, "all of it")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | 漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢...漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ all of it
",
        );
        let middle = format!("a\n{wide}\nb");
        check(
            &marked(&middle, &[("a", ""), ("b", "")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | a
  | ^
2 | ...
3 | b
  | -
",
        );
        check(
            &marked(&middle, &[(&middle, "all")]),
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 | / a
2 | | 漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢...
3 | | b
  | |_^ all
",
        );
    }

    #[test]
    fn long_messages_are_cut() {
        let long = "y".repeat(1_000_000);
        let mut diagnostic = marked("a", &[("a", &long)]).help(&*long);
        diagnostic.headline.clone_from(&long);
        let text = rendered(&diagnostic, false, 80);
        assert!(text.len() < 13_000, "{}", text.len());
        assert_eq!(text.matches("yyy...").count(), 3);

        let file = SourceFile::new("job.toml", "a\nb\n");
        let places = (0..100).map(|_| Place::span(&file, Span::new(2..3)));
        let diagnostic = places.fold(marked("", &[("", "")]), |diagnostic, place| {
            diagnostic.also(place, "")
        });
        check(
            &diagnostic,
            r"
error[syntax]: expected a name
 --> job.toml:1:1
  |
1 |
  | ^
  |
 ::: job.toml:2:1
  |
2 | b
  | -
  |
  = note: 69 more places not shown
",
        );
    }

    #[test]
    fn narrow_terminals() {
        let diagnostic = marked(&("x ".repeat(50) + "name"), &[("name", "here")]);
        for width in [0, 40] {
            let text = rendered(&diagnostic, false, width);
            let widest = text.lines().map(str::len).max();
            assert!(widest <= Some(45), "{text}");
        }
        assert!(rendered(&diagnostic, false, usize::MAX).contains(&"x ".repeat(50)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]
        #[test]
        fn any_source_and_spans(
            source in "([a-z \t\n\r]|\r\n|[é漢😀\u{301}\u{200d}\u{1b}\u{202e}\u{9b}]|x{50}|漢{90}|\n{40}){0,12}",
            spans in prop::collection::vec((0_usize..600, 0_usize..300, "[a-z]{0,50}"), 1..5),
            width in 0_usize..200,
        ) {
            let file = SourceFile::new("a", &*source);
            let mut diagnostic = marked("", &[("", "")]).help("help");
            for (start, length, label) in spans {
                let span = Span::new(start..start + length);
                diagnostic = diagnostic.also(Place::span(&file, span), label);
            }
            diagnostic.annotations.remove(0);
            let Place::Span(location) = diagnostic.place() else { unreachable!() };
            let (line, column) = file.line_column(location.span.range().start);
            let text = rendered(&diagnostic, false, width);
            prop_assert!(text.contains(&format!("--> a:{line}:{column}\n")), "{text}");
            prop_assert!(!text.chars().any(|c| c != '\n' && visible::is_hidden(c)), "{text:?}");
            prop_assert_eq!(without_colors(&rendered(&diagnostic, true, width)), text);
        }
    }
}
