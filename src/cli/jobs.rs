//! Finds the jobs that a command is about, and tells what there is to know besides.

use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::progress::Progress;
use crate::compile::{Planned, Until};
use crate::diagnostic::{Diagnostic, Failure};
use crate::query::{self, Findings, Search, Several, table};
use crate::workspace::Workspace;

/// Looks for jobs, and shows on a terminal how far that is.
pub(crate) fn find<T: Send>(
    search: &Search<'_>,
    until: &Until<'_, T>,
    several: Several,
    console: &Console,
) -> Result<Findings<T>, Failure> {
    let progress = console.progress_of(0, "files");
    let findings = query::find(search, until, several, &progress)?;
    drop(progress);
    for warning in &findings.warnings {
        console.warn(warning);
    }
    Ok(findings)
}

impl query::Progress for Progress {
    fn files(&self, done: usize, total: usize) {
        self.done_of(done, total);
    }
}

/// Tells all that is wrong, and returns what was kept of the jobs if nothing is.
pub(crate) fn right<T>(
    findings: Findings<T>,
    mut diagnostics: Vec<Diagnostic>,
    console: &Console,
) -> Result<Vec<T>, Ending> {
    diagnostics.extend(findings.diagnostics);
    match console.close(diagnostics, None, &findings.failures) {
        Exit::Done => Ok(findings.kept),
        exit => Err(Ending::Told(exit)),
    }
}

/// The plan of the job that `word` means; otherwise what there is instead, which has been told.
pub(crate) fn planned_job(
    word: &str,
    workspace: &Workspace,
    diagnostics: Vec<Diagnostic>,
    console: &Console,
) -> Result<Planned, Ending> {
    let words = [word.to_owned()];
    let search = Search::new(workspace, &words)?;
    let mut findings = find(
        &search,
        &Until::Planned(&|job| job),
        Several::Never,
        console,
    )?;
    if findings.failures.is_empty() && findings.selected().nth(1).is_some() {
        let count = findings.selected().count();
        findings.failures.push(
            Failure::new(format!(
                "one job is shown at a time, and {count} are selected"
            ))
            .note(table(findings.selected()))
            .help("name one of them by its key"),
        );
    }
    let mut planned = right(findings, diagnostics, console)?;
    match planned.pop() {
        Some(planned) => Ok(planned),
        None => Err(Failure::new(format!("no job is called `{word}`")).into()),
    }
}
