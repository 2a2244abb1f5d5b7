//! Archives of large files, kept for a caller while they are hashed: reading such a file
//! once more takes longer than all else.

use std::fmt::Debug;
use std::io::{self, Write};

use crate::store::{Digest, StorePath};

/// A caller that wants the archives of large files.
pub trait Keeper: Debug + Send + Sync {
    /// Where to write the archive of a file of this many bytes, if it is wanted.
    fn begin(&self, size: u64) -> Option<Box<dyn Kept>>;
}

/// An archive that is being kept. Dropped, it is not wanted any more.
pub trait Kept: Write + Send {
    /// It is whole: the archive of this object.
    fn end(self: Box<Self>, path: &StorePath, nar: Digest);
}

/// Writes to a sink, and to a copy of the caller's for as long as that works.
pub(super) struct Also<W> {
    pub(super) sink: W,
    pub(super) kept: Option<Box<dyn Kept>>,
}

impl<W: Write> Write for Also<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)?;
        // A full disk, say, is reported by the code that needs the archive.
        let kept = self.kept.as_mut().map(|kept| kept.write_all(bytes));
        if kept.is_some_and(|written| written.is_err()) {
            self.kept = None;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}
