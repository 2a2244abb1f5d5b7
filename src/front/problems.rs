//! The problems of one file while it is read, and words for what stands in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Report};
use crate::front::codes::{DUPLICATE_KEY, EMPTY_FILE, SYNTAX};
use crate::source::{Entry, Node, SourceFile, Span};

use super::limits::MAX_PROBLEMS;

/// A problem after which there is no reading on; it has been reported.
pub(super) struct Stop;

/// Collects the problems of one file.
pub(super) struct Problems<'a> {
    file: &'a Arc<SourceFile>,
    found: Vec<Diagnostic>,
    /// Whether there was a problem after which the tree is guesswork: any but a duplicate key.
    guessed: bool,
    /// Mistakes that people make all over a file, with the headline of the first of each and how
    /// many followed it.
    habits: BTreeMap<&'static str, (String, usize)>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(file: &'a Arc<SourceFile>) -> Self {
        Self {
            file,
            found: Vec::new(),
            guessed: false,
            habits: BTreeMap::new(),
        }
    }

    /// Adds a problem; those over [`MAX_PROBLEMS`] are dropped.
    pub(super) fn push(&mut self, mut problem: Diagnostic) {
        if problem.code == &SYNTAX && self.is_in_conflict(&problem) {
            problem.help = vec!["finish the merge: this is the mark of a conflict".to_owned()];
        }
        self.guessed |= problem.code != &DUPLICATE_KEY;
        if self.found.len() < MAX_PROBLEMS {
            self.found.push(problem);
        } else if let Some(last) = self.found.last_mut()
            && last.notes.is_empty()
        {
            last.notes
                .push("the file has more problems, which are not shown".to_owned());
        }
    }

    /// Adds a problem that is the same mistake wherever it is made in a file: only the first one is
    /// told, with how often it comes again.
    pub(super) fn push_habit(&mut self, habit: &'static str, problem: Diagnostic) {
        self.guessed = true;
        if let Some((_, again)) = self.habits.get_mut(habit) {
            *again += 1;
            return;
        }
        self.habits.insert(habit, (problem.headline.clone(), 0));
        self.push(problem);
    }

    /// Whether a mistake of this kind was made.
    pub(super) fn has_habit(&self, habit: &str) -> bool {
        self.habits.contains_key(habit)
    }

    /// Tells mistakes that people make together as one, at the first of them.
    pub(super) fn unite(&mut self, habits: &[&str], headline: &str, help: &str) {
        let headlines: Vec<String> = habits
            .iter()
            .filter_map(|habit| Some(self.habits.remove(*habit)?.0))
            .collect();
        let is_one = |problem: &Diagnostic| headlines.contains(&problem.headline);
        let Some(span) = self.found.iter().filter(|it| is_one(it)).map(span).min() else {
            return;
        };
        self.found.retain(|problem| !is_one(problem));
        self.found.push(self.syntax(span, headline).help(help));
    }

    /// Whether a problem is in a line that version control puts around what it could not merge.
    fn is_in_conflict(&self, problem: &Diagnostic) -> bool {
        let text = self.file.text();
        let at = floor(text, start(problem) as usize);
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        ["<<<<<<<", "=======", ">>>>>>>"]
            .iter()
            .any(|mark| text[line..].starts_with(mark))
    }

    /// Adds a problem that leaves no doubt about what was meant.
    pub(super) fn push_clear(&mut self, problem: Diagnostic) {
        let guessed = self.guessed;
        self.push(problem);
        self.guessed = guessed;
    }

    /// Adds a problem that can be read on after, unless there were too many.
    pub(super) fn read_on(&mut self, problem: Diagnostic) -> Result<(), Stop> {
        self.push(problem);
        if self.is_full() {
            return Err(Stop);
        }
        Ok(())
    }

    /// Whether further problems would be dropped.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MAX_PROBLEMS
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place::span(self.file, span)
    }

    /// A violation of the grammar at `span`.
    pub(super) fn syntax(&self, span: Span, headline: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&SYNTAX, headline, self.place(span))
    }

    /// The problem of finding something else than `expected` at byte `at`.
    pub(super) fn expected(&self, at: usize, expected: &str) -> Diagnostic {
        let found = found(self.file.text(), at);
        let headline = format!("expected {expected}, found {}", found.name);
        self.syntax(found.span, headline)
    }

    /// The problem of a file without a value.
    pub(super) fn empty_file(&self) -> Diagnostic {
        Diagnostic::new(
            &EMPTY_FILE,
            "expected a value, found an empty file",
            self.place(Span::new(0..0)),
        )
        .help("fill it, or delete it")
    }

    /// The problem of `key`, which stands at `first` already, at `second`.
    pub(super) fn duplicate_key(&self, key: &str, first: Span, second: Span) -> Diagnostic {
        Diagnostic::new(
            &DUPLICATE_KEY,
            format!("duplicate key `{}`", shortened(key)),
            self.place(second),
        )
        .also(self.place(first), "first defined here")
        .help("keep one of the two")
    }

    /// Reports keys that are there already, and drops their entries.
    pub(super) fn drop_duplicates(&mut self, entries: &mut Vec<Entry>) {
        let duplicates = duplicates(entries);
        if duplicates.is_empty() {
            return;
        }
        for &(first, second) in &duplicates {
            let entry = &entries[second];
            self.push(self.duplicate_key(&entry.key, entries[first].key_span, entry.key_span));
        }
        drop_second(&duplicates, entries);
    }

    /// Reports keys that are there again, and drops the entries that the last one of each overwrites.
    pub(super) fn drop_overwritten(&mut self, entries: &mut Vec<Entry>) {
        let duplicates = duplicates(entries);
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for &(first, second) in &duplicates {
            let entry = &entries[second];
            let problem = self.duplicate_key(&entry.key, entries[first].key_span, entry.key_span);
            self.push(problem.note("Aurora's client takes the last one"));
            last.insert(first, second);
        }
        for (first, last) in last {
            entries.swap(first, last);
        }
        drop_second(&duplicates, entries);
    }

    /// Takes out the problems that `keep` says no to.
    pub(super) fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(keep);
    }

    /// Orders the problems by place.
    pub(super) fn sort(&mut self) {
        self.found.sort_by_key(start);
    }

    /// The outcome. A tree with duplicate keys is still worth checking; one in which part of the
    /// text had to be guessed would only yield problems that are none.
    pub(super) fn report(mut self, root: Option<Node>) -> Report<Node> {
        for (headline, again) in self.habits.values().filter(|(_, again)| *again > 0) {
            let mut first = self.found.iter_mut().filter(|it| it.headline == *headline);
            if let Some(first) = first.next() {
                first.notes.push(match again {
                    1 => "the same stands in the file once more".to_owned(),
                    _ => format!("the same stands in the file {again} more times"),
                });
            }
        }
        self.sort();
        Report {
            value: root.filter(|_| !self.guessed),
            diagnostics: self.found,
        }
    }
}

