//! Asks the caches of the nodes for all that jobs need.

use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{Caches, Known, Nodes, Waiting};
use crate::diagnostic::Failure;
use crate::model::JobKey;
use crate::plan::Needs;
use crate::store::{Digest, StorePath};
use crate::workspace::Workspace;

use super::readiness::Readiness;

/// Asks `caches`, as the nodes of the workspace would, for all that `jobs` need.
///
/// # Errors
/// If the nodes ask no cache, or a cache names more store paths than there can be.
pub(crate) fn ask<'j>(
    jobs: &'j [(JobKey, Needs)],
    workspace: &Workspace,
    caches: &Caches,
    waiting: &impl Waiting,
) -> Result<Readiness<'j>, Failure> {
    let known = known(jobs, workspace);
    let roots = jobs.iter().flat_map(|(_, needs)| &needs.scripts);
    let roots: BTreeSet<_> = roots.map(|need| need.script.path.clone()).collect();
    if roots.is_empty() {
        // A cache that cannot be reached would be waited for only to say that nothing is needed.
        return Ok(Readiness::of_nothing(caches.store_dir()));
    }
    waiting.while_asking(caches, |tell| {
        let nodes = nodes(workspace, caches)?;
        let found = nodes.closures(caches, roots, |path| known.get(path), tell)?;
        Ok(Readiness::new(jobs, found, &nodes, caches))
    })
}

fn nodes(workspace: &Workspace, caches: &Caches) -> Result<Nodes, Failure> {
    let keys = workspace.trusted_public_keys()?;
    let substituters = workspace.substituters()?;
    if substituters.is_empty() {
        let failure = Failure::new("the nodes ask no binary cache");
        return Err(failure
            .help("name the caches as `substituters` in `[init]` or `[nodes]` of `jobc.toml`"));
    }
    Ok(Nodes::new(substituters, keys, caches))
}

/// What is known of store paths without asking: of what jobc makes itself, and of what is locked.
fn known(jobs: &[(JobKey, Needs)], workspace: &Workspace) -> BTreeMap<StorePath, Known> {
    let mut known = workspace.locked();
    let mut insert = |path: &StorePath, nar: &Digest, references| {
        known.entry(path.clone()).or_insert(Known {
            by: "the workspace",
            nar_hash: nar.hash,
            nar_size: nar.size,
            references,
        });
    };
    for (_, needs) in jobs {
        for import in needs.imports.values() {
            insert(&import.path, &import.nar, BTreeSet::new());
        }
        for need in &needs.scripts {
            let script = &need.script;
            insert(&script.path, &script.nar, script.references.clone());
        }
    }
    known
}
