//! What a problem is about, told by names: these stay the same when other parts of a file change,
//! which lines, offsets and positions in lists do not.

use crate::source::{Kind, Location, Node, Pointer, SourceMap, Span, Token};

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
        let (pointer, text) = match place {
            Place::Document(pointer, Part::Text { text, .. }) => (pointer.clone(), Some(text)),
            Place::Document(pointer, Part::Value | Part::Key | Part::Opening) => {
                (pointer.clone(), None)
            }
            Place::Span(location) => {
                let span = map.sources().span(location)?;
                (pointer_to(map.root(), span), None)
            }
            Place::File(_) => return None,
        };
        Some(Self {
            path: path(map.root(), &pointer),
            text: text.cloned(),
            job: match holds {
                Holds::Jobs => SubjectJob::of(&pointer, map),
                Holds::Anything => None,
            },
            pointer,
        })
    }
}

impl SubjectJob {
    /// The jobs of a document that say at least a part of their key.
    pub fn all(map: &SourceMap) -> Vec<Self> {
        let root = Pointer::root();
        match map.root().get("jobs").map(|jobs| &jobs.kind) {
            Some(Kind::Sequence(jobs)) => {
                let list = root.key("jobs");
                let jobs = 0..jobs.len();
                jobs.filter_map(|index| Self::of(&list.index(index), map))
                    .collect()
            }
            Some(_) => Vec::new(),
            None => Self::of(&root, map).into_iter().collect(),
        }
    }

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
        let mut location = map.value(&at);
        location.span.end = location.span.start;
        Some(Self {
            name: key(node)?,
            location,
        })
    }
}

/// The innermost value around `span`; what holds them all where several have the same text. All values
/// are looked at: those of layers and aliases stand neither in their order nor inside of what holds them.
fn pointer_to(root: &Node, span: Span) -> Pointer {
    let mut search = Search {
        span,
        path: Vec::new(),
        found: None,
    };
    search.node(root);
    let path = search.found.map(|found| found.path).unwrap_or_default();
    path.into_iter().map(Token::from).collect()
}

/// A step to a value of the tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl From<Step<'_>> for Token {
    fn from(step: Step<'_>) -> Self {
        match step {
            Step::Key(key) => Self::Key(key.to_owned()),
            Step::Index(index) => Self::Index(index),
        }
    }
}

/// Looks for what is around a span.
struct Search<'a> {
    span: Span,
    path: Vec<Step<'a>>,
    found: Option<Found<'a>>,
}

/// The innermost text around a span so far.
struct Found<'a> {
    length: u32,
    path: Vec<Step<'a>>,
    /// Whether values have it that are not inside of each other.
    is_shared: bool,
}

impl<'a> Search<'a> {
    fn node(&mut self, node: &'a Node) {
        self.text(node.span);
        match &node.kind {
            Kind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.node(item);
                    self.path.pop();
                }
            }
            Kind::Mapping(entries) => {
                for entry in entries {
                    self.path.push(Step::Key(&entry.key));
                    self.text(entry.key_span);
                    self.node(&entry.value);
                    self.path.pop();
                }
            }
            Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_) => {
            }
        }
    }

    /// Takes note of the text of the value at the path.
    fn text(&mut self, text: Span) {
        if self.span.start < text.start || text.end < self.span.end {
            return;
        }
        let length = text.end - text.start;
        match &mut self.found {
            Some(found) if found.length < length => {}
            Some(found)
                if found.length == length
                    && (found.is_shared || !self.path.starts_with(&found.path)) =>
            {
                let steps = found.path.iter().zip(&self.path);
                let common = steps.take_while(|(known, step)| known == step).count();
                found.path.truncate(common);
                found.is_shared = true;
            }
            _ => {
                self.found = Some(Found {
                    length,
                    path: self.path.clone(),
                    is_shared: false,
                });
            }
        }
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
    use crate::source::{Entry, SourceFile};

    fn node(kind: Kind) -> Node {
        let span = Span::default();
        Node { kind, span }
    }

    fn string(text: &str) -> Node {
        node(Kind::String(text.to_owned()))
    }

    fn table<const N: usize>(entries: [(&str, Node); N]) -> Node {
        let entry = |(key, value): (&str, Node)| Entry {
            key: key.into(),
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
        if let Some(job) = &subject.job {
            assert!(SubjectJob::all(&map).contains(job), "{job:?}");
        }
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

    #[test]
    fn values_around_a_span() {
        let at = |kind, range: std::ops::Range<usize>| Node {
            kind,
            span: Span::new(range),
        };
        let numbers = vec![at(Kind::Integer(1), 6..7), at(Kind::Integer(2), 9..10)];
        let entry = Entry {
            key: "a".into(),
            key_span: Span::new(1..4),
            value: at(Kind::Sequence(numbers), 5..11),
        };
        // {"a":[1, 2]}
        let root = at(Kind::Mapping(vec![entry]), 0..12);
        let check = |range, expected: &str| {
            let pointer = pointer_to(&root, Span::new(range));
            assert_eq!(pointer.to_string(), expected);
        };
        check(0..1, "");
        check(0..12, "");
        check(1..4, "/a");
        check(5..6, "/a");
        check(6..7, "/a/0");
        check(6..9, "/a");
        check(9..10, "/a/1");
        check(90..91, "");
    }

    #[test]
    fn values_of_layers_around_a_span() {
        let at = |kind, range: std::ops::Range<usize>| Node {
            kind,
            span: Span::new(range),
        };
        let entry = |key: &str, range, value| Entry {
            key: key.into(),
            key_span: Span::new(range),
            value,
        };
        // Two jobs of the text 0..50, which have values of their own, before it, and behind it.
        let job = |own: usize| {
            let entries = vec![
                entry("c", 61..62, at(Kind::Integer(1), 63..64)),
                entry("b", own..own + 1, at(Kind::Integer(1), own + 2..own + 3)),
                entry("a", 51..52, at(Kind::Sequence(vec![string("x")]), 53..60)),
                entry(
                    "environment",
                    own + 4..own + 6,
                    at(Kind::Null, own + 4..own + 6),
                ),
            ];
            at(Kind::Mapping(entries), 0..50)
        };
        let jobs = at(Kind::Sequence(vec![job(10), job(20), job(30)]), 0..50);
        let root = at(Kind::Mapping(vec![entry("jobs", 0..50, jobs)]), 0..50);
        let check = |range, expected: &str| {
            let pointer = pointer_to(&root, Span::new(range));
            assert_eq!(pointer.to_string(), expected);
        };
        check(10..11, "/jobs/0/b");
        check(22..23, "/jobs/1/b");
        check(35..36, "/jobs/2/environment");
        check(1..2, "/jobs");
        check(63..64, "/jobs");
        check(70..71, "");
        let Some(Kind::Sequence(jobs)) = root.get("jobs").map(|jobs| &jobs.kind) else {
            panic!("it is a list");
        };
        let pointer = |range| pointer_to(&jobs[1], Span::new(range)).to_string();
        assert_eq!(pointer(63..64), "/c");
        assert_eq!(pointer(51..52), "/a");
        assert_eq!(pointer(55..56), "/a");
    }
}
