//! What a stage returns: a value, problems, or both.

use super::{Diagnostic, Severity};

/// The outcome of a stage that goes on after a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Report<T> {
    /// The result, as far as there is one.
    pub value: Option<T>,
    /// All problems in the order found.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Report<T> {
    /// A result without problems.
    pub fn ok(value: T) -> Self {
        Self {
            value: Some(value),
            diagnostics: Vec::new(),
        }
    }

    /// No result.
    pub fn failed(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            value: None,
            diagnostics,
        }
    }

    /// A result with problems, warnings for instance.
    pub fn new(value: T, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            value: Some(value),
            diagnostics,
        }
    }

    /// Whether a problem is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The next stage on this result, its problems after these.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Report<U>) -> Report<U> {
        let mut diagnostics = self.diagnostics;
        let value = self.value.and_then(|value| {
            let report = next(value);
            diagnostics.extend(report.diagnostics);
            report.value
        });
        Report { value, diagnostics }
    }

    /// The same problems with another value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Report<U> {
        Report {
            value: self.value.map(convert),
            diagnostics: self.diagnostics,
        }
    }

    /// With what `judge` makes of each problem. No value if there is an error then.
    pub fn filter_map(self, judge: impl FnMut(Diagnostic) -> Option<Diagnostic>) -> Self {
        let diagnostics = self.diagnostics.into_iter().filter_map(judge).collect();
        let report = Self {
            diagnostics,
            ..self
        };
        if report.has_errors() {
            return Self::failed(report.diagnostics);
        }
        report
    }

    /// The value, with the problems moved to `collected`.
    pub fn unpack(self, collected: &mut Vec<Diagnostic>) -> Option<T> {
        collected.extend(self.diagnostics);
        self.value
    }
}
