//! References in values that have to be known when the client reads a job.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::check::by_agent;
use crate::check::templates::{
    ENDLESS_TEMPLATE, TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX, UNBOUND_TEMPLATE,
};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Address, references};
use crate::run::{ClientsView, Trouble};
use crate::source::{Kind, Node, Token};
use crate::vocabulary::python;

/// The client's view of a job.
pub(super) struct View(Option<ClientsView>);

impl View {
    pub(super) fn new(job: &Node) -> Self {
        let table = match value(job) {
            Value::Object(table) => table,
            _ => Map::new(),
        };
        Self(ClientsView::new(&table))
    }

    /// `text`, which is the value at `pointer` (from the job), filled in.
    pub(super) fn fill_in(&self, text: &str, pointer: &[Token]) -> Result<String, Trouble> {
        let steps = steps(pointer);
        match &self.0 {
            Some(view) => view.fill_in(steps.iter().map(AsRef::as_ref), text),
            None => Err(Trouble::TooLarge(text.to_owned())),
        }
    }

    /// What is wrong with `text` in the job's key, by which the client picks the job before it adds
    /// names of its own.
    pub(super) fn before_the_pick(&self, text: &str, pointer: &[Token]) -> Option<Trouble> {
        let steps = steps(pointer);
        let view = self.0.as_ref()?;
        let path = steps.iter().map(AsRef::as_ref);
        view.fill_in_unpicked(path, text).err()
    }

    /// Whether the job itself says what `address` is in the value at `pointer` (from the job).
    pub(super) fn has(&self, pointer: &[Token], address: &Address<'_>) -> bool {
        let steps = steps(pointer);
        let view = self.0.as_ref();
        view.is_some_and(|view| view.has(steps.iter().map(AsRef::as_ref), address))
    }
}

/// The steps of a pointer as [`ClientsView`] takes them.
fn steps(pointer: &[Token]) -> Vec<Cow<'_, str>> {
    fn step(token: &Token) -> Cow<'_, str> {
        match token {
            Token::Key(key) => Cow::Borrowed(key.as_str()),
            Token::Index(index) => Cow::Owned(index.to_string()),
        }
    }
    pointer.iter().map(step).collect()
}

/// What is wrong with the references of a text, `place` being that of a part of it.
pub(super) fn problem(trouble: &Trouble, place: impl FnOnce(&str) -> Place) -> Diagnostic {
    match trouble {
        Trouble::Malformed(written) => {
            let headline = format!("`{written}` is no reference");
            Diagnostic::new(&TEMPLATE_SYNTAX, headline, place(written))
        }
        Trouble::Unbound(written) if is_agents(written) => {
            let headline = format!("`{written}` is only known on the node");
            Diagnostic::new(&UNBOUND_TEMPLATE, headline, place(written))
                .help("write a value that is known when the job is submitted")
        }
        Trouble::Unbound(written) => {
            let headline = format!("`{written}` is unknown here");
            Diagnostic::new(&UNBOUND_TEMPLATE, headline, place(written))
                .help("name a field of the tables around it, or write the value")
        }
        Trouble::Endless(written) => {
            let headline = format!("the value of `{written}` leads back to itself");
            Diagnostic::new(&ENDLESS_TEMPLATE, headline, place(written))
        }
        Trouble::TooLarge(written) => {
            let headline = format!("with `{written}`, the job becomes too large");
            Diagnostic::new(&ENDLESS_TEMPLATE, headline, place(written))
        }
        Trouble::NotText(written) => {
            let headline = format!("`{written}` is a table or a list, not text");
            Diagnostic::new(&TEMPLATE_NOT_TEXT, headline, place(written))
                .help("name one of its fields")
        }
    }
}

/// Whether the agent knows what `written`, a reference, stands for.
pub(super) fn is_agents(written: &str) -> bool {
    let address = references(written).next().and_then(|found| found.address);
    address.is_some_and(|address| by_agent(&address))
}

fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Boolean(value) => Value::Bool(*value),
        Kind::Integer(number) => Value::from(*number),
        Kind::Float(number) => {
            let finite = Number::from_f64(*number).map(Value::Number);
            finite.unwrap_or_else(|| Value::String(python::print_float(*number)))
        }
        Kind::String(text) => Value::String(text.clone()),
        Kind::Sequence(items) => Value::Array(items.iter().map(value).collect()),
        Kind::Mapping(entries) => {
            let entries = entries.iter();
            Value::Object(
                entries
                    .map(|entry| (entry.key.to_string(), value(&entry.value)))
                    .collect(),
            )
        }
    }
}
