//! Tables of a definition, read for what the job asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model;
use crate::name::{PortName, ValueName};
use crate::source::Pointer;
use crate::template::{Added, OfJob, Scope};

use super::{At, Text};

/// A table of a definition: where it stands, and what references in its texts mean.
pub(super) struct Table<'a, 'o> {
    pointer: Arc<Pointer>,
    own: &'a dyn model::Table,
    outer: Option<&'o Table<'a, 'o>>,
}

impl<'a, 'o> Table<'a, 'o> {
    /// The table of a job.
    pub(super) fn of_job(job: &'a model::Job, pointer: Pointer) -> Self {
        Self {
            pointer: Arc::new(pointer),
            own: job,
            outer: None,
        }
    }

    /// The table `own`, the value of `field` in this one.
    pub(super) fn table(&'o self, field: &'static str, own: &'a dyn model::Table) -> Self {
        self.below(self.pointer.key(field), own)
    }

    /// The table `own`, an element of the list `field` in this one.
    pub(super) fn element(
        &'o self,
        field: &'static str,
        index: usize,
        own: &'a dyn model::Table,
    ) -> Self {
        self.below(self.pointer.key(field).index(index), own)
    }

    /// The table `field` in this one, in whose texts references mean what they mean in this one.
    pub(super) fn part(&self, field: &'static str) -> Self {
        Self {
            pointer: Arc::new(self.pointer.key(field)),
            own: self.own,
            outer: self.outer,
        }
    }

    fn below(&'o self, pointer: Pointer, own: &'a dyn model::Table) -> Self {
        Self {
            pointer: Arc::new(pointer),
            own,
            outer: Some(self),
        }
    }

    /// Where it stands.
    pub(super) fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// The value of a field.
    pub(super) fn at<T>(&self, field: impl Into<Cow<'static, str>>, value: T) -> At<T> {
        At::new(value, &self.pointer, field)
    }

    /// The value of a field, if it has one.
    pub(super) fn optional<T>(&self, field: &'static str, value: Option<T>) -> Option<At<T>> {
        value.map(|value| self.at(field, value))
    }

    /// A text in this table.
    pub(super) fn text(&self, text: impl Into<Arc<str>>) -> Text {
        Text::of_definition(text, &|reference| self.filled_in(reference))
    }

    /// A text in this table whose references are resolved.
    pub(super) fn compiled(&self, text: impl Into<Arc<str>>) -> Text {
        Text::compiled(text, &|reference| self.filled_in(reference))
    }

    fn filled_in(&self, reference: &str) -> Option<String> {
        let filled = self.scope().fill_in(reference).ok()?;
        filled.is_final.then_some(filled.text)
    }

    /// The text of a field, if it has one.
    pub(super) fn optional_text(
        &self,
        field: &'static str,
        text: Option<&model::Text>,
    ) -> Option<At<Text>> {
        text.map(|text| self.at(field, self.text(text.as_str())))
    }

    /// The texts of a field that is a table with keys of the author's.
    pub(super) fn texts<'t>(
        &self,
        field: &'static str,
        texts: impl IntoIterator<Item = (&'t String, &'t model::Text)>,
    ) -> Vec<(String, At<Text>)> {
        let table = Arc::new(self.pointer.key(field));
        let texts = texts.into_iter().map(|(name, text)| {
            let text = self.text(text.as_str());
            (name.clone(), At::new(text, &table, name.clone()))
        });
        texts.collect()
    }

    /// What the job tells other jobs.
    pub(super) fn labels(
        &self,
        labels: Option<&BTreeMap<ValueName, model::Scalar>>,
    ) -> BTreeMap<ValueName, At<Text>> {
        let table = Arc::new(self.pointer.key("labels"));
        let labels = labels.into_iter().flatten().map(|(name, value)| {
            let text = self.text(value.as_str());
            (
                name.clone(),
                At::new(text, &table, name.as_str().to_owned()),
            )
        });
        labels.collect()
    }

    /// The ports that the job declares.
    pub(super) fn ports(
        &self,
        ports: Option<&BTreeMap<PortName, model::DeclaredPort>>,
    ) -> BTreeMap<PortName, At<Option<u16>>> {
        let table = Arc::new(self.pointer.key("ports"));
        let ports = ports.into_iter().flatten();
        let ports = ports.map(|(name, model::DeclaredPort { number })| {
            let number = number.and_then(|number| u16::try_from(number.get()).ok());
            (name.clone(), At::new(number, &table, name.to_string()))
        });
        ports.collect()
    }

    fn scope(&self) -> Scope<'a, OfJob<'a>> {
        let own = OfJob::table(self.own);
        match self.outer {
            None => Scope::new(own, Added::Later),
            Some(outer) => outer.scope().inside(own),
        }
    }
}
