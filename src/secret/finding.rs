//! What is found: a secret and where it stands.

use std::ops::Range;

/// What kind of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A command of a shell.
    Command,
    /// A value that is passed on to a program, and that no shell reads: what it refers to is filled in.
    Value,
    /// A file in some language: names without quotes are rather variables.
    File,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Where it stands.
    pub range: Range<usize>,
    /// What it is, as a message begins; never the secret itself.
    pub what: String,
}

impl Secret {
    pub(super) fn value_of(name: &str, range: Range<usize>) -> Self {
        let what = format!("the value of `{name}` is written out");
        Self { range, what }
    }

    /// Moved to where the text begins in which it was found.
    pub(super) fn at(mut self, start: usize) -> Self {
        self.range = self.range.start + start..self.range.end + start;
        self
    }
}

/// A secret of this name with its value, which stands at `start`.
pub(super) fn secret_of(name: &str, start: usize, value: &str) -> Secret {
    Secret::value_of(name, start..start + value.len())
}
