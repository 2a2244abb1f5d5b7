//! Problems that are the machine's fault, not a definition's.

use std::fmt;

/// The machine could not do what it was asked: a disk that is full, a directory that may not be
/// read. Ends the run with exit code 2; definitions have nothing to do with it.
#[derive(Debug)]
pub struct MachineError {
    /// What was attempted, with the file's name.
    attempt: String,
    /// What the machine said.
    cause: String,
    /// What to do, if that is known.
    help: Option<&'static str>,
}

impl MachineError {
    /// `attempt` failed because of `cause`.
    pub fn new(attempt: impl Into<String>, cause: impl fmt::Display) -> Self {
        Self {
            attempt: attempt.into(),
            cause: cause.to_string(),
            help: None,
        }
    }

    /// With what to do: an imperative.
    #[must_use]
    pub fn with_help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }

    /// What to do.
    pub fn help(&self) -> Option<&'static str> {
        self.help
    }
}

impl fmt::Display for MachineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.attempt, self.cause)
    }
}

impl std::error::Error for MachineError {}
