//! Problems of a job as a whole: what the scheduler would refuse once it is submitted.

super::super::code::declare_codes! {
    /// A task needs a share of a processor above zero, and at least one MiB of memory and of disk:
    /// Aurora counts whole MiB, so that less becomes nothing.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = 64, disk = "64 MB" }
    /// ```
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
    /// A number without a unit counts bytes.
    TOO_FEW_RESOURCES = "too-few-resources", Error, "less of a resource than a task can run with";

    /// The scheduler accepts jobs of certain environments only: `prod`, `devel`, `test`, and
    /// `staging` with any digits after it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "production"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "prod"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A scheduler may be set up with others: name them as
    /// `scheduler.allowed_job_environments` in `jobc.toml`.
    UNKNOWN_ENVIRONMENT = "unknown-environment", Error, "an environment that the scheduler does not accept";

    /// A service runs all the time, a cron job at its times; the scheduler refuses a job that is
    /// both.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// cron_schedule = "0 4 * * *"
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
    /// cron_schedule = "0 4 * * *"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    CRON_SERVICE = "cron-service", Error, "a service with a schedule";

    /// A `cron_schedule` has five fields: minute (0-59), hour (0-23), day of the month (1-31),
    /// month (1-12 or JAN-DEC) and day of the week (0-6 or SUN-SAT; Sunday is not 7). A field is a
    /// list, with commas, of `*`, `N`, `A-B`, `*/S` and `A-B/S`, the step of the last being smaller
    /// than `B`. One of the two day fields has to be `*`, and some day has to be one of the schedule:
    /// there is no 31 February.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// cron_schedule = "0 24 * * *"
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
    /// cron_schedule = "0 0 * * *"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// The times are those of the scheduler's time zone, by default GMT.
    CRON_SCHEDULE = "cron-schedule", Error, "a schedule that the scheduler does not understand";

    /// The constraint `dedicated` asks for hosts that are set aside for a role. It is one value
    /// `ROLE/NAME` whose role is the job's own or `*`; the scheduler refuses a limit, several
    /// values, or another role.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// constraints = { dedicated = "ads/search" }
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
    /// constraints = { dedicated = "www/search" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DEDICATED = "dedicated", Error, "a dedicated constraint that the scheduler refuses";

    /// `max_total_failures` says how many instances may fail before an update is given up. Aurora's
    /// client wants fewer than the job has instances; and, for a job on dedicated hosts, at least
    /// two percent of them.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 3
    /// update_config = { max_total_failures = 3 }
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
    /// instances = 3
    /// update_config = { max_total_failures = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UPDATE_FAILURES = "update-failures", Error, "an update that gives up too late or too early";

    /// Aurora creates the job, but refuses to start an update of it: `pulse_interval_secs` is at
    /// least 60; `watch_secs` and `pulse_interval_secs` are at most 2147483; beside an
    /// `update_strategy` there is neither a `batch_size` above 1 nor `wait_for_batch_completion`;
    /// `batch_sizes` has at least one; and a job without an `sla_policy` is not `sla_aware`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// update_config = { pulse_interval_secs = 10 }
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
    /// update_config = { pulse_interval_secs = 60 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UPDATE_CONFIG = "update-config", Error, "an update that Aurora refuses to start";

    /// A fixed number in `announce.portmap` needs hosts that the job does not share: two jobs on
    /// one host cannot both have it. Aurora's client wants the constraint `dedicated` beside it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { portmap = { http = "8080" } }
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
    /// announce = { portmap = { http = "8080" } }
    /// constraints = { dedicated = "www/web" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    STATIC_PORT = "static-port", Error, "a fixed port on shared hosts";

    /// `announce.portmap` gives a port the number of another one, and that one leads back to the
    /// first, so that none has a number.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { portmap = { http = "admin", admin = "http" } }
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
    /// announce = { portmap = { admin = "http" } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    PORT_CYCLE = "port-cycle", Error, "ports that are named after each other";

    /// An `sla_policy` limits what maintenance may take away. It has to leave at least one instance
    /// that may be taken, and the job's tier must be one from which nothing is taken, such as
    /// `preferred`; `production` does not make a difference.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// sla_policy.coordinator = { coordinator_url = "http://example.com/drain" }
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
    /// tier = "preferred"
    /// sla_policy.coordinator = { coordinator_url = "http://example.com/drain" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    SLA_POLICY = "sla-policy", Error, "an SLA policy that the scheduler refuses";

    /// Unless it is set up otherwise, the scheduler takes `count` and `percentage` policies for
    /// jobs of at least 20 instances only, and a `duration_secs` of at most two hours. How yours is
    /// set up is said as `scheduler.min_required_instances_for_sla_check` and
    /// `scheduler.max_sla_duration_secs` in `jobc.toml`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// tier = "preferred"
    /// instances = 3
    /// sla_policy.count = { count = 2, duration_secs = 60 }
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
    /// tier = "preferred"
    /// instances = 20
    /// sla_policy.count = { count = 2, duration_secs = 60 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Aurora's JSON cannot carry these policies: see `jobc explain not-in-json`.
    SLA_LIMIT = "sla-limit", Error, "an SLA policy beyond the limits of the scheduler";

    /// A tier's name has letters, digits, `_`, `-` and `.` only, and at most 255 of them.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// tier = "very important"
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
    /// tier = "preferred"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    TIER_NAME = "tier-name", Error, "a tier name that the scheduler refuses";

    /// Keys and values of `metadata` are ASCII: Aurora's client stops at any other character.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// metadata = [{ key = "owner", value = "José" }]
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
    /// metadata = [{ key = "owner", value = "Jose" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    METADATA_ASCII = "metadata-ascii", Error, "metadata beyond ASCII";

    /// Aurora's client stops with an error when it is to start an update of a job with a `queue` or a
    /// `batch` strategy (seen with releases 0.22 and 0.23). It can create such a job; where another
    /// client updates it, waive the lint: `waive = { update-strategy = "australis updates it" }`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// update_config = { update_strategy = { queue = { batch_size = 2 } } }
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
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// `batch_size` beside `wait_for_batch_completion = true` is what a `batch` strategy is.
    UPDATE_STRATEGY = "update-strategy", Deny, "a strategy that Aurora's client cannot start an update with";

    /// The executor closes a log file when it is `log_size` bytes long, and keeps so many `backups` of
    /// closed ones. It refuses to start a process if one of them is 0.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello", logger = { mode = "rotate", rotate = { backups = 0 } } }]
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
    /// processes = [{ name = "hello", cmdline = "echo hello", logger = { mode = "rotate", rotate = { backups = 1 } } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    LOG_ROTATION = "log-rotation", Error, "log files that the executor refuses to rotate";

    /// Health is checked every `interval_secs`, and each check may take `timeout_secs`. The executor
    /// divides by the one, and no task answers in no time: neither is 0.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config = { interval_secs = 0 }
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
    /// health_check_config = { interval_secs = 0.5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    HEALTH_TIMES = "health-times", Error, "health checks without time";

    /// Aurora's client knows `task_links`, but sends none of them to the scheduler, so that no web
    /// interface shows them. A task with a port named `health` or `http` gets a link by itself.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// task_links = { log = "https://example.org/log" }
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
    /// metadata = [{ key = "log", value = "https://example.org/log" }]
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    TASK_LINKS = "task-links", Warn, "links that the client does not send";
}
