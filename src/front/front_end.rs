//! What a data format says of itself: each has a folder, and one of these in it.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Report};
use crate::source::{SourceFile, SourceMap};

use super::{Loaded, Mention};

/// A data format.
pub(super) struct FrontEnd {
    /// What people call it.
    pub(super) name: &'static str,
    /// How names of its files end, without the dot.
    pub(super) extensions: &'static [&'static str],
    /// Reads a file. There is a tree unless the grammar is violated.
    pub(super) load: fn(&Arc<SourceFile>) -> Report<Loaded>,
    /// Whether a text has a name in it; asked before it is loaded.
    pub(super) mention: fn(&str, &str) -> Mention,
    /// Whether no path in a text leads out of the directory that it is relative to, as far as that is
    /// known before it is loaded.
    pub(super) stays_below: fn(&str) -> bool,
    /// Problems of decoding, with what to do where the format is why.
    pub(super) explain: fn(&SourceMap, Vec<Diagnostic>) -> Vec<Diagnostic>,
    /// What the format makes of a text in silence and its author may not have meant.
    pub(super) surprises: fn(&SourceMap) -> Vec<Diagnostic>,
}

impl FrontEnd {
    /// Of a format that has nothing to add to problems of decoding.
    pub(super) fn as_they_are(_: &SourceMap, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        problems
    }

    /// Of a format in which everything is what it looks like.
    pub(super) fn no_surprises(_: &SourceMap) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Whether a text that is data has no `..`, not even one that is written with an escape.
    pub(super) fn has_no_parent(text: &str, escape: char) -> bool {
        !text.contains("..") && !text.contains(escape)
    }
}
