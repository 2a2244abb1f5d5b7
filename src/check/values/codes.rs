//! Problems of the values that a process starts with.

crate::diagnostic::declare_codes! {
    /// A variable, a directory or a path of a process has a NUL character. The kernel ends texts there.
    NUL_IN_VALUE = "nul-in-value", Error, "a value with a NUL character";

    /// `directory`, or an element of `path`, is no directory: it is empty, or has a colon, which ends a
    /// directory in `PATH`. An empty one in `PATH` is the current directory, whatever that is.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", path = ["/opt/a/bin:/opt/b/bin"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", path = ["/opt/a/bin", "/opt/b/bin"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NO_DIRECTORY = "no-directory", Error, "a directory that cannot be one";

    /// `file` of a variable is a file of the node, whose directories the definition knows nothing of: its
    /// path is absolute.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", env = { TOKEN = { file = "token" } } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", env = { TOKEN = { file = "/run/hello/token" } } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    RELATIVE_FILE = "relative-file", Error, "a file of a variable whose path is not absolute";

    /// A process has `path`, which is put before the `PATH` that is there, and sets `PATH` itself.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "serve", env = { PATH = "/usr/bin" }, path = ["/opt/bin"] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", path = ["/opt/bin", "/usr/bin"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    PATH_TWICE = "path-twice", Error, "`PATH` beside `path`";

    /// The values of `env`, `path` and `directory` are literal: no shell reads them. A `$HOME`, a `$(...)` or a
    /// `~/` in one stays what it is.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve", env = { PATH = "/opt/bin:$PATH" } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Write `path` for `PATH`, and set in the command what its shell has to expand:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "export CACHE=\"$HOME/cache\"; exec serve", path = ["/opt/bin"] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// `$${` is a literal `${`, of which nothing is said.
    UNEXPANDED_VALUE = "unexpanded-value", Warn, "what a shell would expand, where none does";
}
