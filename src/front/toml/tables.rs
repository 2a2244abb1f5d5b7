//! Which table a TOML header or dotted key means.
//!
//! A table may be written in pieces, and each way of writing it decides what may follow:
//!
//! | first written as       | `[header]` for it | longer headers | dotted keys from elsewhere |
//! |------------------------|-------------------|----------------|----------------------------|
//! | part of a longer header| once              | yes            | yes                        |
//! | `[header]`             | no                | yes            | no                         |
//! | dotted key             | no                | yes            | in the same table          |
//! | `[[header]]`           | a new element     | into the last  | no                         |
//! | `{ braces }`, a list   | no                | no             | no                         |

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::{self, Entry, Kind, Node, Span};

use super::super::limits::fitted;
use super::super::problems::{Problems, shortened};

/// One of the names in a dotted key.
pub(super) struct Key {
    pub(super) name: source::Key,
    pub(super) span: Span,
}

/// What `[...]` or `[[...]]` says besides its key.
pub(super) struct Header {
    pub(super) span: Span,
    pub(super) is_element: bool,
}

pub(super) type TableId = usize;

/// All tables of a file, by number.
pub(super) struct Tables(Vec<Table>);

struct Table {
    span: Span,
    /// How many lists and tables there are around it, and itself.
    depth: usize,
    origin: Origin,
    slots: Vec<Slot>,
    /// Where in `slots` a name is, once they are many.
    index: BTreeMap<source::Key, usize>,
}

#[derive(PartialEq, Eq)]
enum Origin {
    /// A longer header.
    Implicit,
    /// Its own header, or braces.
    Explicit,
    Dotted,
}

struct Slot {
    key: Key,
    item: Item,
}

enum Item {
    Value(Node),
    Table(TableId),
    /// `[[...]]`, with the span of the first.
    Elements(Vec<TableId>, Span),
}

/// A key that cannot mean what it says, because an earlier one means something else.
pub(super) struct Conflict {
    key: Key,
    earlier: Span,
    is_addition: bool,
}

impl Conflict {
    pub(super) fn explain(&self, problems: &Problems<'_>) -> Diagnostic {
        let mut problem = problems.duplicate_key(&self.key.name, self.earlier, self.key.span);
        if self.is_addition {
            let name = shortened(&self.key.name);
            problem.headline = format!("key `{name}` is complete and cannot be added to");
            problem.help = vec!["write all of the value in one place".to_owned()];
        }
        problem
    }
}

impl Tables {
    pub(super) const ROOT: TableId = 0;

    pub(super) fn new(span: Span) -> Self {
        let mut tables = Self(Vec::new());
        tables.add(span, 1, Origin::Explicit);
        tables
    }

    pub(super) fn depth(&self, table: TableId) -> usize {
        self.0[table].depth
    }

    /// The depth of the table that a header with this key defines.
    pub(super) fn header_depth(&self, path: &[Key]) -> usize {
        let mut table = Self::ROOT;
        for (passed, key) in path.iter().enumerate() {
            match self.find(table, &key.name).map(|slot| &slot.item) {
                Some(Item::Table(next)) => table = *next,
                Some(Item::Elements(elements, _)) if passed + 1 < path.len() => {
                    table = elements[elements.len() - 1];
                }
                _ => return self.depth(table) + path.len() - passed,
            }
        }
        self.depth(table)
    }

    /// A table that is not in the file's tree.
    pub(super) fn detached(&mut self, span: Span) -> TableId {
        self.add(span, 1, Origin::Explicit)
    }

    /// The table that a header means, made if need be.
    pub(super) fn define(&mut self, path: Vec<Key>, header: &Header) -> Result<TableId, Conflict> {
        let mut table = Self::ROOT;
        let last = path.len() - 1;
        for (position, key) in path.into_iter().enumerate() {
            let depth = self.depth(table) + 1;
            let is_last = position == last;
            let at = self.position(table, &key.name);
            let Some(at) = at else {
                let (span, origin) = if is_last {
                    (header.span, Origin::Explicit)
                } else {
                    (key.span, Origin::Implicit)
                };
                let is_element = is_last && header.is_element;
                let new = self.add(span, depth + usize::from(is_element), origin);
                let item = if is_element {
                    Item::Elements(vec![new], header.span)
                } else {
                    Item::Table(new)
                };
                self.push(table, Slot { key, item });
                table = new;
                continue;
            };
            let slot = &self.0[table].slots[at];
            let conflict = |is_addition| Conflict {
                earlier: slot.key.span,
                key: Key {
                    name: key.name.clone(),
                    span: key.span,
                },
                is_addition,
            };
            table = match &slot.item {
                Item::Value(_) => return Err(conflict(!is_last)),
                Item::Table(next) if !is_last => *next,
                Item::Elements(elements, _) if !is_last => elements[elements.len() - 1],
                Item::Table(next)
                    if !header.is_element && self.0[*next].origin == Origin::Implicit =>
                {
                    let next = *next;
                    self.0[next].origin = Origin::Explicit;
                    self.0[next].span = header.span;
                    self.0[table].slots[at].key = key;
                    next
                }
                Item::Elements(..) if header.is_element => {
                    let new = self.add(header.span, depth + 1, Origin::Explicit);
                    if let Item::Elements(elements, _) = &mut self.0[table].slots[at].item {
                        elements.push(new);
                    }
                    new
                }
                Item::Table(_) | Item::Elements(..) => return Err(conflict(false)),
            };
        }
        Ok(table)
    }

