//! What encloses a place in a command, and what stands before it.

use super::cases::Commands;
use super::heredoc::HereDocument;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Enclosing {
    /// `'...'`
    Single,
    /// `$'...'`, in which a backslash quotes.
    Dollar,
    /// `"..."`
    Double,
    /// `'...'` in the word of a `${...}` between double quotes, which only hides braces.
    Apostrophes,
    /// The command, `$(...)`, or parentheses in one.
    Commands {
        list: Commands,
        kind: Kind,
    },
    /// `` `...` ``
    Backticks(Commands),
    /// `${...}`
    Braces {
        /// Whether it stands between double quotes.
        quoted: bool,
        /// How much of it was read.
        part: Part,
    },
    /// `# ...` up to the end of the line.
    Comment,
    HereDocument(HereDocument),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commands,
    /// The outer parentheses of `((...))`.
    Outer,
    /// What stands in them, or in parentheses in it.
    Arithmetic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Name,
    /// After `:`, `-`, `=`, `?`, `+`.
    Word,
    /// After `%`, `#`, `/`, `^`, `,`.
    Pattern,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Previous {
    /// A word may start here.
    Break,
    Backslash,
    Dollar,
    Less,
    /// The first `(` of what may become `((`, and whether `$` stands before it.
    Open,
    Semicolon,
    Other,
}

impl Previous {
    /// Whether a word may start here.
    pub(super) fn is_break(self) -> bool {
        matches!(self, Self::Break | Self::Open | Self::Semicolon)
    }
}
