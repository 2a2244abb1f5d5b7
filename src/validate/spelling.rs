//! JSON for Aurora's client -> the same as a definition would have it.
//!
//! Values of another type than their field's are converted as the client does it, references are
//! filled in where only a known value makes sense, and structs whose kind JSON cannot say get the
//! word that a definition has for them. Everything keeps the place that it was written at.

mod ignored;
mod key;
mod path;
mod references;
mod speller;
mod tables;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::lint::Levels;
use crate::model::Settings;
use crate::source::{Node, Pointer, SourceFile};

use super::binding::Binding;
use speller::{MOST, Speller};

/// What became of a tree.
#[derive(Debug)]
pub(super) struct Spelled {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The values that were found wrong.
    pub(super) told: Vec<Pointer>,
    /// Whether the rest of the tree is worth reading.
    pub(super) goes_on: bool,
}

/// Spells the tree of `file` as a definition.
pub(super) fn spell(
    file: &Arc<SourceFile>,
    root: &mut Node,
    settings: &Settings,
    bindings: &[Binding],
) -> Spelled {
    let mut speller = Speller {
        file,
        bindings,
        levels: Levels::new(settings),
        found: Vec::new(),
        told: Vec::new(),
        deferred: Vec::new(),
        errors: 0,
        warnings: 0,
        empty: false,
    };
    speller.document(root);
    let goes_on = speller.errors <= MOST && !speller.empty;
    Spelled {
        diagnostics: speller.found,
        told: speller.told,
        goes_on,
    }
}
