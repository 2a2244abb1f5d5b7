//! What names lead to, in whatever holds a job.

use std::borrow::Cow;

use super::address::Component;

/// A place in a job, from which names lead on.
pub trait Names<'a>: Copy {
    /// What stands there.
    fn value(self) -> Value<'a>;

    /// The field of a struct, element of a list or entry of a map that `component` names.
    fn step(self, component: &Component<'_>) -> Option<Self>;
}

/// What stands at a place in a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text, or anything that is written as such.
    Text(Cow<'a, str>),
    /// Text that is another one once it is compiled.
    Draft(Cow<'a, str>),
    /// A struct, a list, a map or nothing.
    NotText,
}
