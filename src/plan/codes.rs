//! Problems of the steps that jobc adds.

crate::diagnostic::declare_codes! {
    /// jobc adds a step for each process that needs something from the store, and a process of the
    /// definition already has the name of such a step. Thermos keeps one of two processes with one
    /// name and drops the other without a word.
    ///
    /// Steps are called `nix_init_PROCESS-HASH8` and, for what final processes need,
    /// `nix_fetch_PROCESS-HASH8`; with the setting `init.roots = "job"`, `nix_init-HASH8`,
    /// `nix_init_final-HASH8` and `nix_fetch-HASH8`; with `init.names = "process"` without the hash.
    NAME_TAKEN = "step-name-taken", Error, "a process with the name of a step that jobc adds";
}
