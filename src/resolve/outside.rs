//! Problems of paths that lead to where nothing is taken from.

use crate::beneath::IN_REPOSITORY;
use crate::diagnostic::{Diagnostic, Place};

crate::diagnostic::declare_codes! {
    /// A file cannot be an object of the store: it lies outside of the workspace, is a symbolic
    /// link, a socket or a device, holds a link that leads out of the workspace, or has a name
    /// that objects of the store cannot have.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${../../../../../../../../../../etc/passwd}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Imports stay inside the workspace, so that a definition means the same on every machine
    /// and takes nothing from it that was not checked in. So do the Nix files and flakes that
    /// packages name by their paths, such as `../pkgs.nix#tool`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve ${./serve.yml}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    CANNOT_IMPORT = "cannot-import", Error, "a file that cannot be an object of the store";
}

/// The problem of a path that leads out of the workspace.
pub(super) fn outside(path: &str, place: Place) -> Diagnostic {
    let headline = format!("`{path}` is outside of the workspace");
    Diagnostic::new(&CANNOT_IMPORT, headline, place)
        .help("copy it into the workspace, or make a package of it")
}

/// The problem of a path that leads into a `.git`.
pub(super) fn repository(path: &str, place: Place) -> Diagnostic {
    let headline = format!("`{path}` leads into `.git`");
    Diagnostic::new(&CANNOT_IMPORT, headline, place)
        .note(IN_REPOSITORY)
        .help("import files and directories beside it")
}
