//! YAML text -> tree, as of YAML 1.2 with its core schema.
//!
//! The grammar is `saphyr_parser`'s, whose events need no recursion. From the core schema follows
//! that `no`, `on` and `012:30` are strings, `010` is ten and `0o10` is eight. What YAML has beyond
//! the other formats is refused: tags, keys that are no scalars, several documents. Keys are the text
//! that was written. Aliases are replaced by what they stand for; merge keys, which are of YAML 1.1,
//! by the entries that they give.
//!
//! Block scalars have the span of their content; values that were left out, an empty span where
//! they would stand; aliases, the span of what they stand for.

mod anchor;
mod folded;
mod guilty;
mod left_out;
mod merge;
mod message;
mod places;
mod reasons;
mod scalar;
mod spans;
mod surprises;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::diagnostic::{Diagnostic, Report};
use crate::front::codes::YAML_ALIAS;
use crate::source::{Entry, Key, Keys, Kind, Node, SourceFile, Span};

use super::front_end::FrontEnd;
use super::limits::{MAX_ALIASED_VALUES, MAX_DEPTH, MAX_VALUES, fitted, too_deep, too_many};
use super::loaded::Loaded;
use super::mention::Mention;
use super::number::out_of_range;
use super::problems::{Problems, Stop, Typographic, named, one, shortened};
use anchor::{Anchored, values};
use merge::{MERGE_KEY, Merge};
use places::Places;
pub(super) use surprises::{YAML_ANCHOR, YAML_COMMENT, YAML_FOLDED, YAML_OCTAL};

/// YAML as a format of definitions.
pub(super) const FRONT_END: FrontEnd = FrontEnd {
    name: "YAML",
    extensions: &["yaml", "yml"],
    load: |file| parse(file).map(|tree| Loaded::from_file(file, tree)),
    mention: |text, name| Mention::in_data(text, name, '\\'),
    stays_below: |text| FrontEnd::has_no_parent(text, '\\'),
    explain: left_out::explained,
    surprises: surprises::surprises,
};

fn parse(file: &Arc<SourceFile>) -> Report<Node> {
    let mut reader = Reader {
        problems: Problems::new(file),
        text: file.text(),
        places: Places::new(file.text()),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        keys: Keys::default(),
        values: 0,
        aliased: 0,
        at: 0,
    };
    let root = reader.document();
    reader.problems.report(root.ok())
}

struct Reader<'a> {
    problems: Problems<'a>,
    text: &'a str,
    places: Places<'a>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    keys: Keys,
    /// How many values were written.
    values: usize,
    /// How many values were copied for anchors and aliases.
    aliased: usize,
    /// Where the last thing that was read ends.
    at: usize,
}

/// A sequence or mapping that is being read.
struct Open {
    start: usize,
    anchor: usize,
    content: Content,
}

/// Whether an anchor or a tag is written before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Properties {
    Absent,
    Written,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

/// What is read of a mapping.
#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    merge: Option<Merge>,
    /// The key whose value comes next.
    pending: Option<Pending>,
}

