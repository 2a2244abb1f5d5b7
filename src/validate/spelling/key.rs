//! The texts that a job's key is made of.

use crate::source::{Kind, Node, Token};

/// Each with the way to it from the job. A job without a name is called like its task, and that like
/// the first of its processes.
pub(super) fn parts(job: &Node) -> Vec<(Vec<Token>, &Node)> {
    let field = |name: &str| Token::Key(name.to_owned());
    let task = || vec![field("task")];
    let called = |mut way: Vec<Token>| {
        way.push(field("name"));
        way
    };
    let first = vec![field("task"), field("processes"), Token::Index(0)];
    let names = [called(Vec::new()), called(task()), called(first)];
    let ways = ["cluster", "role", "environment"].map(|name| vec![field(name)]);
    let found = |way: Vec<Token>| {
        let node = way.iter().try_fold(job, Node::step)?;
        Some((way, node))
    };
    let name = names.into_iter().find_map(found);
    ways.into_iter().filter_map(found).chain(name).collect()
}

/// Whether any of them has references.
pub(super) fn has_references(job: &Node) -> bool {
    parts(job)
        .iter()
        .any(|(_, node)| matches!(&node.kind, Kind::String(text) if text.contains("{{")))
}
