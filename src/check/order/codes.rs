//! Problems of the order of processes.

crate::diagnostic::declare_codes! {
    /// An `order` names processes, the first to run first. One without names says nothing, and
    /// Aurora's client refuses it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = [] }]
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
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetch", "serve"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    EMPTY_ORDER = "empty-order", Error, "an order of no processes";

    /// An `order` or an `after` names a process that the task does not have. Aurora's client
    /// ignores an order in which all names are unknown, so that everything starts at once.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetsh", "serve"] }]
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
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetch", "serve"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNKNOWN_PROCESS = "unknown-process", Error, "an order that names a process which the task does not have";

    /// An `order` names a process twice, which would have to run before itself.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetch", "serve", "fetch"] }]
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
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetch", "serve"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A process that has to run again after another one is a second process, with a name of its
    /// own.
    REPEATED_PROCESS = "repeated-process", Error, "a process that an order names twice";

    /// An order joins a `final` process with an ordinary one. All final processes start after all
    /// ordinary ones have ended, so that such an order says nothing or cannot be kept; Aurora's
    /// client refuses it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "tidy", cmdline = "echo tidy", final = true, after = ["fetch"] },
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
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "tidy", cmdline = "echo tidy", final = true },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    FINAL_ORDER = "final-order", Error, "an order between a final and an ordinary process";

    /// A process is to start when a `daemon` has ended, but a daemon is started again whenever it
    /// ends: it is never done, and nothing can wait for it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "proxy", cmdline = "echo proxy", daemon = true },
    ///   { name = "serve", cmdline = "echo serve", after = ["proxy"] },
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
    /// processes = [
    ///   { name = "proxy", cmdline = "echo proxy", daemon = true },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// What has to wait until the daemon can be used waits until it is ready:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    ///
    /// [task]
    /// processes = [
    ///   { name = "proxy", cmdline = "proxy --port ${ports.proxy}", daemon = true, ready = { tcp = "${ports.proxy}" } },
    ///   { name = "serve", cmdline = "echo serve", after = [{ process = "proxy", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A daemon may wait for others.
    AFTER_DAEMON = "after-daemon", Error, "an order that waits for a daemon to end";

    /// A process is to start when an `ephemeral` one has ended. The task does not wait for
    /// ephemeral processes, so that only an ephemeral process may.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "watch", cmdline = "echo watch", ephemeral = true },
    ///   { name = "serve", cmdline = "echo serve", after = ["watch"] },
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
    /// processes = [
    ///   { name = "watch", cmdline = "echo watch", ephemeral = true },
    ///   { name = "serve", cmdline = "echo serve", after = ["watch"], ephemeral = true },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    AFTER_EPHEMERAL = "after-ephemeral", Error, "an order that lets the task wait for an ephemeral process";

    /// A process is to start when another one is ready, and that does not say how one knows: it has no
    /// `ready`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "db", cmdline = "postgres", daemon = true, ephemeral = true },
    ///   { name = "load", cmdline = "psql -f data.sql", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Write what is to be tried until it works: a `command` that exits with 0, a `tcp` port that takes
    /// connections, or an address that answers a request by `http`:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "db", cmdline = "postgres", daemon = true, ephemeral = true, ready = { command = "pg_isready" } },
    ///   { name = "load", cmdline = "psql -f data.sql", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NEVER_READY = "never-ready", Error, "a wait for a process that does not say when it is ready";

    /// Processes wait for each other in a circle, so that none of them could ever start. Each
    /// `order` and each `after` takes part, whatever it waits for; the message shows which of them make the circle.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch", after = ["serve"] },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetch", "serve"] }]
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
    /// processes = [
    ///   { name = "fetch", cmdline = "echo fetch" },
    ///   { name = "serve", cmdline = "echo serve" },
    /// ]
    /// constraints = [{ order = ["fetch", "serve"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ORDER_CYCLE = "order-cycle", Error, "processes that wait for each other";
}
