//! Problems of references between double braces.

crate::diagnostic::declare_codes! {
    /// What stands between `{{` and `}}` is no reference: a name, then `.name` or `[index]` any
    /// number of times, without spaces. Aurora's client refuses it wherever it stands.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = 'echo {{ role }}' }]
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
    /// processes = [{ name = "hello", cmdline = 'echo {{role}}' }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// There is no way to write literal double braces: `{{&x}}` yields `{{x}}`, but the agent then
    /// fills that in, too. A command that needs them, for another template language say, belongs
    /// into a file that the command names as `${./file}`.
    TEMPLATE_SYNTAX = "template-syntax", Error, "braces with something inside that is no reference";

    /// A `{{...}}` refers to a name that neither Aurora's client nor the agent knows where it
    /// stands.
    ///
    /// These are known: the fields of the table around the text and of the tables around that (in a
    /// command, those of the process, the task and the job: `{{name}}`, `{{role}}`,
    /// `{{announce.primary_port}}`); `mesos.role`, `mesos.cluster` and `thermos.user`; and, filled
    /// in on the node, `mesos.instance`, `mesos.hostname`, `thermos.task_id` and
    /// `thermos.ports[NAME]`, which definitions call `${job.instance}`, `${job.host}`, `${job.task_id}` and
    /// `${ports.NAME}`. Fields that are not written and have no default are unknown.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = 'serve --port {{thermos.port[http]}}' }]
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
    /// processes = [{ name = "hello", cmdline = 'serve --port ${ports.http}' }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Other text between double braces has the same trouble: see `jobc explain template-syntax`.
    UNBOUND_TEMPLATE = "unbound-template", Error, "a reference to a name that nobody knows";

    /// The value of a `{{...}}` leads back to the text that it stands in, so that filling it in
    /// would never end. A name means the nearest one: `{{name}}` in a process' name is that name
    /// itself. Values that refer to so many others, over and over, that it might as well never end
    /// are refused, too.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello-{{name}}", cmdline = "echo hello" }]
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
    /// processes = [{ name = "hello-{{role}}", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ENDLESS_TEMPLATE = "endless-template", Error, "a reference whose value contains itself";

    /// A process' name refers to a field of the process itself. Orders name the process, too, among
    /// them those that jobc adds, and there the same text means a field of the task.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello-{{max_failures}}", cmdline = "echo hello", max_failures = 3 }]
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
    /// processes = [{ name = "hello-{{role}}", cmdline = "echo hello", max_failures = 3 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    OWN_NAME = "process-name-reference", Error, "a process name that refers to the process itself";

    /// A `{{...}}` refers to a whole table or list. Aurora's client would put its own notation of
    /// it into the text, which changes from one release to the next.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = 'echo {{task.resources}}' }]
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
    /// processes = [{ name = "hello", cmdline = 'echo {{task.resources.cpu}}' }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    TEMPLATE_NOT_TEXT = "template-not-text", Error, "a reference to something that is no text";
}
