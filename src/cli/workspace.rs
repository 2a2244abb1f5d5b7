//! The workspace that a command is about.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::arguments::Global;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::Ending;
use crate::diagnostic::{Diagnostic, Failure, Report};
use crate::registry::CODES;
use crate::workspace::{Conflicts, Workspace};

/// The directory that names on the command line are relative to.
pub(crate) fn current_dir() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::new(format!("cannot find the current directory: {error}")))
}

/// The directory of the workspace that the command line names, or of the one around the current
/// directory, without a look at what is in it.
pub(crate) fn root(global: &Global, current_dir: &Path) -> Result<PathBuf, Failure> {
    match &global.workspace {
        Some(named) => fs::canonicalize(named)
            .map_err(|error| Failure::new(format!("cannot open `{}`: {error}", named.display()))),
        None => Ok(Workspace::around(current_dir).to_owned()),
    }
}

/// Opens the workspace that the command line names, or the one around the current directory.
/// Where something is wrong with it, that is told; otherwise there may be warnings.
pub(crate) fn open(
    global: &Global,
    console: &Console,
) -> Result<(Workspace, Vec<Diagnostic>), Ending> {
    open_with(global, Conflicts::Refuse, console)
}

/// The same, for a command that can go on from a lock whose merge was not finished.
pub(crate) fn open_with(
    global: &Global,
    conflicts: Conflicts,
    console: &Console,
) -> Result<(Workspace, Vec<Diagnostic>), Ending> {
    let mut diagnostics = Vec::new();
    match read(global, conflicts)?.unpack(&mut diagnostics) {
        Some(workspace) => Ok((workspace, diagnostics)),
        None => Err(Ending::Told(console.close(diagnostics, None, &[]))),
    }
}

/// Opens the same workspace, and tells nothing.
pub(crate) fn read(global: &Global, conflicts: Conflicts) -> Result<Report<Workspace>, Failure> {
    let current_dir = current_dir()?;
    let Some(named) = &global.workspace else {
        let root = Workspace::around(&current_dir);
        return Ok(Workspace::open_with(root, &current_dir, CODES, conflicts)?);
    };
    let cannot =
        |cause: String| Failure::new(format!("cannot open `{}`: {cause}", named.display()));
    let root = fs::canonicalize(named).map_err(|error| cannot(error.to_string()))?;
    if !root.is_dir() {
        return Err(cannot("it is not a directory".to_owned()));
    }
    Ok(Workspace::open_with(&root, &current_dir, CODES, conflicts)?)
}

/// The workspace that is meant where there is none around the current directory and no definition in
/// it: the only one right below.
pub(crate) fn only_one_below() -> Option<PathBuf> {
    let current_dir = std::env::current_dir().ok()?;
    let [name] = &*Workspace::below(&current_dir) else {
        return None;
    };
    let here = Workspace::open(&current_dir, CODES).ok()?.value?;
    let is_empty = here.definitions().ok()?.is_empty();
    is_empty.then(|| PathBuf::from(name))
}
