//! Laying one table over another.

use crate::model::Probe;
use crate::source::{Entry, Kind, Node};

use super::names::text;
use super::replaced::{Path, Replaced};

/// The list whose elements have names: one that is there merges with the one laid over it.
const PROCESSES: &[&str] = &["task", "processes"];
/// The list in which several elements may have one key: those laid over them replace all of that key.
const METADATA: &[&str] = &["metadata"];
/// Tables that hold one choice of several, by its name; `*` is any key.
const CHOICES: &[&[&str]] = &[
    &["container"],
    &["sla_policy"],
    &["health_check_config", "health_checker"],
    &["update_config", "update_strategy"],
    &["constraints", "*"],
    &["packages", "*"],
];

/// Tables in which some fields are choices that exclude each other.
const EXCLUSIVE: &[(&[&str], &[&str])] = &[(&["task", "processes", "*", "ready"], &Probe::KINDS)];

/// Lays fields over others. What they replace is noted.
pub(super) fn lay(
    base: &mut Vec<Entry>,
    over: Vec<Entry>,
    path: &mut Path,
    replaced: &mut Vec<Replaced>,
) {
    for entry in over {
        match base.iter_mut().find(|below| below.key == entry.key) {
            None => base.push(entry),
            Some(below) => {
                path.push(entry.key.to_string());
                below.key_span = entry.key_span;
                lay_value(&mut below.value, entry.value, path, replaced);
                path.pop();
            }
        }
    }
}

fn lay_value(base: &mut Node, over: Node, path: &mut Path, replaced: &mut Vec<Replaced>) {
    let span = over.span;
    match (&mut base.kind, over.kind) {
        (Kind::Mapping(below), Kind::Mapping(above)) if !is_other_choice(path, below, &above) => {
            exclude(below, &above, path, replaced);
            lay(below, above, path, replaced);
            base.span = span;
        }
        (Kind::Sequence(below), Kind::Sequence(above)) if path == PROCESSES => {
            path.push("*".to_owned());
            for item in above {
                let called = item.get("name").and_then(text);
                let is_it = |other: &&mut Node| {
                    called.is_some() && other.get("name").and_then(text) == called
                };
                match below.iter_mut().find(is_it) {
                    Some(other) => lay_value(other, item, path, replaced),
                    None => below.push(item),
                }
            }
            path.pop();
            base.span = span;
        }
        (Kind::Sequence(below), Kind::Sequence(above)) if path == METADATA => {
            path.push("*".to_owned());
            lay_by_key(below, above, |value| {
                replaced.push(Replaced::new(path, value));
            });
            path.pop();
            base.span = span;
        }
        (_, kind) => {
            let below = std::mem::replace(base, Node { kind, span });
            replaced.push(Replaced::new(path, below));
        }
    }
}

/// Lays elements over those that have the same key, at the place of the first of these.
fn lay_by_key(below: &mut Vec<Node>, above: Vec<Node>, mut replaced: impl FnMut(Node)) {
    let key_of = |item: &Node| item.get("key").and_then(text).map(str::to_owned);
    let mut above: Vec<_> = above
        .into_iter()
        .map(|item| (key_of(&item), item))
        .collect();
    while !above.is_empty() {
        let key = above[0].0.clone();
        let same = above.extract_if(.., |(other, _)| *other == key);
        let same: Vec<_> = same.map(|(_, item)| item).collect();
        let is_replaced = |item: &Node| key.is_some() && key_of(item) == key;
        let at = below.iter().position(is_replaced).unwrap_or(below.len());
        below
            .extract_if(.., |item| is_replaced(item))
            .for_each(&mut replaced);
        below.splice(at..at, same);
    }
}

/// Takes out the choices that another one of the fields laid over them excludes.
fn exclude(below: &mut Vec<Entry>, above: &[Entry], path: &mut Path, replaced: &mut Vec<Replaced>) {
    let Some((_, choices)) = EXCLUSIVE.iter().find(|(at, _)| path == at) else {
        return;
    };
    let is_choice = |entry: &Entry| choices.contains(&entry.key.as_str());
    let is_kept = |entry: &Entry| above.iter().any(|other| other.key == entry.key);
    if !above.iter().any(is_choice) {
        return;
    }
    for entry in below.extract_if(.., |entry| is_choice(entry) && !is_kept(entry)) {
        path.push(entry.key.to_string());
        replaced.push(Replaced::new(path, entry.value));
        path.pop();
    }
}

/// Whether two tables at a place hold choices that exclude each other.
fn is_other_choice(path: &Path, below: &[Entry], above: &[Entry]) -> bool {
    let fits = |choice: &&[&str]| {
        choice.len() == path.len() && choice.iter().zip(path).all(|(a, b)| *a == "*" || a == b)
    };
    CHOICES.iter().any(fits)
        && !above
            .iter()
            .any(|entry| below.iter().any(|other| other.key == entry.key))
}
