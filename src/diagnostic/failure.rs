//! Why a command came to nothing, when no definition is to blame.

use std::io;

use crate::secret::hide;

use super::render::visible;
use super::{MachineError, Severity};

/// The machine could not do what it was asked, or the command line made no sense.
///
/// Told as a diagnostic is, without a place: the headline makes sense alone, help is an imperative. Secrets
/// in what it is told of are hidden.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    headline: String,
    notes: Vec<String>,
    help: Vec<String>,
    severity: Severity,
}

impl Failure {
    /// What is wrong, in one line.
    pub fn new(headline: impl AsRef<str>) -> Self {
        Self {
            headline: visible::line(&hide(headline.as_ref())),
            notes: Vec::new(),
            help: Vec::new(),
            severity: Severity::Error,
        }
    }

    /// As something that keeps nothing from being done.
    #[must_use]
    pub fn warning(&self) -> Self {
        Self {
            severity: Severity::Warning,
            ..self.clone()
        }
    }

    /// With something to know besides.
    #[must_use]
    pub fn note(mut self, note: impl AsRef<str>) -> Self {
        self.notes.push(visible::paragraph(&hide(note.as_ref())));
        self
    }

    /// With something to do about it.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help.push(visible::paragraph(&hide(help.as_ref())));
        self
    }

    /// Whether it kept something from being done.
    pub(super) fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong.
    pub(super) fn headline(&self) -> &str {
        &self.headline
    }

    /// What to know besides.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What to do, each an imperative.
    pub(super) fn helps(&self) -> &[String] {
        &self.help
    }
}

impl From<MachineError> for Failure {
    fn from(error: MachineError) -> Self {
        let failure = Self::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}
