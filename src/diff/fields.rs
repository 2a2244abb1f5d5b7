//! Fields of two tables compared by their paths.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::secret::Mask;
use crate::target::aurora::Table;

use super::FieldChange;

/// Fields that identify the items of a list.
const IDENTITIES: &[&str] = &["name", "key", "container_path"];

/// What differs between two tables, each path after `prefix`. `mask` hides their secrets.
pub(super) fn compare(old: &Table, new: &Table, prefix: &str, mask: &Mask) -> Vec<FieldChange> {
    let mut comparison = Fields {
        mask,
        changes: Vec::new(),
    };
    // The tables are as deep as the reader of JSON lets them be.
    comparison.tables(old, new, prefix);
    comparison.changes
}

/// Whether two values are the same, however numbers are written.
pub(super) fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Number(old), Value::Number(new)) => {
            old == new || (old.as_f64() == new.as_f64() && (old.is_f64() || new.is_f64()))
        }
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(old, new))
        }
        (Value::Object(old), Value::Object(new)) => {
            let other =
                |(name, old): (&String, &Value)| new.get(name).is_some_and(|new| is_same(old, new));
            old.len() == new.len() && old.iter().all(other)
        }
        _ => old == new,
    }
}

struct Fields<'m> {
    mask: &'m Mask,
    changes: Vec<FieldChange>,
}

impl Fields<'_> {
    fn tables(&mut self, old: &Table, new: &Table, prefix: &str) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            // Behind others, a name is no word of its own any more that tells a secret.
            let shown = self.mask.hide(name);
            let path = if prefix.is_empty() {
                shown.into_owned()
            } else {
                format!("{prefix}.{shown}")
            };
            self.values(old.get(name), new.get(name), path);
        }
    }

    fn values(&mut self, old: Option<&Value>, new: Option<&Value>, path: String) {
        let empty = Table::new();
        match (old, new) {
            (Some(old), Some(new)) if is_same(old, new) => {}
            (Some(Value::Object(old)), Some(Value::Object(new))) => self.tables(old, new, &path),
            // A table that is new is its fields, one by one.
            (Some(Value::Object(old)), None) if !old.is_empty() => self.tables(old, &empty, &path),
            (None, Some(Value::Object(new))) if !new.is_empty() => self.tables(&empty, new, &path),
            (Some(Value::Array(old)), Some(Value::Array(new))) => self.lists(old, new, path),
            _ => self.changes.push(FieldChange {
                old: old.map(|value| self.mask.hide_in_value(&path, value)),
                new: new.map(|value| self.mask.hide_in_value(&path, value)),
                path,
            }),
        }
    }

    fn lists(&mut self, old: &[Value], new: &[Value], path: String) {
        if let (Some(before), Some(after)) = (by_identity(old), by_identity(new)) {
            let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
            for name in names {
                let path = format!("{path}[{}]", self.mask.hide(name));
                let (old, new) = (before.get(name).copied(), after.get(name).copied());
                self.values(old, new, path);
            }
            return;
        }
        let is_plain = |value: &Value| !value.is_object() && !value.is_array();
        if old.iter().chain(new).all(is_plain) || old.len() != new.len() {
            self.changes.push(FieldChange {
                old: Some(self.mask.hide_in_value(&path, &old.to_vec().into())),
                new: Some(self.mask.hide_in_value(&path, &new.to_vec().into())),
                path,
            });
            return;
        }
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            self.values(Some(old), Some(new), format!("{path}[{index}]"));
        }
    }
}

/// The items by what identifies them, if all have that and no two have the same.
fn by_identity(items: &[Value]) -> Option<BTreeMap<&str, &Value>> {
    let identity = |item: &'_ Value| -> Option<String> {
        let table = item.as_object()?;
        let name = IDENTITIES.iter().find(|name| table.contains_key(**name))?;
        table[*name].as_str().map(|_| (*name).to_owned())
    };
    let mut named = BTreeMap::new();
    for item in items {
        let field = identity(item)?;
        if named.insert(item[&field].as_str()?, item).is_some() {
            return None;
        }
    }
    Some(named)
}
