//! Problems of what all of Aurora's layers accept, and what still does not work.

super::super::code::declare_codes! {
    /// The definition says how health is checked, and checks go to the port named `health`, which no
    /// process binds. The executor then logs a line and takes the task for healthy, whatever happens.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config = { interval_secs = 5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Let a process answer `/health` on that port, give its name to another port in
    /// `announce.portmap`, or check by a command:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config = { interval_secs = 5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[health]}}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NO_OP_HEALTH_CHECK = "no-op-health-check", Warn, "a health check that nobody makes";

    /// Before a task is killed, the executor asks it to stop at the port that `lifecycle.http.port` names,
    /// `health` unless it is given. No process binds that port, so that nothing is asked and the
    /// task is killed at once.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// lifecycle = { http = { graceful_shutdown_wait_secs = 30 } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Name a port that a process binds:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// lifecycle = { http = { port = "http", graceful_shutdown_wait_secs = 30 } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[http]}}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NO_OP_LIFECYCLE = "no-op-lifecycle", Warn, "requests to stop that nobody gets";

    /// Health checks begin when the task does, and the first thing that it does is to fetch its closure.
    /// What `initial_interval_secs` (15 seconds unless it is given) leaves of the grace period is all
    /// that the program has for itself: with too little, every new instance fails on a node that does
    /// not have the closure yet, and an update fails with it.
    ///
    /// The size of the closure is known from `jobc.lock`; how fast nodes take it in is the setting
    /// `nodes.bandwidth` in `jobc.toml`, 100 MB a second unless it is given. Closures that the lock does
    /// not have count as nothing.
    SHORT_GRACE_PERIOD = "short-grace-period", Warn, "a grace period that a download is likely to outlast";

    /// Instances are announced with the port that `announce.primary_port` names, `http` unless it is
    /// given. No process binds it, and `announce.portmap` does not name it: there is nothing to connect to.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = {}
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[web]}}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { primary_port = "web" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[web]}}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNBOUND_PRIMARY_PORT = "unbound-primary-port", Warn, "an announced port that no process binds";

    /// With `watch_secs = 0`, an instance is updated as soon as it runs. That is meant for tasks whose
    /// health is checked, since they only count as running when they are healthy. Without a check, a
    /// program that crashes in its first second replaces all instances of one that worked.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// update_config = { watch_secs = 0 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// update_config = { watch_secs = 30 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNWATCHED_UPDATE = "unwatched-update", Warn, "an update that no instance can fail";

    /// `production` is deprecated in favour of `tier`, and Aurora's client says so each time. The scheduler
    /// takes `production = true` for the tier `preferred`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// production = true
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// tier = "preferred"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DEPRECATED_PRODUCTION = "deprecated-production", Warn, "a job that asks for its tier by `production`";

    /// To wait for a process is to wait until it has *ended*, with success. A process that serves a port
    /// of the service does not end, and neither does `sleep infinity`: what waits for it never starts.
    /// (To wait for a `daemon` is an error.)
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// health_check_config = {}
    ///
    /// [task]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[task.processes]]
    /// name = "server"
    /// cmdline = "serve --port {{thermos.ports[health]}}"
    ///
    /// [[task.processes]]
    /// name = "warm-up"
    /// cmdline = "request-all-pages"
    /// after = ["server"]
    /// ```
    ///
    /// Start both together, and let the second one look for itself whether the first is ready:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// health_check_config = {}
    ///
    /// [task]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[task.processes]]
    /// name = "server"
    /// cmdline = "serve --port {{thermos.ports[health]}}"
    ///
    /// [[task.processes]]
    /// name = "warm-up"
    /// cmdline = "until request-all-pages; do sleep 1; done"
    /// ```
    ///
    /// The task is over as soon as all processes that are not `ephemeral` have ended. So an ephemeral
    /// process that waits for all of them is stopped when it starts, and a task of ephemeral processes
    /// alone is over at once.
    UNREACHABLE_PROCESS = "unreachable-process", Warn, "a process that no run of the task comes to";

    /// `update_config` says how a job is updated, and this one never is: the scheduler updates services
    /// alone, and refuses an update of any other job. Cron jobs are replaced by `aurora cron schedule`,
    /// others are killed and created again.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    FUTILE_UPDATE = "futile-update", Warn, "an update of what is never updated";

    /// An update replaces so many instances at a time, and there are not as many. So all of them stop
    /// together, and nothing answers until the first of the new ones is up.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4
    /// service = true
    /// update_config = { batch_size = 5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4
    /// service = true
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// In a list of batches, the ones for which no instance is left are never made.
    OVERSIZED_BATCH = "oversized-batch", Warn, "a batch of more instances than the job has";

    /// Thermos waits `min_duration` between two runs of a process, 5 seconds unless it is given. Without
    /// a wait, a process that is run again and again can bring Thermos itself down after some dozens
    /// of runs ("Could not acquire checkpoint permission"), and the task with it. A process is run
    /// again if it is a daemon, or if its `max_failures` is 0 or above 1.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run", daemon = true, min_duration = 0 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Give it a second at least:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run", daemon = true, min_duration = 1 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    RERUN_WITHOUT_WAIT = "rerun-without-wait", Warn, "a process that is run again and again without a wait";
}
