//! The tables around a text.

use super::added::Added;
use super::address::{Address, Component};
use super::budget::Budget;
use super::names::{Names, Value};

/// Where a text stands: what its references may name.
#[derive(Debug, Clone)]
pub struct Scope<'a, N> {
    /// The tables around it, the innermost last.
    levels: Vec<N>,
    added: Added<'a>,
    /// What filling in may still cost; none if that is no matter.
    budget: Option<&'a Budget>,
}

/// What an address leads to.
pub(super) struct Found<'a, N> {
    pub(super) value: Value<'a>,
    /// The tables on the path to it, the innermost last.
    pub(super) owner: Vec<N>,
}

impl<'a, N: Names<'a>> Scope<'a, N> {
    /// Around a field of `job`.
    pub fn new(job: N, added: Added<'a>) -> Self {
        let mut levels = Vec::with_capacity(4);
        levels.push(job);
        Self {
            levels,
            added,
            budget: None,
        }
    }

    /// The same with a limit that it shares with others.
    #[must_use]
    pub fn within(self, budget: &'a Budget) -> Self {
        let budget = Some(budget);
        Self { budget, ..self }
    }

    /// Around a field of a table inside.
    #[must_use]
    pub fn inside(mut self, table: N) -> Self {
        self.levels.push(table);
        self
    }

    /// The table around the text.
    pub fn innermost(&self) -> Option<N> {
        self.levels.last().copied()
    }

    /// Whether one of the tables has what `address` names.
    pub fn has(&self, address: &Address<'_>) -> bool {
        let tables = self.of_owner(self.levels.clone());
        tables.find(&address.0).is_some()
    }

    pub(super) fn added(&self) -> Added<'a> {
        self.added
    }

    /// Whether a reference with this value may still be filled in.
    pub(super) fn spend(&self, value: &str) -> bool {
        self.budget.is_none_or(|budget| budget.spend(value))
    }

    /// The scope of a value that stands in `owner`: what is unknown there is looked up further out.
    pub(super) fn of_owner(&self, owner: Vec<N>) -> Self {
        Self {
            levels: owner,
            added: Added::Nobodys,
            budget: self.budget,
        }
    }

    pub(super) fn find(&self, path: &[Component<'_>]) -> Option<Found<'a, N>> {
        self.find_among(self.levels.len(), path)
    }

    /// Finds it in the `count` outermost tables.
    fn find_among(&self, count: usize, path: &[Component<'_>]) -> Option<Found<'a, N>> {
        use Component::Field;
        let Some((table, outer)) = self.levels[..count].split_last() else {
            let value = self.added.by_client(path)?;
            let owner = Vec::new();
            return Some(Found { value, owner });
        };
        let below = |path: &[Component<'_>]| match path {
            [first @ Field(_), rest @ ..] => descend(table.step(first)?, rest),
            _ => None,
        };
        let inside = match path {
            [Field("self"), rest @ ..] => below(rest),
            path => below(path),
        };
        inside
            .or_else(|| self.find_among(outer.len(), path))
            .or_else(|| match path {
                [Field("super"), rest @ ..] if !rest.is_empty() => {
                    self.find_among(outer.len(), rest)
                }
                _ => None,
            })
    }
}

fn descend<'a, N: Names<'a>>(mut at: N, path: &[Component<'_>]) -> Option<Found<'a, N>> {
    let mut owner = Vec::new();
    for component in path {
        let next = at.step(component)?;
        if let Component::Field(_) = component {
            owner.push(at);
        }
        at = next;
    }
    let value = at.value();
    Some(Found { value, owner })
}
