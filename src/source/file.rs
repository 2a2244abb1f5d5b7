//! A source file and ranges of its text.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The text of one input file, with the name that messages call it by.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    name: FileName,
    text: String,
}

/// What a file is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName {
    /// Relative to the working directory, as users want to read it.
    shown: String,
    /// Where it lies, absolute, if its path has bytes that cannot be shown.
    path: Option<PathBuf>,
}

impl FileName {
    /// The name of the file at `path` (absolute), which is shown as `shown`.
    pub fn new(shown: String, path: &Path) -> Self {
        let path = path.to_str().is_none().then(|| path.to_owned());
        Self { shown, path }
    }

    /// What messages call the file.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl From<&str> for FileName {
    fn from(shown: &str) -> Self {
        shown.to_owned().into()
    }
}

impl From<String> for FileName {
    fn from(shown: String) -> Self {
        Self { shown, path: None }
    }
}

impl SourceFile {
    /// A file called `name`.
    pub fn new(name: impl Into<FileName>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
        })
    }

    /// What messages call the file.
    pub fn name(&self) -> &str {
        self.name.shown()
    }

    /// The name with the path, if messages cannot show that.
    pub fn full_name(&self) -> &FileName {
        &self.name
    }

    /// Where the file lies, if its name does not say it.
    pub fn unshown_path(&self) -> Option<&Path> {
        self.name.path.as_deref()
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty where the span does not lie on character borders of this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column, both from 1; the column counts characters, not bytes.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = floor_boundary(&self.text, offset);
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A range of bytes in a source file. Files are limited to [`super::MAX_SOURCE_BYTES`], so 32 bits
/// are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span of `range`; an offset over 32 bits becomes the largest one.
    pub fn new(range: std::ops::Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: clamp(range.start),
            end: clamp(range.end.max(range.start)),
        }
    }

    /// The span by this many bytes further on.
    #[must_use]
    pub fn moved(self, by: u32) -> Self {
        Self {
            start: self.start.saturating_add(by),
            end: self.end.saturating_add(by),
        }
    }

    /// As indexes into the text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A span in a known file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Where in it.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = SourceFile::new("a", "ab\né=x\n");
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(3), (2, 1));
        assert_eq!(file.line_column(5), (2, 2));
        assert_eq!(file.line_column(999), (3, 1));
    }

    #[test]
    fn an_offset_inside_a_character_is_its_start() {
        let file = SourceFile::new("a", "é");
        assert_eq!(file.line_column(1), (1, 1));
        assert_eq!(file.slice(Span::new(1..2)), "");
    }
}
