//! What came of reading a definition: its tree, and where that came from.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::source::{FilledTexts, Layers, Node, SourceFile, SourceMap, Sources};

/// A file as it was read, with all that had a part in it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values.
    pub tree: Node,
    /// The files that the values stand in. Their spans are spans of these.
    pub sources: Sources,
    /// The files that had to be read for it, absolute, besides the one that was named.
    pub files_read: BTreeSet<PathBuf>,
    /// The layers that its values come from, where there are several.
    pub layers: Layers,
    /// The texts in which something was filled in.
    pub filled: FilledTexts,
}

impl Loaded {
    /// A tree that was read from one file and nothing else.
    pub fn from_file(file: &Arc<SourceFile>, tree: Node) -> Self {
        Self {
            tree,
            sources: Arc::clone(file).into(),
            files_read: BTreeSet::new(),
            layers: Layers::default(),
            filled: FilledTexts::default(),
        }
    }

    /// The tree as a map from pointers to places.
    pub fn into_map(self) -> SourceMap {
        let map = SourceMap::new(self.sources, Arc::new(self.tree));
        map.with_layers(self.layers).with_filled(self.filled)
    }
}
