//! What is wrong with the shape of a document, in the project's words.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::TOO_MANY_ERRORS;
use crate::diagnostic::{Annotation, Diagnostic, Place};
use crate::front::decode::codes::{MISSING_FIELD, UNKNOWN_FIELD};
use crate::model::Document;
use crate::source::{Kind, Node, Pointer, Token};

use super::error::{DecodeError, Problem};
use super::owner::Owner;
use super::pointers::{find, parent};
use super::refused_value::RefusedValue;
use super::tables::TABLES;
use super::unknown::{self, TooDeep, Unknown};
use super::wording::{all, either, owner_name};

/// The errors of a document as problems; they are `all`, or there are more.
///
/// One mistake is told once: fields that are missing from one table together, and not at all where
/// an unknown field is most likely what was meant by the missing one; fields that stand in a table
/// below their own together; the same mistake in several elements of a list together.
pub(super) fn explain(
    errors: &[(Pointer, DecodeError)],
    root: &Node,
    owner: Owner,
    all: bool,
) -> Vec<Diagnostic> {
    let last = errors.last().map(|(pointer, _)| pointer.clone());
    let too_deep: Vec<Option<TooDeep>> = errors
        .iter()
        .map(|(pointer, error)| match &error.problem {
            Problem::MissingField(field) => unknown::in_map(pointer, field, owner, root),
            Problem::UnknownField { field, expected } if unknown::is_slip(field, expected) => None,
            Problem::UnknownField { .. } => unknown::too_deep(pointer, owner, root),
            _ => unknown::refused_key(pointer, owner, root),
        })
        .collect();
    let mut meant: Vec<Pointer> = too_deep
        .iter()
        .flatten()
        .map(|it| it.to().clone())
        .collect();
    let mut of_jobs: Vec<&str> = Vec::new();
    for ((pointer, error), too_deep) in errors.iter().zip(&too_deep) {
        if let Problem::UnknownField { field, expected } = &error.problem
            && too_deep.is_none()
        {
            if is_beside_jobs(pointer, field, expected, owner) {
                of_jobs.push(field);
                continue;
            }
            let unknown = Unknown {
                pointer,
                field,
                expected,
                owner,
                root,
            };
            meant.extend(unknown.meant());
        }
    }
    let mut missing: Vec<(Pointer, Vec<&'static str>)> = Vec::new();
    let mut diagnostics = Vec::new();
    if !of_jobs.is_empty() {
        diagnostics.push(beside_jobs(&of_jobs));
    }
    for ((pointer, error), _) in errors.iter().zip(&too_deep).filter(|(_, it)| it.is_none()) {
        match &error.problem {
            Problem::Consequence => {}
            // What belongs into it stands beside it.
            Problem::Null if meant.iter().any(|meant| pointer.contains(meant)) => {}
            Problem::MissingField(field) => {
                let wanted = pointer.key(*field);
                let is_beside = owner == Owner::File && of_jobs.contains(field);
                if is_beside || meant.iter().any(|meant| wanted.contains(meant)) {
                    continue;
                }
                match missing.iter_mut().find(|(table, _)| table == pointer) {
                    Some((_, fields)) => fields.push(field),
                    None => missing.push((pointer.clone(), vec![field])),
                }
            }
            Problem::UnknownField { field, expected } => {
                if is_beside_jobs(pointer, field, expected, owner) {
                    continue;
                }
                let unknown = Unknown {
                    pointer,
                    field,
                    expected,
                    owner,
                    root,
                };
                diagnostics.push(unknown.problem());
            }
            problem => {
                let value = RefusedValue::new(pointer, error.on_key, root);
                diagnostics.push(value.problem(problem, owner));
            }
        }
    }
    let too_deep: Vec<TooDeep> = too_deep.into_iter().flatten().collect();
    diagnostics.extend(unknown::too_deep_problems(too_deep, owner, root));
    for (table, fields) in missing {
        diagnostics.push(missing_fields(&table, &fields, owner, root));
    }
    let mut diagnostics = together(diagnostics);
    if let Some(last) = last.filter(|_| !all) {
        let headline = "the file has more errors than are shown";
        let problem = Diagnostic::new(&TOO_MANY_ERRORS, headline, Place::opening(last));
        diagnostics.push(problem.help("mend these to see the others"));
    }
    diagnostics
}

/// Whether a field of a job stands beside the list of them.
fn is_beside_jobs(pointer: &Pointer, field: &str, expected: &[&str], owner: Owner) -> bool {
    !owner.is_job()
        && pointer.tokens().len() == 1
        && expected.contains(&Document::LIST_FIELD)
        && TABLES[0].has(field)
}

fn beside_jobs(fields: &[&str]) -> Diagnostic {
    let place = |field: &str| Place::key(Pointer::root().key(field));
    let (are, them) = match fields {
        [_] => ("is a field", "it"),
        _ => ("are fields", "them"),
    };
    let headline = format!("{} {are} of a job, not of the file", all(fields));
    let mut problem = Diagnostic::new(&UNKNOWN_FIELD, headline, place(fields[0]));
    for field in &fields[1..] {
        problem = problem.also(place(field), "");
    }
    problem.help(format!(
        "write {them} in each of the `{}`",
        Document::LIST_FIELD
    ))
}

/// The same problems, those that elements of one list have in common told once.
fn together(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    /// More places than these are counted.
    const SHOWN: usize = 3;
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut again: BTreeMap<usize, usize> = BTreeMap::new();
    let mut first: HashMap<(&'static str, String, Pointer), usize> = HashMap::new();
    for problem in problems {
        let Some(key) = in_list(&problem) else {
            kept.push(problem);
            continue;
        };
        let index = *first.entry(key).or_insert(kept.len());
        if index == kept.len() {
            kept.push(problem);
            continue;
        }
        let count = again.entry(index).or_default();
        *count += 1;
        if *count <= SHOWN {
            let place = problem.annotations.into_iter().next();
            let place = place.map(|it| it.place);
            kept[index]
                .annotations
                .extend(place.map(|place| Annotation {
                    place,
                    label: String::new(),
                }));
        }
    }
    for (index, count) in again {
        match count.saturating_sub(SHOWN) {
            0 => {}
            1 => kept[index]
                .notes
                .push("it is the same in 1 more place".to_owned()),
            more => kept[index]
                .notes
                .push(format!("it is the same in {more} more places")),
        }
    }
    kept
}

/// What problems have in common that are one mistake: code, headline and the place, whichever
/// element of a list it is in. None for problems outside of lists.
fn in_list(problem: &Diagnostic) -> Option<(&'static str, String, Pointer)> {
    let [
        Annotation {
            place: Place::Document(pointer, _),
            ..
        },
    ] = &problem.annotations[..]
    else {
        return None;
    };
    let is_index = |token: &Token| matches!(token, Token::Index(_));
    if !pointer.tokens().iter().any(is_index) {
        return None;
    }
    let any = |token: &Token| match token {
        Token::Index(_) => Token::Index(0),
        Token::Key(key) => Token::Key(key.clone()),
    };
    let anywhere = pointer.tokens().iter().map(any).collect();
    Some((problem.code.id, problem.headline.clone(), anywhere))
}

fn missing_fields(table: &Pointer, fields: &[&str], owner: Owner, root: &Node) -> Diagnostic {
    let place = match table.tokens().last() {
        Some(Token::Key(_)) => Place::key(table.clone()),
        _ => Place::opening(table.clone()),
    };
    let plural = if fields.len() == 1 { "" } else { "s" };
    let headline = format!("missing field{plural} {}", all(fields));
    let label = format!(
        "this {} has no {}",
        owner_name(table, owner),
        either(fields)
    );
    let problem = Diagnostic::new(&MISSING_FIELD, headline, place).label(label);
    let below = fields.iter().find_map(|field| {
        let node = find(root, table)?;
        Some((*field, below(node, table, field)?))
    });
    match below {
        Some((field, found)) => {
            let holder = parent(&found);
            let name = owner_name(&holder, owner);
            let help = match name {
                "table" => format!("move `{field}` up, if it is meant for all"),
                _ => format!("move `{field}` up, before the first {name}, if it is meant for all"),
            };
            problem
                .also(Place::key(found), format!("this is the {name}'s own"))
                .help(help)
        }
        None => problem,
    }
}

/// The first place below a table that has the field, in an element of one of its lists.
fn below(node: &Node, table: &Pointer, field: &str) -> Option<Pointer> {
    let Kind::Mapping(entries) = &node.kind else {
        return None;
    };
    entries.iter().find_map(|entry| {
        let Kind::Sequence(items) = &entry.value.kind else {
            return None;
        };
        let index = items.iter().position(|item| item.get(field).is_some())?;
        Some(table.key(entry.key.as_str()).index(index).key(field))
    })
}
