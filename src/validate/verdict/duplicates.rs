//! Orders of processes that share a name: the last of them counts for the client.

use std::collections::BTreeMap;

use crate::source::{Kind, Node};

/// What may come after a process.
#[derive(Clone, Copy)]
struct Ends {
    daemon: bool,
    ephemeral: bool,
}

/// Whether the client refuses an order for what the last processes of its names are.
///
/// It plans final processes apart from the others, and an order may not have names of both. Nothing
/// comes after a daemon, and only an ephemeral process after an ephemeral one.
pub(super) fn clash(order: &Node, task: Option<&Node>) -> bool {
    let names: Vec<_> = items(order).into_iter().flatten().map(text).collect();
    [false, true].into_iter().any(|finals| {
        let known = planned(task, finals);
        let found: Vec<Ends> = names
            .iter()
            .filter_map(|name| known.get((*name)?).copied())
            .collect();
        let mixes = !found.is_empty() && found.len() < names.len();
        let cannot_follow = |pair: &[Ends]| {
            let [before, after] = pair else { return false };
            before.daemon || before.ephemeral && !after.ephemeral
        };
        mixes || found.windows(2).any(cannot_follow)
    })
}

/// The final processes, or the others, by their names.
fn planned(task: Option<&Node>, finals: bool) -> BTreeMap<&str, Ends> {
    let processes = task.and_then(|task| items(task.get("processes")?));
    processes
        .into_iter()
        .flatten()
        .filter(|process| is(process, "final") == finals)
        .filter_map(|process| {
            let ends = Ends {
                daemon: is(process, "daemon"),
                ephemeral: is(process, "ephemeral"),
            };
            Some((text(process.get("name")?)?, ends))
        })
        .collect()
}

fn is(process: &Node, field: &str) -> bool {
    let value = process.get(field).map(|value| &value.kind);
    matches!(value, Some(Kind::Boolean(true)))
}

fn items(list: &Node) -> Option<&[Node]> {
    match &list.kind {
        Kind::Sequence(items) => Some(items),
        _ => None,
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}
