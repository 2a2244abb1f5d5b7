//! JSON text -> tree.
//!
//! The grammar of RFC 8259 and two things more, both for people: comments (`// ...`, `/* ... */`)
//! wherever there may be white space, and a comma after the last element. JSON for Aurora's client has
//! neither.
//!
//! The reader is the project's own, because the libraries fall short of this grammar.
//! `jsonc-parser` takes line breaks in strings and any Unicode space between tokens for JSON with
//! all of its options off, and stops at its first problem; `serde_json` tells no places.

mod scalar;

use std::sync::Arc;

use crate::diagnostic::Report;
use crate::model::Dialect;
use crate::source::{Entry, Keys, Kind, Node, SourceFile, Span};

use super::front_end::FrontEnd;
use super::limits::{MAX_DEPTH, MAX_VALUES, fitted, too_deep, too_many};
use super::loaded::Loaded;
use super::mention::Mention;
use super::problems::{Problems, Stop, character, found, is_blank, named, one};

/// JSON as a format of definitions.
pub(super) const FRONT_END: FrontEnd = FrontEnd {
    name: "JSON",
    extensions: &["json"],
    load: |file| parse(file, Dialect::Definition),
    mention: |text, name| Mention::in_data(text, name, '\\'),
    stays_below: |text| FrontEnd::has_no_parent(text, '\\'),
    explain: FrontEnd::as_they_are,
    surprises: FrontEnd::no_surprises,
};

/// Reads JSON for Aurora's client, which takes the last one where it finds a key twice.
pub(super) fn load_client(file: &Arc<SourceFile>) -> Report<Loaded> {
    parse(file, Dialect::Client)
}

fn parse(file: &Arc<SourceFile>, dialect: Dialect) -> Report<Loaded> {
    let mut reader = Reader {
        problems: Problems::new(file),
        text: file.text(),
        dialect,
        at: 0,
        depth: 0,
        values: 0,
        keys: Keys::default(),
    };
    let root = reader.document();
    reader.relatives();
    let tree = reader.problems.report(root.ok());
    tree.map(|tree| Loaded::from_file(file, tree))
}