/// Where a problem of a file that is being read starts.
pub(super) fn start(problem: &Diagnostic) -> u32 {
    span(problem).start
}

/// Where a problem of a file that is being read is.
fn span(problem: &Diagnostic) -> Span {
    match problem.place() {
        Place::Span(location) => location.span,
        Place::Document(..) | Place::File(_) => Span::new(0..0),
    }
}

/// The entries with a key that an earlier one has, as pairs of indexes (first, second) in the order
/// of the second.
fn duplicates(entries: &[Entry]) -> Vec<(usize, usize)> {
    const FEW: usize = 12;
    let mut pairs = Vec::new();
    if entries.len() <= FEW {
        for (second, entry) in entries.iter().enumerate() {
            let first = entries[..second]
                .iter()
                .position(|earlier| earlier.key == entry.key);
            pairs.extend(first.map(|first| (first, second)));
        }
    } else {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|&index| (&entries[index].key, index));
        for same in order.chunk_by(|&a, &b| entries[a].key == entries[b].key) {
            pairs.extend(same[1..].iter().map(|&second| (same[0], second)));
        }
        pairs.sort_by_key(|&(_, second)| second);
    }
    pairs
}

/// Drops the second entry of each pair.
fn drop_second(duplicates: &[(usize, usize)], entries: &mut Vec<Entry>) {
    let mut index = 0;
    let mut dropped = duplicates.iter().map(|&(_, second)| second).peekable();
    entries.retain(|_| {
        let keep = dropped.next_if_eq(&index).is_none();
        index += 1;
        keep
    });
}

