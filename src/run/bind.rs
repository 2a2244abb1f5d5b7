//! `{{...}}` filled in, as Aurora's client, executor and Thermos together do.
//!
//! A name is looked up in the fields of the table around the text, then of the table around that,
//! and so on; the names that client and agent add come last. A value is text again, whose own
//! references are looked up from where the first one stood; only along a path is it first filled in
//! where it belongs.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::{Address, Component, TemplateReference, references};
use crate::vocabulary::python;

type Table = Map<String, Value>;

/// What the agent adds to a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Which of the job's instances this is.
    pub instance: u32,
    /// The node's name.
    pub hostname: String,
    /// The task's identifier.
    pub task_id: String,
    /// The numbers of ports; those of no known name are collected when they are asked for.
    pub ports: BTreeMap<String, u16>,
}

/// Why a text cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The reference is none.
    Malformed(String),
    /// Nobody knows the name.
    Unbound(String),
    /// A value leads back to itself.
    Endless(String),
    /// It is a table or a list.
    NotText(String),
    /// With it, the job becomes larger than any that is meant well.
    TooLarge(String),
}

/// What the texts of a job have in common.
#[derive(Debug)]
pub(super) struct Reading {
    /// The names of ports that were asked for.
    pub(super) asked: RefCell<BTreeSet<String>>,
    /// So many bytes may references still come to.
    left: Cell<usize>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            asked: RefCell::default(),
            left: Cell::new(Self::MOST),
        }
    }
}

impl Reading {
    /// References that name each other can make much of a short text, and each process has texts.
    const MOST: usize = 32 << 20;
    /// What a reference costs, however short its value.
    const LEAST: usize = 64;

