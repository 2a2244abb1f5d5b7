//! Where a document is not what its author wrote.

use crate::source::{Pointer, Token};

use super::{Diagnostic, Place, closest};

/// The places at which the decoder had to make up a value, because what was written there was
/// wrong. The decoder has told what is wrong there, so that no rule reports it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holes(Vec<Pointer>);

impl Holes {
    /// The holes at these places.
    pub fn new(places: Vec<Pointer>) -> Self {
        Self(places)
    }

    /// Whether all of the document is as written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the value at `pointer` was made up, in part or with a table around it.
    pub fn touch(&self, pointer: &Pointer) -> bool {
        self.0.iter().any(|hole| {
            hole.contains(pointer) || pointer.contains(hole) || misspells(hole, pointer)
        })
    }

    /// Whether a problem is about a value that was made up.
    pub fn explain(&self, problem: &Diagnostic) -> bool {
        match &problem.annotations[0].place {
            Place::Document(pointer, _) => self.touch(pointer),
            Place::Span(_) | Place::File(_) => false,
        }
    }

    /// Whether a value was made up that a reference by way of the field `name` could mean.
    pub fn any_called(&self, name: &str) -> bool {
        self.0.iter().any(|hole| {
            hole.tokens()
                .iter()
                .any(|token| matches!(token, Token::Key(key) if closest(key, [name]).is_some()))
        })
    }
}

/// Whether `hole` is an unknown field that may have been meant to be one on the way to `pointer`.
fn misspells(hole: &Pointer, pointer: &Pointer) -> bool {
    let Some((Token::Key(written), around)) = hole.tokens().split_last() else {
        return false;
    };
    match pointer.tokens().strip_prefix(around) {
        Some([Token::Key(wanted), ..]) => closest(written, [wanted.as_str()]).is_some(),
        _ => false,
    }
}
