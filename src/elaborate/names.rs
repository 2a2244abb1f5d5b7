//! The words of layers, and whether a document has any.

use crate::source::{Entry, Kind, Node};

use super::defaults::Defaults;

/// The field of a table of environments.
pub(super) const ENVIRONMENTS: &str = "environments";
/// The field of one environment.
pub(super) const ENVIRONMENT: &str = "environment";
/// The field of paths that a layer takes out of those below it.
pub(super) const UNSET: &str = "unset";
/// The field of a list of jobs, or of a table of them.
pub(super) const JOBS: &str = "jobs";
/// The field of waivers.
pub(super) const WAIVE: &str = "waive";
/// What begins so at the top of a file holds what others refer to.
pub(super) const HOLDER: &str = "x-";

/// Whether a document has something that is not a job as it is decoded.
pub(super) fn has_layers(root: &Node) -> bool {
    let Kind::Mapping(entries) = &root.kind else {
        return false;
    };
    if entries.iter().any(|entry| entry.key.starts_with(HOLDER)) {
        return true;
    }
    match root.get(JOBS).map(|jobs| &jobs.kind) {
        None => is_layered(root),
        Some(Kind::Sequence(jobs)) => {
            root.get(Defaults::FIELD).is_some() || jobs.iter().any(is_layered)
        }
        Some(_) => true,
    }
}

fn is_layered(job: &Node) -> bool {
    let Kind::Mapping(entries) = &job.kind else {
        return false;
    };
    let is_word = |entry: &Entry| [ENVIRONMENTS, UNSET].contains(&entry.key.as_str());
    if entries.iter().any(is_word) {
        return true;
    }
    let processes = job.get("task").and_then(|task| task.get("processes"));
    match processes.map(|processes| &processes.kind) {
        Some(Kind::Mapping(_)) => true,
        Some(Kind::Sequence(processes)) => {
            processes.iter().any(|process| process.get(UNSET).is_some())
        }
        _ => false,
    }
}

/// The text of a node that is one.
pub(super) fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

/// Takes the entry of a key out of a table.
pub(super) fn take(entries: &mut Vec<Entry>, key: &str) -> Option<Entry> {
    let index = entries.iter().position(|entry| entry.key == key)?;
    Some(entries.remove(index))
}
