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

    /// A text refers to a job that the workspace does not define.
    /// `${jobs.NAME...}` is the job of this name with the same cluster, role and environment,
    /// `${jobs.ROLE/NAME...}` one of another role, and
    /// `${jobs.CLUSTER/ROLE/ENVIRONMENT/NAME...}` any.
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.dbs.labels.schema}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.labels.schema}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNKNOWN_JOB = "unknown-job", Error, "a reference to a job that is not there";

    /// A text refers to a job that several files define, or one file twice.
    ///
    /// ```text
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.labels.schema}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Give one of them another name or environment:
    ///
    /// ```text
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "prod"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.labels.schema}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    AMBIGUOUS_JOB = "ambiguous-job", Error, "a reference to a job that is defined twice";

    /// A text refers to a job of another role, and `[references] roles` in `jobc.toml` does not name that role.
    /// Without the setting, jobs of all roles may be referred to.
    ///
    /// ```text
    /// # jobc.toml
    /// [references]
    /// roles = ["databases"]
    /// ```
    FORBIDDEN_REFERENCE = "forbidden-reference", Error, "a reference that the settings forbid";

    /// A text refers to a label of another job, and something is wrong with that label.
    ///
    /// ```text
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "${vars.shop}"
    /// task.processes = [{ name = "db", cmdline = "serve-sql" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.labels.schema}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Mend the label:
    ///
    /// ```text
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "${vars.shop}"
    /// vars.shop = "shop"
    /// task.processes = [{ name = "db", cmdline = "serve-sql" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.labels.schema}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    BROKEN_REFERENCE = "broken-reference", Error, "a reference to a value that is wrong where it is defined";

    /// A text refers to something that depends on where a job runs, and that the target does not know before
    /// it does: on Aurora the numbers of the ports of other jobs, and their addresses, unless they are announced
    /// and `[aurora] address` in `jobc.toml` says how to look them up.
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.schema = "shop"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.address.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Say where it is reached, once:
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// labels.address = "db.example.org:5432"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve --of ${jobs.db.labels.address}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNREACHABLE_VALUE = "unreachable-value", Error, "a reference that the target cannot fill in";

    /// A text refers to something that depends on where a job runs, and what the target fills in differs
    /// from it. `jobc explain TARGET` says how.
    ///
    /// ```text
    /// # jobc.toml
    /// [aurora]
    /// address = "zk!zk.example.org:2181!/aurora/{role}/{environment}/{name}!{port}"
    /// ```
    APPROXIMATED_VALUE = "approximated-value", Warn, "a reference that the target fills in with something similar";

    /// A process waits for another job that never comes so far: no process of it has a `ready`, it is run for
    /// ever and never succeeds, it is the job itself, or it waits in turn for the job that waits for it.
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve", after = [{ job = "db", when = "ready" }] }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}", ready = { tcp = "${ports.sql}" } }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve", after = [{ job = "db", when = "ready", address = "db.example.org:5432" }] }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ENDLESS_WAIT = "endless-wait", Error, "a wait for a job that never ends";
}
