//! Codes for the tests of this module, which knows none of its own.

super::declare_codes! {
    /// The file does not follow the grammar of its format, so nothing in it was understood.
    ///
    /// Here is what the documentation shows an example of.
    SYNTAX = "syntax", Error, "the file is not well-formed";

    /// A command is empty or white space. The shell takes it, does nothing and succeeds.
    ///
    /// Here is what the documentation shows an example of.
    EMPTY_COMMAND = "empty-command", Warn, "a command that does nothing";
}
