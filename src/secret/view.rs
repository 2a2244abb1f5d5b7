//! A text as those read it whom it is written for: escapes undone, lines joined, with where each byte
//! came from.

use std::ops::Range;

/// How a shell's single quotes are ended for one in them.
const REOPENED: &str = "'\\''";
/// How they are ended between two braces.
const REOPENED_BRACES: &str = "{''{";

/// A text made of another one.
pub(super) struct View {
    pub(super) text: String,
    /// Where what became each byte begins, and where the last of it ends.
    from: Vec<u32>,
}

/// What is undone.
#[derive(Clone, Copy)]
pub(super) enum Undo {
    /// `\u0061`, `\x61`, `\141`, `\n`, `\"`, and a line that goes on after `\`.
    Backslashes,
    /// `%61`.
    Percents,
    /// `&amp;`, `&#97;`.
    Entities,
    /// A line break and what the next line is indented by: a blank.
    Breaks,
    /// The same as nothing at all: a word broken into two lines.
    Joins,
    /// `'\\''` and `{''{`, which end quotes of a shell and open them again.
    Quotes,
}

impl Undo {
    /// Whether it may be undone again in what comes of it.
    pub(super) fn is_nested(self) -> bool {
        matches!(self, Self::Backslashes | Self::Quotes)
    }
}

impl View {
    /// The text with something undone; nothing where there is nothing to undo.
    pub(super) fn of(text: &str, undo: Undo) -> Option<Self> {
        let sign = match undo {
            Undo::Backslashes => '\\',
            Undo::Percents => '%',
            Undo::Entities => '&',
            Undo::Breaks | Undo::Joins => '\n',
            Undo::Quotes => '\'',
        };
        if let Undo::Quotes = undo
            && !text.contains(REOPENED)
            && !text.contains(REOPENED_BRACES)
        {
            return None;
        }
        let first = text.find(sign)?;
        u32::try_from(text.len()).ok()?;
        let mut view = Self {
            text: String::with_capacity(text.len()),
            from: Vec::with_capacity(text.len() + 1),
        };
        view.copy(text, 0..first);
        let mut at = first;
        while at < text.len() {
            let rest = &text[at..];
            let found = match undo {
                _ if !rest.starts_with(sign) => None,
                Undo::Backslashes => backslash(rest),
                Undo::Percents => percent(rest),
                Undo::Entities => entity(rest),
                Undo::Breaks => Some((" ".to_owned(), 1 + indent(&rest[1..]))),
                Undo::Joins => Some((String::new(), 1 + indent(&rest[1..]))),
                Undo::Quotes if rest.starts_with(REOPENED) => {
                    Some(("'".to_owned(), REOPENED.len()))
                }
                Undo::Quotes if text[..at].ends_with('{') && rest.starts_with("''{") => {
                    Some((String::new(), "''".len()))
                }
                Undo::Quotes => None,
            };
            if let Some((replaced, length)) = found {
                view.text.push_str(&replaced);
                view.from
                    .extend(std::iter::repeat_n(offset(at), replaced.len()));
                at += length;
            } else {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                let next = rest[first..].find(sign);
                let length = next.map_or(rest.len(), |next| first + next);
                view.copy(text, at..at + length);
                at += length;
            }
        }
        view.from.push(offset(text.len()));
        Some(view)
    }

    fn copy(&mut self, text: &str, range: Range<usize>) {
        self.from.extend(range.clone().map(offset));
        self.text.push_str(&text[range]);
    }

    /// Whether something was undone right before `at`.
    pub(super) fn is_escaped_before(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.from[before]);
        before.is_some_and(|before| self.from[at] - before > 1)
    }

    /// Where a range of the view comes from.
    pub(super) fn range(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.from[range.start] as usize;
        // A byte that was made of several ends where the next one begins.
        let mut end = range.end;
        while end + 1 < self.from.len() && self.from[end] == self.from[range.end - 1] {
            end += 1;
        }
        start..self.from[end] as usize
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("the length was looked at")
}

fn indent(text: &str) -> usize {
    text.bytes()
        .take_while(|&byte| byte == b' ' || byte == b'\t')
        .count()
}

