//! `jobc check`: what is wrong with the definitions.

use crate::diagnostic::render::{Lines, LookedAt, counted, visible};
use crate::diagnostic::{Diagnostic, Failure, Severity};

use super::args::{CheckArgs, Global};
use super::console::Console;
use super::exit::Exit;
use super::find::find;
use super::open::open;
use crate::compare;
use crate::query::{Depth, Search, Several, line};

pub(super) fn run(args: &CheckArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let mut search =
        Search::new(&workspace, &args.jobs.names, Depth::Compile)?.written_as(args.target);
    let mut left_out = None;
    if let Some(revision) = &args.changed {
        let Some(changed) = compare::changed_since(revision, &workspace)?.unpack(&mut diagnostics)
        else {
            return Ok(console.close(diagnostics, None, &[]));
        };
        search.limit(&changed);
        left_out = Some((search.definitions.len() - changed.len(), revision));
    }
    let mut findings = find(&search, Several::ByName, console)?;
    diagnostics.append(&mut findings.diagnostics);
    let mut lines = Lines::default();
    console.looked_at(findings.selected().map(|job| LookedAt {
        file: job.location.file.name().to_owned(),
        start: job.location.span.start,
        line: line(job, &mut lines),
        key: job.key.to_string(),
    }));
    let remark = format!(
        "checked {} in {}",
        counted(findings.selected().count(), "job"),
        counted(findings.concerned, "file")
    );
    let remark = match left_out {
        None => remark,
        Some((count, revision)) => {
            let files = counted(count, "file");
            let revision = visible::line(revision);
            let are = if count == 1 { "is" } else { "are" };
            format!("{remark}; {files} that {are} as in `{revision}` {are} left out")
        }
    };
    // Jobs of files in which something is wrong were not checked to the end.
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    let done = findings.failures.is_empty() && !diagnostics.iter().any(wrong);
    let remark = Some(&*remark).filter(|_| done);
    Ok(console.close(diagnostics, remark, &findings.failures))
}
