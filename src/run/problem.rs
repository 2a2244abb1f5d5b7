//! What keeps a job from being run.

use std::fmt;

/// What keeps a job from being run: where, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub(super) at: String,
    what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            return f.write_str(&self.what);
        }
        write!(f, "`{}`: {}", self.at, self.what)
    }
}

impl Problem {
    pub(super) fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            what: what.into(),
        }
    }

    /// As a problem of a whole file.
    #[must_use]
    pub fn of_file(&self, name: &str) -> Self {
        Self::new(name, self.to_string())
    }
}
