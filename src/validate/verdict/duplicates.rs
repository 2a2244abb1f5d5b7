//! Orders of processes that share a name: the last of them counts for the client.

use std::collections::BTreeMap;

use crate::source::{Kind, Node};

/// Whether the client refuses an order for what the last processes of its names are.
///
/// It plans final processes apart from the others, and an order may not have names of both.
pub(super) fn clash(order: &Node, task: Option<&Node>) -> bool {
    let names: Vec<_> = items(order).into_iter().flatten().map(text).collect();
    [false, true].into_iter().any(|finals| {
        let known = planned(task, finals);
        let found = || names.iter().map(|name| known.get((*name)?));
        let count = found().flatten().count();
        let before = names.len().saturating_sub(1);
        let leads_on = found().take(before).flatten().any(|never_ends| *never_ends);
        count > 0 && (count < names.len() || leads_on)
    })
}

/// The final processes, or the others: their names, and whether nothing can come after them.
fn planned(task: Option<&Node>, finals: bool) -> BTreeMap<&str, bool> {
    let processes = task.and_then(|task| items(task.get("processes")?));
    processes
        .into_iter()
        .flatten()
        .filter(|process| is(process, "final") == finals)
        .filter_map(|process| {
            let never_ends = is(process, "daemon") || is(process, "ephemeral");
            Some((text(process.get("name")?)?, never_ends))
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
