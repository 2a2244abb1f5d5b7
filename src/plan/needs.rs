//! What a job's nodes need from the store.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::name::{PackageName, ProcessName};
use crate::resolve::{Import, Package, ResolvedJob, Script};
use crate::store::StorePath;

/// The objects that one job needs, and who needs them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// The scripts, each the root of a closure, in the order of the processes; then, where the job
    /// has a single root, that one, which refers to them all.
    pub scripts: Vec<Need>,
    /// The files and directories of the workspace that scripts refer to. What else these refer to
    /// is a package.
    pub imports: BTreeMap<StorePath, Arc<Import>>,
    /// The packages that its commands name, by what definitions call them.
    pub packages: BTreeMap<PackageName, Package>,
}

/// A script and who needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Who needs it.
    pub by: NeededBy,
    /// What is needed; so is all that it refers to.
    pub script: Arc<Script>,
}

/// Who needs a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeededBy {
    /// A process.
    Process(ProcessName),
    /// The job's health check.
    HealthCheck,
    /// The job as a whole.
    Job,
}

impl fmt::Display for NeededBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(name) => write!(f, "process `{name}`"),
            Self::HealthCheck => f.write_str("the health check"),
            Self::Job => f.write_str("the job"),
        }
    }
}

impl Needs {
    /// What a resolved job needs, and the root of it all if it has a single one.
    pub(super) fn of(resolved: &ResolvedJob, root: Option<Arc<Script>>) -> Self {
        let processes = resolved.checked.job().task.processes.iter();
        let commands = processes
            .map(|process| NeededBy::Process(process.name.clone()))
            .zip(&resolved.commands);
        let check = resolved.shell_command.iter();
        let check = check.map(|command| (NeededBy::HealthCheck, command));
        let scripts = commands.chain(check).filter_map(|(by, command)| {
            let script = command.script.clone()?;
            Some(Need { by, script })
        });
        let root = root.map(|script| Need {
            by: NeededBy::Job,
            script,
        });
        Self {
            scripts: scripts.chain(root).collect(),
            imports: resolved.imports.clone(),
            packages: resolved.packages.clone(),
        }
    }
}
