//! Problems of updates, and of policies for the scheduler's own changes.

crate::diagnostic::declare_codes! {
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
}
