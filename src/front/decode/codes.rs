//! Problems of values that do not have the shape of what is read.

crate::diagnostic::declare_codes! {
    /// A field is not part of the definition language. A field that was ignored could be a
    /// misspelled one that mattered, so none is.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instnaces = 3
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
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Spellings of older Aurora releases are unknown, too; the message names the new place.
    UNKNOWN_FIELD = "unknown-field", Error, "a field that the definition language does not have";

    /// A field without a default was not written.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello" }]
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
    MISSING_FIELD = "missing-field", Error, "a field that has to be written is not there";

    /// A value is of another type than its field: text where a number belongs, say. Aurora's
    /// client would guess; a guess that goes wrong is only seen on the cluster, so jobc does not.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = "3"
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
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    WRONG_TYPE = "wrong-type", Error, "a value of the wrong type";

    /// A value is of the right type, but not one that its field may have: a number out of range, a
    /// size with an unknown unit, a name with a character that such names do not have, or a word
    /// that is not among the choices.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 megs", disk = "64 MB" }
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
    /// Sizes are bytes, or a whole number with `B`, `KB`, `MB`, `GB` or `TB` (or `KiB`, ...), all
    /// counted in 1024s. Durations are seconds, or a whole number with `s`, `m`, `h` or `d`.
    BAD_VALUE = "bad-value", Error, "a value that its field may not have";
}
