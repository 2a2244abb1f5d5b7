//! Paths that a layer takes out of those below it.

use crate::source::{Kind, Node, Span};

use super::names::{take, text};

/// A path, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unset {
    /// As written.
    pub(super) written: String,
    /// From the job on.
    pub(super) path: Vec<String>,
    pub(super) span: Span,
}

/// What is no path.
pub(super) enum NoPath<'a> {
    /// An element that is no text.
    OtherType(&'a Node),
    /// A text that is none.
    Text(&'a Node),
}

/// The elements of a list of paths, which are below another one; none if it is no list.
pub(super) fn unsets<'a>(node: &'a Node, below: &[&str]) -> Option<Vec<Result<Unset, NoPath<'a>>>> {
    let Kind::Sequence(items) = &node.kind else {
        return None;
    };
    let unset = |item: &'a Node| {
        let written = text(item).ok_or(NoPath::OtherType(item))?;
        let steps = steps(written).ok_or(NoPath::Text(item))?;
        let below = below.iter().map(|name| (*name).to_owned());
        Ok(Unset {
            written: written.to_owned(),
            path: below.chain(steps).collect(),
            span: item.span,
        })
    };
    Some(items.iter().map(unset).collect())
}

/// The steps of a path: names with dots in between, in quotes where they have dots themselves.
fn steps(path: &str) -> Option<Vec<String>> {
    let mut steps = Vec::new();
    let mut rest = path;
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (step, after) = match quote {
            Some(quote) => rest[1..].split_once(quote)?,
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        if step.is_empty() {
            return None;
        }
        steps.push(step.to_owned());
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(steps),
        }
    }
}

/// Takes what a path leads to out of a table. Elements of lists are found by their names.
pub(super) fn remove(node: &mut Node, path: &[String]) -> bool {
    let Some((step, rest)) = path.split_first() else {
        return false;
    };
    match &mut node.kind {
        Kind::Mapping(entries) if rest.is_empty() => take(entries, step).is_some(),
        Kind::Mapping(_) => node.get_mut(step).is_some_and(|inner| remove(inner, rest)),
        Kind::Sequence(items) => {
            let is_it = |item: &Node| {
                let name = item.get("name").or_else(|| item.get("key"));
                name.and_then(text) == Some(step)
            };
            let Some(index) = items.iter().position(is_it) else {
                return false;
            };
            if rest.is_empty() {
                items.remove(index);
                return true;
            }
            remove(&mut items[index], rest)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_paths() {
        let check = |path: &str, expected: Option<&[&str]>| {
            let found = steps(path);
            let found = found
                .as_ref()
                .map(|steps| steps.iter().map(String::as_str).collect());
            assert_eq!(found, expected.map(<[_]>::to_vec), "{path}");
        };
        check("instances", Some(&["instances"]));
        check(
            "task.processes.web.max_failures",
            Some(&["task", "processes", "web", "max_failures"]),
        );
        check(
            "task.processes.\"a.b\".daemon",
            Some(&["task", "processes", "a.b", "daemon"]),
        );
        check("metadata.'a.b'", Some(&["metadata", "a.b"]));
        for wrong in ["", ".", "a.", ".a", "a..b", "'a", "'a'b", "''"] {
            check(wrong, None);
        }
    }
}
