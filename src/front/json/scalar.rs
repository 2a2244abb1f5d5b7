//! Strings, numbers and words.

use crate::diagnostic::Diagnostic;
use crate::front::codes::LONE_SURROGATE;
use crate::model::Dialect;
use crate::source::{Kind, Span};

use super::super::number::{float, out_of_range, whole};
use super::super::problems::{Stop, Typographic, character, named, shortened};
use super::{Reader, is_word};

impl Reader<'_> {
    /// The string whose quote is next.
    pub(super) fn string(&mut self) -> Result<String, Stop> {
        let start = self.at;
        let quote = self.text.as_bytes()[start];
        self.at += 1;
        let mut string = String::from(self.plain(quote));
        loop {
            match self.peek() {
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                None | Some(b'\n' | b'\r') => return Err(self.unclosed_string(start)),
                Some(byte) if byte < b' ' => {
                    self.control_character(byte)?;
                    string.push(char::from(byte));
                    self.at += 1;
                }
                Some(_) => string.push_str(self.plain(quote)),
            }
        }
    }

    /// A string in the wrong quotes, which is read all the same.
    pub(super) fn single_quoted(&mut self) -> Result<String, Stop> {
        let start = self.at;
        let string = self.string()?;
        let span = Span::new(start..self.at);
        let what = named(&self.text[span.range()]);
        let problem = self
            .problems
            .syntax(
                span,
                format!("expected a string in double quotes, found {what}"),
            )
            .help("use double quotes");
        self.problems.push_habit("single quotes", problem);
        Ok(string)
    }

    /// The string in a typesetter's quotes that is next, if one is.
    pub(super) fn typographic(&mut self) -> Option<String> {
        let string = Typographic::at(self.text, self.at)?;
        self.at = string.span.end as usize;
        let problem = string.problem(&self.problems, self.text);
        self.problems.push_habit("typographic quotes", problem);
        Some(string.content.to_owned())
    }

    pub(super) fn unquoted_key(&mut self) -> String {
        let span = self.run(|byte| is_word(byte) || matches!(byte, b'-' | b'.'));
        let key = self.text[span.range()].to_owned();
        let problem = self
            .problems
            .syntax(
                span,
                format!("expected a key in double quotes, found {}", named(&key)),
            )
            .help(format!("write `\"{}\"`", shortened(&key)));
        self.problems.push_habit("bare keys", problem);
        key
    }

    pub(super) fn number(&mut self) -> Result<Kind, Stop> {
        let span = self.run(|byte| is_word(byte) || matches!(byte, b'-' | b'+' | b'.'));
        let text = &self.text[span.range()];
        let number = match shape(text) {
            Some(_) if self.dialect == Dialect::Client => client_number(text),
            Some(Shape::Whole) => whole(text),
            Some(Shape::Fraction) => float(text),
            None if self.dialect == Dialect::Client && text == "-Infinity" => {
                Some(Kind::Float(f64::NEG_INFINITY))
            }
            None => {
                let problem = self
                    .problems
                    .syntax(span, format!("expected a number, found {}", named(text)))
                    .help(number_advice(text));
                self.problems.read_on(problem)?;
                return Ok(Kind::Null);
            }
        };
        if let Some(number) = number {
            return Ok(number);
        }
        let place = self.problems.place(span);
        self.problems
            .read_on(out_of_range(&shortened(text), place))?;
        Ok(Kind::Null)
    }

    pub(super) fn word(&mut self) -> Result<Kind, Stop> {
        let start = self.at;
        let span = self.run(|byte| is_word(byte) || matches!(byte, b'-' | b'.'));
        match &self.text[span.range()] {
            "true" => return Ok(Kind::Boolean(true)),
            "false" => return Ok(Kind::Boolean(false)),
            "null" => return Ok(Kind::Null),
            "NaN" if self.dialect == Dialect::Client => return Ok(Kind::Float(f64::NAN)),
            "Infinity" if self.dialect == Dialect::Client => {
                return Ok(Kind::Float(f64::INFINITY));
            }
            _ => {}
        }
        // All of a text that lacks its quotes is one mistake.
        self.run(|byte| !matches!(byte, b',' | b'"' | b']' | b'}' | b'\n' | b'\r'));
        let text = self.text[start..self.at].trim_end();
        self.at = start + text.len();
        let problem = self.unquoted(text, Span::new(start..self.at));
        match ["True", "False", "None"]
            .into_iter()
            .find(|word| *word == text)
        {
            Some(word) => self.problems.push_habit(word, problem),
            None => self.problems.read_on(problem)?,
        }
        Ok(Kind::Null)
    }

    fn unquoted(&self, text: &str, span: Span) -> Diagnostic {
        let problem = self
            .problems
            .syntax(span, format!("expected a value, found {}", named(text)));
        match text.to_ascii_lowercase().as_str() {
            "nan" | "infinity" | "inf" => out_of_range(text, self.problems.place(span)),
            "true" | "yes" | "on" => problem.help("write `true`"),
            "false" | "no" | "off" => problem.help("write `false`"),
            "none" | "nil" | "undefined" | "null" => problem.help("write `null`"),
            _ => problem.help("put double quotes around text"),
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        let start = self.at;
        let Some(c) = self.text[start + 1..].chars().next() else {
            // The end of the file is the problem, which the caller finds.
            self.at += 1;
            return Ok('\\');
        };
        self.at += 1 + c.len_utf8();
        Ok(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode_escape(start),
            '\n' | '\r' => {
                self.at = start + 1;
                return Ok('\\');
            }
            _ => {
                let span = Span::new(start..self.at);
                let help = match c {
                    '\'' => "write `'` as it is".to_owned(),
                    _ => format!("write `\\\\{c}` for a backslash before it"),
                };
                let problem = self
                    .problems
                    .syntax(span, format!("expected an escape of JSON, found `\\{c}`"))
                    .help(help);
                self.problems.read_on(problem)?;
                c
            }
        })
    }

    /// The rest of an escape that starts with `\u` at `start`: one unit of UTF-16, or two.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Stop> {
        let alone = match self.unit() {
            None => {
                let headline = "expected four hexadecimal digits after `\\u`, found fewer";
                let problem = self
                    .problems
                    .syntax(Span::new(start..self.at), headline)
                    .help("write the character itself");
                self.problems.read_on(problem)?;
                return Ok(char::REPLACEMENT_CHARACTER);
            }
            Some(high @ 0xd800..0xdc00) => {
                let after_high = self.at;
                if self.text[after_high..].starts_with("\\u") {
                    self.at += 2;
                    if let Some(low @ 0xdc00..0xe000) = self.unit() {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return Ok(char::from_u32(code).expect("a pair is a character"));
                    }
                }
                self.at = after_high;
                high
            }
            Some(unit) => match char::from_u32(unit) {
                Some(c) => return Ok(c),
                None => unit,
            },
        };
        let place = self.problems.place(Span::new(start..self.at));
        let headline = format!("expected a pair of surrogates, found only `\\u{alone:04x}`");
        let problem = Diagnostic::new(&LONE_SURROGATE, headline, place);
        let problem = problem.help("write the character itself");
        match self.dialect {
            Dialect::Definition => self.problems.read_on(problem)?,
            // It is a character to the client.
            Dialect::Client => self.problems.push_clear(problem),
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let unit = digits.iter().try_fold(0, |unit, &digit| {
            Some(unit << 4 | char::from(digit).to_digit(16)?)
        })?;
        self.at += 4;
        Some(unit)
    }

    fn unclosed_string(&mut self, start: usize) -> Stop {
        let (quote, end) = (&self.text[start..=start], self.at);
        let end_of = match self.peek() {
            None => "file",
            Some(_) => "line",
        };
        let problem = self
            .problems
            .syntax(
                Span::new(start..end),
                format!("expected `{quote}` after the string, found the end of the {end_of}"),
            )
            .help("close the string; a line break inside one is written `\\n`");
        self.problems.push(problem);
        Stop
    }

    fn control_character(&mut self, byte: u8) -> Result<(), Stop> {
        let escape = match byte {
            b'\t' => "\\t".to_owned(),
            _ => format!("\\u{byte:04x}"),
        };
        let problem = self
            .problems
            .syntax(
                Span::new(self.at..self.at + 1),
                format!(
                    "expected text, found {} in a string",
                    character(char::from(byte))
                ),
            )
            .help(format!("write `{escape}`"));
        self.problems.read_on(problem)
    }

    /// The characters up to what a string may not simply contain.
    fn plain(&mut self, quote: u8) -> &str {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest
            .iter()
            .position(|&byte| byte == quote || byte == b'\\' || byte < b' ')
            .unwrap_or(rest.len());
        self.at += length;
        &self.text[self.at - length..self.at]
    }

    /// Skips the bytes that `is_part`, which says the same of all bytes of a non-ASCII character.
    fn run(&mut self, is_part: impl Fn(u8) -> bool) -> Span {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|&byte| !is_part(byte));
        self.at += length.unwrap_or(rest.len());
        Span::new(start..self.at)
    }
}

