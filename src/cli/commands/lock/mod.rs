//! `jobc lock`: which store paths packages are.

mod arguments;
mod check;
mod select;
mod task;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::cli::arguments::Global;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::{open, open_with};
use crate::diagnostic::Failure;
use crate::diagnostic::render::{counted, visible};
use crate::lock::{Renewed, file, text};
use crate::name::PortKey;
use crate::resolve::Lock;
use crate::store::StoreDir;
use crate::workspace::{Conflicts, LOCK_FILE};

use check::check;
use task::{Task, lock_name};

pub(crate) use arguments::LockArgs;

pub(crate) fn run(args: &LockArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    if args.check {
        let (workspace, diagnostics) = open(global, console)?;
        return check(args, &workspace, diagnostics, console);
    }
    let (workspace, _) = open_with(global, Conflicts::Merge, console)?;
    let _guard = file::Guard::take(&workspace.root)?;
    // Another run may have written the lock between the first look at it and the guard.
    let (workspace, mut diagnostics) = open_with(global, Conflicts::Merge, console)?;
    if let Some(disputed) = &workspace.disputed {
        console.say(&merged(disputed, &lock_name(&workspace)));
        if !args.names.is_empty() && !disputed.is_empty() {
            return Err(Failure::new(
                "the sides of a merge disagree, and only some packages are named",
            )
            .help("finish the merge first: `jobc lock`")
            .into());
        }
    }
    let Some(task) = Task::new(args, &workspace, &mut diagnostics)? else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let renewed = task.renew(&workspace, console)?;
    let Some(Renewed { lock, not_asked }) = renewed.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    if console.refuses(&diagnostics) {
        return Ok(console.close(diagnostics, None, &[]));
    }
    let lock = lock.with_ports(task.ports(&workspace)?);
    let path = workspace.root.join(LOCK_FILE);
    let has_paths = !lock.packages().is_empty() || lock.paths().next().is_some();
    let is_empty = !has_paths && lock.ports().is_empty();
    let written = if is_empty && !path.exists() {
        false
    } else {
        file::write(&path, &text::render(&lock, &workspace.store_dir))?
    };
    let name = lock_name(&workspace);
    let remark = if written {
        let entries: usize = lock.packages().values().map(BTreeMap::len).sum();
        let paths = counted(lock.paths().count(), "path");
        let ports = match lock.ports().len() {
            0 => String::new(),
            count => format!(", {}", counted(count, "port")),
        };
        format!(
            "wrote `{name}`: {}, {paths}{ports}",
            counted(entries, "package")
        )
    } else if is_empty {
        // Of store paths alone, nothing may be known.
        let nothing = task.needs.iter().next().is_none();
        if nothing {
            "there is nothing to lock"
        } else {
            "nothing was locked"
        }
        .to_owned()
    } else {
        format!("`{name}` is current{}", task.not_asked(&not_asked))
    };
    let exit = console.close(diagnostics, Some(&remark), &[]);
    output::print(&changes(&workspace.lock, &lock, &workspace.store_dir))?;
    Ok(exit)
}

/// What came of the two sides of a merge.
fn merged(disputed: &BTreeSet<(String, String)>, name: &str) -> String {
    let mut line = format!("read both sides of the merge in `{name}`");
    if !disputed.is_empty() {
        let disputed: Vec<String> = disputed
            .iter()
            .map(|(installable, system)| format!("`{}` for `{system}`", visible::line(installable)))
            .collect();
        write!(line, "; they disagree about {}", disputed.join(", ")).expect("a string takes all");
    }
    line
}

/// A line for each entry that is not as it was.
fn changes(old: &Lock, new: &Lock, store_dir: &StoreDir) -> String {
    let entries = |lock: &Lock| -> BTreeSet<(String, String)> {
        let systems = lock.packages().iter();
        systems
            .flat_map(|(installable, systems)| {
                systems
                    .keys()
                    .map(|system| (installable.clone(), system.clone()))
            })
            .collect()
    };
    let mut lines = String::new();
    for (installable, system) in &entries(old) | &entries(new) {
        let path = |lock: &Lock| {
            let pinned = lock.packages().get(&installable)?.get(&system)?;
            Some(pinned.path.clone())
        };
        let (word, path) = match (path(old), path(new)) {
            (Some(before), Some(now)) if before == now => continue,
            (Some(_), Some(now)) => ("changed", now),
            (None, Some(now)) => ("added", now),
            (Some(before), None) => ("removed", before),
            (None, None) => continue,
        };
        let path = store_dir.display(&path);
        let (installable, system) = (visible::line(&installable), visible::line(&system));
        writeln!(lines, "{word} {installable} {system} {path}").expect("a string takes all");
    }
    let ports: BTreeSet<&PortKey> = old.ports().keys().chain(new.ports().keys()).collect();
    for key in ports {
        let (word, number) = match (old.ports().get(key), new.ports().get(key)) {
            (Some(before), Some(now)) if before == now => continue,
            (Some(_), Some(now)) => ("changed", now),
            (None, Some(now)) => ("added", now),
            (Some(before), None) => ("removed", before),
            (None, None) => continue,
        };
        writeln!(lines, "{word} {key} {number}").expect("a string takes all");
    }
    lines
}
