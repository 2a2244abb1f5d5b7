//! What filling in may cost.

use std::cell::Cell;

/// The most values that refer to one another in turn: the client fills in a hundred times and then
/// gives up; the last time finds nothing to do.
pub const MAX_DEPTH: usize = 99;
/// References that are filled in for one text at most: values may refer to others twice over.
pub(super) const MAX_STEPS: usize = 2000;
/// Bytes that one text comes to at most.
pub const MAX_BYTES: usize = 1 << 20;

/// What all texts of a file may still cost together, in bytes that are looked through: references
/// that name each other make much of a short text, and aliases of the file's format repeat it.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

impl Budget {
    /// What a reference costs besides its value.
    const REFERENCE: usize = 32;

    /// Takes the cost of a reference with this value; whether it can be paid.
    pub(super) fn spend(&self, value: &str) -> bool {
        let cost = Self::REFERENCE + value.len();
        self.0.set(self.0.get().saturating_sub(cost));
        !self.is_spent()
    }

    /// Whether something was not filled in because of its cost.
    pub fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

impl Default for Budget {
    /// More than a file of ten thousand jobs takes, and well under a second.
    fn default() -> Self {
        Self(Cell::new(1 << 26))
    }
}
