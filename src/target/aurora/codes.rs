//! Problems of writing a job in Aurora's forms.

crate::diagnostic::declare_codes! {
    /// Where a field takes one of several structs, the JSON reader of Aurora's client only tries
    /// the first. Batch and variable-batch update strategies, count and percentage SLA policies
    /// and Mesos containers exist in Aurora, but not for jobs that are given as JSON.
    ///
    /// A config file carries them all, since it has the name of each struct. With the target
    /// `aurora-config`, on the command line or as the setting `target = "aurora-config"`, jobc
    /// writes one that says what the JSON would say; it is given to the client without
    /// `--read-json`:
    ///
    /// ```console
    /// $ aurora job create $(jobc build hello --target aurora-config)
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4
    /// update_config = { update_strategy = { variable_batch = { batch_sizes = [1, 3] } } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4
    /// update_config = { batch_size = 2, wait_for_batch_completion = true }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Some strategies cannot be used for updates, whatever form the job has: see
    /// `jobc explain update-strategy`.
    NOT_IN_JSON = "not-in-json", Error, "a choice that Aurora's JSON cannot carry";
}
