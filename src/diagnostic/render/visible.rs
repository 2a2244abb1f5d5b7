//! Foreign text made fit to print: nothing in it can move the cursor, run backwards or hide, and
//! none of it is endless.

use std::borrow::Cow;

/// The most characters of a headline, label or name that are printed.
const LINE: usize = 1_000;
/// The most characters of a help or a note that are printed.
const PARAGRAPH: usize = 10_000;
/// The most characters between backticks that are printed.
const QUOTED: usize = 240;
/// Stands for what was cut.
pub(super) const ELLIPSIS: &str = "...";

/// `text` on one line.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::new();
    for character in cut(&fold(text), LINE).chars() {
        push(character, &mut line);
    }
    line
}

/// `text` with its line breaks.
pub(crate) fn paragraph(text: &str) -> String {
    let mut paragraph = String::new();
    for line in cut(&fold(text), PARAGRAPH).trim_end().lines() {
        if !paragraph.is_empty() {
            paragraph.push('\n');
        }
        for character in line.chars() {
            match character {
                '\t' => paragraph.push_str("    "),
                _ => push(character, &mut paragraph),
            }
        }
    }
    paragraph
}

/// `text` up to a bound, as it is: for printers with escapes of their own.
pub(super) fn cut_line(text: &str) -> Cow<'_, str> {
    cut(text, LINE)
}

/// As [`cut_line`], with the bound of a paragraph.
pub(super) fn cut_paragraph(text: &str) -> Cow<'_, str> {
    cut(text, PARAGRAPH)
}

/// Appends `character`, or its code point if it does not show as itself.
pub(super) fn push(character: char, out: &mut String) {
    if is_hidden(character) {
        out.extend(character.escape_default());
    } else {
        out.push(character);
    }
}

/// Whether `character` changes how others are shown, or shows as nothing or as a space that it is
/// not: controls, bidirectional and other format characters, fillers, separators. Joiners are
/// among them; variation selectors after a visible character are not.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{a0}'
                | '\u{ad}'
                | '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{1680}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{2000}'..='\u{200f}'
                | '\u{2028}'..='\u{202f}'
                | '\u{205f}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3000}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// `text` with the middle left out of what is quoted in backticks and too long to be read, a path
/// say: its beginning and its end tell more than the beginning of both.
fn fold(text: &str) -> Cow<'_, str> {
    let is_long = |part: &str| part.len() > QUOTED && part.chars().nth(QUOTED).is_some();
    if text.len() <= QUOTED || !text.split('`').any(is_long) {
        return Cow::Borrowed(text);
    }
    let parts = text.split('`').enumerate().map(|(index, part)| {
        if index % 2 == 0 || !is_long(part) {
            return Cow::Borrowed(part);
        }
        let count = part.chars().count();
        let head: String = part.chars().take(QUOTED / 2).collect();
        let tail: String = part.chars().skip(count - QUOTED / 3).collect();
        Cow::Owned(format!("{head}{ELLIPSIS}{tail}"))
    });
    Cow::Owned(parts.collect::<Vec<_>>().join("`"))
}

fn cut(text: &str, bound: usize) -> Cow<'_, str> {
    match text.char_indices().nth(bound) {
        Some((end, _)) => Cow::Owned(format!("{}{ELLIPSIS}", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE, PARAGRAPH, line, paragraph};

    #[test]
    fn lines() {
        let check = |text: &str, expected: &str| assert_eq!(line(text), expected);
        check(
            "plain \"text\" \\ é 漢 😀 e\u{301}",
            "plain \"text\" \\ é 漢 😀 e\u{301}",
        );
        check("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}");
        check("a\r\nb\tc", "a\\r\\nb\\tc");
        check("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}");
        check("\u{202e}txt.exe\u{2066}", "\\u{202e}txt.exe\\u{2066}");
        check("a\u{a0}b\u{200b}\u{feff}", "a\\u{a0}b\\u{200b}\\u{feff}");
        check(&"é".repeat(LINE), &"é".repeat(LINE));
        check(&"é".repeat(LINE + 1), &("é".repeat(LINE) + "..."));
    }

    #[test]
    fn quoted() {
        let path = format!("{}end", "p/".repeat(5_000));
        let shown = line(&format!("cannot read `{path}`: it is not there"));
        assert!(shown.starts_with("cannot read `p/p/"), "{shown}");
        assert!(shown.ends_with("p/end`: it is not there"), "{shown}");
        assert!(shown.chars().count() < 300, "{shown}");
        assert_eq!(line("`a` and `b`"), "`a` and `b`");
    }

    #[test]
    fn paragraphs() {
        let check = |text: &str, expected: &str| assert_eq!(paragraph(text), expected);
        check("one\r\n\ttwo\n\nthree\n", "one\n    two\n\nthree");
        check("\rback\u{1b}[A", "\\rback\\u{1b}[A");
        check(&"x".repeat(PARAGRAPH + 1), &("x".repeat(PARAGRAPH) + "..."));
    }
}
