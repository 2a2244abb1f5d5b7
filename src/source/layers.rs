//! Which layer a value of a document comes from.

use std::collections::BTreeMap;

use super::{Kind, Node, Span};

/// The values that others than a job itself gave it, by where they are written.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// What the layers are called.
    names: Vec<String>,
    values: BTreeMap<Span, usize>,
}

impl Layers {
    /// Takes note of the values that a layer has. Where two layers have one value, as by an anchor, it is
    /// the first one's.
    pub fn add<'n>(&mut self, name: String, values: impl IntoIterator<Item = &'n Node>) {
        let layer = self.names.len();
        self.names.push(name);
        for value in values {
            self.add_value(layer, value);
        }
    }

    /// What the layer is called that has the value at `span`; nothing if a job has it itself.
    pub fn of(&self, span: Span) -> Option<&str> {
        let layer = self.values.get(&span)?;
        self.names.get(*layer).map(String::as_str)
    }

    fn add_value(&mut self, layer: usize, value: &Node) {
        match &value.kind {
            // A table that has fields may have them from several layers.
            Kind::Mapping(entries) if !entries.is_empty() => {
                for entry in entries {
                    self.add_value(layer, &entry.value);
                }
                return;
            }
            Kind::Sequence(items) => {
                for item in items {
                    self.add_value(layer, item);
                }
            }
            _ => {}
        }
        self.values.entry(value.span).or_insert(layer);
    }
}
