//! The part of a line that is shown: all of a short one, and of a long one what is around the places
//! that matter.

use std::collections::BTreeMap;
use std::ops::Range;

use super::visible::{self, ELLIPSIS};

/// A place in a line that has to be shown, with this many columns around it.
pub(super) struct Point {
    pub(super) offset: usize,
    pub(super) before: usize,
    pub(super) after: usize,
}

/// Appends the line at `content`, and tells where in `out` the points are.
pub(super) fn push_line(
    text: &str,
    content: Range<usize>,
    points: &[Point],
    width: usize,
    out: &mut String,
) -> BTreeMap<usize, usize> {
    let mut drawn_at = BTreeMap::new();
    let mut shown_to = content.start;
    for shown in shown(text, &content, points, width) {
        if shown_to < shown.start {
            out.push_str(ELLIPSIS);
        }
        for (index, character) in text[shown.clone()].char_indices() {
            drawn_at.insert(shown.start + index, out.len());
            match character {
                '\t' => out.push('\t'),
                _ => visible::push(character, out),
            }
        }
        drawn_at.insert(shown.end, out.len());
        shown_to = shown.end;
    }
    if shown_to < content.end {
        out.push_str(ELLIPSIS);
    }
    drawn_at
}

/// The parts of a line to show, in order: all of it, or what is around the points.
fn shown(text: &str, content: &Range<usize>, points: &[Point], width: usize) -> Vec<Range<usize>> {
    let beginning = content.start..forward(text, content.start..content.end, width);
    if beginning == *content || points.is_empty() {
        return vec![beginning];
    }
    let mut ranges: Vec<Range<usize>> = points
        .iter()
        .map(|point| {
            backward(text, content.start..point.offset, point.before)
                ..forward(text, point.offset..content.end, point.after)
        })
        .collect();
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end + ELLIPSIS.len() => {
                last.end = last.end.max(range.end);
            }
            _ => merged.push(range),
        }
    }
    merged
}

/// How far the first `columns` columns of `range` reach.
fn forward(text: &str, range: Range<usize>, columns: usize) -> usize {
    let start = range.start;
    let mut left = columns;
    for (index, character) in text[range.clone()].char_indices() {
        match left.checked_sub(columns_of(character)) {
            Some(rest) => left = rest,
            None => return start + index,
        }
    }
    range.end
}

/// Where the last `columns` columns of `range` start.
fn backward(text: &str, range: Range<usize>, columns: usize) -> usize {
    let mut left = columns;
    for (index, character) in text[range.clone()].char_indices().rev() {
        match left.checked_sub(columns_of(character)) {
            Some(rest) => left = rest,
            None => return range.start + index + character.len_utf8(),
        }
    }
    range.start
}

/// The columns that a character needs at most.
fn columns_of(character: char) -> usize {
    match character {
        '\t' => 4,
        ' '..='~' => 1,
        _ if visible::is_hidden(character) => character.escape_default().len(),
        _ => 2,
    }
}
