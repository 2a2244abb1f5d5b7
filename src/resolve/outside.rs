//! Problems of paths that lead to where nothing is taken from.

use crate::beneath::IN_REPOSITORY;
use crate::diagnostic::codes::packages as codes;
use crate::diagnostic::{Diagnostic, Place};

/// The problem of a path that leads out of the workspace.
pub(super) fn outside(path: &str, place: Place) -> Diagnostic {
    let headline = format!("`{path}` is outside of the workspace");
    Diagnostic::new(&codes::CANNOT_IMPORT, headline, place)
        .help("copy it into the workspace, or make a package of it")
}

/// The problem of a path that leads into a `.git`.
pub(super) fn repository(path: &str, place: Place) -> Diagnostic {
    let headline = format!("`{path}` leads into `.git`");
    Diagnostic::new(&codes::CANNOT_IMPORT, headline, place)
        .note(IN_REPOSITORY)
        .help("import files and directories beside it")
}
