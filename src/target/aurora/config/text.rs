//! Texts as literals of Python 2.
//!
//! A literal is ASCII, whatever the text: the client names no encoding, and what cannot be seen
//! cannot be reviewed. Where the text is not, it is a `u` literal, since pystachio decodes others
//! as ASCII when it fills in references.

use std::fmt::Write;

/// The most literals that a text becomes. Python joins them one by one, in quadratic time.
const MOST_LITERALS: usize = 1000;

/// The text as literals that stand beside each other, one for each line. Texts of very many lines
/// have several in one.
pub(super) fn literals(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let each = lines.len().div_ceil(MOST_LITERALS).max(1);
    let mut rest = text;
    let mut literals = Vec::with_capacity(lines.len().div_ceil(each).max(1));
    for lines in lines.chunks(each) {
        let (piece, after) = rest.split_at(lines.iter().map(|line| line.len()).sum());
        literals.push(quote(piece, !text.is_ascii()));
        rest = after;
    }
    if literals.is_empty() {
        literals.push(quote("", false));
    }
    literals
}

/// The text as one literal.
pub(super) fn literal(text: &str) -> String {
    quote(text, !text.is_ascii())
}

fn quote(text: &str, is_unicode: bool) -> String {
    let mark = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut literal = String::with_capacity(text.len() + 2);
    if is_unicode {
        literal.push('u');
    }
    literal.push(mark);
    for c in text.chars() {
        match c {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c == mark => literal.extend(['\\', c]),
            ' '..='~' => literal.push(c),
            c => escape(u32::from(c), &mut literal),
        }
    }
    literal.push(mark);
    literal
}

fn escape(code: u32, literal: &mut String) {
    match code {
        0..=0xff => write!(literal, "\\x{code:02x}"),
        0x100..=0xffff => write!(literal, "\\u{code:04x}"),
        _ => write!(literal, "\\U{code:08x}"),
    }
    .expect("a string takes all");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(literals(text), expected);
    }

    #[test]
    fn plain() {
        check("", &["''"]);
        check("echo hello", &["'echo hello'"]);
        check("100% {{mesos.instance}}", &["'100% {{mesos.instance}}'"]);
    }

    #[test]
    fn quotes() {
        check("it's", &[r#""it's""#]);
        check(r#"say "it""#, &[r#"'say "it"'"#]);
        check(r#"it's "it""#, &[r#"'it\'s "it"'"#]);
        check(r"a\'", &[r#""a\\'""#]);
        check(r"a\", &[r"'a\\'"]);
        check("'''", &["\"'''\""]);
    }

    #[test]
    fn lines() {
        check("a\nb", &[r"'a\n'", "'b'"]);
        check("a\n\n", &[r"'a\n'", r"'\n'"]);
        check("a\r\nb's\r", &[r"'a\r\n'", r#""b's\r""#]);
    }

    #[test]
    fn beyond_ascii() {
        check("caf\u{e9}\nx", &[r"u'caf\xe9\n'", "u'x'"]);
        check("\u{2028}", &[r"u'\u2028'"]);
        check("\u{1f600}", &[r"u'\U0001f600'"]);
        check(r"\u00e9", &[r"'\\u00e9'"]);
        check("\0\u{1b}\u{7f}", &[r"'\x00\x1b\x7f'"]);
    }

    #[test]
    fn very_many_lines() {
        let text = "a\n".repeat(2001);
        let literals = literals(&text);
        assert_eq!(literals.len(), 667);
        assert_eq!(literals[0], r"'a\na\na\n'");
        assert_eq!(literals.concat().matches('a').count(), 2001);
    }
}
