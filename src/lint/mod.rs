//! What becomes of a lint: its level by the settings, and whether the definition waives it.
//!
//! Between the stages that find problems and those who ask whether a job is healthy. A stage
//! returns its value unless a rule is broken; what lints come to is decided here alone, so that an
//! allowed lint breaks nothing and a denied one breaks a job wherever it was found.

mod codes;
mod waivers;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Kind, Level, Place, Registry, Report, Severity};
use crate::model::{LintLevel, Settings};
use crate::source::Pointer;

use codes::UNKNOWN_LINT;

pub use codes::CODES;
pub use waivers::Waivers;

/// The levels of all lints.
#[derive(Debug, Clone, Copy)]
pub struct Levels<'a>(Option<&'a BTreeMap<String, LintLevel>>);

impl<'a> Levels<'a> {
    /// The levels that the settings ask for.
    pub fn new(settings: &'a Settings) -> Self {
        Self(settings.lints.as_ref().map(|levels| &levels.0))
    }

    /// The level of a lint; rules are denied.
    pub fn of(self, code: &Code) -> Level {
        let Kind::Lint(default) = code.kind else {
            return Level::Deny;
        };
        match self.0.and_then(|levels| levels.get(code.id)) {
            None => default,
            Some(LintLevel::Allow) => Level::Allow,
            Some(LintLevel::Warn) => Level::Warn,
            Some(LintLevel::Deny) => Level::Deny,
        }
    }

    /// Whether nothing is said of such problems, so that they need not be looked for.
    pub fn allow(self, code: &Code) -> bool {
        self.of(code) == Level::Allow
    }

    /// The problem as it is told, if it is.
    pub fn judge(self, mut problem: Diagnostic) -> Option<Diagnostic> {
        if !problem.code.is_lint() {
            return Some(problem);
        }
        problem.severity = self.of(problem.code).severity()?;
        if problem.severity == Severity::Error {
            // Errors are final otherwise.
            let id = problem.code.id;
            let note = format!("this is a lint: `jobc explain {id}` says how to waive it");
            if !problem.notes.contains(&note) {
                problem.notes.push(note);
            }
        }
        Some(problem)
    }

    /// The outcome of a stage as it is told; no value if there is an error.
    pub fn report<T>(self, report: Report<T>) -> Report<T> {
        report.filter_map(|problem| self.judge(problem))
    }
}

/// Levels of what is no lint in the settings.
pub fn wrong_levels(settings: &Settings, registry: Registry) -> Vec<Diagnostic> {
    let names = settings.lints.iter().flat_map(|levels| levels.0.keys());
    let wrong = names.filter_map(|name| {
        let place = || Place::key(Pointer::root().key("lints").key(name));
        find(registry, name, place).err()
    });
    wrong.map(|problem| *problem).collect()
}

/// The lint called `name`.
///
/// # Errors
/// What is wrong with the name, which stands at `place`.
pub fn find(
    registry: Registry,
    name: &str,
    place: impl FnOnce() -> Place,
) -> Result<&'static Code, Box<Diagnostic>> {
    let problem = match registry.find(name) {
        Some(code) if code.is_lint() => return Ok(code),
        Some(_) => {
            let headline = format!("`{name}` is no lint: it is always an error");
            Diagnostic::new(&UNKNOWN_LINT, headline, place())
                .help("remove it: nothing allows what does not work")
        }
        None => {
            let lints = registry.codes().filter(|code| code.is_lint());
            let names = lints.map(|code| code.id);
            let headline = format!("no lint is called `{name}`");
            let problem = Diagnostic::new(&UNKNOWN_LINT, headline, place());
            let problem = problem.did_you_mean(name, names);
            if problem.help.is_empty() {
                problem.help("see all lints with `jobc explain`")
            } else {
                problem
            }
        }
    };
    Err(Box::new(problem))
}
