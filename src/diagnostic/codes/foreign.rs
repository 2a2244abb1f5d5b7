//! Problems of files that were not written for jobc.

super::super::code::declare_codes! {
    /// The file is something else than its name says: a file of another program, or one in another
    /// format.
    ///
    /// It is told once, as what it is, and nothing else is said about it: as a definition, hardly a
    /// line of it would be right.
    ///
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: hello
    /// spec:
    ///   replicas: 3
    ///   template:
    ///     spec:
    ///       containers:
    ///         - name: hello
    ///           image: busybox
    ///           command: ["echo", "hello"]
    /// ```
    ///
    /// Write what it says in the words of a definition.
    ///
    /// ```yaml
    /// cluster: devcluster
    /// role: www
    /// environment: devel
    /// name: hello
    /// instances: 3
    /// task:
    ///   processes: [{ name: hello, cmdline: echo hello }]
    ///   resources: { cpu: 1, ram: 64 MB, disk: 64 MB }
    /// ```
    FOREIGN_FILE = "foreign-file", Error, "the file is something else than its name says";

    /// A value in JSON for Aurora's client is of another type than its field, and the client makes
    /// it that: a number of text, text of a number, a truth value of `1`, a whole number of a
    /// fraction. It goes well as long as nobody reads the JSON but the client, and as long as the
    /// guess is right: `2.7` instances are two.
    ///
    /// ```aurora
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "instances": "3",
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///     "resources": { "cpu": 1, "ram": 67108864, "disk": 67108864 }
    ///   }
    /// }
    /// ```
    ///
    /// ```aurora
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "instances": 3,
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///     "resources": { "cpu": 1, "ram": 67108864, "disk": 67108864 }
    ///   }
    /// }
    /// ```
    ///
    /// `jobc validate` says so; in a definition it is an error.
    COERCED_VALUE = "coerced-value", Warn, "a value of another type than its field";

    /// A field in JSON for Aurora's client is read and then left alone: whatever stands beside the
    /// list `jobs`, and a health check over HTTP beside one by a command.
    ///
    /// ```aurora
    /// {
    ///   "owner": "www",
    ///   "jobs": [{
    ///     "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///     "task": {
    ///       "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///       "resources": { "cpu": 1, "ram": 67108864, "disk": 67108864 }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ```aurora
    /// {
    ///   "jobs": [{
    ///     "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///     "task": {
    ///       "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///       "resources": { "cpu": 1, "ram": 67108864, "disk": 67108864 }
    ///     }
    ///   }]
    /// }
    /// ```
    IGNORED_FIELD = "ignored-field", Warn, "a field that Aurora reads and does not use";

    /// A file looks like a definition or like settings, and has nearly the name of one, but not
    /// exactly: jobc does not read it, and builds and checks go well without it.
    ///
    /// ```text
    /// web/jobs.toml
    /// web/Job.toml
    /// web/job.toml.txt
    /// jobc.yaml
    /// ```
    ///
    /// Definitions are called `job.toml`, in a directory of their own, or `NAME.job.toml`; `json`,
    /// `yaml` and `yml` are as good as `toml`. Settings are called `jobc.toml`. A file that is put
    /// away on purpose is safe as `job.toml.bak`.
    MISNAMED_FILE = "misnamed-file", Warn, "a file that is nearly called like a definition";
}
