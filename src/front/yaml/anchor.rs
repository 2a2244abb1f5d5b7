//! What aliases stand for.

use crate::source::{Kind, Node};

use super::super::limits::BYTES_PER_VALUE;

/// A value with an anchor, and what a copy of it costs.
pub(super) struct Anchored {
    pub(super) node: Node,
    pub(super) values: usize,
    /// How many levels of lists and tables it has.
    pub(super) depth: usize,
}

impl Anchored {
    pub(super) fn new(node: &Node) -> Self {
        Self {
            node: node.clone(),
            values: values(node),
            depth: depth(node),
        }
    }
}

/// What copying a tree costs, in values.
pub(super) fn values(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::String(text) => text.len() / BYTES_PER_VALUE,
        Kind::Sequence(items) => items.iter().map(values).sum(),
        Kind::Mapping(entries) => entries
            .iter()
            .map(|entry| entry.key.len() / BYTES_PER_VALUE + values(&entry.value))
            .sum(),
        Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => 0,
    }
}

fn depth(node: &Node) -> usize {
    match &node.kind {
        Kind::Sequence(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Kind::Mapping(entries) => {
            let values = entries.iter().map(|entry| depth(&entry.value));
            1 + values.max().unwrap_or(0)
        }
        Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_) => 0,
    }
}
