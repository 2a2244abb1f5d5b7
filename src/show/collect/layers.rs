//! Which layers the values of a job come from.

use crate::show::document::{Layered, OWN_LAYER};
use crate::source::{Kind, Node, Span};

use super::Collect;

/// Lists whose elements have names, and the field that is one: all layers that speak of an element have
/// it.
const NAMED: &[(&str, &str)] = &[("task.processes", "name"), ("metadata", "key")];

/// A field with all that is in it, which comes from one layer.
struct Value<'l> {
    field: String,
    layer: Option<&'l str>,
    /// Where its first value is written.
    span: Span,
}

impl<'a> Collect<'a> {
    /// The fields of the job, as few as have each one layer alone; none if all are the job's own.
    pub(super) fn layers(&mut self) -> Vec<Layered> {
        let mut values = Vec::new();
        if let Some(job) = self.node(&self.plan().intent.pointer) {
            self.values(job, "", None, &mut values);
        }
        if values.iter().all(|value| value.layer.is_none()) {
            return Vec::new();
        }
        let layered = values.into_iter().map(|value| {
            let location = self.planned.map.sources().locate(value.span);
            Layered {
                field: value.field,
                layer: value.layer.unwrap_or(OWN_LAYER).to_owned(),
                at: self.place(&location),
            }
        });
        layered.collect()
    }

    /// Adds the values of a field. Those of an element of a list are without its `name_field`.
    fn values(
        &self,
        node: &Node,
        field: &str,
        name_field: Option<&str>,
        values: &mut Vec<Value<'a>>,
    ) {
        let before = values.len();
        let named = NAMED.iter().find(|(list, _)| *list == field);
        match (&node.kind, named) {
            (Kind::Mapping(entries), _) if !entries.is_empty() => {
                let without_name = entries
                    .iter()
                    .filter(|entry| name_field != Some(entry.key.as_str()));
                for entry in without_name {
                    self.values(&entry.value, &joined(field, &entry.key), None, values);
                }
            }
            (Kind::Sequence(items), Some((_, name_field))) => {
                for item in items {
                    if let Some(Kind::String(name)) = item.get(name_field).map(|name| &name.kind) {
                        self.values(item, &joined(field, name), Some(name_field), values);
                    }
                }
            }
            _ => {
                let map: &'a _ = &self.planned.map;
                values.push(Value {
                    field: field.to_owned(),
                    layer: map.layers().of(node.span),
                    span: node.span,
                });
            }
        }
        if field.is_empty() {
            return;
        }
        if let [first, others @ ..] = &mut values[before..]
            && others.iter().all(|other| other.layer == first.layer)
        {
            field.clone_into(&mut first.field);
            values.truncate(before + 1);
        }
    }
}

/// A path as `unset` takes it: names with dots in quotes.
fn joined(field: &str, name: &str) -> String {
    let name = if name.contains('.') {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    };
    if field.is_empty() {
        name
    } else {
        format!("{field}.{name}")
    }
}
