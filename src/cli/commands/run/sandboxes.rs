//! The directories that jobs run in.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Failure, MachineError};
use crate::run::Key;
use crate::run::world::Sandbox;

/// The sandboxes of a run: that of a job alone, or one below a common directory for each of several.
#[derive(Debug)]
pub(super) struct Sandboxes {
    /// The directory of all.
    whole: Sandbox,
    /// That of each job, in their order.
    pub(super) paths: Vec<PathBuf>,
}

impl Sandboxes {
    /// That of a job alone, at `path` if that is given.
    pub(super) fn of_one(key: &Key, path: Option<&Path>) -> Result<Self, MachineError> {
        let whole = match path {
            Some(path) => Sandbox::at(path)?,
            None => Sandbox::temporary(&key.name)?,
        };
        Ok(Self {
            paths: vec![whole.path().to_owned()],
            whole,
        })
    }

    /// Those of jobs with these labels, below `path` if that is given.
    pub(super) fn of_several(labels: &[String], path: Option<&Path>) -> Result<Self, Failure> {
        let leads_elsewhere = |label: &&String| label.split('/').any(|it| it == "." || it == "..");
        if let Some(label) = labels.iter().find(leads_elsewhere) {
            let failure = format!("no directory can be called like the job `{label}`");
            return Err(Failure::new(failure).help("run it alone"));
        }
        let whole = match path {
            Some(path) => Sandbox::around(path)?,
            None => Sandbox::temporary("jobs")?,
        };
        let each = labels
            .iter()
            .map(|label| Sandbox::at(&whole.path().join(label)));
        let each: Vec<Sandbox> = each.collect::<Result<_, _>>()?;
        Ok(Self {
            paths: each
                .iter()
                .map(|sandbox| sandbox.path().to_owned())
                .collect(),
            whole,
        })
    }

    /// The directory of all.
    pub(super) fn path(&self) -> &Path {
        self.whole.path()
    }

    /// Whether it goes after a success, unless it is to be kept.
    pub(super) fn is_temporary(&self) -> bool {
        self.whole.is_temporary()
    }

    /// Leaves them where they are.
    pub(super) fn keep(self) {
        self.whole.keep();
    }

    /// Removes them if they are jobc's own.
    pub(super) fn remove(self) -> Result<(), MachineError> {
        self.whole.remove()
    }
}
