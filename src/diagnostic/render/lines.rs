//! Lines and columns of many places in a file without reading all of it for each.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Place;
use crate::source::SourceFile;

use super::visible;

/// The indexes of all files that a batch of diagnostics points into, each made once.
#[derive(Default)]
pub(crate) struct Lines<'a> {
    /// By address: files are compared by their whole text otherwise.
    indexes: HashMap<*const SourceFile, LineIndex<'a>>,
}

/// What is known of a file's text at the start of every [`BLOCK`] of bytes. A list of all lines
/// would be many times larger than a file of empty ones, and no help in a file that is one line.
pub(crate) struct LineIndex<'a> {
    text: &'a str,
    blocks: Vec<Block>,
}

#[derive(Clone, Copy, Default)]
struct Block {
    newlines_before: usize,
    characters_before: usize,
    line_start: usize,
}

/// A place as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Position {
    /// The byte, from 0.
    pub(crate) offset: usize,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1, in characters.
    pub(crate) column: usize,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its text without the line break.
    pub(super) content: Range<usize>,
    /// Where the next line starts.
    pub(super) next: usize,
}

const BLOCK: usize = 1024;

impl<'a> Lines<'a> {
    pub(crate) fn of(&mut self, file: &'a Arc<SourceFile>) -> &LineIndex<'a> {
        self.indexes
            .entry(Arc::as_ptr(file))
            .or_insert_with(|| LineIndex::new(file.text()))
    }

    /// A place as text, to be clicked on or gone to.
    pub(super) fn heading(&mut self, place: &'a Place) -> String {
        match place {
            Place::Span(location) => {
                let start = location.span.range().start;
                let Position { line, column, .. } = self.of(&location.file).position(start);
                format!("{}:{line}:{column}", visible::line(location.file.name()))
            }
            Place::File(name) => visible::line(name),
            Place::Document(pointer, _) => visible::line(&format!("<document>{pointer}")),
        }
    }
}

impl<'a> LineIndex<'a> {
    fn new(text: &'a str) -> Self {
        let mut block = Block::default();
        let mut blocks = Vec::with_capacity(text.len() / BLOCK + 1);
        let mut start = 0;
        for bytes in text.as_bytes().chunks(BLOCK) {
            blocks.push(block);
            block.newlines_before += newlines(bytes);
            block.characters_before += characters(bytes);
            if let Some(newline) = last_newline(bytes) {
                block.line_start = start + newline + 1;
            }
            start += bytes.len();
        }
        // The end of the text is a place, too, and has a block of its own where the last is full.
        if text.len().is_multiple_of(BLOCK) {
            blocks.push(block);
        }
        Self { text, blocks }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The nearest border of a character at or before `offset`.
    pub(super) fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The nearest border of a character at or after `offset`.
    pub(super) fn ceiling(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset += 1;
        }
        offset
    }

    /// The same as [`SourceFile::line_column`].
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let (block, rest) = self.block(offset);
        Position {
            offset,
            line: block.newlines_before + newlines(rest) + 1,
            column: self.characters_before(offset)
                - self.characters_before(self.line_start(offset))
                + 1,
        }
    }

    /// The line that `offset` is on.
    pub(super) fn line(&self, offset: usize) -> Line {
        let offset = self.floor(offset);
        let start = self.line_start(offset);
        let Some(newline) = self.newline_after(offset) else {
            let end = self.text.len();
            return Line {
                content: start..end,
                next: end,
            };
        };
        let content = &self.text[start..newline];
        Line {
            content: start..newline - usize::from(content.ends_with('\r')),
            next: newline + 1,
        }
    }

    fn line_start(&self, offset: usize) -> usize {
        let (block, rest) = self.block(offset);
        last_newline(rest).map_or(block.line_start, |newline| {
            offset - rest.len() + newline + 1
        })
    }

    fn characters_before(&self, offset: usize) -> usize {
        let (block, rest) = self.block(offset);
        block.characters_before + characters(rest)
    }

    fn newline_after(&self, offset: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let find = |range: Range<usize>| {
            let found = bytes[range.clone()].iter().position(|&byte| byte == b'\n');
            found.map(|newline| range.start + newline)
        };
        let block_end = (offset / BLOCK + 1) * BLOCK;
        find(offset..block_end.min(bytes.len())).or_else(|| {
            let seen = self.blocks.get(block_end / BLOCK)?.newlines_before;
            let after = self
                .blocks
                .partition_point(|block| block.newlines_before <= seen);
            find((after - 1) * BLOCK..bytes.len())
        })
    }

    /// The block that `offset` is in, and the bytes between its start and `offset`.
    fn block(&self, offset: usize) -> (Block, &'a [u8]) {
        let index = offset / BLOCK;
        let bytes = &self.text.as_bytes()[index * BLOCK..offset];
        (self.blocks[index], bytes)
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().map(|&byte| usize::from(byte == b'\n')).sum()
}

fn last_newline(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|&byte| byte == b'\n')
}

/// The number of characters that start in `bytes`.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every offset against the plain way to find a line.
    fn check(text: &str) {
        let file = SourceFile::new("a", text);
        let mut lines = Lines::default();
        let index = lines.of(&file);
        for offset in 0..=text.len() + 1 {
            let Position { line, column, .. } = index.position(offset);
            assert_eq!((line, column), file.line_column(offset), "{offset}");

            let whole = text.split_inclusive('\n').nth(line - 1).unwrap_or("");
            let start: usize = text
                .split_inclusive('\n')
                .take(line - 1)
                .map(str::len)
                .sum();
            let content = whole
                .strip_suffix("\r\n")
                .or(whole.strip_suffix('\n'))
                .unwrap_or(whole);
            let expected = Line {
                content: start..start + content.len(),
                next: start + whole.len(),
            };
            assert_eq!(index.line(offset), expected, "{offset}");
        }
    }

    #[test]
    fn borders() {
        check("");
        check("\n");
        check("a");
        check("é\r\n\n\rx\n");
        for length in [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            check(&"x".repeat(length));
            check(&"\n".repeat(length));
            check(&("x".repeat(length) + "\n"));
            check(&("é".repeat(length / 2) + "\nx"));
            check(&("\n".to_owned() + &"x".repeat(length) + "\n\n"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) })]
        #[test]
        fn any_text(text in "([a-zé\r\n]|x{900}|\\n{3}){0,6}") {
            check(&text);
        }
    }
}
