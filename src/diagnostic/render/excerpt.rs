//! What is shown of the source: the lines around the places of a diagnostic, with what is hidden
//! made visible and what is long cut, and the places found again in that text.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Annotation, Place};
use crate::source::{Location, SourceFile};

use super::lines::{LineIndex, Lines};
use super::visible;
use super::window::{Point, push_line};

/// The most places of one diagnostic that are shown.
pub(super) const MAX_PLACES: usize = 32;
/// The most lines from the first to the last of an excerpt, those that are folded included.
const MAX_LINES: usize = 64;
/// The fewest columns that are shown around an end of a mark.
const MIN_CONTEXT: usize = 8;

/// A place with its excerpt, or several that fit into one.
pub(super) struct Frame {
    /// The first place as text.
    pub(super) heading: String,
    /// The source there, where there is one.
    pub(super) excerpt: Option<Excerpt>,
}

/// Lines to show and ranges of them to mark.
pub(super) struct Excerpt {
    /// Whole lines, each with its line break.
    pub(super) source: String,
    /// The number of the first line.
    pub(super) first_line: usize,
    /// The number of the last line.
    pub(super) last_line: usize,
    /// The ranges.
    pub(super) marks: Vec<Mark>,
}

/// A marked range of an excerpt.
pub(super) struct Mark {
    /// The range of [`Excerpt::source`].
    pub(super) range: Range<usize>,
    /// Whether it is the guilty text.
    pub(super) primary: bool,
    /// What to say beside it; may be empty.
    pub(super) label: String,
}

impl Frame {
    pub(super) fn last_line(&self) -> Option<usize> {
        self.excerpt.as_ref().map(|excerpt| excerpt.last_line)
    }
}

/// The frames of a diagnostic's annotations, that of the first one first.
pub(super) fn frames<'a>(
    annotations: &'a [Annotation],
    lines: &mut Lines<'a>,
    width: usize,
) -> Vec<Frame> {
    let mut drafts: Vec<(String, Option<Draft<'a>>)> = Vec::new();
    for (index, annotation) in annotations.iter().take(MAX_PLACES).enumerate() {
        let label = visible::line(&annotation.label);
        let heading = lines.heading(&annotation.place);
        let Place::Span(location) = &annotation.place else {
            let separator = if label.is_empty() { "" } else { ": " };
            drafts.push((format!("{heading}{separator}{label}"), None));
            continue;
        };
        let stretch = Stretch::new(location, label, index == 0, lines.of(&location.file));
        let mut open = drafts.iter_mut().filter_map(|(_, draft)| draft.as_mut());
        match open.find(|draft| draft.has_room(&location.file, &stretch)) {
            Some(draft) => draft.stretches.push(stretch),
            None => drafts.push((heading, Some(Draft::new(&location.file, stretch)))),
        }
    }
    drafts
        .into_iter()
        .map(|(heading, draft)| Frame {
            heading,
            excerpt: draft.map(|draft| draft.draw(lines.of(draft.file), width)),
        })
        .collect()
}

/// An excerpt to be: the stretches of a file that it marks.
struct Draft<'a> {
    file: &'a Arc<SourceFile>,
    stretches: Vec<Stretch>,
}

/// A range of a file on character borders, its lines counted.
struct Stretch {
    range: Range<usize>,
    first_line: usize,
    last_line: usize,
    primary: bool,
    label: String,
}

impl Stretch {
    fn new(location: &Location, label: String, primary: bool, index: &LineIndex<'_>) -> Self {
        let span = location.span.range();
        let start = index.floor(span.start);
        let end = index.ceiling(span.end).max(start);
        let first_line = index.position(start).line;
        // A line break at the end belongs to the line that it ends.
        let last_line = index.position(end.saturating_sub(1).max(start)).line;
        let mut stretch = Self {
            range: start..end,
            first_line,
            last_line,
            primary,
            label,
        };
        if last_line - first_line >= MAX_LINES {
            stretch.range.end = index.line(start).content.end.max(start);
            stretch.last_line = first_line;
            let separator = if stretch.label.is_empty() { "" } else { " " };
            stretch.label = format!("{}{separator}(up to line {last_line})", stretch.label);
        }
        stretch
    }
}

impl<'a> Draft<'a> {
    fn new(file: &'a Arc<SourceFile>, stretch: Stretch) -> Self {
        Self {
            file,
            stretches: vec![stretch],
        }
    }

    fn has_room(&self, file: &Arc<SourceFile>, stretch: &Stretch) -> bool {
        let lines = self.lines();
        let first = stretch.first_line.min(lines.start);
        let end = (stretch.last_line + 1).max(lines.end);
        Arc::ptr_eq(file, self.file) && end - first <= MAX_LINES
    }

    fn lines(&self) -> Range<usize> {
        let first = self.stretches.iter().map(|stretch| stretch.first_line);
        let last = self.stretches.iter().map(|stretch| stretch.last_line);
        first.min().unwrap_or(1)..last.max().unwrap_or(1) + 1
    }

    fn draw(&self, index: &LineIndex<'_>, width: usize) -> Excerpt {
        let lines = self.lines();
        let starts = self.stretches.iter().map(|stretch| stretch.range.start);
        let mut offset = starts.min().unwrap_or(0);
        let mut source = String::new();
        let mut drawn: Vec<Range<usize>> = vec![0..0; self.stretches.len()];
        for number in lines.clone() {
            let line = index.line(offset);
            offset = line.next;
            let content = line.content;
            // Ends may lie in the line break, which is not shown.
            let place = |offset: usize| offset.clamp(content.start, content.end);
            let points = self.points(number, width).map(|point| Point {
                offset: place(point.offset),
                ..point
            });
            let points: Vec<Point> = points.collect();
            let drawn_at = push_line(index.text(), content.clone(), &points, width, &mut source);
            source.push('\n');
            for (stretch, drawn) in self.stretches.iter().zip(&mut drawn) {
                if stretch.first_line == number {
                    drawn.start = drawn_at[&place(stretch.range.start)];
                }
                if stretch.last_line == number {
                    drawn.end = drawn_at[&place(stretch.range.end)];
                }
            }
        }
        let marks = self
            .stretches
            .iter()
            .zip(drawn)
            .map(|(stretch, range)| Mark {
                range,
                primary: stretch.primary,
                label: stretch.label.clone(),
            });
        Excerpt {
            source,
            first_line: lines.start,
            last_line: lines.end - 1,
            marks: marks.collect(),
        }
    }

    /// The ends of marks on a line.
    fn points(&self, line: usize, width: usize) -> impl Iterator<Item = Point> {
        // Together they fit the width: what is around a mark, or both ends of a long one.
        let on_line = |stretch: &&Stretch| (stretch.first_line..=stretch.last_line).contains(&line);
        let count = self.stretches.iter().filter(on_line).count().max(1);
        let (outside, inside) = (width / 2 / count, width * 2 / 5 / count);
        let (outside, inside) = (outside.max(MIN_CONTEXT), inside.max(MIN_CONTEXT));
        self.stretches.iter().flat_map(move |stretch| {
            let start = Point {
                offset: stretch.range.start,
                before: outside,
                after: inside,
            };
            let end = Point {
                offset: stretch.range.end,
                before: inside,
                after: outside,
            };
            let start = (stretch.first_line == line).then_some(start);
            let end = (stretch.last_line == line).then_some(end);
            start.into_iter().chain(end)
        })
    }
}
