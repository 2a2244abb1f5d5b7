//! Standard error: problems and progress, never results.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use crate::diagnostic::render::{self, TextOptions};
use crate::diagnostic::{Diagnostic, Severity};

use super::args::{Color, Global, MessageFormat};
use super::exit::Exit;
use super::failure::Failure;
use super::progress::{BYTES, Progress};

/// How to talk to whoever started jobc.
///
/// Where standard error takes no more, there is nobody to tell: the exit code has to say it all.
#[derive(Debug)]
pub(super) struct Console {
    format: MessageFormat,
    color: bool,
    terminal: bool,
}

impl Default for Console {
    fn default() -> Self {
        Self {
            format: MessageFormat::Text,
            color: false,
            terminal: false,
        }
    }
}

impl Console {
    /// As the command line and the environment want it.
    pub(super) fn new(global: &Global) -> Self {
        let stderr = io::stderr();
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => AutoStream::choice(&stderr) != ColorChoice::Never,
        };
        Self {
            format: global.message_format,
            color: color && global.message_format == MessageFormat::Text,
            terminal: stderr.is_terminal(),
        }
    }

    /// Prints all there is to say at the end of a command: the problems, sorted, `remark`, how many
    /// problems they are, and why words came to nothing. Returns what all this amounts to.
    pub(super) fn close(
        &self,
        mut diagnostics: Vec<Diagnostic>,
        remark: Option<&str>,
        failures: &[Failure],
    ) -> Exit {
        render::sort(&mut diagnostics);
        let mut out = Vec::new();
        let rendered = match self.format {
            MessageFormat::Text => render::text(&diagnostics, &self.text_options(), &mut out),
            MessageFormat::Short => render::short(&diagnostics, &mut out),
            MessageFormat::Json => render::json(&diagnostics, &mut out),
        };
        rendered.expect("a vector takes all");
        print(&out);
        let summary = render::summary(&diagnostics);
        for line in remark.into_iter().chain(summary.as_deref()) {
            self.say(line);
        }
        for failure in failures {
            self.fail(failure);
        }
        let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
        if diagnostics.iter().any(wrong) {
            Exit::Wrong
        } else if failures.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        }
    }

    /// Prints why a command came to nothing.
    pub(super) fn fail(&self, failure: &Failure) {
        let text = match self.format {
            MessageFormat::Text => failure.text(self.color),
            MessageFormat::Short => failure.short(),
            MessageFormat::Json => failure.json(),
        };
        print(text.as_bytes());
    }

    /// Prints a line for people; a program reads nothing but objects.
    pub(super) fn say(&self, line: &str) {
        if self.format != MessageFormat::Json {
            print(format!("{line}\n").as_bytes());
        }
    }

    /// Whether what another program says may be shown as it comes: somebody is there to see it.
    pub(super) fn is_watched(&self) -> bool {
        self.terminal && self.format != MessageFormat::Json
    }

    /// A bar for `total` files, if anybody would see it.
    pub(super) fn progress(&self, total: usize) -> Progress {
        self.progress_of(total, "files")
    }

    /// A bar for `total` pieces of work, if anybody would see it.
    pub(super) fn progress_of(&self, total: usize, unit: &'static str) -> Progress {
        let visible = self.shows_progress();
        Progress::new(total as u64, unit, visible)
    }

    /// A bar for so many bytes, if anybody would see it.
    pub(super) fn progress_in_bytes(&self, total: u64) -> Progress {
        let visible = self.shows_progress();
        Progress::new(total, BYTES, visible)
    }

    /// Whether anybody would see progress.
    pub(super) fn shows_progress(&self) -> bool {
        self.terminal && self.format != MessageFormat::Json
    }

    /// Prints a line for people at the end of a command that went well.
    pub(super) fn remark(&self, line: &str) {
        self.say(line);
    }

    fn text_options(&self) -> TextOptions {
        let options = TextOptions {
            color: self.color,
            ..TextOptions::default()
        };
        let size = self
            .terminal
            .then(|| terminal_size::terminal_size_of(io::stderr()));
        match size.flatten() {
            Some((width, _)) => TextOptions {
                width: width.0.into(),
                ..options
            },
            None => options,
        }
    }
}

fn print(bytes: &[u8]) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(bytes);
}
