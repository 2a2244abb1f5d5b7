//! Whether the archive is there that a cache says to have, if that is to be seen without
//! fetching it: its size, and how it is packed by its first bytes.
//!
//! Nix reads an archive that is not packed to its end, and no further; of one that is packed it reads
//! all of the file. It never looks at `FileSize`: one that is wrong is taken for a file that is cut
//! short or has something behind its end, which is what it looks like.

use std::fmt;

use crate::store::{Compression, NarInfo};

use super::error::AskError;

/// What is to be seen of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Archive {
    /// It is there, and nothing speaks against it.
    There,
    /// It is of no use.
    Useless(Fault),
    /// There is no answer.
    CouldNotAsk(AskError),
}

/// What is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It has another size.
    Size {
        /// What the narinfo says, in bytes.
        expected: u64,
        /// What it has, in bytes.
        found: u64,
    },
    /// It is packed in another way.
    Packing {
        /// As the narinfo has it.
        expected: Compression,
        /// As its first bytes have it.
        found: &'static str,
    },
    /// The server packs it once more.
    Repacked(String),
}

/// What a file begins with by how it is packed.
const BEGINS: [(&[u8], &str); 8] = [
    (b"\x0d\0\0\0\0\0\0\0nix-archive-1", "none"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x1f\x8b", "gzip"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP", "lzip"),
    (b"\x89LZO\0", "lzop"),
];

/// What the size of an archive, if it is known, says about it.
pub(super) fn by_size(info: &NarInfo, found: Option<u64>) -> Result<(), Fault> {
    let Some(found) = found else {
        return Ok(());
    };
    let expected = match info.compression {
        Compression::None => info.nar_size,
        _ => info.file_size.unwrap_or_default(),
    };
    let fits = match info.compression {
        Compression::None => found >= expected,
        _ if expected == 0 => found > 0,
        _ => found == expected,
    };
    if fits {
        Ok(())
    } else {
        Err(Fault::Size { expected, found })
    }
}

/// What the first bytes of an archive say about it. What is packed in a way that has no sign is
/// taken for right.
pub(super) fn by_begin(info: &NarInfo, begin: &[u8]) -> Result<(), Fault> {
    let found = BEGINS.iter().find(|(sign, _)| begin.starts_with(sign));
    let expected = info.compression.to_string();
    let has_sign = BEGINS.iter().any(|(_, method)| *method == expected);
    match found {
        Some((_, method)) if *method == expected => Ok(()),
        None if !has_sign => Ok(()),
        found => Err(Fault::Packing {
            expected: info.compression.clone(),
            found: found.map_or("in no known way", |(_, method)| method),
        }),
    }
}

/// Whether the name of the file fits how it is said to be packed, so that its first bytes need no
/// look.
pub(super) fn is_named_so(info: &NarInfo) -> bool {
    let path = info.url.split(['?', '#']).next().unwrap_or_default();
    let ending = match &info.compression {
        Compression::None => ".nar",
        Compression::Zstd => ".nar.zst",
        Compression::Xz => ".nar.xz",
        Compression::Bzip2 => ".nar.bz2",
        Compression::Other(name) => return path.ends_with(&format!(".nar.{name}")),
    };
    path.ends_with(ending)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is not there"),
            Self::Size { found: 0, .. } => f.write_str("is empty"),
            Self::Size { expected, found } if found < expected => {
                write!(f, "is cut short: it has {found} of {expected} bytes")
            }
            Self::Size { expected, found } => {
                write!(f, "has {found} bytes, by its narinfo {expected}")
            }
            Self::Packing { expected, found } => match *found {
                "none" => write!(f, "is not packed, by its narinfo with `{expected}`"),
                "in no known way" => {
                    write!(f, "is not packed with `{expected}`, as its narinfo says")
                }
                found => write!(f, "is packed with `{found}`, by its narinfo `{expected}`"),
            },
            Self::Repacked(method) => write!(
                f,
                "comes packed once more, with `{}`, which old versions of Nix do not undo",
                method.escape_debug()
            ),
        }
    }
}
