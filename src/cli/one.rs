//! One job's plan, for commands that show a job.

use crate::compile::Planned;
use crate::diagnostic::{Diagnostic, Failure};
use crate::workspace::Workspace;

use super::console::Console;
use super::exit::Exit;
use super::find::find;
use crate::query::{Depth, Search, Several, table};

/// The plan of the job that `word` means; otherwise what there is instead, which has been told.
pub(super) fn one(
    word: &str,
    workspace: &Workspace,
    mut diagnostics: Vec<Diagnostic>,
    console: &Console,
) -> Result<Result<Planned, Exit>, Failure> {
    let words = [word.to_owned()];
    let search = Search::new(workspace, &words, Depth::Plan)?;
    let mut findings = find(&search, Several::Never, console)?;
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
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &findings.failures);
    if exit != Exit::Done {
        return Ok(Err(exit));
    }
    match findings.planned.pop() {
        Some(planned) => Ok(Ok(planned)),
        None => Err(Failure::new(format!("no job is called `{word}`"))),
    }
}
