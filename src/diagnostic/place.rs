//! Where a problem is, before and after it is known where that stands in a file.

use std::sync::Arc;

use crate::source::{Location, Pointer, SourceFile, SourceMap};

/// What an annotation points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A value of the document that is being compiled, still to be located.
    Document(Pointer, Part),
    /// A range of a known file.
    Span(Location),
    /// A file as a whole: one that could not be read, say.
    File(String),
}

/// Which part of a value of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Value,
    /// The key that it is bound to.
    Key,
    /// Its first line.
    Opening,
    /// The `nth` occurrence (from 0) of a text inside it.
    Text {
        /// The text to mark.
        text: String,
        /// How many times it stands there before the one that is meant.
        nth: usize,
    },
}

impl Place {
    /// Whether it is known to be in the value at `pointer`.
    pub fn is_in(&self, pointer: &Pointer) -> bool {
        match self {
            Self::Document(place, _) => pointer.contains(place),
            Self::Span(_) | Self::File(_) => false,
        }
    }

    /// The value at `pointer`.
    pub fn value(pointer: Pointer) -> Self {
        Self::Document(pointer, Part::Value)
    }

    /// The key of `pointer`'s last step.
    pub fn key(pointer: Pointer) -> Self {
        Self::Document(pointer, Part::Key)
    }

    /// The first line of the value at `pointer`.
    pub fn opening(pointer: Pointer) -> Self {
        Self::Document(pointer, Part::Opening)
    }

    /// The first occurrence of `text` in the value at `pointer`.
    pub fn text(pointer: Pointer, text: impl Into<String>) -> Self {
        Self::nth_text(pointer, text, 0)
    }

    /// The `nth` occurrence (from 0) of `text` in the value at `pointer`.
    pub fn nth_text(pointer: Pointer, text: impl Into<String>, nth: usize) -> Self {
        Self::Document(
            pointer,
            Part::Text {
                text: text.into(),
                nth,
            },
        )
    }

    /// The part of `whole`, the string value at `pointer`, that starts at byte `offset` and is
    /// `text`: found again in the source by counting the occurrences before it.
    pub fn within(pointer: Pointer, whole: &str, offset: usize, text: &str) -> Self {
        let nth = whole
            .get(..offset)
            .map_or(0, |before| before.matches(text).count());
        Self::nth_text(pointer, text, nth)
    }

    /// A range of `file`.
    pub fn span(file: &Arc<SourceFile>, span: crate::source::Span) -> Self {
        Self::Span(Location {
            file: Arc::clone(file),
            span,
        })
    }

    /// The place with its pointer looked up.
    pub(super) fn located(self, map: &SourceMap) -> Self {
        match self {
            Self::Document(pointer, Part::Value) => Self::Span(map.value(&pointer)),
            Self::Document(pointer, Part::Key) => Self::Span(map.key(&pointer)),
            Self::Document(pointer, Part::Opening) => Self::Span(map.opening(&pointer)),
            Self::Document(pointer, Part::Text { text, nth }) => {
                Self::Span(map.text(&pointer, &text, nth))
            }
            located => located,
        }
    }
}
