//! What a file is there for, by its name.

use std::path::Path;

/// What a file is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Role {
    /// A definition of jobs.
    Definition,
    /// `jobc.toml`.
    Settings,
    /// `jobc.lock`.
    Lock,
    /// JSON for Aurora's client.
    ClientJson,
}

impl Role {
    /// The role of a file that a workspace has under this name.
    pub(in super::super) fn of_name(name: &str) -> Self {
        match Path::new(name).file_name().and_then(|name| name.to_str()) {
            Some("jobc.toml") => Self::Settings,
            Some("jobc.lock") => Self::Lock,
            _ => Self::Definition,
        }
    }

    /// As a headline continues after "expected".
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Definition => "a job's definition",
            Self::Settings => "settings of jobc",
            Self::Lock => "a lock",
            Self::ClientJson => "JSON for Aurora",
        }
    }
}
