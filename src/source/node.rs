//! The tree that every front end yields: values with the place that they were written at.
//!
//! The tree doubles as the map from [`Pointer`]s to spans, so that nothing has to be built for
//! documents in which nothing is wrong.

use std::sync::Arc;

use super::{Key, Location, Pointer, SourceFile, Sources, Span, Token};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The text that it was read from.
    pub span: Span,
}

/// What a value may be in a data format.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// JSON's and YAML's null.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number that fits 64 bits.
    Integer(i64),
    /// Any other number, whole ones beyond 64 bits included.
    Float(f64),
    /// Text, with the format's escapes undone.
    String(String),
    /// An ordered list.
    Sequence(Vec<Node>),
    /// Keys with values in the order written; front ends refuse duplicate keys.
    Mapping(Vec<Entry>),
}

impl Kind {
    /// What a message calls a value of this kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a table",
        }
    }
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, with the format's escapes undone.
    pub key: Key,
    /// Where the key stands.
    pub key_span: Span,
    /// What it is bound to.
    pub value: Node,
}

impl Node {
    /// The value of `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Moves the spans of this value and of all in it by so many bytes.
    pub(super) fn move_spans(&mut self, by: u32) {
        self.span = self.span.moved(by);
        match &mut self.kind {
            Kind::Sequence(items) => items.iter_mut().for_each(|item| item.move_spans(by)),
            Kind::Mapping(entries) => {
                for entry in entries {
                    entry.key_span = entry.key_span.moved(by);
                    entry.value.move_spans(by);
                }
            }
            Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) | Kind::String(_) => {
            }
        }
    }

    /// The value that one step of a pointer leads to.
    pub fn step(&self, token: &Token) -> Option<&Self> {
        match (token, &self.kind) {
            (Token::Key(key), _) => self.get(key),
            (Token::Index(index), Kind::Sequence(items)) => items.get(*index),
            (Token::Index(_), _) => None,
        }
    }
}

/// A document's tree and the files it came from: turns pointers into locations.
#[derive(Debug, Clone)]
pub struct SourceMap {
    sources: Sources,
    root: Arc<Node>,
}

impl SourceMap {
    /// The map of what was read from a file, or from several.
    pub fn new(sources: impl Into<Sources>, root: Arc<Node>) -> Self {
        Self {
            sources: sources.into(),
            root,
        }
    }

    /// The file that was named; the only one, unless others made the document with it.
    pub fn file(&self) -> &Arc<SourceFile> {
        self.sources.first()
    }

    /// All files that values of the document come from.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The document's tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The value at `pointer`, or the nearest one above it that was written.
    pub fn value(&self, pointer: &Pointer) -> Location {
        self.locate(self.nearest(pointer).span)
    }

    /// The key of `pointer`'s last step; where that is no written key, as [`Self::value`].
    pub fn key(&self, pointer: &Pointer) -> Location {
        if let Some((Token::Key(key), parents)) = pointer.tokens().split_last() {
            let parent: Pointer = parents.iter().cloned().collect();
            if let Some(entry) = self.exact(&parent).and_then(|node| node.entry(key)) {
                return self.locate(entry.key_span);
            }
        }
        self.value(pointer)
    }

    /// Where the value at `pointer` begins: its first line, so that a whole table is not marked.
    pub fn opening(&self, pointer: &Pointer) -> Location {
        let whole = self.nearest(pointer).span;
        let first_line = self.sources.slice(whole).lines().next().unwrap_or_default();
        let start = whole.start as usize;
        self.locate(Span::new(start..start + first_line.len()))
    }

    /// The `nth` occurrence (from 0) of `text` inside the value at `pointer`. Where the format's
    /// escapes hide it, the whole value.
    pub fn text(&self, pointer: &Pointer, text: &str, nth: usize) -> Location {
        let whole = self.nearest(pointer).span;
        let found = self.sources.slice(whole).match_indices(text).nth(nth);
        match found {
            Some((offset, _)) if !text.is_empty() => {
                let start = whole.start as usize + offset;
                self.locate(Span::new(start..start + text.len()))
            }
            _ => self.locate(whole),
        }
    }

    /// Whether there is a value at `pointer`.
    pub fn has(&self, pointer: &Pointer) -> bool {
        self.exact(pointer).is_some()
    }

    fn exact(&self, pointer: &Pointer) -> Option<&Node> {
        pointer
            .tokens()
            .iter()
            .try_fold(&*self.root, |node, token| node.step(token))
    }

    fn nearest(&self, pointer: &Pointer) -> &Node {
        let mut node = &*self.root;
        for token in pointer.tokens() {
            match node.step(token) {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }

    fn locate(&self, span: Span) -> Location {
        self.sources.locate(span)
    }
}
