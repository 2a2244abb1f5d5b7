//! Texts as words of the node's bash that come back exactly, whatever is in them.
//!
//! Aurora fills in what stands between two braces wherever it stands, so that no literal has two in a row,
//! and what a node fills in stands outside of all quotes: numbers and names that mean nothing to a shell.
//! What the definition says is filled in by jobc: its quotes would end those around a reference.
//!
//! A command that is not ASCII does not start where the runner has no locale, nor do control characters
//! survive everywhere: a text with one is written with escapes.

use std::fmt::{self, Write as _};

use crate::intent::{Piece, Text};
use crate::template::{by_agent, references};

/// A text as a word of the shell.
#[derive(Debug)]
pub(super) struct Quoted<'t> {
    parts: Vec<Part<'t>>,
}

#[derive(Debug, Clone, Copy)]
enum Part<'t> {
    /// These characters.
    Literal(&'t str),
    /// What a node fills in, as a piece of the text.
    Node(&'t Piece),
    /// What Aurora's client asks others for.
    Client(&'t str),
}

/// How literal characters are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `'...'`
    Plain,
    /// `$'...'`
    Escaped,
}

impl<'t> Quoted<'t> {
    /// A text.
    pub(super) fn of(text: &'t Text) -> Self {
        Self::joined(std::slice::from_ref(text), "")
    }

    /// Texts with a separator between them.
    pub(super) fn joined(texts: &'t [Text], separator: &'t str) -> Self {
        let mut parts = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                parts.push(Part::Literal(separator));
            }
            collect(text, &mut parts);
        }
        Self { parts }
    }

    fn style(&self) -> Style {
        let is_plain = |b: u8| matches!(b, b' '..=b'~' | b'\t' | b'\n');
        let all_plain = |part: &Part<'_>| match part {
            Part::Literal(text) => text.bytes().all(is_plain),
            Part::Node(_) | Part::Client(_) => true,
        };
        if self.parts.iter().all(all_plain) {
            Style::Plain
        } else {
            Style::Escaped
        }
    }
}

/// A reference in a text that cannot be quoted: what it comes to is known to nobody before the job is
/// submitted, and may have quotes.
pub(super) fn unquotable(text: &Text) -> Option<&str> {
    text.pieces().iter().find_map(|piece| match piece {
        Piece::Field(field) => match &field.value {
            Some(value) => unquotable(value).map(|_| &*field.written),
            None => (!is_harmless(&field.written)).then_some(&*field.written),
        },
        Piece::Literal(_) | Piece::Port(_) | Piece::Instance | Piece::Host | Piece::TaskId => None,
    })
}

/// Whether what is filled in for a reference has no character that a shell knows: a digest, or what a node
/// knows in another spelling.
fn is_harmless(written: &str) -> bool {
    let named = references(written).next().and_then(|it| it.named());
    named.is_some_and(|address| by_agent(&address) || address.image().is_some())
}

fn collect<'t>(text: &'t Text, parts: &mut Vec<Part<'t>>) {
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => parts.push(Part::Literal(literal)),
            Piece::Port(_) | Piece::Instance | Piece::Host | Piece::TaskId => {
                parts.push(Part::Node(piece));
            }
            Piece::Field(field) => match &field.value {
                Some(value) => collect(value, parts),
                None => parts.push(Part::Client(&field.written)),
            },
        }
    }
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.style();
        let mut quotes = Quotes {
            f,
            style,
            is_open: false,
            last: None,
        };
        for part in &self.parts {
            match part {
                Part::Literal(text) => quotes.literal(text)?,
                Part::Node(piece) => quotes.outside(piece)?,
                Part::Client(written) => quotes.outside(written)?,
            }
        }
        quotes.close()?;
        if self
            .parts
            .iter()
            .all(|part| matches!(part, Part::Literal(text) if text.is_empty()))
        {
            f.write_str("''")?;
        }
        Ok(())
    }
}

struct Quotes<'w, 'f> {
    f: &'w mut fmt::Formatter<'f>,
    style: Style,
    is_open: bool,
    /// The last character that was written inside of the quotes.
    last: Option<char>,
}

impl Quotes<'_, '_> {
    fn literal(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if !self.is_open {
                self.f.write_str(match self.style {
                    Style::Plain => "'",
                    Style::Escaped => "$'",
                })?;
                self.is_open = true;
            }
            let is_second_brace = c == '{' && self.last == Some('{');
            match self.style {
                Style::Plain => plain(self.f, c, is_second_brace)?,
                Style::Escaped => escaped(self.f, c, is_second_brace)?,
            }
            let is_apart = self.style == Style::Escaped && is_second_brace;
            self.last = (!is_apart).then_some(c);
        }
        Ok(())
    }

    fn outside(&mut self, reference: &dyn fmt::Display) -> fmt::Result {
        self.close()?;
        write!(self.f, "{reference}")
    }

    fn close(&mut self) -> fmt::Result {
        self.last = None;
        if std::mem::take(&mut self.is_open) {
            self.f.write_char('\'')?;
        }
        Ok(())
    }
}

fn plain(f: &mut fmt::Formatter<'_>, c: char, is_second_brace: bool) -> fmt::Result {
    match c {
        '\'' => f.write_str(r"'\''"),
        '{' if is_second_brace => f.write_str("''{"),
        _ => f.write_char(c),
    }
}

fn escaped(f: &mut fmt::Formatter<'_>, c: char, is_second_brace: bool) -> fmt::Result {
    match c {
        '\'' | '\\' => write!(f, "\\{c}"),
        '{' if is_second_brace => f.write_str(r"\173"),
        ' '..='~' | '\t' | '\n' => f.write_char(c),
        _ => {
            let mut bytes = [0; 4];
            let mut bytes = c.encode_utf8(&mut bytes).bytes();
            bytes.try_for_each(|byte| write!(f, "\\{byte:03o}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quoted(text: &str) -> String {
        Quoted::of(&Text::literal(text)).to_string()
    }

    #[test]
    fn words() {
        let check = |text, expected| assert_eq!(quoted(text), expected);
        check("", "''");
        check("a b", "'a b'");
        check("it's", r"'it'\''s'");
        check("'", r"''\'''");
        check("{{x}} {{{{", "'{''{x}} {''{''{''{'");
        check("a\tb\nc\\", "'a\tb\nc\\'");
        check("caf\u{e9} '\\{{{\u{1}", r"$'caf\303\251 \'\\{\173{\001'");
        check("\u{7f}\r", r"$'\177\015'");
    }

    proptest! {
        #[test]
        fn nothing_is_left_for_aurora_to_fill_in(text in r"([a-z '{}$\\\n]|\{\{|\{\{a\}\}|[^\x00])*") {
            let quoted = quoted(&text);
            prop_assert!(!quoted.contains("{{") && quoted.is_ascii(), "{quoted}");
        }

        #[test]
        fn what_hides_secrets_reads_what_was_quoted(text in r"([a-z '{}$\\\n]|\{\{|[^\x00])*") {
            prop_assert_eq!(crate::secret::read(&quoted(&text)), text);
        }
    }
}
