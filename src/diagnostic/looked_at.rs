//! What is looked at for secrets of large texts: what may be shown of them, and what stands around
//! that. Reading all of a file for each run of jobc would cost more than compiling it.

use std::borrow::Cow;
use std::ops::Range;

use crate::secret::{ceiling, floor};

/// Files up to this size are looked at as a whole.
const WHOLE_FILE: usize = 512 * 1024;
/// This much of a larger one is looked at on each side of a place that may be shown: more than any
/// secret is long, with the name that stands before it.
const AROUND: usize = 16 * 1024;
/// An excerpt has at most this many lines.
const MOST_LINES: usize = 64;
/// No renderer prints more bytes of a text than these, of its beginning.
const MOST_PRINTED: usize = 48 * 1024;
/// No renderer prints more bytes of what stands between two backticks, of its beginning or its end.
const MOST_QUOTED: usize = 8 * 1024;
/// No renderer prints more texts between backticks.
const MOST_PIECES: usize = 20_000;

/// The parts of a file to look at, in order and apart; each of `problems` is the ranges that one
/// problem points at.
pub(super) fn parts(text: &str, problems: &[Vec<Range<usize>>]) -> Vec<Range<usize>> {
    if text.len() <= WHOLE_FILE {
        return std::iter::once(0..text.len()).collect();
    }
    let mut points: Vec<usize> = problems.iter().flat_map(|it| shown(text, it)).collect();
    points.sort_unstable();
    let mut parts: Vec<Range<usize>> = Vec::new();
    for point in points {
        let start = floor(text, point.saturating_sub(AROUND));
        let end = ceiling(text, point.saturating_add(AROUND));
        match parts.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => parts.push(start..end),
        }
    }
    parts
}

/// Where an excerpt may show something: at the ends of the ranges, and at the starts of the lines from
/// one of them to the next.
fn shown(text: &str, ranges: &[Range<usize>]) -> Vec<usize> {
    let ends = ranges.iter().flat_map(|range| [range.start, range.end]);
    let mut points: Vec<usize> = ends.collect();
    let last = points.iter().max().copied().unwrap_or_default();
    let last = last.min(text.len());
    for range in ranges {
        let mut at = range.start;
        for _ in 0..MOST_LINES {
            let rest = text.as_bytes().get(at..last).unwrap_or_default();
            let Some(newline) = rest.iter().position(|&byte| byte == b'\n') else {
                break;
            };
            at += newline + 1;
            points.push(at);
        }
    }
    points
}

/// As much of a text as a renderer may print: of a long one between two backticks, the middle is left
/// out, and the rest goes as far as it is printed.
pub(super) fn printed(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST_PRINTED {
        return Cow::Borrowed(text);
    }
    let mut printed = String::new();
    for (index, piece) in text.split('`').enumerate().take(MOST_PIECES) {
        if index > 0 {
            printed.push('`');
        }
        let is_quoted = index % 2 == 1;
        if is_quoted && piece.len() > 2 * MOST_QUOTED {
            printed.push_str(&piece[..floor(piece, MOST_QUOTED)]);
            printed.push_str("...");
            printed.push_str(&piece[ceiling(piece, piece.len() - MOST_QUOTED)..]);
        } else if !is_quoted && piece.len() > MOST_PRINTED {
            printed.push_str(&piece[..floor(piece, MOST_PRINTED)]);
            break;
        } else {
            printed.push_str(piece);
        }
    }
    Cow::Owned(printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_excerpt_may_show() {
        let check = |text: &str, ranges: &[Range<usize>], expected: &[Range<usize>]| {
            assert_eq!(parts(text, &[ranges.to_vec()]), expected);
        };
        assert_eq!(parts("short", &[]).first(), Some(&(0..5)));
        let long = "x".repeat(1_000_000);
        check(
            &long,
            &[5..6, 500_000..900_000],
            &[
                0..6 + AROUND,
                500_000 - AROUND..500_000 + AROUND,
                900_000 - AROUND..900_000 + AROUND,
            ],
        );
        // The second line is drawn, too.
        let lines = format!("{long}\n{long}\n{long}");
        let near = |line: usize| line * 1_000_001 - AROUND..line * 1_000_001 + AROUND;
        check(
            &lines,
            &[9..9, 2_500_000..2_500_000],
            &[
                0..9 + AROUND,
                near(1),
                near(2),
                2_500_000 - AROUND..2_500_000 + AROUND,
            ],
        );
        let wide = "\u{20ac}".repeat(1_000_000);
        assert!(
            wide.get(parts(&wide, &[vec![1_000_000..1_000_001, 5..5]])[1].clone())
                .is_some()
        );
    }

    #[test]
    fn what_a_message_may_show() {
        let name = "n".repeat(1_000_000);
        let shown = printed(&format!("`{name}` is no `{name}end`: it ends")).into_owned();
        assert!(
            shown.ends_with("end`: it ends") && shown.len() < 40_000,
            "{shown}"
        );
        assert_eq!(shown.matches(" is no ").count(), 1);
        assert_eq!(printed(&name).len(), MOST_PRINTED);
        assert_eq!(printed("`a` is short"), "`a` is short");
    }
}