    /// Whether a value may still be filled in.
    fn spend(&self, value: &str) -> bool {
        let left = self.left.get().checked_sub(value.len() + Self::LEAST);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// The tables around a text.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    /// The innermost last.
    levels: Vec<&'a Table>,
    added: Added<'a>,
    reading: &'a Reading,
}

/// Whose names there are besides those of the tables.
#[derive(Debug, Clone, Copy)]
enum Added<'a> {
    Nobodys,
    /// The names that the client adds.
    Clients,
    /// These, and those that the agent adds.
    Agents(&'a Agent),
}

/// A value on the way of an address.
#[derive(Clone, Copy)]
enum Found<'a> {
    Struct(&'a Table),
    Map(&'a Table),
    List(&'a [Value]),
    Scalar(&'a Value),
}

/// What a reference to an unknown name comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refuse,
    /// It stays, for the text around to be looked up in a wider scope.
    Keep,
}

struct Evaluation {
    steps: usize,
}

impl Evaluation {
    const MAX_DEPTH: usize = 99;
    const MAX_STEPS: usize = 2000;
    const MAX_BYTES: usize = 1 << 20;
}

impl<'a> Scope<'a> {
    pub(super) fn new(job: &'a Table, agent: &'a Agent, reading: &'a Reading) -> Self {
        Self {
            levels: vec![job],
            added: Added::Agents(agent),
            reading,
        }
    }

    /// As long as the job is with the client.
    pub(super) fn of_client(job: &'a Table, reading: &'a Reading) -> Self {
        Self {
            levels: vec![job],
            added: Added::Clients,
            reading,
        }
    }

    /// As long as the client has not picked the job by its key.
    pub(super) fn of_unpicked(job: &'a Table, reading: &'a Reading) -> Self {
        Self {
            levels: vec![job],
            added: Added::Nobodys,
            reading,
        }
    }

    /// Around a field of a table inside.
    pub(super) fn inside(&self, table: &'a Table) -> Self {
        let mut scope = self.clone();
        scope.levels.push(table);
        scope
    }

    /// Whether one of the tables has what `address` names.
    pub(super) fn has(&self, address: &Address<'_>) -> bool {
        self.find(self.levels.len(), &address.0).is_some()
    }

    /// `text` with every reference filled in.
    pub(super) fn fill_in(&self, text: &str) -> Result<String, Trouble> {
        let mut filled = String::new();
        Evaluation { steps: 0 }.text(text, self, Unknown::Refuse, 0, &mut filled)?;
        match references(&filled).next() {
            // Composed of a value and the text around it, which nobody looks at again.
            Some(left) => Err(Trouble::Unbound(left.text.to_owned())),
            None => Ok(filled),
        }
    }

    fn find(&self, count: usize, path: &[Component<'_>]) -> Option<(Found<'a>, Vec<&'a Table>)> {
        use Component::Field;
        let (table, outer) = self.levels[..count].split_last()?;
        let below = |path: &[Component<'_>]| match path {
            [Field(name), rest @ ..] => descend(field(table, name)?, rest),
            _ => None,
        };
        let inside = match path {
            [Field("self"), rest @ ..] => below(rest),
            path => below(path),
        };
        inside
            .or_else(|| self.find(outer.len(), path))
            .or_else(|| match path {
                [Field("super"), rest @ ..] if !rest.is_empty() => self.find(outer.len(), rest),
                _ => None,
            })
    }

    /// What client and agent add.
    fn added(&self, path: &[Component<'_>]) -> Option<Cow<'a, str>> {
        use Component::{Field, Index};
        let agent = match self.added {
            Added::Nobodys => return None,
            Added::Clients => None,
            Added::Agents(agent) => Some(agent),
        };
        match path {
            [Field("mesos"), Field("role")] | [Field("thermos"), Field("user")] => {
                return Some(Cow::Borrowed("{{role}}"));
            }
            [Field("mesos"), Field("cluster")] => return Some(Cow::Borrowed("{{cluster}}")),
            _ => {}
        }
        let agent = agent?;
        Some(match path {
            [Field("mesos"), Field("instance")] => Cow::Owned(agent.instance.to_string()),
            [Field("mesos"), Field("hostname")] => Cow::Borrowed(&agent.hostname),
            [Field("thermos"), Field("task_id")] => Cow::Borrowed(&agent.task_id),
            [Field("thermos"), Field("ports"), Index(name)] => {
                self.reading.asked.borrow_mut().insert((*name).to_owned());
                let port = agent.ports.get(*name).copied().unwrap_or_default();
                Cow::Owned(port.to_string())
            }
            _ => return None,
        })
    }
}

/// Fields whose tables are maps: their keys are no names for references.
pub(super) const MAPS: &[&str] = &["constraints", "task_links", "portmap"];

fn field<'a>(table: &'a Table, name: &str) -> Option<Found<'a>> {
    let value = table.get(name)?;
    Some(match value {
        Value::Object(inner) if MAPS.contains(&name) => Found::Map(inner),
        other => found(other),
    })
}

fn found(value: &Value) -> Found<'_> {
    match value {
        Value::Object(table) => Found::Struct(table),
        Value::Array(items) => Found::List(items),
        scalar => Found::Scalar(scalar),
    }
}

fn descend<'a>(
    mut value: Found<'a>,
    path: &[Component<'_>],
) -> Option<(Found<'a>, Vec<&'a Table>)> {
    let mut owner = Vec::new();
    for component in path {
        value = match (value, component) {
            (Found::Struct(table), Component::Field(name)) => {
                owner.push(table);
                field(table, name)?
            }
            (Found::List(items), Component::Index(index)) => {
                found(items.get(index.parse::<usize>().ok()?)?)
            }
            (Found::Map(map), Component::Index(key)) => found(map.get(*key)?),
            _ => return None,
        };
    }
    Some((value, owner))
}

/// A value as the client writes it into a text.
pub(super) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    Some(match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Bool(value) => Cow::Borrowed(python::print_boolean(*value)),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

fn address<'t>(reference: &TemplateReference<'t>) -> Result<Address<'t>, Trouble> {
    let escaped = || Address::parse(reference.inner.trim_matches('&'));
    let address = reference.address.clone();
    address
        .or_else(|| reference.escaped.then(escaped).flatten())
        .ok_or_else(|| Trouble::Malformed(reference.text.to_owned()))
}

impl Evaluation {
    fn text(
        &mut self,
        text: &str,
        scope: &Scope<'_>,
        unknown: Unknown,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Trouble> {
        let mut at = 0;
        for reference in references(text) {
            out.push_str(&text[at..reference.offset]);
            at = reference.offset + reference.text.len();
            let address = address(&reference)?;
            self.reference(&address, scope, unknown, depth, out)?;
        }
        out.push_str(&text[at..]);
        Ok(())
    }

    fn reference(
        &mut self,
        address: &Address<'_>,
        scope: &Scope<'_>,
        unknown: Unknown,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Trouble> {
        self.steps += 1;
        let written = || format!("{{{{{address}}}}}");
        let within = depth < Self::MAX_DEPTH
            && self.steps <= Self::MAX_STEPS
            && out.len() <= Self::MAX_BYTES;
        if !within {
            return Err(Trouble::Endless(written()));
        }
        let (value, owner) = match scope.find(scope.levels.len(), &address.0) {
            Some((Found::Scalar(value), owner)) => {
                let text = scalar(value).ok_or_else(|| Trouble::NotText(written()))?;
                (text, owner)
            }
            Some(_) => return Err(Trouble::NotText(written())),
            None => match scope.added(&address.0) {
                Some(text) => (text, Vec::new()),
                None if unknown == Unknown::Refuse => return Err(Trouble::Unbound(written())),
                None => {
                    out.push_str(&written());
                    return Ok(());
                }
            },
        };
        if !scope.reading.spend(&value) {
            return Err(Trouble::TooLarge(written()));
        }
        if !value.contains("{{") {
            out.push_str(&value);
            return Ok(());
        }
        let value = if owner.is_empty() {
            value
        } else {
            let owner = Scope {
                levels: owner,
                added: Added::Nobodys,
                reading: scope.reading,
            };
            let mut own = String::new();
            self.text(&value, &owner, Unknown::Keep, depth + 1, &mut own)?;
            if !scope.reading.spend(&own) {
                return Err(Trouble::TooLarge(written()));
            }
            Cow::Owned(own)
        };
        self.text(&value, scope, unknown, depth + 1, out)
    }
}
