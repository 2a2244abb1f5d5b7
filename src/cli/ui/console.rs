//! What a command says of problems and of its progress, never its results; but where finding
//! problems is all that is asked for, they are the result.
//!
//! Text and lines for people go to standard error as they come. What programs read goes there, too,
//! in a line for each problem or as one document at the end; of commands that only check, it goes to
//! standard output, all at once, and people are told on standard error what came of it.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::cli::ui::exit::Exit;
use crate::cli::ui::options::{Color, MessageFormat};
use crate::cli::ui::progress::{Audience, BYTES, Progress};
use crate::cli::ui::{output, terminal};
use crate::diagnostic::render::{self, LookedAt, Outcome, TextOptions, wrap};
use crate::diagnostic::{Diagnostic, Failure, Redacted, Severity, once};
use crate::secret::{hide, hide_in_json};

/// How to talk to the user.
///
/// Where standard error takes no more, only the exit code tells how the run ended.
#[derive(Debug)]
pub(crate) struct Console {
    format: MessageFormat,
    color: bool,
    terminal: bool,
    manner: Manner,
    report: Mutex<Collected>,
}

/// How a command treats problems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    pub(crate) channel: Channel,
    pub(crate) warnings: Warnings,
}

/// Where programs read the problems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Channel {
    /// On standard output: they are what was asked for.
    Stdout,
    /// On standard error, beside the result.
    #[default]
    Stderr,
}

/// What becomes of warnings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Warnings {
    /// They are told.
    #[default]
    Allowed,
    /// They are errors.
    Denied,
}

/// What is said at the end.
#[derive(Debug, Default)]
struct Collected {
    diagnostics: Redacted,
    failures: Vec<Failure>,
    jobs: Vec<LookedAt>,
    /// The last lines for people.
    closing: Vec<String>,
}

