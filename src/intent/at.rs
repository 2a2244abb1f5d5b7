//! A value that a job asks for and where its definition says it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::source::Pointer;

/// A value that a definition gives, with its place, so that a rule that refuses it can point at it.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    table: Arc<Pointer>,
    field: Cow<'static, str>,
}

/// The value that a definition gives, if it gives one.
pub fn given<T: Copy>(at: Option<&At<T>>) -> Option<T> {
    at.map(|at| at.value)
}

impl<T> At<T> {
    /// The value of `field` in the table at `table`.
    pub(super) fn new(value: T, table: &Arc<Pointer>, field: impl Into<Cow<'static, str>>) -> Self {
        Self {
            value,
            table: Arc::clone(table),
            field: field.into(),
        }
    }

    /// The name of its field.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Where the value stands.
    pub fn pointer(&self) -> Pointer {
        self.table.key(self.field.as_ref())
    }
}
