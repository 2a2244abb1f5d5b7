//! Why a command came to nothing, when no definition is to blame.

use std::io;

use annotate_snippets::{Group, Level, Renderer};

use crate::diagnostic::render::{Trouble, visible, wrap};
use crate::diagnostic::{MachineError, Severity};
use crate::git::GitError;
use crate::secret::hide;

/// The machine could not do what it was asked, or the command line made no sense.
///
/// Told as a diagnostic is, without a place: the headline makes sense alone, help is an imperative. Secrets
/// in what it is told of are hidden.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Failure {
    headline: String,
    notes: Vec<String>,
    help: Vec<String>,
    is_warning: bool,
}

impl Failure {
    /// What is wrong, in one line.
    pub(super) fn new(headline: impl AsRef<str>) -> Self {
        Self {
            headline: visible::line(&hide(headline.as_ref())),
            notes: Vec::new(),
            help: Vec::new(),
            is_warning: false,
        }
    }

    /// As something that keeps nothing from being done.
    pub(super) fn warning(&self) -> Self {
        Self {
            is_warning: true,
            ..self.clone()
        }
    }

    fn severity(&self) -> Severity {
        if self.is_warning {
            Severity::Warning
        } else {
            Severity::Error
        }
    }

    /// With something to know besides.
    #[must_use]
    pub(super) fn note(mut self, note: impl AsRef<str>) -> Self {
        self.notes.push(visible::paragraph(&hide(note.as_ref())));
        self
    }

    /// With something to do about it.
    #[must_use]
    pub(super) fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help.push(visible::paragraph(&hide(help.as_ref())));
        self
    }

    /// For people who see so many columns; without wrapping if nobody knows how many.
    pub(super) fn text(&self, color: bool, columns: Option<usize>) -> String {
        let fitted = |text: &str, before: usize| match columns {
            Some(columns) => wrap::prose(text, columns.saturating_sub(before)),
            None => text.to_owned(),
        };
        // `error: ` and ` = help: ` come before them.
        let headline = fitted(&self.headline, self.severity().to_string().len() + 2);
        let fit = |texts: &[String]| texts.iter().map(|text| fitted(text, 9)).collect();
        let (notes, help): (Vec<String>, Vec<String>) = (fit(&self.notes), fit(&self.help));
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let notes = notes.iter().map(|note| Level::NOTE.message(note));
        let help = help.iter().map(|help| Level::HELP.message(help));
        let level = if self.is_warning {
            Level::WARNING
        } else {
            Level::ERROR
        };
        let group = Group::with_title(level.primary_title(&*headline));
        let mut text = renderer.render(&[group.elements(notes).elements(help)]);
        text.push('\n');
        text
    }

    /// For editors: one line.
    pub(super) fn short(&self) -> String {
        format!("{}: {}\n", self.severity(), self.headline)
    }

    /// For programs.
    pub(super) fn trouble(&self) -> Trouble {
        Trouble {
            severity: self.severity(),
            headline: self.headline.clone(),
            help: self.help.clone(),
            notes: self.notes.clone(),
            rendered: self.text(false, None),
        }
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

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
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
