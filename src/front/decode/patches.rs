//! What was refused so far, and is made up when the document is decoded again.

use std::collections::{HashMap, HashSet};

use crate::source::{Entry, Kind, Node};

use super::error::{DecodeError, Problem};

/// Which nodes were refused, by identity: the tree does not move while it is decoded.
#[derive(Debug, Default)]
pub(super) struct Patches {
    refused: HashSet<*const Node>,
    missing: HashMap<*const Node, Vec<&'static str>>,
}

impl Patches {
    /// Notes nodes whose problems have been told.
    pub(super) fn refuse<'a>(&mut self, nodes: impl IntoIterator<Item = &'a Node>) {
        self.refused
            .extend(nodes.into_iter().map(std::ptr::from_ref));
    }

    /// Notes what an error was about. Returns `false` if that was noted before.
    pub(super) fn insert(&mut self, error: &DecodeError) -> bool {
        match error.problem {
            Problem::MissingField(field) => {
                let missing = self.missing.entry(error.node).or_default();
                let is_new = !missing.contains(&field);
                missing.push(field);
                is_new
            }
            _ => self.refused.insert(error.node),
        }
    }

    pub(super) fn refuses(&self, node: &Node) -> bool {
        !self.refused.is_empty() && self.refused.contains(&std::ptr::from_ref(node))
    }

    /// Whether the key of `entry` was refused.
    pub(super) fn refuses_key(&self, entry: &Entry) -> bool {
        self.refused.contains(&key_identity(entry))
    }

    pub(super) fn refuses_key_of(&self, node: &Node) -> bool {
        let Kind::Mapping(entries) = &node.kind else {
            return false;
        };
        entries.iter().any(|entry| self.refuses_key(entry))
    }

    /// The fields to make up in a table.
    pub(super) fn missing(&self, node: &Node) -> Vec<&'static str> {
        let missing = self.missing.get(&std::ptr::from_ref(node));
        missing.cloned().unwrap_or_default()
    }
}

/// A key has no node of its own: the address of its entry stands for it. An entry starts with its
/// key or its value; the address after the value's own tells the two apart.
pub(super) fn key_identity(entry: &Entry) -> *const Node {
    std::ptr::from_ref(&entry.key_span).cast()
}