/// The number that Python reads, which is infinite if no float is as large.
fn client_number(text: &str) -> Option<Kind> {
    match text.parse() {
        Ok(integer) => Some(Kind::Integer(integer)),
        Err(_) => text.parse().ok().map(Kind::Float),
    }
}

enum Shape {
    Whole,
    Fraction,
}

/// Whether `text` is a number in JSON's grammar:
/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
fn shape(text: &str) -> Option<Shape> {
    let rest = text.strip_prefix('-').unwrap_or(text);
    let (whole, mut rest) = digits(rest)?;
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    if rest.is_empty() {
        return Some(Shape::Whole);
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        (_, rest) = digits(fraction)?;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        (_, rest) = digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?;
    }
    rest.is_empty().then_some(Shape::Fraction)
}

/// The digits that `text` starts with, one at least, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    (!digits.is_empty()).then_some((digits, rest))
}

fn number_advice(text: &str) -> &'static str {
    let unsigned = text.trim_start_matches(['-', '+']);
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    if unsigned.starts_with(['I', 'N', 'i', 'n']) {
        "use a finite number"
    } else if unsigned.starts_with("0x") || unsigned.starts_with("0o") {
        "write the number in decimal"
    } else if text.contains('_') && text.chars().all(|c| numeric(c) || c == '_') {
        "remove the `_`"
    } else if !text.chars().all(numeric) || unsigned.matches(['.', '-']).count() > 1 {
        "put double quotes around text"
    } else if text.starts_with('+') {
        "remove the `+`"
    } else if unsigned.starts_with('.') || unsigned.ends_with('.') || unsigned.contains(".e") {
        "put digits on both sides of the point"
    } else if unsigned.starts_with('0') {
        "remove the leading zeros"
    } else {
        "complete the number, or put double quotes around text"
    }
}
