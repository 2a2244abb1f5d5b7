//! Texts: borders between characters, words and runs of bytes, with a bound to each; ranges of them.

use std::ops::Range;

/// No secret on one line is longer.
pub(super) const LONGEST_VALUE: usize = 4096;

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// How many bytes at the start of the text are such bytes, all of them ASCII or none of them, up to
/// the longest that a secret is.
pub(super) fn count(text: &str, is: impl Fn(u8) -> bool) -> usize {
    let bytes = text.bytes().take(LONGEST_VALUE);
    let length = bytes.take_while(|&byte| is(byte)).count();
    floor(text, length)
}

/// The last border between characters up to `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The first border between characters from `at` on.
pub(crate) fn ceiling(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The words of a line, with where they stand, quotes taken off.
pub(super) fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &line[at..];
        let skipped = rest.len() - rest.trim_start().len();
        let start = at + skipped;
        let first = line[start..].chars().next()?;
        if let '"' | '\'' = first
            && let Some(length) = line[start + 1..].find(first)
        {
            at = start + 1 + length + 1;
            return Some((start + 1, &line[start + 1..start + 1 + length]));
        }
        let length = line[start..]
            .find(char::is_whitespace)
            .unwrap_or(line.len() - start);
        at = start + length;
        Some((start, &line[start..at]))
    })
}

/// The ranges in order, those that touch as one.
pub(super) fn merged(mut spots: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spots.sort_by_key(|spot| spot.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for spot in spots {
        match merged.last_mut() {
            Some(last) if spot.start <= last.end => last.end = last.end.max(spot.end),
            _ => merged.push(spot),
        }
    }
    merged
}