/// What stands at a place that something else was expected at.
pub(super) struct Found {
    /// As a message says it: in backticks, or in words.
    pub(super) name: String,
    pub(super) span: Span,
}

impl Found {
    /// Whether it is a quote that its line does not close.
    pub(super) fn is_open_quote(&self) -> bool {
        matches!(self.name.as_str(), "`\"`" | "`'`")
    }
}

/// What stands in `text` at byte `at`: a word, a quoted text, a character, or nothing.
pub(super) fn found(text: &str, at: usize) -> Found {
    let at = floor(text, at);
    let rest = &text[at..];
    let Some(first) = rest.chars().next() else {
        return Found {
            name: "the end of the file".to_owned(),
            span: Span::new(at..at),
        };
    };
    if matches!(first, '\n' | '\r') {
        return Found {
            name: "the end of the line".to_owned(),
            span: Span::new(at..at),
        };
    }
    let length = match first {
        '"' | '\'' => quoted_length(rest),
        _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        _ => first.len_utf8(),
    };
    Found {
        name: named(&rest[..length]),
        span: Span::new(at..at + length),
    }
}

/// Quotes as word processors and web pages set them, each with what may close it.
const TYPOGRAPHIC: &[(char, &[char])] = &[
    ('“', &['”', '“']),
    ('”', &['”', '“']),
    ('„', &['“', '”']),
    ('‘', &['’', '‘']),
    ('’', &['’', '‘']),
    ('‚', &['‘', '’']),
    ('«', &['»']),
    ('»', &['«']),
];

/// A text between quotes that no format has.
pub(super) struct Typographic<'a> {
    pub(super) content: &'a str,
    /// The text with its quotes.
    pub(super) span: Span,
}

impl<'a> Typographic<'a> {
    /// The text that starts in `text` at byte `at` and ends in the same line, in the quotes of a
    /// typesetter or, as may be the case with one of them, in a straight one.
    pub(super) fn at(text: &'a str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let rest = rest.lines().next().unwrap_or_default();
        let open = rest.chars().next()?;
        let (_, close) = TYPOGRAPHIC.iter().find(|(quote, _)| *quote == open)?;
        let inner = &rest[open.len_utf8()..];
        let end = inner.find(|c| close.contains(&c) || matches!(c, '"' | '\''))?;
        let length = inner[end..].chars().next().map_or(0, char::len_utf8);
        Some(Self {
            content: &inner[..end],
            span: Span::new(at..at + open.len_utf8() + end + length),
        })
    }

    /// The problem of it.
    pub(super) fn problem(&self, problems: &Problems<'_>, text: &str) -> Diagnostic {
        let quote = &text[one(text, self.span.start as usize).range()];
        problems
            .syntax(
                self.span,
                format!(
                    "expected a string in straight quotes, found the typographic quote `{quote}`"
                ),
            )
            .help(format!("write `\"{}\"`", shortened(self.content)))
    }
}

/// A text of the user's in backticks; characters that cannot be seen by number.
pub(super) fn named(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) if only.is_control() || is_blank(only) => character(only),
        _ => format!("`{}`", shortened(text)),
    }
}

/// A character that cannot be seen, by number.
pub(super) fn character(c: char) -> String {
    match c {
        '\t' => "a tab".to_owned(),
        ' ' => "a space".to_owned(),
        _ => format!("the character U+{:04X}", u32::from(c)),
    }
}

/// `text`, or the beginning of it if it is long or has several lines.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    let mut short: String = line.chars().take(LONGEST).collect();
    short.push('…');
    short
}

/// The character of `text` at byte `at`.
pub(super) fn one(text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    Span::new(at..at + length)
}

/// The nearest border of a character that is not after `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// White space other than the formats' own, and other marks of no width.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.' | '$')
}

/// The length of the quoted text at the start of `rest`; just the quote if its line does not end it.
fn quoted_length(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let line = rest.lines().next().unwrap_or_default();
    let close = line.bytes().skip(1).position(|byte| byte == quote);
    close.map_or(1, |length| length + 2)
}
