//! JSON text -> tree.
//!
//! The grammar of RFC 8259 and two things more, both for people: comments (`// ...`, `/* ... */`)
//! wherever there may be white space, and a comma after the last element.
//!
//! The reader is the project's own, because the libraries fall short of this grammar.
//! `jsonc-parser` takes line breaks in strings and any Unicode space between tokens for JSON with
//! all of its options off, and stops at its first problem; `serde_json` tells no places.

mod scalar;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Report};
use crate::source::{Entry, Kind, Node, SourceFile, Span};

use super::limits::{MAX_DEPTH, MAX_VALUES, fitted, too_deep, too_many};
use super::problems::{Problems, Stop, character, found, is_blank, named};

/// Reads a JSON file.
pub fn parse(file: &Arc<SourceFile>) -> Report<Node> {
    let mut reader = Reader {
        problems: Problems::new(file),
        text: file.text(),
        at: 0,
        depth: 0,
        values: 0,
    };
    let root = reader.document();
    reader.problems.report(root.ok())
}

struct Reader<'a> {
    problems: Problems<'a>,
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
}

/// A list or table that is being read.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    close: u8,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Stop> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        self.blank()?;
        if self.peek().is_none() {
            self.problems.push(self.problems.empty_file());
            return Err(Stop);
        }
        let root = self.value()?;
        self.blank()?;
        if self.peek().is_some() {
            let found = found(self.text, self.at);
            let problem = self
                .problems
                .syntax(
                    found.span,
                    format!("expected the end of the file, found {}", found.name),
                )
                .help("a file holds one value: put several jobs into the list `jobs`");
            self.problems.push(problem);
        }
        Ok(root)
    }

    fn value(&mut self) -> Result<Node, Stop> {
        let start = self.at;
        self.values += 1;
        if self.values > MAX_VALUES {
            let place = self.problems.place(Span::new(start..start + 1));
            self.problems.push(too_many(MAX_VALUES, "values", place));
            return Err(Stop);
        }
        let kind = match self.peek() {
            Some(b'{') => Kind::Mapping(self.table()?),
            Some(b'[') => Kind::Sequence(self.list()?),
            Some(b'"') => Kind::String(self.string()?),
            Some(b'\'') => Kind::String(self.single_quoted()?),
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => self.number()?,
            Some(byte) if is_word(byte) => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node {
            kind,
            span: Span::new(start..self.at),
        })
    }

    fn list(&mut self) -> Result<Vec<Node>, Stop> {
        let open = self.open(b']')?;
        let mut items = Vec::new();
        loop {
            self.blank()?;
            match self.peek() {
                Some(b']') => break,
                Some(b',') => self.surplus_comma("a value")?,
                None | Some(b'}') => return Err(self.unclosed(open)),
                Some(_) => {
                    items.push(self.value()?);
                    self.separator(open)?;
                }
            }
        }
        self.close();
        Ok(fitted(items))
    }

    fn table(&mut self) -> Result<Vec<Entry>, Stop> {
        let open = self.open(b'}')?;
        let mut entries = Vec::new();
        loop {
            self.blank()?;
            match self.peek() {
                Some(b'}') => break,
                Some(b',') => self.surplus_comma("a key")?,
                None | Some(b']') => return Err(self.unclosed(open)),
                Some(_) => {
                    entries.push(self.entry()?);
                    self.separator(open)?;
                }
            }
        }
        self.close();
        self.problems.drop_duplicates(&mut entries);
        Ok(fitted(entries))
    }

    fn entry(&mut self) -> Result<Entry, Stop> {
        let start = self.at;
        let key = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'\'') => self.single_quoted()?,
            Some(byte) if is_word(byte) || byte == b'-' => self.unquoted_key()?,
            _ => return Err(self.unexpected("a key or `}`")),
        };
        let key_span = Span::new(start..self.at);
        self.blank()?;
        let value = if self.colon()? {
            self.blank()?;
            match self.peek() {
                Some(b',' | b'}') => self.missing_value("a value")?,
                _ => self.value()?,
            }
        } else {
            self.missing_value("`:` and a value")?
        };
        Ok(Entry {
            key,
            key_span,
            value,
        })
    }

    /// What stands between a key and its value; whether a value is to come.
    fn colon(&mut self) -> Result<bool, Stop> {
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(b',' | b'}') => return Ok(false),
            Some(b'=') => {
                let length = if self.text[self.at..].starts_with("=>") {
                    2
                } else {
                    1
                };
                let span = Span::new(self.at..self.at + length);
                let what = named(&self.text[span.range()]);
                let problem = self
                    .problems
                    .syntax(span, format!("expected `:`, found {what}"))
                    .help("write `\"key\": value`");
                self.report(problem)?;
                self.at += length;
            }
            Some(byte) if starts_value(byte) => {
                let found = found(self.text, self.at);
                let problem = self
                    .problems
                    .syntax(
                        found.span,
                        format!("expected `:` after the key, found {}", found.name),
                    )
                    .help("write `\"key\": value`");
                self.report(problem)?;
            }
            _ => return Err(self.unexpected("`:`")),
        }
        Ok(true)
    }

    /// What stands after an element: a comma, or the end of the list or table, left for the caller.
    fn separator(&mut self, open: Open) -> Result<(), Stop> {
        self.blank()?;
        let expected = format!("`,` or `{}`", char::from(open.close));
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(byte) if byte == open.close => {}
            None | Some(b']' | b'}') => return Err(self.unclosed(open)),
            Some(b';') => {
                let span = Span::new(self.at..self.at + 1);
                let problem = self
                    .problems
                    .syntax(span, format!("expected {expected}, found `;`"));
                self.report(problem)?;
                self.at += 1;
            }
            Some(byte) if starts_value(byte) => {
                let found = found(self.text, self.at);
                let problem = self
                    .problems
                    .syntax(
                        found.span,
                        format!("expected {expected}, found {}", found.name),
                    )
                    .label("a comma is missing before this")
                    .help("put a comma between the two");
                self.report(problem)?;
            }
            Some(b':') if open.close == b']' => {
                let span = Span::new(self.at..self.at + 1);
                let problem = self
                    .problems
                    .syntax(span, format!("expected {expected}, found `:`"))
                    .help("write keys and values between `{` and `}`");
                self.report(problem)?;
                return Err(Stop);
            }
            _ => return Err(self.unexpected(&expected)),
        }
        Ok(())
    }

    fn open(&mut self, close: u8) -> Result<Open, Stop> {
        let open = Open { at: self.at, close };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let place = self.problems.place(Span::new(open.at..open.at + 1));
            self.problems.push(too_deep(place));
            return Err(Stop);
        }
        self.at += 1;
        Ok(open)
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// Skips white space and comments.
    fn blank(&mut self) -> Result<(), Stop> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') => match self.text.as_bytes().get(self.at + 1) {
                    Some(b'/') => self.line_comment(),
                    Some(b'*') => self.block_comment()?,
                    _ => return Ok(()),
                },
                Some(b'#') => {
                    let start = self.at;
                    self.line_comment();
                    let problem = self
                        .problems
                        .syntax(
                            Span::new(start..start + 1),
                            "expected JSON, found a comment with `#`",
                        )
                        .help("start the comment with `//`");
                    self.report(problem)?;
                }
                Some(0..b' ' | 0x7f..) => {
                    let c = self.text[self.at..].chars().next();
                    let Some(c) = c.filter(|&c| is_blank(c)) else {
                        return Ok(());
                    };
                    let span = Span::new(self.at..self.at + c.len_utf8());
                    let problem = self
                        .problems
                        .syntax(
                            span,
                            format!("expected an ordinary space, found {}", character(c)),
                        )
                        .help("remove it, or put a space in its place");
                    self.report(problem)?;
                    self.at += c.len_utf8();
                }
                _ => return Ok(()),
            }
        }
    }

    fn line_comment(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        self.at += length.unwrap_or(rest.len());
    }

    fn block_comment(&mut self) -> Result<(), Stop> {
        let start = self.at;
        if let Some(length) = self.text[start + 2..].find("*/") {
            self.at += length + 4;
            return Ok(());
        }
        let problem = self
            .problems
            .syntax(
                Span::new(start..start + 2),
                "expected `*/` after the comment, found the end of the file",
            )
            .label("the comment starts here");
        self.problems.push(problem);
        Err(Stop)
    }

    fn surplus_comma(&mut self, expected: &str) -> Result<(), Stop> {
        let span = Span::new(self.at..self.at + 1);
        let problem = self
            .problems
            .syntax(span, format!("expected {expected}, found `,`"))
            .help("remove the comma");
        self.report(problem)?;
        self.at += 1;
        Ok(())
    }

    fn missing_value(&mut self, expected: &str) -> Result<Node, Stop> {
        let found = found(self.text, self.at);
        let problem = self.problems.syntax(
            found.span,
            format!("expected {expected} after the key, found {}", found.name),
        );
        self.report(problem)?;
        Ok(Node {
            kind: Kind::Null,
            span: Span::new(self.at..self.at),
        })
    }

    fn unclosed(&mut self, open: Open) -> Stop {
        let found = found(self.text, self.at);
        let problem = self
            .problems
            .syntax(
                found.span,
                format!(
                    "expected `{}`, found {}",
                    char::from(open.close),
                    found.name
                ),
            )
            .also(
                self.problems.place(Span::new(open.at..open.at + 1)),
                "opened here",
            );
        self.problems.push(problem);
        Stop
    }

    fn unexpected(&mut self, expected: &str) -> Stop {
        let found = found(self.text, self.at);
        let mut problem = self.problems.syntax(
            found.span,
            format!("expected {expected}, found {}", found.name),
        );
        if self.text[self.at..].starts_with(['“', '”', '„', '‘', '’', '«', '`']) {
            problem = problem.help("use the straight double quotes `\"`");
        }
        self.problems.push(problem);
        Stop
    }

    /// Adds a problem that can be read on after, unless there were too many.
    fn report(&mut self, problem: Diagnostic) -> Result<(), Stop> {
        self.problems.push(problem);
        if self.problems.is_full() {
            return Err(Stop);
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

fn starts_value(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'"' | b'\'' | b'{' | b'[' | b'-' | b'+' | b'.')
}
