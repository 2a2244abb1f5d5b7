//! The keys of a file: those at the top, and which others stand below each of them.

use crate::source::{Kind, Node, Span};

/// A key at the top of a file.
struct Top<'a> {
    key: &'a str,
    span: Span,
    /// The keys below it, at any depth.
    below: Vec<&'a str>,
    /// Whether its value is text of several words.
    is_command: bool,
    is_text: bool,
}

/// What keys a file has.
pub(super) struct Outline<'a> {
    top: Vec<Top<'a>>,
    /// Whether the file is a list of tables, the first of which this is.
    is_list: bool,
}

/// Fields at the top of a definition that no other program's files have there, or not alone. A file
/// with one of these is meant to be a definition, whatever else it has.
pub(super) const OWN_FIELDS: &[&str] = &["cluster", "role", "task"];

/// The first keys of a file, up to this many, say what it is.
const MOST: usize = 2_000;

impl<'a> Outline<'a> {
    /// The keys of a tree.
    pub(super) fn of_tree(root: &'a Node) -> Self {
        let (table, is_list) = match &root.kind {
            Kind::Sequence(items) => (items.first(), true),
            _ => (Some(root), false),
        };
        let entries = match table.map(|table| &table.kind) {
            Some(Kind::Mapping(entries)) => &entries[..],
            _ => &[],
        };
        let top = entries.iter().take(MOST).map(|entry| {
            let mut below = Vec::new();
            collect(&entry.value, &mut below);
            let text = match &entry.value.kind {
                Kind::String(text) => Some(text),
                _ => None,
            };
            Top {
                key: &entry.key,
                span: entry.key_span,
                below,
                is_command: text.is_some_and(|text| text.contains(' ')),
                is_text: text.is_some(),
            }
        });
        Self {
            top: top.collect(),
            is_list,
        }
    }

    /// What look like the keys of a text in JSON, YAML or TOML that cannot be read.
    pub(super) fn of_text(text: &'a str) -> Self {
        let mut outline = Self {
            top: Vec::new(),
            is_list: false,
        };
        let mut outermost = None;
        let mut start = 0;
        let mut found = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim_start();
            let indentation = line.len() - content.len();
            let at = start + indentation;
            start += line.len();
            let Some((key, rest)) = key(content) else {
                continue;
            };
            found += 1;
            if found > MOST {
                break;
            }
            let outermost = *outermost.get_or_insert(indentation);
            let offset = content.find(key).unwrap_or(0);
            if indentation <= outermost {
                let value = rest.trim();
                outline.top.push(Top {
                    key,
                    span: Span::new(at + offset..at + offset + key.len()),
                    below: Vec::new(),
                    is_command: value.contains(' ') && !value.starts_with(['{', '[', '"', '\'']),
                    is_text: !value.is_empty() && !value.starts_with(['{', '[']),
                });
            } else if let Some(top) = outline.top.last_mut() {
                top.below.push(key);
            }
        }
        outline
    }

    /// Where a sign stands, if it is there: `key`, or `key/other` for another key somewhere below,
    /// or `-/key` for a key of the tables of a list.
    pub(super) fn find(&self, sign: &str) -> Option<Span> {
        let (key, below) = match sign.split_once('/') {
            Some(("-", key)) => {
                if !self.is_list {
                    return None;
                }
                (key, None)
            }
            Some((key, below)) => (key, Some(below)),
            None => (sign, None),
        };
        let fits =
            |top: &&Top<'_>| top.key == key && below.is_none_or(|below| top.below.contains(&below));
        self.top.iter().find(fits).map(|top| top.span)
    }

    /// Whether one of these keys is at the top.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        self.top.iter().any(|top| keys.contains(&top.key))
    }

    /// Whether JSON has fields that only definitions have: several, or one in a file that is called
    /// like a definition. Then, where the first one is.
    pub(super) fn is_definition(&self, name: &str) -> Option<Span> {
        const OWN: &[&str] = &["packages", "waive", "task/after", "task/waive"];
        // What stands beside `jobs`, Aurora's client passes over.
        const OWN_IN_LIST: &[&str] = &["jobs/packages", "jobs/waive", "jobs/after"];
        let own = if self.has_any(&["jobs"]) {
            OWN_IN_LIST
        } else {
            OWN
        };
        let found: Vec<Span> = own.iter().filter_map(|sign| self.find(sign)).collect();
        let file = name.rsplit('/').next().unwrap_or(name);
        let is_called = file == "job.json" || file.ends_with(".job.json");
        let enough = if is_called { 1 } else { 2 };
        (found.len() >= enough).then(|| found.into_iter().min())?
    }

    /// Whether all that the file has is names with a command each.
    pub(super) fn is_procfile(&self) -> bool {
        const NAMES: &[&str] = &["web", "worker", "release", "clock", "scheduler", "server"];
        let is_line = |top: &Top<'_>| top.is_text && top.below.is_empty();
        !self.top.is_empty()
            && !self.is_list
            && self.top.iter().all(is_line)
            && self.top.iter().any(|top| top.is_command)
            && self.has_any(NAMES)
            && !self.has_any(OWN_FIELDS)
    }
}

fn collect<'a>(node: &'a Node, keys: &mut Vec<&'a str>) {
    match &node.kind {
        _ if keys.len() > MOST => {}
        Kind::Mapping(entries) => {
            for entry in entries.iter().take(MOST) {
                keys.push(&entry.key);
                collect(&entry.value, keys);
            }
        }
        Kind::Sequence(items) => items.iter().take(MOST).for_each(|item| collect(item, keys)),
        _ => {}
    }
}

/// The key that a line starts with, and what is after its colon.
fn key(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("- ").unwrap_or(line);
    let line = line.trim_start();
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (key, rest) = if let Some(quote) = quote {
        line[1..].split_once(quote)?
    } else {
        let end = line.find(|c: char| !(c.is_alphanumeric() || "_-.$".contains(c)))?;
        line.split_at(end)
    };
    let rest = rest.trim_start().strip_prefix(':')?;
    let is_key = !key.is_empty() && key.len() < 80;
    (is_key && rest.starts_with([' ', '\t', '\n', '\r']) || rest.is_empty()).then_some((key, rest))
}
