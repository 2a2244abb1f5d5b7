//! Problems of the files of a workspace.

crate::diagnostic::declare_codes! {
    /// A definition, the settings or the lock is a symbolic link that leads out of the workspace.
    ///
    /// jobc reads nothing outside of the workspace, so that a proposed change cannot
    /// make it print files of the machine that checks the change. Links inside of the workspace
    /// are followed, unless they lead into a `.git`: Git keeps addresses, passwords and tokens
    /// there, which messages would print.
    ///
    /// ```text
    /// web/job.toml -> ../../shared/job.toml
    /// ```
    ///
    /// Put a copy of the file in the place of the link, or make the directory that has both the
    /// workspace: put `jobc.toml` there.
    OUTSIDE_LINK = "outside-link", Error, "a link that leads out of the workspace, or into `.git`";

    /// The lock has the marks of a merge that was not finished, `<<<<<<<` and its like.
    ///
    /// `jobc lock` reads both sides. It keeps the entries on which they agree and those that only
    /// one of them changed, and asks Nix again for the others.
    LOCK_CONFLICT = "lock-conflict", Error, "a lock whose merge was not finished";
}
