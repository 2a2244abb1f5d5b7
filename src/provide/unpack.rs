//! An archive made into files again, as Nix would have them in its store.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, FileTimes, OpenOptions, Permissions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::diagnostic::MachineError;
use crate::resolve::Import;
use crate::resolve::import::Importer;
use crate::store::hash::Sha256Writer;
use crate::store::nar::{Event, NarReader};

const BUFFER_SIZE: usize = 256 * 1024;

/// Makes a file or directory of the workspace at `path`, as it is now.
///
/// # Errors
/// If it is not what it was when the job was compiled, or the machine cannot.
pub(super) fn import(
    importer: &Importer,
    import: &Import,
    path: &Path,
) -> Result<(), MachineError> {
    let source = import.source.display();
    let attempt = || format!("cannot copy `{source}`");
    let cannot = |error: io::Error| MachineError::new(attempt(), error);
    let (reader, writer) = io::pipe().map_err(cannot)?;
    let sink = Hashed {
        hasher: Sha256Writer::new(),
        sink: BufWriter::with_capacity(BUFFER_SIZE, writer),
    };
    let (read, written) = thread::scope(|scope| {
        let work = || importer.archive(&import.source, sink);
        let writing = thread::Builder::new().spawn_scoped(scope, move || {
            let mut sink = work().map_err(|error| error.to_string())?;
            sink.sink.flush().map_err(|error| error.to_string())?;
            Ok::<_, String>(sink.hasher.finish())
        })?;
        let read = unpack(BufReader::with_capacity(BUFFER_SIZE, reader), path);
        let written = writing
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((read, written))
    })
    .map_err(cannot)?;
    // Where both fail, the reader failed first and broke the pipe, or the writer did and cut it short.
    match (written, read) {
        (Ok(nar), Ok(())) if nar == import.nar => Ok(()),
        (Ok(_), Ok(())) => Err(MachineError::new(
            attempt(),
            "it has changed since the job was compiled",
        )),
        (_, Err(error)) if error.raw_os_error().is_some() => Err(cannot(error)),
        (Err(cause), _) => Err(MachineError::new(attempt(), cause)),
        (Ok(_), Err(error)) => Err(cannot(error)),
    }
}

/// Writes the file of a script.
///
/// # Errors
/// If the machine cannot.
pub(super) fn script(text: &str, path: &Path) -> Result<(), MachineError> {
    let written = (|| {
        let mut file = create(path)?;
        file.write_all(text.as_bytes())?;
        close(&file, true)
    })();
    written.map_err(|error| MachineError::new(format!("cannot write `{}`", path.display()), error))
}

struct Hashed<W> {
    hasher: Sha256Writer,
    sink: W,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.write_all(bytes)?;
        self.sink.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Makes what the archive holds at `path`, where nothing may be.
fn unpack(source: impl Read, path: &Path) -> io::Result<()> {
    let mut archive = NarReader::new(source).map_err(io::Error::other)?;
    let mut at = path.to_owned();
    while let Some(event) = archive.next_event().map_err(io::Error::other)? {
        match event {
            Event::Regular { executable, .. } => {
                let mut file = BufWriter::with_capacity(BUFFER_SIZE, create(&at)?);
                archive.contents_to(&mut file).map_err(io::Error::other)?;
                close(&file.into_inner()?, executable)?;
                leave(&mut at, path);
            }
            Event::Symlink(target) => {
                symlink(OsStr::from_bytes(target.as_bytes()), &at)?;
                leave(&mut at, path);
            }
            Event::Directory => DirBuilder::new().mode(0o755).create(&at)?,
            Event::Entry(name) => at.push(OsStr::from_bytes(name.as_bytes())),
            Event::EndOfDirectory => {
                let directory = File::open(&at)?;
                directory.set_times(times())?;
                directory.set_permissions(Permissions::from_mode(0o555))?;
                leave(&mut at, path);
            }
        }
    }
    Ok(())
}

/// After an entry, up to its directory; after the root, nowhere.
fn leave(at: &mut PathBuf, root: &Path) {
    if at != root {
        at.pop();
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o644).open(path)
}

/// With the modes and the time that Nix gives everything in its store.
fn close(file: &File, executable: bool) -> io::Result<()> {
    let mode = if executable { 0o555 } else { 0o444 };
    file.set_times(times())?;
    file.set_permissions(Permissions::from_mode(mode))
}

fn times() -> FileTimes {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    FileTimes::new().set_accessed(time).set_modified(time)
}

/// Removes a directory with all that is in it, if it is there, even where its owner may not write.
///
/// # Errors
/// If the machine cannot.
pub(super) fn remove(directory: &Path) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(directory)
        .into_iter()
        .filter_map(Result::ok)
    {
        if entry.file_type().is_dir() {
            fs::set_permissions(entry.path(), Permissions::from_mode(0o755))?;
        }
    }
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
