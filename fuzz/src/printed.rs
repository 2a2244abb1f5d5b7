//! Trees as text: printed in the one notation that all three formats have, a tree reads as itself.

use std::fmt::Write as _;

use jobc::front::{self, Format};
use jobc::source::{Kind, Node, SourceFile};

/// Larger trees than this are not printed.
const MAX_VALUES: usize = 5_000;
/// Longer text may have more punctuation than is read as YAML.
const MAX_TEXT: usize = 1_000_000;
/// YAML has no longer keys on one line.
const MAX_KEY: usize = 500;

/// Prints the tree, and reads it in each format.
pub fn check(root: &Node) {
    let mut left = MAX_VALUES;
    let Some(facts) = Facts::of(root, &mut left) else {
        return;
    };
    let mut json = String::new();
    print(root, ": ", &mut json);
    reads(&json, Format::Json, root);
    if facts.longest_key <= MAX_KEY && json.len() <= MAX_TEXT {
        reads(&json, Format::Yaml, root);
    }
    if let Kind::Mapping(entries) = &root.kind
        && !facts.has_null
    {
        let mut toml = String::new();
        for entry in entries {
            print_string(&entry.key, &mut toml);
            toml.push_str(" = ");
            print(&entry.value, " = ", &mut toml);
            toml.push('\n');
        }
        reads(&toml, Format::Toml, root);
    }
}

fn reads(text: &str, format: Format, root: &Node) {
    let report = front::load(&SourceFile::new("printed", text), format);
    assert!(
        report.diagnostics.is_empty(),
        "{text}\n{:?}",
        report.diagnostics
    );
    let again = report.value.expect("nothing is wrong with it").tree;
    assert!(same(&again, root), "{format:?} {text}\n{again:?}\n{root:?}");
}

/// What decides which formats a tree can be printed in.
struct Facts {
    has_null: bool,
    longest_key: usize,
}

impl Facts {
    /// Nothing if there are more values than are left.
    fn of(node: &Node, left: &mut usize) -> Option<Self> {
        *left = left.checked_sub(1)?;
        let mut facts = Self {
            has_null: node.kind == Kind::Null,
            longest_key: 0,
        };
        match &node.kind {
            Kind::Sequence(items) => {
                for item in items {
                    facts.add(&Self::of(item, left)?);
                }
            }
            Kind::Mapping(entries) => {
                for entry in entries {
                    facts.longest_key = facts.longest_key.max(entry.key.len());
                    facts.add(&Self::of(&entry.value, left)?);
                }
            }
            _ => {}
        }
        Some(facts)
    }

    fn add(&mut self, below: &Self) {
        self.has_null |= below.has_null;
        self.longest_key = self.longest_key.max(below.longest_key);
    }
}

fn print(node: &Node, binds: &str, out: &mut String) {
    match &node.kind {
        Kind::Null => out.push_str("null"),
        Kind::Boolean(value) => write!(out, "{value}").expect("strings take all"),
        Kind::Integer(value) => write!(out, "{value}").expect("strings take all"),
        Kind::Float(value) => write!(out, "{value:?}").expect("strings take all"),
        Kind::String(value) => print_string(value, out),
        Kind::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                print(item, binds, out);
            }
            out.push(']');
        }
        Kind::Mapping(entries) => {
            out.push('{');
            for (index, entry) in entries.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                print_string(&entry.key, out);
                out.push_str(binds);
                print(&entry.value, binds, out);
            }
            out.push('}');
        }
    }
}

/// Escapes all that one of the formats might not take as it is.
fn print_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            ' '..='~' | '\u{10000}'.. => out.push(character),
            _ => write!(out, "\\u{:04x}", u32::from(character)).expect("strings take all"),
        }
    }
    out.push('"');
}

/// Whether the values are the same, whatever their places.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Float(one), Kind::Float(other)) => one.to_bits() == other.to_bits(),
        (Kind::Sequence(one), Kind::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Kind::Mapping(one), Kind::Mapping(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| one.key == other.key && same(&one.value, &other.value))
        }
        (one, other) => one == other,
    }
}
