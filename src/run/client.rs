//! A job as Aurora's client sees it before it is anywhere: with defaults, and without a node.

use serde_json::{Map, Value};

use crate::model::Address;
use crate::vocabulary::completed;

use super::bind::{MAPS, Reading, Scope, Trouble};

/// A job whose texts are filled in with what the client knows.
#[derive(Debug)]
pub struct ClientsView {
    job: Map<String, Value>,
    reading: Reading,
}

impl ClientsView {
    /// The client's view of a job as it is written; none if it has too many tables.
    pub fn new(job: &Map<String, Value>) -> Option<Self> {
        let job = completed(job)?;
        let reading = Reading::default();
        Some(Self { job, reading })
    }

    /// `text`, which stands at the end of `path` in the job, filled in. Keys and indexes of the path
    /// are written alike.
    ///
    /// # Errors
    /// If the client does not know all names in it.
    pub fn fill_in<'p>(
        &self,
        path: impl IntoIterator<Item = &'p str>,
        text: &str,
    ) -> Result<String, Trouble> {
        self.around(self.scope(), path).fill_in(text)
    }

    /// The same before the job is picked by its key, when the client adds no names.
    ///
    /// # Errors
    /// If the job does not say all names in it.
    pub fn fill_in_unpicked<'p>(
        &self,
        path: impl IntoIterator<Item = &'p str>,
        text: &str,
    ) -> Result<String, Trouble> {
        let scope = Scope::of_unpicked(&self.job, &self.reading);
        self.around(scope, path).fill_in(text)
    }

    /// Whether a table around the end of `path` has what `address` names.
    pub fn has<'p>(&self, path: impl IntoIterator<Item = &'p str>, address: &Address<'_>) -> bool {
        self.around(self.scope(), path).has(address)
    }

    fn scope(&self) -> Scope<'_> {
        Scope::of_client(&self.job, &self.reading)
    }

    /// `scope`, which is the job's, at the end of `path`.
    fn around<'p, 's>(
        &'s self,
        mut scope: Scope<'s>,
        path: impl IntoIterator<Item = &'p str>,
    ) -> Scope<'s> {
        let mut steps = path.into_iter();
        let mut field = steps.next().unwrap_or_default();
        let mut at = self.job.get(field);
        for step in steps {
            at = match at {
                Some(Value::Object(table)) => {
                    if !MAPS.contains(&field) {
                        scope = scope.inside(table);
                    }
                    table.get(step)
                }
                Some(Value::Array(items)) => {
                    let index = step.parse().ok();
                    index.and_then(|index: usize| items.get(index))
                }
                _ => None,
            };
            field = step;
        }
        scope
    }
}