struct Reader<'a> {
    problems: Problems<'a>,
    text: &'a str,
    dialect: Dialect,
    at: usize,
    depth: usize,
    values: usize,
    keys: Keys,
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
            let span = one(self.text, 0);
            self.extension(span, "expected JSON, found a byte-order mark")?;
            self.at = span.range().end;
        }
        self.blank()?;
        if self.peek().is_none() {
            self.problems.push(self.problems.empty_file());
            return Err(Stop);
        }
        let root = self.value()?;
        self.blank()?;
        if self.peek().is_some() {
            let problem = self
                .problems
                .expected(self.at, "the end of the file")
                .help("a file holds one value: put several jobs into the list `jobs`");
            self.problems.push(problem);
        }
        Ok(root)
    }

    /// Tells a text in a relative of JSON as that, once.
    fn relatives(&mut self) {
        const PYTHON: [&str; 3] = ["True", "False", "None"];
        let has = |habit| self.problems.has_habit(habit);
        if has("single quotes") && PYTHON.into_iter().any(has) {
            let habits = ["single quotes", "True", "False", "None"];
            let headline = "expected JSON, found a dictionary of Python";
            let help = "use double quotes, and write `true`, `false` and `null`";
            self.problems.unite(&habits, headline, help);
        } else if has("single quotes") && has("bare keys") {
            let habits = ["single quotes", "bare keys"];
            let headline = "expected JSON, found JSON5";
            let help = "put double quotes around keys, and around strings instead of single quotes";
            self.problems.unite(&habits, headline, help);
        }
    }

    fn value(&mut self) -> Result<Node, Stop> {
        let start = self.at;
        self.values += 1;
        if self.values > MAX_VALUES {
            let place = self.problems.place(one(self.text, start));
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
            _ => match self.typographic() {
                Some(string) => Kind::String(string),
                None => return Err(self.unexpected("a value")),
            },
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
                Some(b']') => {
                    self.last_comma(!items.is_empty())?;
                    break;
                }
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
                Some(b'}') => {
                    self.last_comma(!entries.is_empty())?;
                    break;
                }
                Some(b',') => self.surplus_comma("a key")?,
                None | Some(b']') => return Err(self.unclosed(open)),
                Some(_) => {
                    entries.push(self.entry()?);
                    self.separator(open)?;
                }
            }
        }
        self.close();
        match self.dialect {
            Dialect::Definition => self.problems.drop_duplicates(&mut entries),
            Dialect::Client => self.problems.drop_overwritten(&mut entries),
        }
        Ok(fitted(entries))
    }

    fn entry(&mut self) -> Result<Entry, Stop> {
        let start = self.at;
        let key = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'\'') => self.single_quoted()?,
            Some(byte) if is_word(byte) || byte == b'-' => self.unquoted_key(),
            _ => match self.typographic() {
                Some(key) => key,
                None => return Err(self.unexpected("a key or `}`")),
            },
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
            key: self.keys.key(&key),
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
                self.problems.push_habit("equals signs", problem);
                self.at += length;
            }
            Some(byte) if starts_value(byte) => {
                let problem = self
                    .problems
                    .expected(self.at, "`:` after the key")
                    .help("write `\"key\": value`");
                self.problems.read_on(problem)?;
            }
            _ => return Err(self.unexpected("`:`")),
        }
        Ok(true)
    }

    /// What stands after an element: a comma, or the end of the list or table, left for the caller.
    fn separator(&mut self, open: Open) -> Result<(), Stop> {
        self.blank()?;
        let expected = || format!("`,` or `{}`", char::from(open.close));
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(byte) if byte == open.close => {}
            None | Some(b']' | b'}') => return Err(self.unclosed(open)),
            Some(b';') => {
                let problem = self
                    .problems
                    .expected(self.at, &expected())
                    .help("write a comma");
                self.problems.push_habit("semicolons", problem);
                self.at += 1;
            }
            Some(b'+') if self.joins_texts() => {
                let span = Span::new(self.at..self.at + 1);
                let problem = self
                    .problems
                    .syntax(span, format!("expected {}, found `+`", expected()))
                    .help("write the text as one string");
                self.problems.push_habit("plus signs", problem);
                self.at += 1;
                self.blank()?;
                self.value()?;
                return self.separator(open);
            }
            Some(byte) if starts_value(byte) => {
                if found(self.text, self.at).is_open_quote() {
                    // That is the mistake, and told when the string is read.
                    return Ok(());
                }
                let problem = self
                    .problems
                    .expected(self.at, &expected())
                    .label("a comma is missing before this")
                    .help("put a comma between the two");
                self.problems.read_on(problem)?;
            }
            Some(b':') if open.close == b']' => {
                let problem = self
                    .problems
                    .expected(self.at, &expected())
                    .help("write keys and values between `{` and `}`");
                self.problems.read_on(problem)?;
                return Err(Stop);
            }
            _ => return Err(self.unexpected(&expected())),
        }
        Ok(())
    }

    /// Whether a plus sign stands between two texts, as programs put them together.
    fn joins_texts(&self) -> bool {
        let after = self.text[self.at + 1..].trim_start();
        after.starts_with(['"', '\''])
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
                Some(b'/') => {
                    let start = self.at;
                    match self.text.as_bytes().get(start + 1) {
                        Some(b'/') => self.line_comment(),
                        Some(b'*') => self.block_comment()?,
                        _ => return Ok(()),
                    }
                    let span = Span::new(start..start + 2);
                    self.extension(span, "expected JSON, found a comment")?;
                }
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
                    self.problems.push_habit("comments", problem);
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
                    self.problems.push_habit("other spaces", problem);
                    self.at += c.len_utf8();
                }
                _ => return Ok(()),
            }
        }
    }

    /// Something that is no JSON, though definitions may have it.
    fn extension(&mut self, span: Span, headline: &str) -> Result<(), Stop> {
        match self.dialect {
            Dialect::Definition => Ok(()),
            Dialect::Client => {
                let problem = self.problems.syntax(span, headline);
                let problem = problem.help("remove it: Aurora's client reads plain JSON");
                self.problems.push_clear(problem);
                if self.problems.is_full() {
                    return Err(Stop);
                }
                Ok(())
            }
        }
    }

    /// Before the end of a list or table that has elements: whether a comma is the last thing in it.
    fn last_comma(&mut self, has_elements: bool) -> Result<(), Stop> {
        if self.dialect == Dialect::Definition || !has_elements {
            return Ok(());
        }
        let before = self.text[..self.at].trim_end_matches([' ', '\t', '\n', '\r']);
        if !before.ends_with(',') {
            return Ok(());
        }
        let span = Span::new(before.len() - 1..before.len());
        self.extension(span, "expected an element after the comma, found the end")
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
        let problem = self.problems.expected(self.at, expected);
        self.problems.read_on(problem.help("remove the comma"))?;
        self.at += 1;
        Ok(())
    }

    fn missing_value(&mut self, expected: &str) -> Result<Node, Stop> {
        let expected = format!("{expected} after the key");
        self.problems
            .read_on(self.problems.expected(self.at, &expected))?;
        Ok(Node {
            kind: Kind::Null,
            span: Span::new(self.at..self.at),
        })
    }

    fn unclosed(&mut self, open: Open) -> Stop {
        let expected = format!("`{}`", char::from(open.close));
        let opened = self.problems.place(Span::new(open.at..open.at + 1));
        let problem = self.problems.expected(self.at, &expected);
        self.problems.push(problem.also(opened, "opened here"));
        Stop
    }

    fn unexpected(&mut self, expected: &str) -> Stop {
        let mut problem = self.problems.expected(self.at, expected);
        if self.text[self.at..].starts_with(['“', '”', '„', '‘', '’', '«', '`']) {
            problem = problem.help("use the straight double quotes `\"`");
        }
        self.problems.push(problem);
        Stop
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

#[cfg(test)]
mod tests {
    use super::super::{Format, MAX_DEPTH, shown::shown};

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(shown(input, Format::Json), expected, "{input}");
    }

    #[test]
    fn values() {
        check("null", "null");
        check(" true ", "true");
        check("false", "false");
        check("{}", "{}");
        check("[[], {}]", "[[], {}]");
        check(
            r#"{"a": [1, "b"], "c": null}"#,
            r#"{"a": [1, "b"], "c": null}"#,
        );
    }

    #[test]
    fn numbers() {
        check("0", "0");
        check("-0", "-0=0");
        check("-12", "-12");
        check("1.0", "1.0");
        check("1e3", "1e3=1000.0");
        check("1.5E-2", "1.5E-2=0.015");
        check("9223372036854775807", "9223372036854775807");
        check(
            "9223372036854775808",
            "9223372036854775808=9.223372036854776e18",
        );
        check("1e-999", "1e-999=0.0");
        check(
            "1e999",
            r#"number-out-of-range: expected a finite number, found `1e999` | 1:1 "1e999" | use a finite number"#,
        );
        check(
            "NaN",
            r#"number-out-of-range: expected a finite number, found `NaN` | 1:1 "NaN" | use a finite number"#,
        );
    }

    #[test]
    fn wrong_numbers() {
        let wrong = |number: &str, help: &str| {
            check(
                number,
                &format!("syntax: expected a number, found `{number}` | 1:1 {number:?} | {help}"),
            );
        };
        wrong("007", "remove the leading zeros");
        wrong("-01.5", "remove the leading zeros");
        wrong("0x1F", "write the number in decimal");
        wrong("+1", "remove the `+`");
        wrong(".5", "put digits on both sides of the point");
        wrong("5.", "put digits on both sides of the point");
        wrong("1_000", "remove the `_`");
        wrong("64MB", "put double quotes around text");
        wrong("1.2.3", "put double quotes around text");
        wrong("-Infinity", "use a finite number");
        wrong("-", "complete the number, or put double quotes around text");
        wrong(
            "1e+",
            "complete the number, or put double quotes around text",
        );
    }

    #[test]
    fn strings() {
        check(r#""""#, r#""""#);
        check(r#""é😀""#, r#""é😀""#);
        check(r#""\u00e9\ud83d\ude00""#, r#""\u00e9\ud83d\ude00"="é😀""#);
        check(
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\"\\\/\b\f\n\r\t"="\"\\/\u{8}\u{c}\n\r\t""#,
        );
        check(
            r#""C:\dir""#,
            r#"syntax: expected an escape of JSON, found `\d` | 1:4 "\\d" | write `\\d` for a backslash before it"#,
        );
        check(
            r#""it\'s""#,
            r#"syntax: expected an escape of JSON, found `\'` | 1:4 "\\'" | write `'` as it is"#,
        );
        check(
            r#""\u12""#,
            r#"syntax: expected four hexadecimal digits after `\u`, found fewer | 1:2 "\\u" | write the character itself"#,
        );
        check(
            r#""\ud800x""#,
            r#"lone-surrogate: expected a pair of surrogates, found only `\ud800` | 1:2 "\\ud800" | write the character itself"#,
        );
        check(
            r#""\udc00\ud800A""#,
            "lone-surrogate: expected a pair of surrogates, found only `\\udc00` | 1:2 \"\\\\udc00\" | write the character itself\n\
             lone-surrogate: expected a pair of surrogates, found only `\\ud800` | 1:8 \"\\\\ud800\" | write the character itself",
        );
        check(
            "\"a\tb\u{1}\"",
            "syntax: expected text, found a tab in a string | 1:3 \"\\t\" | write `\\t`\n\
             syntax: expected text, found the character U+0001 in a string | 1:5 \"\\u{1}\" | write `\\u0001`",
        );
        check(
            "[\"a\n\"]",
            r#"syntax: expected `"` after the string, found the end of the line | 1:2 "\"a" | close the string; a line break inside one is written `\n`"#,
        );
        check(
            r#""a\""#,
            r#"syntax: expected `"` after the string, found the end of the file | 1:1 "\"a\\\"" | close the string; a line break inside one is written `\n`"#,
        );
    }

    #[test]
    fn extensions() {
        check("// a\n[1, /* b */ 2, // c\n]", "[1, 2]");
        check("{\"a\": 1,}/**/", r#"{"a": 1}"#);
        check("\u{feff}[\r\n1\r\n]\r\n", "[1]");
        check(
            "[1, /* b",
            r#"syntax: expected `*/` after the comment, found the end of the file | 1:5 "/*" the comment starts here"#,
        );
        check(
            "[1] # b",
            r##"syntax: expected JSON, found a comment with `#` | 1:5 "#" | start the comment with `//`"##,
        );
    }

    #[test]
    fn what_is_not_json() {
        check(
            "{'a': 'b'}",
            r#"syntax: expected a string in double quotes, found `'a'` | 1:2 "'a'" | use double quotes"#,
        );
        check(
            "{name: hello world}",
            "syntax: expected a key in double quotes, found `name` | 1:2 \"name\" | write `\"name\"`\n\
             syntax: expected a value, found `hello world` | 1:8 \"hello world\" | put double quotes around text",
        );
        check(
            "[True, None]",
            "syntax: expected a value, found `True` | 1:2 \"True\" | write `true`\n\
             syntax: expected a value, found `None` | 1:8 \"None\" | write `null`",
        );
        check(
            "[True, 'a', None]",
            r#"syntax: expected JSON, found a dictionary of Python | 1:2 "True" | use double quotes, and write `true`, `false` and `null`"#,
        );
        check(
            "{a: 'b'}",
            r#"syntax: expected JSON, found JSON5 | 1:2 "a" | put double quotes around keys, and around strings instead of single quotes"#,
        );
        check(
            "[1,\u{a0}2]",
            r#"syntax: expected an ordinary space, found the character U+00A0 | 1:4 "\u{a0}" | remove it, or put a space in its place"#,
        );
        check(
            "{“a”: 1}",
            r#"syntax: expected a string in straight quotes, found the typographic quote `“` | 1:2 "“a”" | write `"a"`"#,
        );
        check(
            "[\"a\": 1]",
            r#"syntax: expected `,` or `]`, found `:` | 1:5 ":" | write keys and values between `{` and `}`"#,
        );
        check(
            "{} {}",
            r#"syntax: expected the end of the file, found `{` | 1:4 "{" | a file holds one value: put several jobs into the list `jobs`"#,
        );
        check("]", r#"syntax: expected a value, found `]` | 1:1 "]""#);
        let empty =
            r#"empty-file: expected a value, found an empty file | 1:1 "" | fill it, or delete it"#;
        check("", empty);
        check("\n// nothing", empty);
    }

    #[test]
    fn separators() {
        check(
            "{\"a\": 1 \"b\": 2\n\"c\": 3}",
            "syntax: expected `,` or `}`, found `\"b\"` | 1:9 \"\\\"b\\\"\" a comma is missing before this | put a comma between the two\n\
             syntax: expected `,` or `}`, found `\"c\"` | 2:1 \"\\\"c\\\"\" a comma is missing before this | put a comma between the two",
        );
        check(
            "[1,,2]",
            r#"syntax: expected a value, found `,` | 1:4 "," | remove the comma"#,
        );
        check(
            "{,}",
            r#"syntax: expected a key, found `,` | 1:2 "," | remove the comma"#,
        );
        check(
            "{\"a\" = 1; \"b\" 2}",
            "syntax: expected `:`, found `=` | 1:6 \"=\" | write `\"key\": value`\n\
             syntax: expected `,` or `}`, found `;` | 1:9 \";\" | write a comma\n\
             syntax: expected `:` after the key, found `2` | 1:15 \"2\" | write `\"key\": value`",
        );
        check(
            "{\"a\", \"b\": }",
            "syntax: expected `:` and a value after the key, found `,` | 1:5 \",\"\n\
             syntax: expected a value after the key, found `}` | 1:12 \"}\"",
        );
    }

    #[test]
    fn brackets() {
        check(
            "{\"a\": [1}",
            r#"syntax: expected `]`, found `}` | 1:9 "}" | 1:7 "[" opened here"#,
        );
        check(
            "{\"a\": {",
            r#"syntax: expected `}`, found the end of the file | 1:8 "" | 1:7 "{" opened here"#,
        );
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        check(&nested(MAX_DEPTH), &nested(MAX_DEPTH));
        check(
            &nested(MAX_DEPTH + 1),
            r#"too-deep: expected at most 128 levels of nesting, found more | 1:129 "[""#,
        );
        check(
            &"{\"a\":".repeat(1_000_000),
            r#"too-deep: expected at most 128 levels of nesting, found more | 1:641 "{""#,
        );
    }

    #[test]
    fn duplicate_keys() {
        check(
            r#"{"a": 1, "b": {"c": 1, "\u0063": 2}, "a": 3}"#,
            "{\"a\": 1, \"b\": {\"c\": 1}}\n\
             duplicate-key: duplicate key `c` | 1:24 \"\\\"\\\\u0063\\\"\" | 1:16 \"\\\"c\\\"\" first defined here | keep one of the two\n\
             duplicate-key: duplicate key `a` | 1:38 \"\\\"a\\\"\" | 1:2 \"\\\"a\\\"\" first defined here | keep one of the two",
        );
        let many: Vec<String> = (0..20).map(|key| format!("\"k{}\": 0", key % 19)).collect();
        check(
            &format!("{{{}}}", many.join(", ")),
            &format!(
                "{{{}}}\nduplicate-key: duplicate key `k0` | 1:182 \"\\\"k0\\\"\" | 1:2 \"\\\"k0\\\"\" first defined here | keep one of the two",
                many[..19].join(", ")
            ),
        );
    }

    #[test]
    fn problems_end_somewhere() {
        let shown = shown(&"x ,".repeat(1000), Format::Json);
        assert_eq!(shown.lines().count(), 2);
        let shown = super::super::shown::shown(&format!("[{}]", "x,".repeat(1000)), Format::Json);
        assert_eq!(shown.lines().count(), 100);
    }
}
