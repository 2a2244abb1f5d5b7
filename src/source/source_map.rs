//! From pointers to places.

use std::sync::Arc;

use super::{FilledTexts, Layers, Location, Node, Pointer, SourceFile, Sources, Span, Token};

/// A document's tree and the files it came from: turns pointers into locations.
#[derive(Debug, Clone)]
pub struct SourceMap {
    sources: Sources,
    root: Arc<Node>,
    layers: Arc<Layers>,
    filled: Arc<FilledTexts>,
}

impl SourceMap {
    /// The map of what was read from a file, or from several.
    pub fn new(sources: impl Into<Sources>, root: Arc<Node>) -> Self {
        Self {
            sources: sources.into(),
            root,
            layers: Arc::default(),
            filled: Arc::default(),
        }
    }

    /// The same, with the layers that its values come from.
    #[must_use]
    pub fn with_layers(mut self, layers: Layers) -> Self {
        self.layers = Arc::new(layers);
        self
    }

    /// The same, with the texts in which something was filled in.
    #[must_use]
    pub fn with_filled(mut self, filled: FilledTexts) -> Self {
        self.filled = Arc::new(filled);
        self
    }

    /// The file that was named; the only one, unless others made the document with it.
    pub fn file(&self) -> &Arc<SourceFile> {
        self.sources.first()
    }

    /// All files that values of the document come from.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The layers that values of the document come from.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// The texts of the document in which something was filled in.
    pub fn filled(&self) -> &FilledTexts {
        &self.filled
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
        let (text, nth) = self.filled.as_written(pointer, text, nth);
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
