//! Asks whether nodes can get what jobs need, for all commands that want to know.

use crate::cache::{Caches, Environment, Patience};
use crate::diagnostic::Failure;
use crate::model::JobKey;
use crate::plan::Needs;
use crate::ready::{self, Kind, Readiness};
use crate::workspace::Workspace;

use super::ui::console::Console;
use super::ui::exit::Exit;

/// Says what is missing, where `build` is to say nothing else.
pub(crate) fn require(
    jobs: &[(JobKey, Needs)],
    workspace: &Workspace,
    console: &Console,
) -> Result<Exit, Failure> {
    let caches = caches(workspace, Patience::default());
    let readiness = ready::ask(jobs, workspace, &caches, console)?;
    if let Some(failure) = ready::failure(&readiness) {
        console.fail(&failure.note(ready::missing(&readiness)));
    }
    Ok(exit(&readiness))
}

/// The caches, as nodes ask them.
pub(crate) fn caches(workspace: &Workspace, patience: Patience) -> Caches {
    let store_dir = workspace.store_dir.clone();
    Caches::new(store_dir, Environment::of_process(), patience)
}

/// How a command ends that found this out.
pub(crate) fn exit(readiness: &Readiness<'_>) -> Exit {
    match readiness.worst() {
        None | Some(Kind::Present) => Exit::Done,
        Some(Kind::CouldNotAsk) => Exit::Failed,
        Some(Kind::Absent | Kind::Unusable | Kind::Differs) => Exit::Wrong,
    }
}
