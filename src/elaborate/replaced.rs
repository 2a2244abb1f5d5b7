//! Values that a higher layer replaced: they are checked as values all the same.

use crate::source::{Entry, Kind, Node, Span};

/// Where a value stands in a job: its keys, with `*` for an element of a list.
pub(super) type Path = Vec<String>;

/// A value that is in no job any more.
#[derive(Debug, Clone)]
pub(super) struct Replaced {
    path: Path,
    value: Node,
}

impl Replaced {
    pub(super) fn new(path: &Path, value: Node) -> Self {
        Self {
            path: path.clone(),
            value,
        }
    }

    /// A job that has nothing but this value.
    pub(super) fn into_job(self) -> Node {
        let span = self.value.span;
        let around = |inner: Node, key: &String| Node {
            kind: if key == "*" {
                Kind::Sequence(vec![inner])
            } else {
                Kind::Mapping(vec![Entry {
                    key: key.as_str().into(),
                    key_span: Span {
                        start: span.start,
                        end: span.start,
                    },
                    value: inner,
                }])
            },
            span,
        };
        self.path.iter().rev().fold(self.value, around)
    }
}
