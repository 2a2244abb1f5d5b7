//! Problems of layers.

crate::diagnostic::declare_codes! {
    /// A layer says `environment` and `environments`: the one makes one job, the other a job for each.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [environments.prod]
    /// instances = 3
    /// ```
    ///
    /// Make the one another of the several:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// name = "hello"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [environments.devel]
    ///
    /// [environments.prod]
    /// instances = 3
    /// ```
    ENVIRONMENT_TWICE = "environment-twice", Error, "`environment` beside `environments`";

    /// A job or a process that is written under its name says another name inside.
    ///
    /// ```toml
    /// [jobs.hello]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "greeting"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Leave one of the names out:
    ///
    /// ```toml
    /// [jobs.hello]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NAMED_TWICE = "named-twice", Error, "two names for one thing";

    /// A layer changes a process that the job does not have. An entry with a `cmdline` is a new process; one
    /// without changes the process of its name.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// name = "hello"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [environments.prod.task.processes.helo]
    /// max_failures = 3
    /// ```
    ///
    /// Write the name as the job has it:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// name = "hello"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [environments.prod.task.processes.hello]
    /// max_failures = 3
    /// ```
    UNKNOWN_PROCESS_IN_LAYER = "unknown-process-in-layer", Error, "a layer speaks of a process that is not there";

    /// `unset` names what no lower layer says.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// name = "hello"
    /// instances = 2
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [environments.devel]
    /// unset = ["instance"]
    /// ```
    ///
    /// Write the path as the lower layer has it: fields with dots in between, names of processes after
    /// `task.processes`, names with dots in quotes.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// name = "hello"
    /// instances = 2
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [environments.devel]
    /// unset = ["instances"]
    /// ```
    UNSET_NOTHING = "unset-nothing", Error, "`unset` of what is not there";

    /// `waive` stands in defaults: a waiver gives a reason for one job, and defaults are for all.
    ///
    /// ```toml
    /// [defaults]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// waive = { literal-secret = "it is public" }
    ///
    /// [jobs.hello]
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Waive the lint in each job that needs it, or set its level for the workspace with `[lints]` in
    /// `jobc.toml`:
    ///
    /// ```toml
    /// [defaults]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    ///
    /// [jobs.hello]
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    WAIVED_IN_DEFAULTS = "waived-in-defaults", Error, "`waive` in defaults";
}