impl Console {
    /// As the command line and the environment want it.
    pub(crate) fn new(format: MessageFormat, color: Color, manner: Manner) -> Self {
        let stderr = io::stderr();
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => AutoStream::choice(&stderr) != ColorChoice::Never,
        };
        Self {
            color: color && format == MessageFormat::Text,
            terminal: stderr.is_terminal(),
            ..Self::plain(format, manner)
        }
    }

    /// Without colours and bars.
    pub(crate) fn plain(format: MessageFormat, manner: Manner) -> Self {
        Self {
            format,
            color: false,
            terminal: false,
            manner,
            report: Mutex::default(),
        }
    }

    /// Tells all there is to say at the end of a command: the problems, sorted, `remark`, how many
    /// problems they are, and which words named nothing. Returns how the command ends.
    pub(crate) fn close(
        &self,
        diagnostics: Vec<Diagnostic>,
        remark: Option<&str>,
        failures: &[Failure],
    ) -> Exit {
        let mut diagnostics = once(diagnostics);
        if self.manner.warnings == Warnings::Denied {
            for problem in &mut diagnostics {
                problem.severity = Severity::Error;
            }
        }
        render::sort(&mut diagnostics);
        let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
        let exit = if diagnostics.iter().any(wrong) {
            Exit::Wrong
        } else if failures.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        };
        let summary = render::summary(&diagnostics);
        let lines = remark.into_iter().chain(summary.as_deref());
        match self.manner.channel {
            Channel::Stdout => {
                let lines = lines.map(|line| hide(line).into_owned());
                self.report().closing.extend(lines);
                self.tell_problems(diagnostics);
            }
            Channel::Stderr => {
                self.tell_problems(diagnostics);
                for line in remark.into_iter().chain(summary.as_deref()) {
                    self.say(line);
                }
            }
        }
        for failure in failures {
            self.fail(failure);
        }
        exit
    }

    /// Whether any of these problems is an error to this command.
    pub(crate) fn refuses(&self, diagnostics: &[Diagnostic]) -> bool {
        let denied = self.manner.warnings == Warnings::Denied;
        let mut problems = diagnostics.iter();
        problems.any(|problem| denied || problem.severity == Severity::Error)
    }

    /// Whether the report lists the jobs that were looked at.
    pub(crate) fn lists_jobs(&self) -> bool {
        self.format == MessageFormat::Junit
    }

    /// Notes jobs that were looked at, for reports that list them.
    pub(crate) fn looked_at(&self, jobs: impl IntoIterator<Item = LookedAt>) {
        if self.lists_jobs() {
            let hidden = jobs.into_iter().map(|job| LookedAt {
                file: hide(&job.file).into_owned(),
                key: hide(&job.key).into_owned(),
                ..job
            });
            self.report().jobs.extend(hidden);
        }
    }

    /// Has programs told at the end why a command came to nothing; people know already.
    pub(crate) fn note(&self, failure: &Failure) {
        if self.is_deferred() {
            self.report().failures.push(failure.clone());
        }
    }

    /// Tells why a command came to nothing.
    pub(crate) fn fail(&self, failure: &Failure) {
        self.note(failure);
        match self.format {
            MessageFormat::Text => self.print_failure(failure),
            MessageFormat::Short => print(&lines(|out| render::failure_short(failure, out))),
            _ if self.manner.channel == Channel::Stdout => {
                self.print_failure(failure);
            }
            MessageFormat::Json => {
                print(&lines(|out| render::json_failure(failure, out)));
            }
            MessageFormat::Github => print(&lines(|out| render::github_failure(failure, out))),
            MessageFormat::Sarif | MessageFormat::Junit => {}
        }
    }

    fn print_failure(&self, failure: &Failure) {
        print(&lines(|out| {
            render::failure_text(failure, &self.text_options(), out)
        }));
    }

    /// Tells something to know that is no problem of a definition.
    pub(crate) fn warn(&self, failure: &Failure) {
        self.fail(&failure.warning());
    }

    /// Says the rest: what is said at the end, when it is known how the command ended.
    pub(crate) fn finish(self, exit: Exit) -> Exit {
        let document = self.document(exit);
        let printed = match self.manner.channel {
            Channel::Stdout => output::print_as_it_is(&String::from_utf8_lossy(&document)),
            Channel::Stderr => {
                print(&document);
                Ok(())
            }
        };
        let exit = printed.err().map_or(exit, |failure| {
            self.print_failure(&failure);
            Exit::Failed
        });
        for line in &self.report().closing {
            print(format!("{line}\n").as_bytes());
        }
        exit
    }

    /// What was kept for the end, for programs.
    fn document(&self, exit: Exit) -> Vec<u8> {
        if !self.is_deferred() {
            return Vec::new();
        }
        let report = self.report();
        let root = output::root();
        let outcome = Outcome {
            diagnostics: &report.diagnostics,
            failures: &report.failures,
            jobs: &report.jobs,
            exit_code: exit.code(),
            root: &root,
        };
        lines(|out| match self.format {
            MessageFormat::Text | MessageFormat::Short => Ok(()),
            MessageFormat::Json => {
                render::json(outcome.diagnostics, out)?;
                let mut failures = outcome.failures.iter();
                failures.try_for_each(|failure| render::json_failure(failure, out))
            }
            MessageFormat::Github => {
                render::github(outcome.diagnostics, outcome.root, out)?;
                let mut failures = outcome.failures.iter();
                failures.try_for_each(|failure| render::github_failure(failure, out))
            }
            MessageFormat::Sarif => render::sarif(&outcome, out),
            MessageFormat::Junit => render::junit(&outcome, out),
        })
    }

    fn tell_problems(&self, diagnostics: Vec<Diagnostic>) {
        let diagnostics = Redacted::new(diagnostics);
        if self.is_deferred() {
            self.report().diagnostics.extend(diagnostics);
            return;
        }
        print(&lines(|out| match self.format {
            MessageFormat::Text => render::text(&diagnostics, &self.text_options(), out),
            MessageFormat::Short => render::short(&diagnostics, out),
            MessageFormat::Json => render::json(&diagnostics, out),
            MessageFormat::Github => render::github(&diagnostics, &output::root(), out),
            // These are documents about the whole run.
            MessageFormat::Sarif | MessageFormat::Junit => Ok(()),
        }));
    }

    /// Whether all is said at the end.
    fn is_deferred(&self) -> bool {
        match self.format {
            MessageFormat::Text | MessageFormat::Short => false,
            MessageFormat::Json | MessageFormat::Github => self.manner.channel == Channel::Stdout,
            MessageFormat::Sarif | MessageFormat::Junit => true,
        }
    }

    /// Whether a program reads what is said on standard error, and nothing but what it knows.
    fn is_read(&self) -> bool {
        match self.format {
            MessageFormat::Text | MessageFormat::Short => false,
            _ => self.manner.channel == Channel::Stderr,
        }
    }

    fn report(&self) -> MutexGuard<'_, Collected> {
        // What was collected is right whatever a thread died of.
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints what came of a command: `text` for people, `object` for programs.
    pub(crate) fn tell(&self, text: &str, object: &impl Serialize) {
        match self.format {
            MessageFormat::Json => {
                let line = serde_json::to_string(object).expect("a result becomes JSON");
                print(format!("{}\n", hide_in_json(&line)).as_bytes());
            }
            MessageFormat::Sarif | MessageFormat::Junit => {}
            MessageFormat::Text | MessageFormat::Short | MessageFormat::Github => {
                print(hide(text).as_bytes());
            }
        }
    }

    /// Prints a line for people; a program reads nothing but what it knows.
    pub(crate) fn say(&self, line: &str) {
        if !self.is_read() {
            let line = hide(line);
            let line = match self.columns() {
                Some(columns) => wrap::prose(&line, columns),
                None => line.into_owned(),
            };
            print(format!("{line}\n").as_bytes());
        }
    }

    /// Whether what another program says may be shown as it comes, because a person reads it.
    pub(crate) fn is_watched(&self) -> bool {
        self.terminal && !self.is_read()
    }

    /// A bar for `total` files, if a terminal shows it.
    pub(crate) fn progress(&self, total: usize) -> Progress {
        self.progress_of(total, "files")
    }

    /// A bar for `total` pieces of work, if a terminal shows it.
    pub(crate) fn progress_of(&self, total: usize, unit: &'static str) -> Progress {
        Progress::new(total as u64, unit, self.audience())
    }

    /// A bar for `total` bytes, if a terminal shows it.
    pub(crate) fn progress_in_bytes(&self, total: u64) -> Progress {
        Progress::new(total, BYTES, self.audience())
    }

    fn audience(&self) -> Audience {
        if self.shows_progress() {
            Audience::Terminal
        } else {
            Audience::Nobody
        }
    }

    /// Where progress is shown.
    pub(crate) fn shows_progress(&self) -> bool {
        self.is_watched()
    }

    /// Prints a line for people at the end of a command that went well.
    pub(crate) fn remark(&self, line: &str) {
        self.say(line);
    }

    fn text_options(&self) -> TextOptions {
        let options = TextOptions {
            color: self.color,
            ..TextOptions::default()
        };
        match self.columns() {
            Some(width) => TextOptions {
                width,
                wraps: true,
                ..options
            },
            None => options,
        }
    }

    /// How many columns a reader of problems sees, if that is known.
    fn columns(&self) -> Option<usize> {
        match self.format {
            MessageFormat::Text => terminal::seen_of(&io::stderr()),
            _ => None,
        }
    }
}

/// What a renderer writes.
fn lines(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Vec<u8> {
    let mut out = Vec::new();
    render(&mut out).expect("a vector takes all");
    out
}

fn print(bytes: &[u8]) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(bytes);
}
