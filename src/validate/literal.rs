//! References that no name stands behind and that Aurora's client takes all the same: it sends the
//! text as it is, or writes a whole table out.

use crate::check::templates::{TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX, UNBOUND_TEMPLATE};
use crate::diagnostic::{Diagnostic, Part, Place};
use crate::model::Document;
use crate::source::{Kind, Node, Token};
use crate::template::{Address, Component, by_agent, references};

use super::type_at::type_at;
use crate::vocabulary::Type;

/// Whether the client takes the reference that `problem` is about, in the file at `root`.
pub(super) fn takes(problem: &Diagnostic, root: &Node) -> bool {
    let Place::Document(pointer, Part::Text { text, .. }) = problem.place() else {
        return false;
    };
    let (job, way) = match pointer.tokens() {
        [list @ Token::Key(field), index @ Token::Index(_), way @ ..]
            if field == Document::LIST_FIELD =>
        {
            let job = root.step(list).and_then(|jobs| jobs.step(index));
            (job, way)
        }
        way => (Some(root), way),
    };
    let Some((job, of)) = job.zip(type_at(way)) else {
        return false;
    };
    if !matches!(
        of,
        Type::Text | Type::Command | Type::Placement | Type::Schedule
    ) {
        return false;
    }
    let is_of_task = matches!(way.first(), Some(Token::Key(field)) if field == "task");
    let inner = text.trim_start_matches("{{").trim_end_matches("}}");
    let is_name = problem.code.id != TEMPLATE_SYNTAX.id;
    if inner.starts_with("&&") && is_name && !is_of_task && !is_primary_port(way) {
        // Each time that the text is filled in takes one off; only the task is filled in so often.
        return true;
    }
    let Some(reference) = references(text).next() else {
        return false;
    };
    let Some(address) = reference.named() else {
        return false;
    };
    if problem.code.id == TEMPLATE_NOT_TEXT.id {
        return is_written_out(&address, way, job);
    }
    problem.code.id == UNBOUND_TEMPLATE.id
        && match address.0[..] {
            // A table of the client's own.
            [Component::Field("mesos")] => true,
            [
                Component::Field("thermos"),
                Component::Field("ports"),
                _,
                ..,
            ] => !is_of_task,
            _ => matches!(of, Type::Schedule) && by_agent(&address),
        }
}

/// Whether the announcer's port map refers to the text.
fn is_primary_port(way: &[Token]) -> bool {
    matches!(way.last(), Some(Token::Key(field)) if field == "primary_port")
}

/// Whether the client can write out the table that `address` names at the end of `way` in `job`.
///
/// It cannot if the text is part of the table, even by another reference, and it cannot write
/// what is not ASCII.
fn is_written_out(address: &Address<'_>, way: &[Token], job: &Node) -> bool {
    let Some((field, around)) = way.split_last() else {
        return false;
    };
    for count in (0..=around.len()).rev() {
        let outer = &around[..count];
        let Some(table) = outer.iter().try_fold(job, Node::step) else {
            return false;
        };
        if let Some((inner, node)) = descend(table, address) {
            let steps = outer.iter().chain(&inner);
            let is_around =
                steps.clone().count() <= way.len() && steps.zip(way).all(|(a, b)| a == b);
            return !is_around && can_be_written(node, field);
        }
    }
    // It has defaults only.
    !matches!(address.head(), Some("self" | "super"))
}

fn descend<'n>(table: &'n Node, address: &Address<'_>) -> Option<(Vec<Token>, &'n Node)> {
    let mut at = table;
    let mut way = Vec::new();
    for component in &address.0 {
        let token = match component {
            Component::Field(name) => Token::Key((*name).to_owned()),
            Component::Index(index) => match &at.kind {
                Kind::Sequence(_) => Token::Index(index.parse().ok()?),
                _ => Token::Key((*index).to_owned()),
            },
        };
        at = at.step(&token)?;
        way.push(token);
    }
    Some((way, at))
}

/// Whether no text of the table refers to a field called like `field`.
fn can_be_written(node: &Node, field: &Token) -> bool {
    match &node.kind {
        Kind::String(text) => {
            let leads_back = |address: Address<'_>| {
                let last = address.0.last();
                match (last, field) {
                    (Some(Component::Field(name) | Component::Index(name)), Token::Key(field)) => {
                        name == field
                    }
                    _ => true,
                }
            };
            text.is_ascii()
                && !references(text)
                    .filter_map(|reference| reference.address)
                    .any(leads_back)
        }
        Kind::Sequence(items) => items.iter().all(|item| can_be_written(item, field)),
        Kind::Mapping(entries) => entries
            .iter()
            .all(|entry| entry.key.is_ascii() && can_be_written(&entry.value, field)),
        Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => true,
    }
}
