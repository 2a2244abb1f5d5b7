//! What a problem is about, told by names: these stay the same when other parts of a file change,
//! which lines, offsets and positions in lists do not.

use crate::source::{Kind, Location, Node, Pointer, SourceMap, Token};

use super::{Part, Place};

/// The most characters of a name that are looked at.
const LONGEST: usize = 200;
/// Stands for an element of a list that has no name.
const NAMELESS: &str = "*";
/// The fields that make a job's key, in its order.
const KEY: [&str; 4] = ["cluster", "role", "environment", "name"];

/// What a problem is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The value in the document.
    pub pointer: Pointer,
    /// The same with the names of elements instead of their positions:
    /// `/jobs/devcluster~1www~1prod~1web/task/processes/server/cmdline`.
    pub path: String,
    /// The text inside the value that is guilty, where it is not the whole value.
    pub text: Option<String>,
    /// The job that the value is a part of.
    pub job: Option<SubjectJob>,
}

/// The job that a problem is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectJob {
    /// Its key as far as it is written: `devcluster/www/prod/?` has no name.
    pub name: String,
    /// Where its definition begins.
    pub location: Location,
}

/// Whether the values of a document are parts of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// The document is a job, or has a list of them.
    Jobs,
    /// It is the settings, for instance.
    Anything,
}

impl Subject {
    /// What `place` is about, which is not located yet.
    pub(super) fn of(place: &Place, map: &SourceMap, holds: Holds) -> Option<Self> {
        let Place::Document(pointer, part) = place else {
            return None;
        };
        Some(Self {
            pointer: pointer.clone(),
            path: path(map.root(), pointer),
            text: match part {
                Part::Text { text, .. } => Some(text.clone()),
                Part::Value | Part::Key | Part::Opening => None,
            },
            job: match holds {
                Holds::Jobs => SubjectJob::of(pointer, map),
                Holds::Anything => None,
            },
        })
    }
}

impl SubjectJob {
    fn of(pointer: &Pointer, map: &SourceMap) -> Option<Self> {
        let root = map.root();
        let (at, node) = match (pointer.tokens(), root.get("jobs")) {
            ([Token::Key(jobs), Token::Index(index), ..], Some(list)) if jobs == "jobs" => {
                let at = Pointer::root().key("jobs").index(*index);
                (at, list.step(&Token::Index(*index))?)
            }
            // What is beside a list of jobs is shared by them.
            (_, Some(_)) => return None,
            (_, None) => (Pointer::root(), root),
        };
        Some(Self {
            name: key(node)?,
            location: map.opening(&at),
        })
    }
}

/// `pointer` with names for positions.
fn path(root: &Node, pointer: &Pointer) -> String {
    let mut node = Some(root);
    let mut named = Pointer::root();
    for (depth, token) in pointer.tokens().iter().enumerate() {
        node = node.and_then(|node| node.step(token));
        let is_job = depth == 1 && matches!(&pointer.tokens()[0], Token::Key(key) if key == "jobs");
        named = match token {
            Token::Key(key) => named.key(short(key)),
            Token::Index(_) => {
                let name = node.and_then(|node| if is_job { key(node) } else { name(node) });
                named.key(name.unwrap_or_else(|| NAMELESS.to_owned()))
            }
        };
    }
    named.to_string()
}

/// What an element of a list is called.
fn name(node: &Node) -> Option<String> {
    let text = match &node.kind {
        Kind::String(text) => Some(text),
        Kind::Mapping(_) => node.get("name").and_then(text),
        _ => None,
    };
    text.map(|text| short(text))
}

/// The key of a job as it is written; nothing where it has no part of one.
fn key(job: &Node) -> Option<String> {
    let parts = KEY.map(|field| job.get(field).and_then(text));
    let shown = |part: Option<&String>| part.map_or_else(|| "?".to_owned(), |part| short(part));
    parts
        .iter()
        .any(Option::is_some)
        .then(|| parts.map(shown).join("/"))
}

fn text(node: &Node) -> Option<&String> {
    match &node.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{Entry, SourceFile, Span};

    fn node(kind: Kind) -> Node {
        let span = Span::default();
        Node { kind, span }
    }

    fn string(text: &str) -> Node {
        node(Kind::String(text.to_owned()))
    }

    fn table<const N: usize>(entries: [(&str, Node); N]) -> Node {
        let entry = |(key, value): (&str, Node)| Entry {
            key: key.to_owned(),
            key_span: Span::default(),
            value,
        };
        node(Kind::Mapping(entries.into_iter().map(entry).collect()))
    }

    fn list<const N: usize>(items: [Node; N]) -> Node {
        node(Kind::Sequence(items.into()))
    }

    /// The path and the job of a pointer.
    fn check(root: &Node, pointer: &Pointer, expected: (&str, Option<&str>)) {
        let map = SourceMap::new(SourceFile::new("a", ""), Arc::new(root.clone()));
        let place = Place::value(pointer.clone());
        let subject = Subject::of(&place, &map, Holds::Jobs).expect("it is in the document");
        let job = subject.job.as_ref().map(|job| &*job.name);
        assert_eq!((&*subject.path, job), expected);
    }

    fn job() -> Node {
        let process = table([("name", string("a/b")), ("after", list([string("x")]))]);
        table([
            ("cluster", string("c")),
            ("name", string("n")),
            ("processes", list([process, table([])])),
        ])
    }

    #[test]
    fn names_for_positions() {
        let root = Pointer::root();
        let processes = root.key("processes");
        let alone = Some("c/?/?/n");
        check(&job(), &root, ("", alone));
        let name = processes.index(0).key("name");
        check(&job(), &name, ("/processes/a~1b/name", alone));
        let after = processes.index(0).key("after").index(0);
        check(&job(), &after, ("/processes/a~1b/after/x", alone));
        check(&job(), &processes.index(1), ("/processes/*", alone));
        check(&job(), &processes.index(9), ("/processes/*", alone));
        check(&table([]), &root.key("task"), ("/task", None));
    }

    #[test]
    fn lists_of_jobs() {
        let root = table([("jobs", list([job(), table([])])), ("packages", table([]))]);
        let jobs = Pointer::root().key("jobs");
        let named = "/jobs/c~1?~1?~1n/cluster";
        check(
            &root,
            &jobs.index(0).key("cluster"),
            (named, Some("c/?/?/n")),
        );
        check(&root, &jobs.index(1), ("/jobs/*", None));
        check(&root, &jobs, ("/jobs", None));
        check(&root, &Pointer::root().key("packages"), ("/packages", None));
    }
}
