//! YAML text -> tree, as of YAML 1.2 with its core schema.
//!
//! The grammar is `saphyr_parser`'s, whose events need no recursion. From the core schema follows
//! that `no`, `on` and `012:30` are strings, `010` is ten and `0o10` is eight. What YAML has beyond
//! the other formats is refused: tags, merge keys, keys that are no scalars, several documents.
//! Keys are the text that was written. Aliases are replaced by what they stand for, and each copy
//! counts as if it had been written out.
//!
//! Block scalars have the span of their content; values that were left out, an empty span where
//! they would stand; aliases, the span of what they stand for.

mod message;
mod places;
mod scalar;

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use crate::diagnostic::codes::syntax::{YAML_ALIAS, YAML_MERGE_KEY, YAML_TAG};
use crate::diagnostic::{Diagnostic, Report};
use crate::source::{Entry, Kind, Node, SourceFile, Span};

use super::limits::{
    BYTES_PER_VALUE, MAX_DEPTH, MAX_VALUES, MAX_YAML_PUNCTUATION, fitted, too_deep, too_many,
};
use super::number::out_of_range;
use super::problems::{Problems, Stop, character, found, named, shortened};
use places::Places;

/// Reads a YAML file.
pub fn parse(file: &Arc<SourceFile>) -> Report<Node> {
    let mut reader = Reader {
        problems: Problems::new(file),
        text: file.text(),
        places: Places::new(file.text()),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        values: 0,
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
    values: usize,
    /// Where the last thing that was read ends.
    at: usize,
}

/// A sequence or mapping that is being read.
struct Open {
    start: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>, Option<(String, Span)>),
}