/// A key without its value.
enum Pending {
    Field(Key, Span),
    /// That which merges.
    Merge(Span),
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Stop> {
        if let Err(problem) = text::check(&self.problems, self.text) {
            return Err(self.fail(problem));
        }
        let mut root = None;
        for event in Parser::new_from_str(self.text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let at = self.places.byte(error.marker().index());
                    let problem = message::grammar(&self.problems, self.text, error.info(), at);
                    return Err(self.fail(problem));
                }
            };
            let done = match event {
                Event::DocumentStart(_) if root.is_some() => {
                    let at = self.places.byte(span.start.index());
                    let problem = message::second_document(&self.problems, self.text, at);
                    return Err(self.fail(problem));
                }
                Event::Scalar(value, style, anchor, tag) => {
                    let properties = self.properties(anchor, tag, span.start)?;
                    let span = self.scalar_span(span, style, &value, properties);
                    self.count(span)?;
                    self.scalar(value.into_owned(), style, anchor, span)?
                }
                Event::Alias(anchor) => self.alias(anchor, span)?,
                Event::SequenceStart(anchor, tag) => {
                    let properties = self.properties(anchor, tag, span.start)?;
                    let start = self.collection_start(span.start, properties);
                    let content = Content::Sequence(Vec::new());
                    self.begin(content, anchor, self.sequence_start(start))?;
                    None
                }
                Event::MappingStart(anchor, tag) => {
                    let properties = self.properties(anchor, tag, span.start)?;
                    let start = self.collection_start(span.start, properties);
                    let content = Content::Mapping(Mapping::default());
                    self.begin(content, anchor, start)?;
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(span.start)?,
                Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::StreamStart
                | Event::StreamEnd
                | Event::Nothing => None,
            };
            root = root.or(done);
        }
        match root {
            Some(root) if root.kind != Kind::Null || root.span.start < root.span.end => Ok(root),
            _ => Err(self.fail(self.problems.empty_file())),
        }
    }

    fn scalar(
        &mut self,
        value: String,
        style: ScalarStyle,
        anchor: usize,
        span: Span,
    ) -> Result<Option<Node>, Stop> {
        self.at = self.at.max(span.end as usize);
        // The library takes `[>b]` and `[?]`, which are no texts to anyone else.
        if style == ScalarStyle::Plain
            && (value.starts_with(['|', '>']) || matches!(&*value, "?" | "-"))
        {
            let problem = message::indicator(&self.problems, span.start as usize);
            self.problems.read_on(problem)?;
        }
        // A text between these was meant to be without them. Straight quotes around it keep them.
        if style == ScalarStyle::Plain
            && let Some(string) = Typographic::at(self.text, span.start as usize)
            && string.span == span
        {
            let problem = string.problem(&self.problems, self.text);
            self.problems.push_habit("typographic quotes", problem);
        }
        let is_key = self.expects_key();
        if is_key {
            self.key(&value, style, span)?;
            if anchor == 0 {
                return Ok(None);
            }
        }
        // A document that is one text with a colon is meant to be keys with values.
        if self.open.is_empty()
            && style == ScalarStyle::Plain
            && let Some(colon) = self.text[span.range()].find(':')
        {
            let colon = span.start as usize + colon;
            return Err(self.fail(message::missing_space(&self.problems, self.text, colon)));
        }
        let kind = match style {
            ScalarStyle::Plain => scalar::resolve(value),
            _ => Ok(Kind::String(value)),
        };
        if kind.is_err() {
            let text = shortened(&self.text[span.range()]);
            let place = self.problems.place(span);
            self.problems.read_on(out_of_range(&text, place))?;
        }
        let kind = kind.unwrap_or(Kind::Null);
        let node = Node { kind, span };
        if is_key {
            self.keep(&node, anchor)?;
            return Ok(None);
        }
        self.put(node, anchor)
    }

    fn key(&mut self, key: &str, style: ScalarStyle, span: Span) -> Result<(), Stop> {
        if style == ScalarStyle::Plain
            && let Some(problem) =
                message::no_break_space(&self.problems, self.text, span.start as usize)
        {
            return Err(self.fail(problem));
        } else if style == ScalarStyle::Plain && key.is_empty() {
            self.problems
                .read_on(self.problems.expected(span.start as usize, "a key"))?;
        }
        if let Some(Open {
            content: Content::Mapping(mapping),
            ..
        }) = self.open.last_mut()
        {
            mapping.pending = Some(if style == ScalarStyle::Plain && key == MERGE_KEY {
                Pending::Merge(span)
            } else {
                Pending::Field(self.keys.key(key), span)
            });
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, marks: saphyr_parser::Span) -> Result<Option<Node>, Stop> {
        let start = self.places.byte(marks.start.index());
        let span = Span::new(start..self.places.byte(marks.end.index()));
        self.at = span.end as usize;
        let Some(anchored) = self.anchors.get(&anchor) else {
            let problem = Diagnostic::new(
                &YAML_ALIAS,
                format!(
                    "expected a complete value, found the alias {} inside of it",
                    named(&self.text[span.range()])
                ),
                self.problems.place(span),
            );
            return Err(self.fail(problem));
        };
        let (values, depth) = (anchored.values, anchored.depth);
        if self.open.len() + depth > MAX_DEPTH {
            return Err(self.fail(too_deep(self.problems.place(span))));
        }
        self.count_copy(values, span)?;
        let node = self.anchors[&anchor].node.clone();
        if !self.expects_key() {
            return self.put(node, 0);
        }
        let Kind::String(key) = node.kind else {
            let kind = node.kind.name();
            return Err(self.fail(message::complex_key(&self.problems, self.text, span, kind)));
        };
        self.key(&key, ScalarStyle::DoubleQuoted, span)?;
        Ok(None)
    }

    /// Whether a value has an anchor or a tag; tags are refused.
    fn properties(
        &mut self,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        mark: Marker,
    ) -> Result<Properties, Stop> {
        if tag.is_some() {
            let at = self.places.byte(mark.index());
            self.problems
                .read_on(message::tag(&self.problems, self.text, at))?;
        }
        Ok(match (anchor, tag) {
            (0, None) => Properties::Absent,
            _ => Properties::Written,
        })
    }

    fn begin(&mut self, content: Content, anchor: usize, start: usize) -> Result<(), Stop> {
        let span = one(self.text, start);
        self.count(span)?;
        if self.expects_key() {
            let kind = match content {
                Content::Sequence(_) => "a list",
                Content::Mapping(..) => "a table",
            };
            return Err(self.fail(message::complex_key(&self.problems, self.text, span, kind)));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fail(too_deep(self.problems.place(span))));
        }
        self.at = match self.text.as_bytes().get(start) {
            Some(b'[' | b'{') => start + 1,
            _ => start,
        };
        self.open.push(Open {
            start,
            anchor,
            content,
        });
        Ok(())
    }

    fn end(&mut self, mark: Marker) -> Result<Option<Node>, Stop> {
        let mark = self.places.byte(mark.index());
        let Some(open) = self.open.pop() else {
            return Ok(None);
        };
        let close = match self.text.as_bytes().get(open.start) {
            Some(b'[') => b']',
            Some(b'{') => b'}',
            _ => b' ',
        };
        // After a trailing comma, the library's mark is that.
        let comma = self.places.after_indicator(mark, b',');
        if close != b' ' {
            self.at = self.places.after_indicator(comma, close);
        }
        let kind = match open.content {
            Content::Sequence(items) => Kind::Sequence(fitted(items)),
            Content::Mapping(Mapping {
                mut entries, merge, ..
            }) => {
                self.problems.drop_duplicates(&mut entries);
                Kind::Mapping(match merge {
                    Some(merge) => merge.complete(entries),
                    None => fitted(entries),
                })
            }
        };
        let span = Span::new(open.start..self.at);
        self.put(Node { kind, span }, open.anchor)
    }

    /// Keeps a value for aliases; the copy takes memory, too.
    fn keep(&mut self, node: &Node, anchor: usize) -> Result<(), Stop> {
        self.count_copy(values(node), node.span)?;
        self.anchors.insert(anchor, Anchored::new(node));
        Ok(())
    }

    /// Puts a value where it belongs; returns it if that is the document.
    fn put(&mut self, node: Node, anchor: usize) -> Result<Option<Node>, Stop> {
        if anchor > 0 {
            self.keep(&node, anchor)?;
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => return Ok(Some(node)),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping(mapping)) => {
                let (key, key_span) = match mapping.pending.take() {
                    None => return Ok(None),
                    Some(Pending::Merge(key_span)) => {
                        self.merge(node, key_span)?;
                        return Ok(None);
                    }
                    Some(Pending::Field(key, key_span)) => (key, key_span),
                };
                let colon = self.text[key_span.range()].find(':');
                mapping.entries.push(Entry {
                    key,
                    key_span,
                    value: node,
                });
                // Between braces, `{a:b}` is a key without a value.
                if let Some(colon) = colon
                    && self.at == key_span.end as usize
                    && !self.text[key_span.range()].starts_with(['"', '\''])
                {
                    let colon = key_span.start as usize + colon;
                    self.problems.read_on(message::missing_space(
                        &self.problems,
                        self.text,
                        colon,
                    ))?;
                }
            }
        }
        Ok(None)
    }

    /// Keeps what the mapping that is being read gets from others.
    fn merge(&mut self, value: Node, key_span: Span) -> Result<(), Stop> {
        let Some(Open {
            content: Content::Mapping(mapping),
            ..
        }) = self.open.last_mut()
        else {
            return Ok(());
        };
        if let Some(first) = &mapping.merge {
            let problem = message::second_merge(&self.problems, first.key_span, key_span);
            return self.problems.read_on(problem);
        }
        match Merge::new(value, key_span, mapping.entries.len()) {
            Ok(merge) => {
                let entries = merge.entries();
                mapping.merge = Some(merge);
                self.count_copy(entries, key_span)
            }
            Err(other) => {
                let problem = message::no_table_to_merge(&self.problems, &other, key_span);
                self.problems.read_on(problem)
            }
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                content: Content::Mapping(Mapping { pending: None, .. }),
                ..
            })
        )
    }

    fn count(&mut self, span: Span) -> Result<(), Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            let place = self.problems.place(span);
            return Err(self.fail(too_many(MAX_VALUES, "values", place)));
        }
        Ok(())
    }

    fn count_copy(&mut self, values: usize, span: Span) -> Result<(), Stop> {
        self.aliased += values;
        if self.aliased > MAX_ALIASED_VALUES {
            let place = self.problems.place(span);
            let things = "values that aliases stand for";
            return Err(self.fail(too_many(MAX_ALIASED_VALUES, things, place)));
        }
        Ok(())
    }

    /// Adds the last problem.
    fn fail(&mut self, problem: Diagnostic) -> Stop {
        self.problems.push(problem);
        Stop
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, MAX_DEPTH, shown::shown};

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(shown(input, Format::Yaml), expected, "{input}");
    }

    #[track_caller]
    fn wrong(input: &str, problem: &str) {
        check(input, &format!("syntax: {problem}"));
    }

    #[test]
    fn collections() {
        check("a: 1\nb:\n  c: 2\n", "{a: 1, b: {c: 2}}");
        check(
            "a:\n- 1\n-\n  - 2\n- - 3\n  - 4\nb:\n  - c: 5\n    d: 6\n",
            "{a: [1, [2], [3, 4]], b: [{c: 5, d: 6}]}",
        );
        check("{a: [1, {b: 2,}], c}", "{a: [1, {b: 2}], c: =null}");
        check("{\"a\":1, 'b': 2}", "{\"a\": 1, 'b'=\"b\": 2}");
        check("[a: 1, 2]", "[{a: 1}, 2]");
        check("? a\n: 1\n? b\n", "{a: 1, b: =null}");
        check("a: 1\r\nb:\r\n  - 2\r\n", "{a: 1, b: [2]}");
        check("---\na: 1\n...\n", "{a: 1}");
        check("\u{feff}%YAML 1.2 # now\n---\na: 1\n", "{a: 1}");
        check(
            "\"a b\": 1\n'c' : 2\nd e: 3\n8080: 4\ntrue: 5\n",
            "{\"a b\": 1, 'c'=\"c\": 2, d e: 3, 8080: 4, true: 5}",
        );
    }

    #[test]
    fn plain_scalars() {
        let plain = |text: &str, value: &str| {
            let shown = if text == value {
                text.to_owned()
            } else {
                format!("{text}={value}")
            };
            check(
                &format!("- {text} # c\n- {text}"),
                &format!("[{shown}, {shown}]"),
            );
        };
        for null in ["~", "null", "Null", "NULL", ""] {
            plain(null, "null");
        }
        for (text, value) in [("true", "true"), ("TRUE", "true"), ("False", "false")] {
            plain(text, value);
        }
        for (text, value) in [
            ("0", "0"),
            ("-0", "0"),
            ("+12", "12"),
            ("010", "10"),
            ("0o10", "8"),
            ("0xfF", "255"),
            ("1.", "1.0"),
            (".5", "0.5"),
            ("-1.5e+3", "-1500.0"),
            ("1e3", "1000.0"),
            ("9223372036854775808", "9.223372036854776e18"),
        ] {
            plain(text, value);
        }
        for text in [
            "no",
            "Yes",
            "on",
            "y",
            "tRUE",
            "nULL",
            "12:30",
            "1_000",
            "0b1",
            "-0x1",
            "0o8",
            "0x",
            "1e",
            ".",
            "+",
            "..",
            "1.2.3",
            "2026-05-27",
            ".infinity",
            "-.nan",
            "é ü",
            "a#b",
            "a:b",
            "http://x",
            "-a",
            "$x",
            "=",
            "<",
            "64 MB",
        ] {
            plain(text, &format!("{text:?}"));
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan", "1e999"] {
            check(
                &format!("- {text}"),
                &format!(
                    "number-out-of-range: expected a finite number, found `{text}` | 1:3 {text:?} | use a finite number"
                ),
            );
        }
        check(
            "- a\n  b\n\n  c\n- 1\n  2",
            "[a\\n  b\\n\\n  c=\"a b\\nc\", 1\\n  2=\"1 2\"]",
        );
    }

    #[test]
    fn nulls_stand_where_they_would_be_written() {
        check("a:\nb: # c\n  # d\nc: ~", "{a: =null, b: =null, c: ~=null}");
        check("-\n- # c\n- &a\n- *a", "[=null, =null, =null, =null]");
        check("- a: &x\n  b: *x\n", "[{a: =null, b: =null}]");
    }

    #[test]
    fn quoted_scalars() {
        check("- 'it''s' # c\n- '1'", "['it''s'=\"it's\", '1'=\"1\"]");
        check(
            "- \"a\\u00e9\\x41\\U0001F600\\n\\\"\" # c",
            "[\"a\\u00e9\\x41\\U0001F600\\n\\\"\"=\"aéA😀\\n\\\"\"]",
        );
        check(
            "- \"a\n   b\\\n   c\"\r\n- 'd\r\n\r\n  e'",
            "[\"a\\n   b\\\\n   c\"=\"a bc\", 'd\\r\\n\\r\\n  e'=\"d\\ne\"]",
        );
        wrong(
            "a: \"C:\\dir\"",
            r#"expected an escape of YAML, found `\d` | 1:7 "\\d" | write `\\` for a backslash, or put single quotes around the text"#,
        );
        wrong(
            "a: \"\\n\\u12\"",
            r#"expected an escape of YAML, found `\u12` | 1:7 "\\u12" | write `\\` for a backslash, or put single quotes around the text"#,
        );
        wrong(
            "a: \"b",
            r#"expected `"` after the string, found the end of the file | 1:4 "\"" the string starts here | close the string"#,
        );
        wrong(
            "a: 'b\n---\n'",
            r#"expected `'` after the string, found the end of the document | 1:4 "'" the string starts here | close the string"#,
        );
        wrong(
            "a: \"b\" c",
            r#"expected the end of the value, found `c` | 1:8 "c" | put all of the text between the quotes"#,
        );
    }

    #[test]
    fn block_scalars() {
        check(
            "a: |\n  b\n   c\n\nd: 1",
            "{a: b\\n   c=\"b\\n c\\n\", d: 1}",
        );
        check(
            "a: |-\n  b\nc: |+\n  d\n\n",
            "{a: b=\"b\", c: d=\"d\\n\\n\"}",
        );
        check(
            "a: >\n  b\n  c\n\n  d\n",
            "{a: b\\n  c\\n\\n  d=\"b c\\nd\\n\"}",
        );
        check("a: |2\n    b\n", "{a:   b=\"  b\\n\"}");
        check("a: | # c\r\n  é\r\n  b\r\n", "{a: é\\r\\n  b=\"é\\nb\\n\"}");
        check(
            "- |\n |\n a\n- &x >\n >b\n- *x",
            "[|\\n a=\"|\\na\\n\", >b=\">b\\n\", >b=\">b\\n\"]",
        );
        check("a: |\nb: |+\n\nc: 1", "{a: |=\"\", b: |+=\"\\n\", c: 1}");
        check("a: |\n  \tb\n", "{a: \tb=\"\\tb\\n\"}");
        wrong(
            "a: >b",
            r#"expected the end of the line after `|` or `>`, found `>` | 1:4 ">" | start the text on the next line; put quotes around text with `|` or `>`"#,
        );
    }

    #[test]
    fn aliases() {
        check("a: &x 1\nb: *x\n", "{a: 1, b: 1}");
        check(
            "a: &x {b: &y c}\nd: [*x, *y]\n",
            "{a: {b: c=\"c\"}, d: [{b: c=\"c\"}, c=\"c\"]}",
        );
        check(
            "&x a: 1\nb: &x c\n*x : 2\n",
            "{a: 1, b: c=\"c\", *x=\"c\": 2}",
        );
        check("a: &x\n- 1\nb: *x", "{a: [1], b: [1]}");
        check(
            "a: *x",
            r#"yaml-alias: expected an anchor before the alias `*x`, found none | 1:4 "*x" | put quotes around text that starts with `*`"#,
        );
        check(
            "a: &x [*x]",
            r#"yaml-alias: expected a complete value, found the alias `*x` inside of it | 1:8 "*x""#,
        );
        wrong(
            "a: &x 1\n*x : 2",
            r#"expected a string as a key, found an integer | 2:1 "*x""#,
        );
    }

    #[test]
    fn beyond_the_other_formats() {
        check(
            "- !!str 1\n- !rack-a\n- &x !y {}",
            "yaml-tag: expected a value, found the tag `!!str` | 1:3 \"!!str\" | put quotes around text that starts with `!`; remove a tag\n\
             yaml-tag: expected a value, found the tag `!rack-a` | 2:3 \"!rack-a\" | put quotes around text that starts with `!`; remove a tag\n\
             yaml-tag: expected a value, found the tag `!y` | 3:6 \"!y\" | put quotes around text that starts with `!`; remove a tag",
        );
        wrong(
            "? [a]\n: 1",
            r#"expected a string as a key, found a list | 1:3 "[""#,
        );
        wrong(
            "{? é: 1}: 2",
            r#"expected a string as a key, found a table | 1:1 "{""#,
        );
        wrong(": 1", r#"expected a key, found `:` | 1:1 ":""#);
        wrong(
            "a: 1\n---\nb: 2",
            r#"expected one document, found another at `---` | 2:1 "---" | put several jobs into the list `jobs`"#,
        );
        wrong(
            "%YAML 1.1\n---\na: no",
            r#"expected the directive `%YAML 1.2`, found `%YAML 1.1` | 1:1 "%YAML 1.1" | remove the directive"#,
        );
        wrong(
            "# a\n%É b # c\n---\na: 1",
            r#"expected the directive `%YAML 1.2`, found `%É b` | 2:1 "%É b" | remove the directive"#,
        );
        wrong(
            "a: \u{1b}[0m",
            r#"expected text, found the character U+001B | 1:4 "\u{1b}" | write it as an escape between double quotes: `"\x1b"`"#,
        );
        let empty =
            r#"empty-file: expected a value, found an empty file | 1:1 "" | fill it, or delete it"#;
        for input in ["", "# a\n", "---\n", "...\n", "\n---\n# a\n..."] {
            check(input, empty);
        }
    }

    #[test]
    fn duplicate_keys() {
        check(
            "a: 1\nb: {c: 1, 'c': 2}\n\"a\": 3\n",
            "{a: 1, b: {c: 1}}\n\
             duplicate-key: duplicate key `c` | 2:11 \"'c'\" | 2:5 \"c\" first defined here | keep one of the two\n\
             duplicate-key: duplicate key `a` | 3:1 \"\\\"a\\\"\" | 1:1 \"a\" first defined here | keep one of the two",
        );
    }

    #[test]
    fn texts_without_quotes() {
        let templates = r#"| 1:11 "{" | put quotes around text with `{{`"#;
        wrong(
            "cmdline: {{mesos.instance}}",
            &format!("expected a string as a key, found a table {templates}"),
        );
        wrong(
            "cmdline: {{x}}:80 --y",
            &format!("expected a string as a key, found a table {templates}"),
        );
        for (text, indicator) in [("|b", "|"), (">b", ">"), ("?", "?")] {
            wrong(
                &format!("[{text}]"),
                &format!(
                    "expected a value, found `{indicator}` | 1:2 {indicator:?} | put quotes around text that starts like this"
                ),
            );
        }
        for indicator in ["@", "`", "%"] {
            wrong(
                &format!("a: {indicator}b"),
                &format!(
                    "expected a value, found `{indicator}` | 1:4 {indicator:?} | put quotes around text that starts like this"
                ),
            );
        }
        wrong(
            "a: echo b: c",
            r#"expected the end of the value, found `:` | 1:10 ":" | put quotes around text with `: `"#,
        );
        wrong(
            "a: [b] c",
            r#"expected the end of the value, found `c` | 1:8 "c" | put quotes around text that starts with `[`"#,
        );
        wrong(
            "a: b]\nc: ]",
            r#"expected a value, found `]` | 2:4 "]" | put quotes around text with brackets"#,
        );
        wrong(
            "a: - b",
            r#"expected a value, found `-` | 1:4 "-" | start the list on a line of its own, or put quotes around text"#,
        );
        wrong(
            "a: b # c\n  d",
            r##"expected the rest of the text, found `#` | 1:6 "#" | put quotes around text of several lines, or write it as a block with `|`"##,
        );
    }

    #[test]
    fn spaces() {
        let help = "write `key: value`";
        wrong(
            "name:a\nrole:b",
            &format!(r#"expected a space after `:`, found `a` | 1:5 ":a" | {help}"#),
        );
        wrong(
            "a: 1\ncmd:b",
            &format!(r#"expected a space after `:`, found `b` | 2:4 ":b" | {help}"#),
        );
        wrong(
            "a: 1\ncmd:b\nc: 2",
            &format!(r#"expected a space after `:`, found `b` | 2:4 ":b" | {help}"#),
        );
        wrong(
            "a: {b:1}",
            &format!(r#"expected a space after `:`, found `1` | 1:6 ":1" | {help}"#),
        );
        let tab = "expected spaces as indentation, found a tab";
        wrong(
            "a:\n\tb: 1",
            &format!(r#"{tab} | 2:1 "\t" | indent with spaces"#),
        );
        wrong(
            "a: 1\n\tb: 1",
            &format!(r#"{tab} | 2:1 "\t" | indent with spaces"#),
        );
        wrong(
            "a:\n  b: 1\n \tc: 2",
            &format!(r#"{tab} | 3:2 "\t" | indent with spaces"#),
        );
        wrong(
            "é:\r\té",
            &format!(r#"{tab} | 1:4 "\t" | indent with spaces"#),
        );
        wrong(
            "a:\n   b: 1\n  c: 2",
            r#"expected a key, found `c` | 3:3 "c" | indent keys of one table alike"#,
        );
        wrong(
            "a:\n  - 1\n - 2",
            r#"expected a key, found `-` | 3:2 "-" | indent keys of one table alike"#,
        );
        wrong(
            "- 1\na: 2",
            r#"expected `-`, found `a` | 2:1 "a" | indent elements of one list alike"#,
        );
        wrong(
            "a: 1\n  b: 2",
            r#"expected the end of the value, found `:` | 2:4 ":" | indent keys of one table alike, or put quotes around text with `: `"#,
        );
        wrong(
            "a: b\nc\nd: e",
            r#"expected a key and `:`, found `c` | 2:1 "c" | write `key: value`, and indent the further lines of a text more"#,
        );
        wrong(
            "a: [1, 2",
            r#"expected `,` or `]`, found the end of the file | 1:9 "" | close the list, or put quotes around text with `[`"#,
        );
        wrong(
            "a: {b: 1",
            r#"expected `,` or `}`, found the end of the file | 1:9 "" | close the table, or put quotes around text with `{`"#,
        );
        wrong(
            "a\nb: 1",
            r#"expected the end of the value, found `:` | 2:2 ":" | indent keys of one table alike, or put quotes around text with `: `"#,
        );
    }

    #[test]
    fn limits() {
        let too_deep = |input: &str, place: &str| {
            check(
                input,
                &format!("too-deep: expected at most 128 levels of nesting, found more | {place}"),
            );
        };
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        check(&nested(MAX_DEPTH), &nested(MAX_DEPTH));
        too_deep(&nested(MAX_DEPTH + 1), r#"1:129 "[""#);
        too_deep(&"[".repeat(100_000), r#"1:256 "[""#);
        too_deep(&"- ".repeat(100_000), r#"1:257 "-""#);
        too_deep(
            &format!("a: &a {0}{1}\nb: {0}*a{1}", "[".repeat(64), "]".repeat(64)),
            r#"2:68 "*a""#,
        );
        let bomb = |levels: usize| {
            let level = |n: usize| {
                format!(
                    "a{n}: &a{n} [{}]\n",
                    vec![format!("*a{}", n - 1); 10].join(", ")
                )
            };
            "a0: &a0 x\n".to_owned() + &(1..=levels).map(level).collect::<String>()
        };
        assert!(shown(&bomb(3), Format::Yaml).starts_with("{a0"));
        check(
            &bomb(50),
            r#"too-many-values: expected at most 250000 values that aliases stand for in a file, found more | 7:10 "*a5" | split the file"#,
        );
    }
}
