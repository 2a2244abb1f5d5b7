//! Problems of what is filled in from definitions.

crate::diagnostic::declare_codes! {
    /// A text refers to a variable or a label that the job does not have.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// vars.greeting = "good morning"
    /// task.processes = [{ name = "hello", cmdline = "echo ${vars.greting}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// vars.greeting = "good morning"
    /// task.processes = [{ name = "hello", cmdline = "echo ${vars.greeting}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// `$${vars.x}` is the text `${vars.x}` itself.
    UNKNOWN_VALUE = "unknown-value", Error, "a reference to a value that the job does not have";

    /// The value of a variable or a label refers to itself, by way of others or not.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// vars = { host = "${vars.url}", url = "http://${vars.host}" }
    /// task.processes = [{ name = "hello", cmdline = "curl ${vars.url}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// vars = { host = "example.org", url = "http://${vars.host}" }
    /// task.processes = [{ name = "hello", cmdline = "curl ${vars.url}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ENDLESS_VALUE = "endless-value", Error, "a value that refers to itself";

    /// The value of a variable or a label has a reference that is read elsewhere: a package or a file,
    /// which means something only where it is used, or what only a node or Aurora knows.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// vars.url = "http://localhost:${ports.http}/"
    /// task.processes = [{ name = "hello", cmdline = "curl ${vars.url}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Write it where the value is used:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// vars.host = "localhost"
    /// task.processes = [{ name = "hello", cmdline = "curl http://${vars.host}:${ports.http}/" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    VALUE_REFERENCE = "value-reference", Error, "a value with a reference that is read elsewhere";

    /// A text has more than 128 KiB once its references are filled in, values refer to each other more
    /// than 100 times in a row, or the texts of a file take more than 64 MiB. Linux runs no longer
    /// command.
    LONG_VALUE = "long-value", Error, "a text that becomes too long";
}
