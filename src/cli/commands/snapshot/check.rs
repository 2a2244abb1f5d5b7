//! What is not current, as a gate says it.

use std::collections::BTreeMap;

use crate::cli::arguments::{DiffFormat, Global};
use crate::cli::comparison;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::compare::{Side, Sides};
use crate::diagnostic::Failure;
use crate::diagnostic::render::counted;
use crate::diff::ComparedJob;
use crate::shell::shell_word;
use crate::snapshot::{SnapshotName, State};
use crate::source::display_name;

use super::arguments::SnapshotArgs;
use super::snapshots::{Changed, Snapshots};

/// Prints what differs, and says how to accept it.
pub(super) fn check(
    snapshots: Snapshots<'_>,
    args: &SnapshotArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Ending> {
    let mut files: BTreeMap<SnapshotName, &'static str> = BTreeMap::new();
    let mut old = BTreeMap::new();
    let mut unreadable = Vec::new();
    let stale = snapshots.of(State::Stale).map(|(name, _)| (name, "stale"));
    let orphans = snapshots.orphans.iter().map(|name| (name, "orphaned"));
    for (name, word) in stale.chain(orphans) {
        files.insert(name.clone(), word);
        if let Some((text, job)) = snapshots.directory.snapshot(name)? {
            let job = ComparedJob::foreign(job, &text);
            old.insert(name.key().to_owned(), job.into());
        } else {
            files.insert(name.clone(), "unreadable");
            unreadable.push(name.clone());
        }
    }
    let missing = snapshots.of(State::Missing);
    files.extend(missing.map(|(name, _)| (name.clone(), "missing")));
    if files.is_empty() {
        console.remark(&snapshots.remark());
        return Ok(Exit::Done);
    }
    let lines = snapshots.lines(&files.iter().map(|(name, word)| (name, *word)).collect());
    let total = counted(snapshots.jobs.len() + snapshots.orphans.len(), "snapshot");
    let workspace = snapshots.workspace;
    let directory = workspace.snapshot_directory();
    let directory = display_name(&directory, &workspace.current_dir);
    let same = snapshots.jobs.len();
    let jobs = snapshots.jobs.into_iter();
    let new: BTreeMap<_, _> = jobs
        // What a conflict of a merge hides is no difference of jobs.
        .filter(|(name, _)| !unreadable.contains(name))
        .filter_map(|(name, job)| match job.changed? {
            Changed::Compiled(job) => Some((name.key().to_owned(), job.into())),
            Changed::Text(_) => None,
        })
        .collect();
    let mut before = Side::of_jobs(directory, old, None);
    before.store_dir = workspace.store_dir.clone();
    let sides = Sides {
        notes: Vec::new(),
        troubles: Vec::new(),
        same: same - new.len(),
        old: before,
        new: Side::of_jobs("working tree".to_owned(), new, Some(workspace)),
    };
    comparison::print(&sides.compare(), args.format, global)?;
    if args.format == DiffFormat::Text {
        output::print(&lines)?;
    }
    let wrong = files.len();
    let words = args
        .jobs
        .names
        .iter()
        .map(|word| format!(" {}", shell_word(word)));
    let words: String = words.collect();
    let are = if wrong == 1 { "is" } else { "are" };
    console.fail(
        &Failure::new(format!("{wrong} of {total} {are} not current")).help(format!(
            "look at the changes, and accept them with `jobc snapshot{words}`"
        )),
    );
    Ok(Exit::Wrong)
}
