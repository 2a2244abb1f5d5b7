//! Problems of waiting until a process is ready.

crate::diagnostic::declare_codes! {
    /// A probe asks by `https`. The command that waits has a shell and nothing else, and no shell speaks TLS.
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
    ///   { name = "web", cmdline = "serve", ready = { http = "https://localhost:8443/" } },
    ///   { name = "warm", cmdline = "warm-up", after = [{ process = "web", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Ask by a program that does, or only connect (`tcp`):
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
    ///   { name = "web", cmdline = "serve", ready = { command = "curl -kfsS https://localhost:8443/" } },
    ///   { name = "warm", cmdline = "warm-up", after = [{ process = "web", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    HTTPS_PROBE = "https-probe", Error, "a probe that would have to speak TLS";

    /// `ready = "health"` tries what the job's health check does. Either that is a command
    /// (`health_checker.shell`), or the process has to answer at the port `health`, or at the one that
    /// `announce.portmap` gives this name, with a status of 2xx or 3xx.
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
    ///   { name = "web", cmdline = "serve --port ${ports.http}", ready = "health" },
    ///   { name = "warm", cmdline = "warm-up", after = [{ process = "web", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
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
    ///   { name = "web", cmdline = "serve --port ${ports.health}", ready = "health" },
    ///   { name = "warm", cmdline = "warm-up", after = [{ process = "web", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    READY_HEALTH = "ready-health", Error, "a health check that does not say whether the process is ready";

    /// A final process waits until another one is ready for as long as the whole finalisation may take, or
    /// longer. Aurora ends it all when that time is over (`finalization_wait`, 30 seconds unless it is
    /// given, never more than 60), and takes the task for a success though the process never ran.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "work", cmdline = "work" },
    ///   { name = "proxy", cmdline = "proxy", final = true, ready = { tcp = 5432 } },
    ///   { name = "save", cmdline = "save", final = true, after = [{ process = "proxy", when = "ready" }] },
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
    ///   { name = "work", cmdline = "work" },
    ///   { name = "proxy", cmdline = "proxy", final = true, ready = { tcp = 5432, within = "10s" } },
    ///   { name = "save", cmdline = "save", final = true, after = [{ process = "proxy", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    READY_AFTER_END = "ready-after-end", Error, "a final process that waits longer than the finalisation";

    /// `max_concurrency` leaves no room for what waits until a process is ready: that process runs, all
    /// daemons do, and what waits runs beside them. With less room, Thermos starts what happens to
    /// come first, and a wait takes the place of what it waits for.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// max_concurrency = 1
    /// processes = [
    ///   { name = "db", cmdline = "postgres", ephemeral = true, ready = { tcp = 5432 } },
    ///   { name = "load", cmdline = "load", after = [{ process = "db", when = "ready" }] },
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
    /// max_concurrency = 2
    /// processes = [
    ///   { name = "db", cmdline = "postgres", ephemeral = true, ready = { tcp = 5432 } },
    ///   { name = "load", cmdline = "load", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    READY_CONCURRENCY = "ready-concurrency", Error, "too little concurrency for what waits";

    /// A process waits until another one is ready, and the task bears failures (`max_failures` other than
    /// 1). When the other one never gets ready, what waits for it fails, and Thermos takes that for one
    /// failure of several: as long as any process is left, the task stays as it is, for ever, without the
    /// process that waits.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    ///
    /// [task]
    /// max_failures = 2
    /// processes = [
    ///   { name = "db", cmdline = "postgres", daemon = true, ready = { tcp = 5432 } },
    ///   { name = "web", cmdline = "serve", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
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
    ///   { name = "db", cmdline = "postgres", daemon = true, ready = { tcp = 5432 } },
    ///   { name = "web", cmdline = "serve", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    READY_FAILURES = "ready-failures", Deny, "a wait whose failure the task bears for ever";

    /// An ephemeral process waits until more than 32 others are ready, those included that these wait for.
    /// It waits for each by its own command, since Thermos lets no other process wait in its place.
    ///
    /// Let an ordinary process wait for them, and the ephemeral one come `after` that.
    READY_TOO_MANY = "ready-too-many", Error, "an ephemeral process that waits for too many others";

    /// A probe refers to a value that is not known when the job is compiled: a command with packages or files
    /// in it, or an image whose digest a registry knows. It is tried by another process than the one that
    /// it stands in, so that Aurora cannot fill it in either.
    ///
    /// Write the value itself.
    PROBE_REFERENCE = "probe-reference", Error, "a probe with a reference that is not known";

    /// A process waits until another one is ready, and that one comes after an `ephemeral` process. What
    /// waits comes after all that the other one comes after, so that its time begins when that may start;
    /// but Thermos lets nothing that the task waits for come after an ephemeral process. So the time begins
    /// earlier here.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "fetch", cmdline = "fetch", ephemeral = true },
    ///   { name = "db", cmdline = "postgres", ephemeral = true, after = ["fetch"], ready = { tcp = 5432 } },
    ///   { name = "load", cmdline = "load", after = [{ process = "db", when = "ready" }] },
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
    ///   { name = "fetch", cmdline = "fetch" },
    ///   { name = "db", cmdline = "postgres", ephemeral = true, after = ["fetch"], ready = { tcp = 5432 } },
    ///   { name = "load", cmdline = "load", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    READY_TOO_EARLY = "ready-too-early", Warn, "a wait whose time begins before the process may start";

    /// Others wait until a daemon is ready, in a job that is no service. The task waits for the daemon, too,
    /// which never ends: it runs for ever.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "db", cmdline = "postgres", daemon = true, ready = { tcp = 5432 } },
    ///   { name = "load", cmdline = "load", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// With `ephemeral`, it is ended when the others are done:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "db", cmdline = "postgres", daemon = true, ephemeral = true, ready = { tcp = 5432 } },
    ///   { name = "load", cmdline = "load", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ENDLESS_DAEMON = "endless-daemon", Warn, "a task that never ends, because a daemon in it does not";

    /// Health checks begin when the task does. What waits until others are ready may start after the grace
    /// period of `initial_interval_secs` (15 seconds unless it is given), so that an instance on which all is
    /// well, but slow, is taken for a failed one. Counted are `within` of all that wait for each other, and
    /// the download of what they need.
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
    ///   { name = "db", cmdline = "postgres", daemon = true, ready = { tcp = 5432, within = "60s" } },
    ///   { name = "web", cmdline = "serve --port ${ports.health}", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// health_check_config = { initial_interval_secs = 75 }
    ///
    /// [task]
    /// processes = [
    ///   { name = "db", cmdline = "postgres", daemon = true, ready = { tcp = 5432, within = "60s" } },
    ///   { name = "web", cmdline = "serve --port ${ports.health}", after = [{ process = "db", when = "ready" }] },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    LATE_READY = "late-ready", Warn, "a wait that may outlast the grace period of health checks";
}
