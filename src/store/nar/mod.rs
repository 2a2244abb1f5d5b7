//! Nix archives: the one serialisation of a file tree, and so what trees are hashed by.
//!
//! ```text
//! archive = "nix-archive-1" node
//! node    = "(" "type" ( regular | symlink | directory ) ")"
//! regular = "regular" [ "executable" "" ] "contents" BYTES
//! symlink = "symlink" "target" BYTES
//! directory = "directory" entry*        in strictly ascending order of the names' bytes
//! entry   = "entry" "(" "name" BYTES "node" node ")"
//! ```
//!
//! Every word is its length as eight little-endian bytes, its bytes, and zeros up to a multiple of
//! eight. No tree has two archives: the [reader](NarReader) refuses what the
//! [writer](NarWriter) does not write.

mod name;
mod read;
mod tree;
mod words;
mod write;

pub use self::name::{EntryName, EntryNameError, LinkTarget, LinkTargetError};
pub use self::read::{Event, NarReadError, NarReader};
pub use self::tree::Tree;
pub use self::write::{NarWriteError, NarWriter};

use crate::store::Digest;
use crate::store::hash::Sha256Writer;

/// How many directories may lie inside each other, the outermost one included.
///
/// Nix has no such number, but unpacks by path: a tree of more than about 2,000 levels of the
/// shortest names has paths longer than systems take. Half of that is more than any tree needs,
/// and little enough for code that recurses.
pub const MAX_DEPTH: usize = 1_000;

/// Hashes the archive of a single file, which cannot fail.
pub fn digest_of_file(executable: bool, contents: &[u8]) -> Digest {
    let size = contents.len() as u64;
    let mut digest = Sha256Writer::new();
    digest.update(&words::MAGIC);
    digest.update(words::regular(executable));
    digest.update(&size.to_le_bytes());
    digest.update(contents);
    digest.update(&[0; 8][..words::padding(size)]);
    digest.update(&words::CLOSE);
    digest.finish()
}
