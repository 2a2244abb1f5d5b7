//! `jobc lock --check`: is the lock current? Nothing is written.

use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::diagnostic::render::counted;
use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::front::{self, Format, Loaded};
use crate::lock::local::Locals;
use crate::lock::{self, Renewed, current, edited, text};
use crate::model::LockFile;
use crate::workspace::{LOCK_FILE, Workspace};

use super::arguments::LockArgs;
use super::task::{Task, lock_name};

pub(super) fn check(
    args: &LockArgs,
    workspace: &Workspace,
    mut diagnostics: Vec<Diagnostic>,
    console: &Console,
) -> Result<Exit, Ending> {
    let Some(task) = Task::new(args, workspace, &mut diagnostics)? else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let (old, store_dir) = (&workspace.lock, &workspace.store_dir);
    let chosen = task.only().unwrap_or(&task.needs);
    let mut found = Vec::new();
    if task.only().is_none() {
        found.extend(unused_or_unsorted(&task, workspace)?);
    }
    let missing = current::missing(chosen, old, &task.systems, store_dir);
    let mut locals = Locals::new(&workspace.files);
    let mut edited = |new| edited(chosen, old, new, &task.systems, &mut locals);
    if args.update {
        let name = lock_name(workspace);
        let asked = task.renew(workspace, console)?;
        match asked.value {
            Some(Renewed { lock: new, .. }) => {
                found.extend(current::changed(&task.needs, old, &new, &name, store_dir));
                found.extend(edited(Some(&new)));
                found.extend(missing);
            }
            // What cannot be had is missing, too, but that is not what to mend.
            None => found.extend(asked.diagnostics),
        }
    } else {
        found.extend(edited(None));
        found.extend(missing);
    }
    let ports = task.ports(workspace)?;
    let needed = &task.needed_ports;
    found.extend(needed.outdated(old.ports(), &ports, &lock_name(workspace)));
    diagnostics.append(&mut found);
    let locked_ports = match ports.len() {
        0 => String::new(),
        count => format!(", {}", counted(count, "port")),
    };
    let remark = format!(
        "`{}` is current: {}{locked_ports}",
        lock_name(workspace),
        counted(chosen.iter().count(), "package")
    );
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    let remark = Some(&*remark).filter(|_| !diagnostics.iter().any(wrong));
    Ok(console.close(diagnostics, remark, &[]))
}

fn unused_or_unsorted(task: &Task<'_>, workspace: &Workspace) -> Result<Vec<Diagnostic>, Failure> {
    let path = workspace.root.join(LOCK_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let source = workspace.read_source(&path)?;
    // Opening the workspace has reported what is wrong with the lock itself.
    let Some(source) = source.value else {
        return Ok(Vec::new());
    };
    let loaded = front::load(&source, Format::Json).value;
    let Some(map) = loaded.map(Loaded::into_map) else {
        return Ok(Vec::new());
    };
    let Some(lock) = front::decode::<LockFile>(map.root()).value else {
        return Ok(Vec::new());
    };
    let mut found = current::unused(&task.needs, &lock, &map);
    if found.is_empty() {
        let pruned = lock::pruned(&workspace.lock, &task.request(workspace))?;
        if text::render(&pruned, &workspace.store_dir) != source.text() {
            found.push(current::not_as_written(&lock_name(workspace)));
        }
    }
    Ok(found)
}
