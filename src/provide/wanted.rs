//! What the processes of a task need from the store.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{NeededBy, Needs};
use crate::store::StorePath;

/// What the processes of a task need, told apart by where it can be had.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What only the workspace has.
    pub own: Needs,
    /// What comes from elsewhere, with who needs it.
    pub packages: BTreeMap<StorePath, String>,
}

impl Wanted {
    /// What the processes of a job with these needs want. Health is not checked on this machine, so
    /// that what only the check needs is left out.
    pub fn of_processes(mut needs: Needs) -> Self {
        needs
            .scripts
            .retain(|need| need.by != NeededBy::HealthCheck);
        let scripts: BTreeSet<StorePath> = needs
            .scripts
            .iter()
            .filter(|need| need.by != NeededBy::Job)
            .map(|need| need.script.path.clone())
            .collect();
        // The root of a job whose health check is left out refers to what is not there.
        needs
            .scripts
            .retain(|need| need.by != NeededBy::Job || need.script.references.is_subset(&scripts));
        let mut packages = BTreeMap::new();
        let mut used = BTreeSet::new();
        for need in &needs.scripts {
            for path in &need.script.references {
                if needs.imports.contains_key(path) {
                    used.insert(path.clone());
                } else if !scripts.contains(path) {
                    packages
                        .entry(path.clone())
                        .or_insert_with(|| need.by.to_string());
                }
            }
        }
        needs.imports.retain(|path, _| used.contains(path));
        Self {
            own: needs,
            packages,
        }
    }

    /// The store paths that only the workspace has.
    pub fn own_paths(&self) -> BTreeSet<StorePath> {
        let scripts = self.own.scripts.iter().map(|need| &need.script.path);
        scripts.chain(self.own.imports.keys()).cloned().collect()
    }

    /// Leaves what `is_there` holds for to those who have it.
    pub fn without(&mut self, is_there: impl Fn(&StorePath) -> bool) {
        self.own.scripts.retain(|need| !is_there(&need.script.path));
        self.own.imports.retain(|path, _| !is_there(path));
    }
}