    /// Binds a dotted key, seen from `table`, to a value. No key is no place, and nothing is done.
    pub(super) fn insert(
        &mut self,
        mut table: TableId,
        mut path: Vec<Key>,
        value: Node,
    ) -> Result<(), Conflict> {
        let Some(last) = path.pop() else {
            return Ok(());
        };
        for key in path {
            let Some(at) = self.position(table, &key.name) else {
                let new = self.add(key.span, self.depth(table) + 1, Origin::Dotted);
                let item = Item::Table(new);
                self.push(table, Slot { key, item });
                table = new;
                continue;
            };
            let slot = &self.0[table].slots[at];
            match slot.item {
                Item::Table(next) if self.0[next].origin != Origin::Explicit => table = next,
                _ => {
                    return Err(Conflict {
                        key,
                        earlier: slot.key.span,
                        is_addition: true,
                    });
                }
            }
        }
        if let Some(slot) = self.find(table, &last.name) {
            return Err(Conflict {
                key: last,
                earlier: slot.key.span,
                is_addition: false,
            });
        }
        let item = Item::Value(value);
        self.push(table, Slot { key: last, item });
        Ok(())
    }

    /// A table in braces, to which only what is between them can be added.
    pub(super) fn begin_braces(&mut self, depth: usize) -> TableId {
        self.add(Span::default(), depth, Origin::Explicit)
    }

    /// The value of a table in braces. All tables that are younger are parts of it.
    pub(super) fn end_braces(&mut self, table: TableId, span: Span) -> Node {
        self.0[table].span = span;
        let node = self.take(table);
        self.0.truncate(table);
        node
    }

    /// The tree.
    pub(super) fn into_root(mut self) -> Node {
        self.take(Self::ROOT)
    }

    fn take(&mut self, table: TableId) -> Node {
        let span = self.0[table].span;
        let slots = std::mem::take(&mut self.0[table].slots);
        let entries = slots.into_iter().map(|slot| Entry {
            key: slot.key.name,
            key_span: slot.key.span,
            value: match slot.item {
                Item::Value(node) => node,
                Item::Table(table) => self.take(table),
                Item::Elements(elements, span) => Node {
                    kind: Kind::Sequence(
                        elements
                            .into_iter()
                            .map(|element| self.take(element))
                            .collect(),
                    ),
                    span,
                },
            },
        });
        Node {
            kind: Kind::Mapping(fitted(entries.collect())),
            span,
        }
    }

    fn add(&mut self, span: Span, depth: usize, origin: Origin) -> TableId {
        self.0.push(Table {
            span,
            depth,
            origin,
            slots: Vec::new(),
            index: BTreeMap::new(),
        });
        self.0.len() - 1
    }

    fn find(&self, table: TableId, name: &str) -> Option<&Slot> {
        self.position(table, name)
            .map(|at| &self.0[table].slots[at])
    }

    fn position(&self, table: TableId, name: &str) -> Option<usize> {
        let table = &self.0[table];
        if table.slots.len() > FEW {
            return table.index.get(name).copied();
        }
        table.slots.iter().position(|slot| slot.key.name == *name)
    }

    fn push(&mut self, table: TableId, slot: Slot) {
        let table = &mut self.0[table];
        table.slots.push(slot);
        let unindexed = match table.slots.len() {
            0..=FEW => return,
            MANY => 0,
            length => length - 1,
        };
        for (at, slot) in table.slots.iter().enumerate().skip(unindexed) {
            table.index.insert(slot.key.name.clone(), at);
        }
    }
}

/// Up to this many keys are looked through one by one.
const FEW: usize = 16;
const MANY: usize = FEW + 1;
