//! `jobc snapshot`: compiled jobs that are kept for reviews.

mod arguments;
mod check;
mod snapshots;

use crate::cli::arguments::Global;
use crate::cli::jobs::{find, right};
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::open;
use crate::compile::{Planned, Until};
use crate::query::{Findings, Search, Several};
use crate::snapshot::Directory;
use crate::target::Form;

use snapshots::{Extent, Kept, Purpose, Snapshots};

pub(crate) use arguments::SnapshotArgs;

pub(crate) fn run(args: &SnapshotArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let extent = if args.jobs.names.is_empty() {
        Extent::All
    } else {
        Extent::Selected
    };
    let search = match extent {
        // Without any job, all snapshots are of jobs that are no more.
        Extent::All => Search::anywhere(&workspace, &args.jobs.names)?,
        Extent::Selected => Search::new(&workspace, &args.jobs.names)?,
    };
    let purpose = if args.check {
        Purpose::Check
    } else {
        Purpose::Write
    };
    // What is wrong with the jobs is told before what is wrong with the directory.
    let directory = Directory::open(&workspace.root, workspace.snapshot_directory());
    let keep = |bundle, planned: Planned| {
        let directory = directory.as_ref().ok()?;
        Some(Kept::of(bundle, planned.plan, directory, purpose))
    };
    let until = Until::Emitted(Form::Complete, &keep);
    let mut findings = Findings::nothing();
    if !search.is_empty() {
        findings = find(&search, &until, Several::ByName, console)?;
    }
    let jobs = right(findings, diagnostics, console)?;
    let jobs = jobs.into_iter().flatten().collect();
    let mut snapshots = Snapshots::new(jobs, directory?, &workspace, extent)?;
    if search.is_empty() && snapshots.orphans.is_empty() {
        return Err(search.nowhere().into());
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
