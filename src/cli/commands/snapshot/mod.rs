//! `jobc snapshot`: compiled jobs that are kept for reviews.

mod arguments;
mod check;
mod snapshots;

use crate::cli::arguments::Global;
use crate::cli::jobs::find;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::Exit;
use crate::cli::ui::output;
use crate::cli::workspace::open;
use crate::diagnostic::Failure;
use crate::query::{Depth, Findings, Search, Several};
use crate::target::Form;

use snapshots::{Extent, Snapshots};

pub(crate) use arguments::SnapshotArgs;

pub(crate) fn run(
    args: &SnapshotArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let depth = if args.check {
        // To show what differs in imported files.
        Depth::Keep
    } else {
        Depth::KeepText
    };
    let extent = if args.jobs.names.is_empty() {
        Extent::All
    } else {
        Extent::Selected
    };
    let search = match extent {
        // Without any job, all snapshots are of jobs that are no more.
        Extent::All => Search::anywhere(&workspace, &args.jobs.names, depth)?,
        Extent::Selected => Search::new(&workspace, &args.jobs.names, depth)?,
    };
    let search = search.written_as(Some(Form::Complete));
    let mut findings = Findings::default();
    if !search.is_empty() {
        findings = find(&search, Several::ByName, console)?;
    }
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &findings.failures);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let mut jobs = findings.compiled;
    jobs.sort_by(|a, b| a.key.cmp(&b.key));
    let mut snapshots = Snapshots::compare(jobs, &workspace, extent)?;
    if search.is_empty() && snapshots.orphans.is_empty() {
        return Err(search.nowhere());
    }
    snapshots.warn(console);
    if args.check {
        return check::check(snapshots, args, global, console);
    }
    snapshots.write()?;
    output::print(&snapshots.changes())?;
    console.remark(&snapshots.remark());
    Ok(Exit::Done)
}