fn backslash(text: &str) -> Option<(String, usize)> {
    let escaped = text[1..].chars().next()?;
    let code = |digits: usize| {
        let number = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
        Some((char::from_u32(number)?.to_string(), 2 + digits))
    };
    match escaped {
        'u' if text[2..].starts_with('{') => {
            let end = text[3..].find('}').filter(|end| *end <= 6)?;
            let number = u32::from_str_radix(&text[3..3 + end], 16).ok()?;
            Some((char::from_u32(number)?.to_string(), 4 + end))
        }
        'u' => code(4),
        'U' => code(8),
        'x' => bytes(text, "\\x", 16).or_else(|| code(2)),
        'n' => Some(("\n".to_owned(), 2)),
        'r' => Some(("\r".to_owned(), 2)),
        't' => Some(("\t".to_owned(), 2)),
        '0'..='7' => bytes(text, "\\", 8),
        '\n' => Some((String::new(), 2 + indent(&text[2..]))),
        '\r' if text[2..].starts_with('\n') => Some((String::new(), 3 + indent(&text[3..]))),
        other if other.is_ascii_punctuation() => Some((other.to_string(), 2)),
        _ => None,
    }
}

/// Bytes in numbers to a base, each after `sign`, until they are a character.
fn bytes(text: &str, sign: &str, base: u32) -> Option<(String, usize)> {
    const LENGTH: usize = 4;
    let byte = |escape: &[u8]| {
        let digits = str::from_utf8(escape).ok()?.strip_prefix(sign)?;
        let is_number = digits.chars().all(|digit| digit.is_digit(base));
        u8::from_str_radix(digits, base).ok().filter(|_| is_number)
    };
    let mut bytes = Vec::new();
    for byte in text.as_bytes().chunks_exact(LENGTH).take(4).map_while(byte) {
        bytes.push(byte);
        if let Ok(text) = str::from_utf8(&bytes) {
            return Some((text.to_owned(), LENGTH * bytes.len()));
        }
    }
    None
}

fn percent(text: &str) -> Option<(String, usize)> {
    // A character of several bytes is several escapes.
    let mut bytes = Vec::new();
    while let Some(b'%') = text.as_bytes().get(3 * bytes.len()) {
        let digits = text.get(3 * bytes.len() + 1..3 * bytes.len() + 3)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        if bytes.len() == 4 || bytes[0] < 0x80 || str::from_utf8(&bytes).is_ok() {
            break;
        }
    }
    let length = 3 * bytes.len();
    String::from_utf8(bytes).ok().map(|text| (text, length))
}

fn entity(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((character.to_string(), end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_undone_comes_from_somewhere() {
        let check = |text: &str, undo, expected: &str, word: &str, origin: &str| {
            let view = View::of(text, undo).expect("something is undone");
            assert_eq!(view.text, expected);
            let start = view.text.find(word).expect("it is in it");
            assert_eq!(&text[view.range(&(start..start + word.len()))], origin);
        };
        check(
            "a\\u0062c\\\"d",
            Undo::Backslashes,
            "abc\"d",
            "bc",
            "\\u0062c",
        );
        check("a\\\\u0062", Undo::Backslashes, "a\\u0062", "u", "u");
        check(
            "x%41%c3%a9y",
            Undo::Percents,
            "xA\u{e9}y",
            "\u{e9}",
            "%c3%a9",
        );
        check("100% of %4", Undo::Percents, "100% of %4", "of", "of");
        check("a&quot;b&#99;", Undo::Entities, "a\"bc", "c", "&#99;");
        check(
            "a\n   b\u{e9}",
            Undo::Breaks,
            "a b\u{e9}",
            "b\u{e9}",
            "b\u{e9}",
        );
        check("a\\\n  b", Undo::Backslashes, "ab", "ab", "a\\\n  b");
        check(
            "caf\\303\\251\\1731",
            Undo::Backslashes,
            "caf\u{e9}{1",
            "\u{e9}",
            "\\303\\251",
        );
        check(
            "'it'\\''s {''{''{'",
            Undo::Quotes,
            "'it's {{{'",
            "t's",
            "t'\\''s",
        );
        check(
            "\u{e9}'\\''\u{e9}'",
            Undo::Quotes,
            "\u{e9}'\u{e9}'",
            "'\u{e9}",
            "'\\''\u{e9}",
        );
        check(
            "\u{e9}\\n\u{e9}",
            Undo::Backslashes,
            "\u{e9}\n\u{e9}",
            "\n",
            "\\n",
        );
        assert!(View::of("abc", Undo::Joins).is_none());
    }
}
