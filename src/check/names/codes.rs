//! Problems of names.

crate::diagnostic::declare_codes! {
    /// A task runs its processes; without one it has nothing to do. Aurora takes such a task and
    /// starts instances that end at once.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = []
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
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NO_PROCESSES = "no-processes", Error, "a task without processes";

    /// Two processes of a task have the same name. The agent keeps processes by name, so that one
    /// of the two would silently never run.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "hello", cmdline = "echo hello" },
    ///   { name = "hello", cmdline = "echo world" },
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
    ///   { name = "hello", cmdline = "echo hello" },
    ///   { name = "world", cmdline = "echo world" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DUPLICATE_PROCESS = "duplicate-process", Error, "two processes of one name";

    /// A process' name cannot be that of a directory, and the agent makes one for the process' logs:
    /// it has at most 255 bytes, of which a character beyond ASCII takes several, no `/`, and no
    /// period in front. If there are references in it, that is so once they are filled in.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [[task.processes]]
    /// name = "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"
    /// cmdline = "echo hello"
    ///
    /// [task.resources]
    /// cpu = 1
    /// ram = "64 MB"
    /// disk = "64 MB"
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [[task.processes]]
    /// name = "é"
    /// cmdline = "echo hello"
    ///
    /// [task.resources]
    /// cpu = 1
    /// ram = "64 MB"
    /// disk = "64 MB"
    /// ```
    PROCESS_NAME = "process-name", Error, "a process name that no directory can have";

    /// The job has no `name` of its own and would be called like its task, which is called like its
    /// first process unless it has a name. That name is no name for a job: those have letters,
    /// digits, `_`, `-` and `.` only, and are known before the job is started.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    ///
    /// [task]
    /// processes = [{ name = "say hello", cmdline = "echo hello" }]
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
    /// processes = [{ name = "say hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNNAMED_JOB = "unnamed-job", Error, "a job without a name whose task's name is no job name";

    /// Two jobs of one file have the same key `CLUSTER/ROLE/ENVIRONMENT/NAME`. The key is all that
    /// tells jobs apart: Aurora's client refuses to choose.
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// task.processes = [{ name = "world", cmdline = "echo world" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// task.processes = [{ name = "hello", cmdline = "echo hello" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "world"
    /// task.processes = [{ name = "world", cmdline = "echo world" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DUPLICATE_JOB = "duplicate-job", Error, "two jobs of one key";
}
