//! A page of text for people: headings in the margin, and lines wrapped beside them.

use unicode_width::UnicodeWidthStr;

use crate::diagnostic::render::visible;
use crate::graph::{Characters, Look, ascii};

use super::super::document::Place;

/// The width of the margin.
const MARGIN: usize = 12;
/// At most this many entries of a list are shown.
const MOST: usize = 200;

pub(super) const BOLD: &str = "\x1b[1m";
pub(super) const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

pub(super) struct Page<'a> {
    look: &'a Look,
    out: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(look: &'a Look) -> Self {
        let out = String::new();
        Self { look, out }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// Adds text as it is.
    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A heading and its lines, wrapped; nothing if there are none.
    pub(super) fn part(&mut self, heading: &str, lines: &[String]) {
        let room = self.look.width.saturating_sub(MARGIN).max(30);
        let mut label = heading;
        for line in lines {
            for (index, piece) in wrapped(&self.shown(line), room).into_iter().enumerate() {
                let heading = self.painted(BOLD, label);
                let gap = " ".repeat(MARGIN - label.len());
                let indent = if index > 0 { "  " } else { "" };
                let line = format!("{heading}{gap}{indent}{piece}");
                self.out.push_str(line.trim_end());
                self.out.push('\n');
                label = "";
            }
        }
    }

    /// A heading and entries in columns; nothing if there are none.
    pub(super) fn list<T, const N: usize>(
        &mut self,
        heading: &str,
        entries: &[T],
        row: impl Fn(&Self, &T) -> [String; N],
    ) {
        let lines = self.rows(entries, row);
        self.part(heading, &lines);
    }

    /// Entries in columns, and how many were left out.
    pub(super) fn rows<T, const N: usize>(
        &self,
        entries: &[T],
        row: impl Fn(&Self, &T) -> [String; N],
    ) -> Vec<String> {
        let listed = entries.iter().take(MOST);
        let rows: Vec<_> = listed.map(|entry| row(self, entry)).collect();
        let mut lines = table(&rows);
        if entries.len() > MOST {
            lines.push(format!("and {} more", entries.len() - MOST));
        }
        lines
    }

    pub(super) fn place(&self, place: &Place) -> String {
        format!("{}:{}", self.shown(&place.file), place.line)
    }

    /// Foreign text as this page can show it.
    pub(super) fn shown(&self, text: &str) -> String {
        let line = visible::line(text);
        match self.look.characters {
            Characters::Unicode => line,
            Characters::Ascii => ascii(&line),
        }
    }

    pub(super) fn painted(&self, style: &str, text: &str) -> String {
        if self.look.color && !text.is_empty() {
            format!("{style}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }
}

/// Rows in columns.
fn table<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    const WIDEST: usize = 48;
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().min(WIDEST).max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let mut line = String::new();
        let cells = row.iter().zip(widths).filter(|(_, width)| *width > 0);
        for (cell, width) in cells {
            line.push_str(cell);
            line.push_str(&" ".repeat((width + 2).saturating_sub(cell.width()).max(1)));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// `text` on lines of at most this many columns, where its words allow that.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    if text.width() <= columns {
        return vec![text.to_owned()];
    }
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is one");
        if line.width() + 1 + word.width() <= columns || line.trim().is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
