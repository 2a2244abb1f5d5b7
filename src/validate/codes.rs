//! Problems of JSON that was made for Aurora's client.

crate::diagnostic::declare_codes! {
    /// A value in JSON for Aurora's client is of another type than its field, and the client makes
    /// it that: a number of text, text of a number, a truth value of `1`, a whole number of a
    /// fraction. It goes well as long as only the client reads the JSON, and as long as the
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
}
