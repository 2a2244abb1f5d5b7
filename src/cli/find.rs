//! Finds the jobs that a command is about, and tells what there is to know besides.

use crate::diagnostic::Failure;
use crate::query::{self, Findings, Search, Several};

use super::console::Console;
use super::progress::Progress;

/// Looks for jobs; somebody at a terminal sees how far that is.
pub(super) fn find(
    search: &Search<'_>,
    several: Several,
    console: &Console,
) -> Result<Findings, Failure> {
    let findings = query::find(search, several, &console.progress_of(0, "files"))?;
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
