//! What lies in a tree.

use std::path::PathBuf;

use super::command::path;

/// The name that git gives to an object: hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId(String);

/// What lies in a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Where, relative to the tree.
    pub path: PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// Its contents; of a submodule, the commit.
    pub id: ObjectId,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A file.
    File,
    /// A symbolic link.
    Link,
    /// The commit of another repository.
    Submodule,
    /// A directory, where those are listed.
    Directory,
}

impl ObjectId {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then(|| Self(text.to_owned()))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first digits, which are enough for people.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl EntryKind {
    /// By the mode that git keeps.
    pub(super) fn of_mode(mode: &str) -> Self {
        match mode {
            "160000" => Self::Submodule,
            "120000" => Self::Link,
            "040000" => Self::Directory,
            _ => Self::File,
        }
    }
}

impl Entry {
    /// `MODE TYPE ID TAB PATH`.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        let (head, name) = (str::from_utf8(&line[..tab]).ok()?, &line[tab + 1..]);
        let mut head = head.split(' ');
        let (mode, _, id) = (head.next()?, head.next()?, head.next()?);
        Some(Self {
            path: path(name),
            kind: EntryKind::of_mode(mode),
            id: ObjectId::parse(id)?,
        })
    }
}