/// What an alias stands for.
struct Anchored {
    node: Node,
    values: usize,
    depth: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Stop> {
        self.check_text()?;
        self.check_directives()?;
        let mut root = None;
        for event in Parser::new_from_str(self.text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let at = self.places.byte(error.marker().index());
                    let problem = message::grammar(&self.problems, self.text, error.info(), at);
                    self.problems.push(problem);
                    return Err(Stop);
                }
            };
            let done = match event {
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(self.second_document(span.start));
                }
                Event::Scalar(value, style, anchor, tag) => {
                    if tag.is_some() {
                        self.refuse_tag(span.start)?;
                    }
                    let has_properties = anchor > 0 || tag.is_some();
                    let span = self.scalar_span(span, style, &value, has_properties);
                    self.count(1, span)?;
                    self.scalar(value.into_owned(), style, anchor, span)?
                }
                Event::Alias(anchor) => self.alias(anchor, span)?,
                Event::SequenceStart(anchor, tag) => {
                    if tag.is_some() {
                        self.refuse_tag(span.start)?;
                    }
                    let has_properties = anchor > 0 || tag.is_some();
                    let start = self.collection_start(span.start, has_properties);
                    self.begin(
                        Content::Sequence(Vec::new()),
                        anchor,
                        self.sequence_start(start),
                    )?;
                    None
                }
                Event::MappingStart(anchor, tag) => {
                    if tag.is_some() {
                        self.refuse_tag(span.start)?;
                    }
                    let has_properties = anchor > 0 || tag.is_some();
                    let start = self.collection_start(span.start, has_properties);
                    self.begin(Content::Mapping(Vec::new(), None), anchor, start)?;
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
            _ => {
                self.problems.push(self.problems.empty_file());
                Err(Stop)
            }
        }
    }

    /// What the grammar's library would not refuse, or only at too high a price.
    fn check_text(&mut self) -> Result<(), Stop> {
        let is_control =
            |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f;
        let bytes = self.text.as_bytes();
        if let Some(at) = bytes.iter().position(|&byte| is_control(byte)) {
            let problem = self
                .problems
                .syntax(
                    Span::new(at..at + 1),
                    format!("expected text, found {}", character(char::from(bytes[at]))),
                )
                .help("write it as an escape between double quotes: `\"\\x1b\"`");
            self.problems.push(problem);
            return Err(Stop);
        }
        let is_punctuation = |byte: &&u8| b",[]{}?:\"'*&!".contains(byte);
        if bytes.len() > MAX_YAML_PUNCTUATION
            && bytes.iter().filter(is_punctuation).count() > MAX_YAML_PUNCTUATION
        {
            let place = self.problems.place(Span::new(0..0));
            self.problems.push(too_many(
                MAX_YAML_PUNCTUATION,
                "punctuation characters",
                place,
            ));
            return Err(Stop);
        }
        Ok(())
    }

    /// The library takes any directive, and counts those with other than ASCII characters wrong.
    fn check_directives(&mut self) -> Result<(), Stop> {
        let mut start = 0;
        for line in self.text.split_inclusive(['\n', '\r']) {
            let content = line.trim_start_matches('\u{feff}');
            let directive = content.split(" #").next().unwrap_or_default().trim_end();
            let is_before_document = content.trim().is_empty()
                || content.trim_start().starts_with('#')
                || content.starts_with("...");
            if content.starts_with('%') && directive != "%YAML 1.2" {
                let at = start + line.len() - content.len();
                let problem = self
                    .problems
                    .syntax(
                        Span::new(at..at + directive.len()),
                        format!(
                            "expected the directive `%YAML 1.2`, found {}",
                            named(directive)
                        ),
                    )
                    .help("remove the directive");
                self.problems.push(problem);
                return Err(Stop);
            }
            if !content.starts_with('%') && !is_before_document {
                break;
            }
            start += line.len();
        }
        Ok(())
    }

    fn missing_space(&mut self, colon: usize) -> Result<(), Stop> {
        let found = found(self.text, colon + 1);
        let problem = self
            .problems
            .syntax(
                Span::new(colon..found.span.end as usize),
                format!("expected a space after `:`, found {}", found.name),
            )
            .help("write `key: value`");
        self.report(problem)
    }

    fn scalar(
        &mut self,
        value: String,
        style: ScalarStyle,
        anchor: usize,
        span: Span,
    ) -> Result<Option<Node>, Stop> {
        self.at = self.at.max(span.end as usize);
        let is_key = self.expects_key();
        if is_key {
            self.key(value.clone(), style, span)?;
            if anchor == 0 {
                return Ok(None);
            }
        }
        // A document that is one text with a colon is meant to be keys with values.
        if self.open.is_empty()
            && style == ScalarStyle::Plain
            && let Some(colon) = self.text[span.range()].find(':')
        {
            self.missing_space(span.start as usize + colon)?;
            return Err(Stop);
        }
        let kind = match style {
            ScalarStyle::Plain => scalar::resolve(value),
            _ => Ok(Kind::String(value)),
        };
        if kind.is_err() {
            let text = shortened(&self.text[span.range()]);
            let place = self.problems.place(span);
            self.report(out_of_range(&text, place))?;
        }
        let kind = kind.unwrap_or(Kind::Null);
        let node = Node { kind, span };
        if is_key {
            self.keep(&node, anchor)?;
            return Ok(None);
        }
        self.put(node, anchor)
    }

    fn key(&mut self, key: String, style: ScalarStyle, span: Span) -> Result<(), Stop> {
        if style == ScalarStyle::Plain && key == "<<" {
            let place = self.problems.place(span);
            let problem = Diagnostic::new(
                &YAML_MERGE_KEY,
                "expected a key, found the merge key `<<`",
                place,
            )
            .help("write the fields out, or use an alias for the whole value");
            self.report(problem)?;
        } else if style == ScalarStyle::Plain && key.is_empty() {
            let found = found(self.text, span.start as usize);
            let problem = self
                .problems
                .syntax(found.span, format!("expected a key, found {}", found.name));
            self.report(problem)?;
        }
        if let Some(Open {
            content: Content::Mapping(_, pending),
            ..
        }) = self.open.last_mut()
        {
            *pending = Some((key, span));
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
            self.problems.push(problem);
            return Err(Stop);
        };
        let (values, depth) = (anchored.values, anchored.depth);
        if self.open.len() + depth > MAX_DEPTH {
            let place = self.problems.place(span);
            self.problems.push(too_deep(place));
            return Err(Stop);
        }
        self.count(values, span)?;
        let node = self.anchors[&anchor].node.clone();
        if !self.expects_key() {
            return self.put(node, 0);
        }
        let Kind::String(key) = node.kind else {
            return Err(self.complex_key(span, node.kind_name()));
        };
        self.key(key, ScalarStyle::DoubleQuoted, span)?;
        Ok(None)
    }

    fn begin(&mut self, content: Content, anchor: usize, start: usize) -> Result<(), Stop> {
        let span = self.places.one(start);
        self.count(1, span)?;
        if self.expects_key() {
            let kind = match content {
                Content::Sequence(_) => "a list",
                Content::Mapping(..) => "a table",
            };
            return Err(self.complex_key(span, kind));
        }
        if self.open.len() >= MAX_DEPTH {
            let place = self.problems.place(span);
            self.problems.push(too_deep(place));
            return Err(Stop);
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

    fn collection_start(&self, mark: Marker, has_properties: bool) -> usize {
        let start = self.places.byte(mark.index());
        if has_properties {
            return self.places.after_properties(start);
        }
        start
    }

    /// Where a sequence starts: for a block sequence that is not indented more than its key, the
    /// library's `mark` is its first element, not the dash before that.
    fn sequence_start(&self, mark: usize) -> usize {
        let is_value = matches!(
            self.open.last(),
            Some(Open {
                content: Content::Mapping(..),
                ..
            })
        );
        if !is_value || self.text[mark..].starts_with('[') {
            return mark;
        }
        let value = self.places.after_indicator(self.at, b':');
        let start = self.places.after_properties(value);
        if self.text[start..].starts_with('-') {
            start
        } else {
            mark
        }
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
            Content::Mapping(mut entries, _) => {
                self.problems.drop_duplicates(&mut entries);
                Kind::Mapping(fitted(entries))
            }
        };
        let span = Span::new(open.start..self.at);
        self.put(Node { kind, span }, open.anchor)
    }

    /// Keeps a value for aliases; the copy takes memory, too.
    fn keep(&mut self, node: &Node, anchor: usize) -> Result<(), Stop> {
        let values = values(node);
        self.count(values, node.span)?;
        let anchored = Anchored {
            values,
            depth: depth(node),
            node: node.clone(),
        };
        self.anchors.insert(anchor, anchored);
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
            Some(Content::Mapping(entries, pending)) => {
                let Some((key, key_span)) = pending.take() else {
                    return Ok(None);
                };
                let colon = self.text[key_span.range()].find(':');
                entries.push(Entry {
                    key,
                    key_span,
                    value: node,
                });
                // Between braces, `{a:b}` is a key without a value.
                if let Some(colon) = colon
                    && self.at == key_span.end as usize
                    && !self.text[key_span.range()].starts_with(['"', '\''])
                {
                    self.missing_space(key_span.start as usize + colon)?;
                }
            }
        }
        Ok(None)
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                content: Content::Mapping(_, None),
                ..
            })
        )
    }

    /// Where a scalar stands. The library's mark of its end includes what may follow a quote, and
    /// a scalar that is not written has the mark of the next thing that is.
    fn scalar_span(
        &self,
        marks: saphyr_parser::Span,
        style: ScalarStyle,
        value: &str,
        has_properties: bool,
    ) -> Span {
        let end = self.places.byte(marks.end.index());
        if style == ScalarStyle::Plain && value.is_empty() {
            let at = match self.open.last().map(|open| &open.content) {
                _ if has_properties => end,
                Some(Content::Sequence(_)) => self.places.after_indicator(self.at, b'-'),
                Some(Content::Mapping(_, Some(_))) => self.places.after_indicator(self.at, b':'),
                // A key, and the colon is what is there instead.
                Some(Content::Mapping(_, None)) => self.places.after_blank(self.at),
                None => self.at,
            };
            return Span::new(at..at);
        }
        let mut start = self.places.byte(marks.start.index());
        if has_properties {
            start = self.places.after_properties(start);
        }
        let end = match style {
            ScalarStyle::Plain => end,
            ScalarStyle::SingleQuoted => self.places.after_quoted(start, b'\''),
            ScalarStyle::DoubleQuoted => self.places.after_quoted(start, b'"'),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                // Otherwise, the library's mark is after the header.
                let is_header = has_properties || value.bytes().all(|byte| byte == b'\n');
                let content = if is_header {
                    self.places.after_header(start, end)
                } else {
                    start
                };
                return self.places.trimmed(content, end);
            }
        };
        Span::new(start..end.max(start))
    }

    fn refuse_tag(&mut self, mark: Marker) -> Result<(), Stop> {
        let at = self.places.byte(mark.index());
        let start = self.text[at..].find('!').map_or(at, |offset| at + offset);
        let rest = &self.text[start..];
        let length = rest.find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
        let span = Span::new(start..start + length.unwrap_or(rest.len()));
        let problem = Diagnostic::new(
            &YAML_TAG,
            format!(
                "expected a value, found the tag {}",
                named(&self.text[span.range()])
            ),
            self.problems.place(span),
        )
        .help("put quotes around text that starts with `!`; remove a tag");
        self.report(problem)
    }

    fn complex_key(&mut self, span: Span, kind: &str) -> Stop {
        let mut problem = self
            .problems
            .syntax(span, format!("expected a string as a key, found {kind}"));
        let start = span.start as usize;
        if self.text[..start].ends_with('{') && self.text[start..].starts_with('{') {
            problem = problem.help("put quotes around text with `{{`");
        }
        self.problems.push(problem);
        Stop
    }

    fn second_document(&mut self, mark: Marker) -> Stop {
        let start = self.places.byte(mark.index());
        let found = found(self.text, start);
        let problem = self
            .problems
            .syntax(
                found.span,
                format!("expected one document, found another at {}", found.name),
            )
            .help("put several jobs into the list `jobs`");
        self.problems.push(problem);
        Stop
    }

    fn count(&mut self, values: usize, span: Span) -> Result<(), Stop> {
        self.values += values;
        if self.values > MAX_VALUES {
            let place = self.problems.place(span);
            self.problems.push(too_many(MAX_VALUES, "values", place));
            return Err(Stop);
        }
        Ok(())
    }

    /// Adds a problem that can be read on after, unless there were too many.
    fn report(&mut self, problem: Diagnostic) -> Result<(), Stop> {
        self.problems.push(problem);
        if self.problems.is_full() {
            return Err(Stop);
        }
        Ok(())
    }
}

/// What copying a tree costs, in values.
fn values(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::String(text) => text.len() / BYTES_PER_VALUE,
        Kind::Sequence(items) => items.iter().map(values).sum(),
        Kind::Mapping(entries) => entries
            .iter()
            .map(|entry| entry.key.len() / BYTES_PER_VALUE + values(&entry.value))
            .sum(),
        Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => 0,
    }
}

/// How many levels of lists and tables a tree has.
fn depth(node: &Node) -> usize {
    match &node.kind {
        Kind::Sequence(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Kind::Mapping(entries) => {
            let values = entries.iter().map(|entry| depth(&entry.value));
            1 + values.max().unwrap_or(0)
        }
        _ => 0,
    }
}
