//! The processes of an Aurora task that jobc added.
//!
//! Of a job that jobc compiles, the plan says which these are. Only of a compiled file that comes
//! from elsewhere are they told by their text: by the name, and by how the command begins, with the
//! path to realise and the root that keeps it.

use crate::plan::Plan;
use crate::store::references::mentions;
use crate::store::{StoreDir, StorePath};

use super::steps::{FETCH, INIT, steps};

/// A process that jobc added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedStep {
    /// Its name.
    pub name: String,
    /// Its name without the hash of what it realises.
    pub identity: String,
    /// What it realises, unless its text names no path of the nodes' store.
    pub realises: Option<StorePath>,
}

impl AddedStep {
    /// Those of a plan, in the order written.
    pub fn of_plan(plan: &Plan) -> Vec<Self> {
        // Most jobs have none.
        if plan.needs.scripts.is_empty() {
            return Vec::new();
        }
        let steps = steps(plan).steps.into_iter();
        let steps = steps.filter_map(|step| {
            let realise = step.kind.realises()?;
            Some(Self::new(step.name, Some(realise.script.path.clone())))
        });
        steps.collect()
    }

    /// The process of a file that comes from elsewhere, if it is one that jobc added, on nodes with
    /// this store.
    pub fn of_foreign(name: &str, command: &str, store_dir: &StoreDir) -> Option<Self> {
        let after = [INIT, FETCH]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix));
        let is_named = after.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-']));
        // Before that, there may be a line that reads a profile script.
        let line = command.lines().take(2).find(|line| {
            is_named && line.starts_with("path=/") && line.contains(" root=$PWD/.gc/")
        })?;
        let mention = mentions(store_dir, line.as_bytes()).next();
        let realises = mention.and_then(|mention| mention.longest().ok());
        let realises = realises.map(|found| found.store_path);
        Some(Self::new(name.to_owned(), realises))
    }

    fn new(name: String, realises: Option<StorePath>) -> Self {
        let hash = realises.as_ref().map(|path| path.hash().to_string());
        let without_hash = hash.and_then(|hash| name.strip_suffix(&hash[..8])?.strip_suffix('-'));
        let identity = without_hash.unwrap_or(&name).to_owned();
        Self {
            name,
            identity,
            realises,
        }
    }

    /// The process that it is for; none if it is for all of them.
    pub fn serves(&self) -> Option<&str> {
        [INIT, FETCH].iter().find_map(|prefix| {
            let rest = self.identity.strip_prefix(prefix)?;
            rest.strip_prefix('_')
        })
    }

    /// Whether something waits for it.
    pub fn is_waited_for(&self) -> bool {
        self.identity.starts_with(INIT)
    }
}
