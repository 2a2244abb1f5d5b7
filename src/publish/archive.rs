//! An object's archive as a file of a cache, read, hashed, packed and written in one go.

use std::io::{self, BufWriter, Write};

use crate::resolve::import::{ImportError, Importer, ThreadedHasher};
use crate::store::hash::Sha256Writer;
use crate::store::{Compression, Digest};

use super::error::PublishError;
use super::object::{Contents, Object};

/// What was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// The archive itself.
    pub(super) nar: Digest,
    /// The file, which is another where it is packed.
    pub(super) file: Digest,
}

/// Writes the object's archive to `file` as it is now; `moved` is told how many bytes of it were
/// read.
///
/// # Errors
/// If it is not what it was when the job was compiled, or the machine cannot.
pub(super) fn write(
    object: &Object<'_>,
    importer: &Importer,
    (compression, level): (&Compression, i32),
    file: impl Write,
    moved: &(dyn Fn(u64) + Sync),
) -> Result<Sizes, WriteError> {
    let sizes = match compression {
        Compression::Zstd => packed(object, importer, level, file, moved)?,
        _ => plain(object, importer, file, moved)?,
    };
    match &object.contents {
        Contents::Import(import) if sizes.nar != object.nar => {
            let source = import.source.clone();
            Err(WriteError::Publish(PublishError::Changed { source }))
        }
        _ => Ok(sizes),
    }
}

/// Why an archive was not written.
#[derive(Debug)]
pub(super) enum WriteError {
    /// The file does not take it.
    File(io::Error),
    /// Something else.
    Publish(PublishError),
}

impl From<ImportError> for WriteError {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Sink(error) => Self::File(error),
            ImportError::Changed { path, .. } | ImportError::Vanished { path } => {
                Self::Publish(PublishError::Changed { source: path })
            }
            error => Self::Publish(PublishError::Import(error)),
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

fn plain(
    object: &Object<'_>,
    importer: &Importer,
    file: impl Write,
    moved: &(dyn Fn(u64) + Sync),
) -> Result<Sizes, WriteError> {
    let nar = if object.is_small() {
        let tee = Tee::new(Sha256Writer::new(), BufWriter::new(file), moved);
        let mut tee = object.archive(importer, tee)?;
        tee.sink.flush()?;
        tee.hasher.finish()
    } else {
        let file = BufWriter::with_capacity(BUFFER_SIZE, file);
        let mut tee = object.archive(importer, Tee::new(ThreadedHasher::new(), file, moved))?;
        tee.sink.flush()?;
        tee.hasher.finish()?
    };
    Ok(Sizes { nar, file: nar })
}

fn packed(
    object: &Object<'_>,
    importer: &Importer,
    level: i32,
    file: impl Write,
    moved: &(dyn Fn(u64) + Sync),
) -> Result<Sizes, WriteError> {
    let silent = |_| {};
    let file = Tee::new(Sha256Writer::new(), file, &silent);
    let encoder = zstd::Encoder::new(BufWriter::with_capacity(BUFFER_SIZE, file), level)?;
    // The packer takes pieces of an archive one by one, each at some cost.
    let encoder = BufWriter::with_capacity(BUFFER_SIZE, encoder);
    let tee = object.archive(importer, Tee::new(ThreadedHasher::new(), encoder, moved))?;
    let encoder = tee
        .sink
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    let file = encoder.finish()?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Sizes {
        nar: tee.hasher.finish()?,
        file: file.hasher.finish(),
    })
}

const BUFFER_SIZE: usize = 256 * 1024;

/// Writes to a hash and to a sink.
struct Tee<'m, H, W> {
    hasher: H,
    sink: W,
    moved: &'m (dyn Fn(u64) + Sync),
}

impl<'m, H, W> Tee<'m, H, W> {
    fn new(hasher: H, sink: W, moved: &'m (dyn Fn(u64) + Sync)) -> Self {
        Self {
            hasher,
            sink,
            moved,
        }
    }
}

impl<H: Write, W: Write> Write for Tee<'_, H, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.write_all(bytes)?;
        self.sink.write_all(bytes)?;
        (self.moved)(bytes.len() as u64);
        Ok(())
    }

    /// Left to the owner of the sink: a packer would begin another block.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
