//! Problems of reading a file and of the format it is written in.

super::super::code::declare_codes! {
    /// The file does not follow the grammar of its format, so nothing in it was understood.
    ///
    /// JSON may have comments (`//` and `/* */`) and trailing commas; YAML is version 1.2; TOML is
    /// version 1.1.
    ///
    /// ```json
    /// { "name": "hello" "role": "www" }
    /// ```
    ///
    /// ```json
    /// {
    ///   "cluster": "devcluster", "role": "www", "environment": "devel", "name": "hello",
    ///   "task": {
    ///     "processes": [{ "name": "hello", "cmdline": "echo hello" }],
    ///     "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
    ///   },
    /// }
    /// ```
    SYNTAX = "syntax", Error, "the file is not well-formed";
}
