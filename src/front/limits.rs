//! How much one file may hold, so that no input costs more than a fixed amount of stack, memory
//! and time.

use crate::diagnostic::{Diagnostic, Place};
use crate::front::codes::{TOO_DEEP, TOO_MANY_VALUES};

/// Lists and tables inside one another. A job needs about eight; 128 is what other readers of JSON
/// allow, and little enough to walk a tree by recursion on the smallest stack in use (2 MiB).
pub const MAX_DEPTH: usize = 128;

/// Values in one file: a few hundred megabytes of tree.
pub const MAX_VALUES: usize = 4_000_000;

/// Values that the aliases of a YAML file stand for, counted each time: what one file may cost that
/// has only a few lines, in this stage and in those after it.
pub(super) const MAX_ALIASED_VALUES: usize = 250_000;

/// Problems reported for one file: more than anyone reads, few enough to render.
pub(super) const MAX_PROBLEMS: usize = 100;

/// Tokens of a TOML file, which its grammar needs to have in memory at once (24 bytes each).
pub(super) const MAX_TOML_TOKENS: usize = 4 * MAX_VALUES;

/// Punctuation characters of a YAML file that mean something between brackets. The scanner keeps all
/// tokens of a `[...]` or `{...}` until that ends, because a `:` may follow and make it a key, and
/// each token starts at one of these.
pub(super) const MAX_YAML_PUNCTUATION: usize = 2_000_000;

/// The characters of a copied text that cost as much as one value more.
pub(super) const BYTES_PER_VALUE: usize = 64;

/// `elements` without the room that growing left: for many small lists that is most of the memory.
pub(super) fn fitted<T>(mut elements: Vec<T>) -> Vec<T> {
    elements.shrink_to_fit();
    elements
}

/// The problem of a list or table at `place` that is one too deep.
pub(super) fn too_deep(place: Place) -> Diagnostic {
    Diagnostic::new(
        &TOO_DEEP,
        format!("expected at most {MAX_DEPTH} levels of nesting, found more"),
        place,
    )
}

/// The problem of a file that has more than `most` of `things`.
pub(super) fn too_many(most: usize, things: &str, place: Place) -> Diagnostic {
    Diagnostic::new(
        &TOO_MANY_VALUES,
        format!("expected at most {most} {things} in a file, found more"),
        place,
    )
    .help("split the file")
}
