//! Where the guilty text stands, when the library's error only points near it.

use crate::source::Span;

use super::super::problems::{floor, one};

/// A line of a text, without its end.
pub(super) struct Line<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn of(text: &'a str, at: usize) -> Self {
        let at = floor(text, at);
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let text = text[start..].lines().next().unwrap_or_default();
        Self { start, text }
    }
}

/// The first tab in the indentation of a line, from the line that starts at `at` on.
pub(super) fn tab(text: &str, at: usize) -> Option<usize> {
    let mut start = at;
    for line in text[at..].split_inclusive(['\n', '\r']) {
        let indentation = &line[..line.len() - line.trim_start().len()];
        if let Some(offset) = indentation.find('\t') {
            return Some(start + offset);
        }
        start += line.len();
    }
    None
}

/// Where a comment starts that has the bracket in it which would close one that the line opens.
pub(super) fn cut_off(line: &str) -> Option<(usize, char)> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match c {
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' if " [{,:".contains(previous) => quote = Some(c),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ']' | '}' => {
                open.pop();
            }
            '#' if previous.is_whitespace() => {
                let close = open.pop()?;
                return line[at..].contains(close).then_some((at, close));
            }
            _ => {}
        }
        previous = c;
    }
    None
}

/// The last `[` or `{` before `at` that is not closed there, and what would close it. Brackets in
/// quoted text are taken for the real ones: it is only for a message.
pub(super) fn open_bracket(text: &str, at: usize) -> Option<(usize, char)> {
    const LONGEST: usize = 10_000;
    let before = &text.as_bytes()[at.saturating_sub(LONGEST)..at];
    let mut closed = 0;
    for (offset, byte) in before.iter().rev().enumerate() {
        match byte {
            b']' | b'}' => closed += 1,
            b'[' | b'{' if closed > 0 => closed -= 1,
            b'[' => return Some((at - offset - 1, ']')),
            b'{' => return Some((at - offset - 1, '}')),
            _ => {}
        }
    }
    None
}

/// The length of the anchor, alias or tag that `text` starts with.
pub(super) fn word(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || ",[]{}".contains(c))
        .unwrap_or(text.len())
}

/// The first escape of the double-quoted scalar at `start` that YAML does not have.
pub(super) fn escape(text: &str, start: usize) -> Span {
    let mut characters = text[start..].char_indices().skip(1);
    while let Some((offset, c)) = characters.next() {
        if c != '\\' {
            continue;
        }
        let at = start + offset;
        let Some((_, escape)) = characters.next() else {
            break;
        };
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ if "0abt\tnvfre \"/\\N_LP\n\r".contains(escape) => continue,
            _ => return Span::new(at..at + 1 + escape.len_utf8()),
        };
        let code: String = text[at + 2..].chars().take(digits).collect();
        let number = u32::from_str_radix(&code, 16).ok();
        let is_whole = code.len() == digits && code.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_whole || number.and_then(char::from_u32).is_none() {
            let hex = code.bytes().take_while(u8::is_ascii_hexdigit).count();
            return Span::new(at..at + 2 + hex);
        }
    }
    one(text, start)
}
