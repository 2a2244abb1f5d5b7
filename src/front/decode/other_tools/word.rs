//! A word, and the ways to explain one.

/// What a word of another tool is here.
pub(in super::super) struct Word {
    /// Its spellings, in lower case and without `_` and `-`.
    pub(super) spellings: &'static [&'static str],
    /// The field that it is: dotted, from the job, `*` for any element of a list.
    pub(in super::super) field: Option<&'static str>,
    /// What to do, if there is no such field or more to say; empty if not.
    pub(in super::super) help: &'static str,
}

/// What to write where another tool sets environment variables.
pub(in super::super) const VARIABLES: &str =
    "write variables in a process: `env = { NAME = \"value\" }`";

/// A word for a field.
pub(super) const fn field(spellings: &'static [&'static str], field: &'static str) -> Word {
    Word {
        spellings,
        field: Some(field),
        help: "",
    }
}

/// A word for a field of which there is more to say.
pub(super) const fn more(
    spellings: &'static [&'static str],
    field: &'static str,
    help: &'static str,
) -> Word {
    Word {
        spellings,
        field: Some(field),
        help,
    }
}

/// A word for what is no field.
pub(super) const fn none(spellings: &'static [&'static str], help: &'static str) -> Word {
    Word {
        spellings,
        field: None,
        help,
    }
}
