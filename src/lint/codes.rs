//! Problems of what settings and definitions say about lints.

use crate::diagnostic::{Chapter, Topic};

/// The problems of what settings and definitions say about lints.
pub const CODES: &[Chapter] = &[(Topic::Lints, &[&UNKNOWN_LINT, &UNUSED_WAIVER])];

crate::diagnostic::declare_codes! {
    /// The table `[lints]` of `jobc.toml` and the field `waive` of jobs and processes name lints:
    /// problems that one may be of another opinion about. Most problems are rules: what breaks them
    /// does not run in any case, so that nothing can allow it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// waive = { empty-comand = "it only holds the ports" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "true" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// `jobc explain` lists all codes, and says which of them are lints.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "", waive = { empty-command = "it only holds the ports" } },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNKNOWN_LINT = "unknown-lint", Error, "a name that no lint has";

    /// A job or a process waives a lint that has nothing to say about it: what was waived has been
    /// mended, or the waiver stands in another place than it is meant for.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// waive = { empty-command = "it only holds the ports" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Remove it: it would hide the next mistake of its kind.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A waiver of a job is for all that is said about it, one of a process for what is said about
    /// that process.
    UNUSED_WAIVER = "unused-waiver", Warn, "a waiver that waives nothing";
}
