//! A file tree in memory, as an archive holds it.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use crate::store::nar::{
    EntryName, Event, LinkTarget, NarReadError, NarReader, NarWriteError, NarWriter,
};

/// A file, a link, or a directory of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// A file.
    Regular {
        /// The only permission that an archive holds.
        executable: bool,
        /// Any bytes.
        contents: Vec<u8>,
    },
    /// A symbolic link.
    Symlink(LinkTarget),
    /// A directory. Names are ordered by their bytes, as in the archive.
    Directory(BTreeMap<EntryName, Tree>),
}

impl Tree {
    /// Reads the tree of an archive that is whole and has nothing after it.
    ///
    /// # Errors
    /// If the source fails or is no archive.
    pub fn read(source: impl Read) -> Result<Self, NarReadError> {
        let mut archive = NarReader::new(source)?;
        let mut open: Vec<BTreeMap<EntryName, Self>> = Vec::new();
        let mut names = Vec::new();
        let mut root = None;
        while let Some(event) = archive.next_event()? {
            let node = match event {
                Event::Regular { executable, .. } => {
                    let mut contents = Vec::new();
                    archive.contents_to(&mut contents)?;
                    Self::Regular {
                        executable,
                        contents,
                    }
                }
                Event::Symlink(target) => Self::Symlink(target),
                Event::Directory => {
                    open.push(BTreeMap::new());
                    continue;
                }
                Event::Entry(name) => {
                    names.push(name);
                    continue;
                }
                Event::EndOfDirectory => Self::Directory(open.pop().unwrap_or_default()),
            };
            match (open.last_mut(), names.pop()) {
                (Some(directory), Some(name)) => {
                    directory.insert(name, node);
                }
                _ => root = Some(node),
            }
        }
        root.ok_or(NarReadError::Truncated)
    }

    /// Writes the archive of the tree, and returns the sink.
    ///
    /// # Errors
    /// If the tree is too deep, or the sink fails.
    pub fn write<W: Write>(&self, sink: W) -> Result<W, NarWriteError> {
        let mut archive = NarWriter::new(sink)?;
        self.write_node(&mut archive)?;
        archive.finish()
    }

    /// Recurses no deeper than the writer allows.
    fn write_node(&self, archive: &mut NarWriter<impl Write>) -> Result<(), NarWriteError> {
        match self {
            Self::Regular {
                executable,
                contents,
            } => archive.regular(*executable, contents),
            Self::Symlink(target) => archive.symlink(target),
            Self::Directory(entries) => {
                archive.begin_directory()?;
                for (name, node) in entries {
                    archive.entry(name.clone())?;
                    node.write_node(archive)?;
                }
                archive.end_directory()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Tree;
    use crate::store::nar::{EntryName, LinkTarget, MAX_DEPTH, NarWriteError};

    fn any_tree() -> impl Strategy<Value = Tree> {
        let bytes = |size| prop::collection::vec(any::<u8>(), size);
        let name =
            bytes(1..5).prop_filter_map("a legal name", |name| EntryName::try_from(name).ok());
        let leaf = prop_oneof![
            (any::<bool>(), bytes(0..20)).prop_map(|(executable, contents)| Tree::Regular {
                executable,
                contents
            }),
            bytes(1..20).prop_filter_map("a legal target", |target| {
                LinkTarget::try_from(target).ok().map(Tree::Symlink)
            }),
        ];
        leaf.prop_recursive(4, 32, 5, move |node| {
            prop::collection::btree_map(name.clone(), node, 0..5).prop_map(Tree::Directory)
        })
    }

    fn nested(depth: usize) -> Tree {
        (1..depth).fold(Tree::Directory(BTreeMap::new()), |inner, _| {
            let name = EntryName::try_from(b"a".to_vec()).unwrap();
            Tree::Directory(BTreeMap::from([(name, inner)]))
        })
    }

    #[test]
    fn the_deepest_tree_round_trips() {
        let deepest = nested(MAX_DEPTH);
        let archive = deepest.write(Vec::new()).unwrap();
        assert_eq!(Tree::read(&*archive).unwrap(), deepest);
        let deeper = nested(MAX_DEPTH + 1).write(Vec::new());
        assert!(matches!(deeper, Err(NarWriteError::TooDeep)));
    }

    proptest! {
        #[test]
        fn trees_round_trip(tree in any_tree()) {
            let archive = tree.write(Vec::new()).unwrap();
            prop_assert_eq!(archive.len() % 8, 0);
            let read = Tree::read(&*archive).unwrap();
            prop_assert_eq!(&read, &tree);
            prop_assert_eq!(read.write(Vec::new()).unwrap(), archive);
        }

        #[test]
        fn whatever_is_read_writes_as_it_was(
            tree in any_tree(),
            at: prop::sample::Index,
            byte: u8,
            cut: Option<prop::sample::Index>,
        ) {
            let mut archive = tree.write(Vec::new()).unwrap();
            let at = at.index(archive.len());
            archive[at] = byte;
            if let Some(cut) = cut {
                archive.truncate(cut.index(archive.len()));
            }
            if let Ok(read) = Tree::read(&*archive) {
                prop_assert_eq!(read.write(Vec::new()).unwrap(), archive);
            }
        }
    }
}
