//! What the command line says of references: `--bind NAME=VALUE`.
//!
//! The client looks a name up in the tables around the text first and among the bindings last. It
//! reads what it filled in once more, so that a value may have references, or be a part of one.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::source::{Key, Kind, Node, Span, Token};
use crate::template::{self, Address, MAX_BYTES, Trouble, Why, references};

use super::bind::View;

/// Rounds in which a text is filled in at most, as by the client.
const MOST_ROUNDS: usize = 100;

/// A name and the text that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// As a reference would be written.
    name: String,
    value: String,
}

impl FromStr for Binding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("expected NAME=VALUE, found no `=`")?;
        let address = Address::parse(name)
            .ok_or_else(|| format!("expected a name such as `CPUS` or `a.b[c]`, found `{name}`"))?;
        Ok(Self {
            name: address.to_string(),
            value: value.to_owned(),
        })
    }
}

/// The field that the client's own name stands for, which a reference has.
pub(super) fn alias(written: &str) -> Option<&'static str> {
    let address = references(written).next()?.address?;
    template::alias(&address.0)
}

/// A text that cannot be filled in: its place in the source and in the job, and why.
pub(super) type Failed = (Span, Vec<Token>, Trouble);

/// Fills in what `bindings` say wherever `job` does not say it itself.
pub(super) fn fill_in(job: &mut Node, bindings: &[Binding]) -> Vec<Failed> {
    let pairs = bindings
        .iter()
        .map(|it| (it.name.as_str(), it.value.as_str()));
    let is_alias =
        |name: &str| Address::parse(name).is_some_and(|it| template::alias(&it.0).is_some());
    let bound: BTreeMap<_, _> = pairs.filter(|(name, _)| !is_alias(name)).collect();
    if bound.is_empty() {
        return Vec::new();
    }
    let mut filler = Filler {
        view: View::new(job),
        bound,
        at: Vec::new(),
        failed: Vec::new(),
    };
    filler.value(job);
    filler.failed
}

struct Filler<'b> {
    view: View,
    bound: BTreeMap<&'b str, &'b str>,
    at: Vec<Token>,
    failed: Vec<Failed>,
}

impl Filler<'_> {
    fn value(&mut self, node: &mut Node) {
        match &mut node.kind {
            Kind::String(text) => self.text(text, node.span),
            Kind::Sequence(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.at.push(Token::Index(index));
                    self.value(item);
                    self.at.pop();
                }
            }
            Kind::Mapping(entries) => {
                for entry in entries {
                    let mut key = entry.key.to_string();
                    self.text(&mut key, entry.key_span);
                    if entry.key != *key {
                        entry.key = Key::from(&*key);
                    }
                    self.at.push(Token::Key(key));
                    self.value(&mut entry.value);
                    self.at.pop();
                }
            }
            Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => {}
        }
    }

    fn text(&mut self, text: &mut String, span: Span) {
        let mut first = None;
        for _ in 0..MOST_ROUNDS {
            let (filled, reference) = self.round(text);
            let Some(reference) = reference else { return };
            let reference = first.get_or_insert(reference);
            if filled.len() > MAX_BYTES {
                let trouble = Trouble::new(Why::TooLarge, reference.clone());
                self.failed.push((span, self.at.clone(), trouble));
                return;
            }
            *text = filled;
        }
        let trouble = Trouble::new(Why::Endless, first.unwrap_or_default());
        self.failed.push((span, self.at.clone(), trouble));
    }

    /// `text` with the values of all names that are bound, and the first reference to one.
    fn round(&self, text: &str) -> (String, Option<String>) {
        let mut filled = String::new();
        let mut first = None;
        let mut at = 0;
        for reference in references(text) {
            let Some(value) = reference
                .address
                .as_ref()
                .and_then(|address| self.bound_to(address))
            else {
                continue;
            };
            filled.push_str(&text[at..reference.offset]);
            filled.push_str(value);
            at = reference.offset + reference.text.len();
            first.get_or_insert(reference.text);
            if filled.len() > MAX_BYTES {
                break;
            }
        }
        filled.push_str(&text[at..]);
        (filled, first.map(str::to_owned))
    }

    fn bound_to(&self, address: &Address<'_>) -> Option<&str> {
        let value = self.bound.get(address.to_string().as_str())?;
        (!self.view.has(&self.at, address)).then_some(*value)
    }
}
