//! Compiled jobs that wait until all are right: the first in memory, the others in a file without a
//! name, which vanishes with the process.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::beneath::DirectoryHandle;
use crate::name::JobKey;
use crate::target::{Artifact, Bundle, Form, Mode};
use crate::unnamed_file::{give_back, unnamed_file};

/// How many bytes of compiled jobs wait in memory.
const MOST_HELD: u64 = 64 << 20;

/// The blocks of a disk, of which no two jobs share one, so that each can be given back alone.
const BLOCK: u64 = 4096;

/// Where compiled jobs wait.
#[derive(Debug)]
pub struct Spool {
    directory: Option<DirectoryHandle>,
    most_held: u64,
    held: AtomicU64,
    /// Nothing where the file system has no unnamed files: then all of them wait in memory.
    file: OnceLock<Option<File>>,
    end: AtomicU64,
}

/// A compiled job that waits.
#[derive(Debug)]
pub enum Waiting {
    /// In memory.
    Held(Bundle),
    /// In the file.
    Spooled(Spooled),
}

/// A compiled job in the file.
#[derive(Debug)]
pub struct Spooled {
    key: JobKey,
    form: Form,
    room: Room,
    files: Vec<SpooledFile>,
}

/// The blocks of the file that a job has.
#[derive(Debug, Clone, Copy)]
struct Room {
    start: u64,
    length: u64,
}

#[derive(Debug)]
struct SpooledFile {
    path: String,
    mode: Mode,
    start: u64,
    length: usize,
}

impl Waiting {
    /// Which job it is.
    pub fn key(&self) -> &JobKey {
        match self {
            Self::Held(bundle) => &bundle.key,
            Self::Spooled(spooled) => &spooled.key,
        }
    }
}

impl Spool {
    /// A spool whose file is in the directory's file system.
    pub fn new(directory: &Path) -> Self {
        Self::with_most_held(directory, MOST_HELD)
    }

    fn with_most_held(directory: &Path, most_held: u64) -> Self {
        Self {
            directory: DirectoryHandle::named(directory).ok(),
            most_held,
            held: AtomicU64::new(0),
            file: OnceLock::new(),
            end: AtomicU64::new(0),
        }
    }

    /// Keeps a compiled job.
    pub fn keep(&self, bundle: Bundle) -> Waiting {
        let size = bundle
            .files
            .iter()
            .map(|file| file.bytes.len() as u64)
            .sum();
        if self.held.fetch_add(size, Ordering::Relaxed) < self.most_held {
            return Waiting::Held(bundle);
        }
        match self.spooled(&bundle, size) {
            Some(spooled) => Waiting::Spooled(spooled),
            // A full disk is told where the job is written.
            None => Waiting::Held(bundle),
        }
    }

    fn spooled(&self, bundle: &Bundle, size: u64) -> Option<Spooled> {
        let file = self.file()?;
        let length = size.next_multiple_of(BLOCK);
        let start = self.end.fetch_add(length, Ordering::Relaxed);
        let room = Room { start, length };
        let Some(files) = room.fill(file, bundle) else {
            // A part of it may have found room.
            room.give_back(file);
            return None;
        };
        Some(Spooled {
            key: bundle.key.clone(),
            form: bundle.form,
            room,
            files,
        })
    }

    fn file(&self) -> Option<&File> {
        let make = || unnamed_file(self.directory.as_ref()?, 0o600);
        self.file.get_or_init(make).as_ref()
    }

    /// The job as it was compiled.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn bundle<'w>(&self, waiting: &'w Waiting) -> io::Result<Cow<'w, Bundle>> {
        let spooled = match waiting {
            Waiting::Held(bundle) => return Ok(Cow::Borrowed(bundle)),
            Waiting::Spooled(spooled) => spooled,
        };
        let file = self.file().ok_or(io::ErrorKind::NotFound)?;
        let read = |spooled: &SpooledFile| {
            let mut bytes = vec![0; spooled.length];
            file.read_exact_at(&mut bytes, spooled.start)?;
            Ok(Artifact {
                path: spooled.path.clone(),
                mode: spooled.mode,
                bytes,
            })
        };
        Ok(Cow::Owned(Bundle {
            key: spooled.key.clone(),
            form: spooled.form,
            files: spooled.files.iter().map(read).collect::<io::Result<_>>()?,
        }))
    }

    /// Gives back what a job takes of the disk. It cannot be read again.
    pub fn give_back(&self, waiting: &Waiting) {
        if let Waiting::Spooled(spooled) = waiting
            && let Some(file) = self.file()
        {
            spooled.room.give_back(file);
        }
    }
}

impl Room {
    fn fill(self, file: &File, bundle: &Bundle) -> Option<Vec<SpooledFile>> {
        let mut start = self.start;
        let files = bundle.files.iter().map(|artifact| {
            let Artifact { path, mode, bytes } = artifact;
            file.write_all_at(bytes, start).ok()?;
            let spooled = SpooledFile {
                path: path.clone(),
                mode: *mode,
                start,
                length: bytes.len(),
            };
            start += bytes.len() as u64;
            Some(spooled)
        });
        files.collect()
    }

    fn give_back(self, file: &File) {
        give_back(file, self.start, self.length);
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn bundle(name: &str, text: &str) -> Bundle {
        let file = |path: &str, mode| Artifact {
            path: path.to_owned(),
            mode,
            bytes: text.as_bytes().to_vec(),
        };
        Bundle {
            key: JobKey {
                cluster: "c".parse().unwrap(),
                role: "r".parse().unwrap(),
                environment: "e".parse().unwrap(),
                name: name.parse().unwrap(),
            },
            form: Form::Complete,
            files: vec![file("a/b", Mode::Data), file("c", Mode::Executable)],
        }
    }

    #[test]
    fn what_waits_comes_back_as_it_was() {
        let directory = tempfile::TempDir::new().unwrap();
        let spool = Spool::with_most_held(directory.path(), 8);
        let bundles = [
            bundle("a", "12"),
            bundle("b", "345"),
            bundle("c", ""),
            bundle("d", "6"),
        ];
        let waiting: Vec<_> = bundles
            .iter()
            .map(|bundle| spool.keep(bundle.clone()))
            .collect();
        assert!(matches!(waiting[0], Waiting::Held(_)));
        assert!(matches!(waiting[3], Waiting::Spooled(_)));
        for (waiting, bundle) in waiting.iter().zip(&bundles) {
            assert_eq!(waiting.key(), &bundle.key);
            assert_eq!(&*spool.bundle(waiting).unwrap(), bundle);
        }
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_given_back_takes_no_room() {
        let blocks = |spool: &Spool| spool.file().unwrap().metadata().unwrap().blocks();
        let directory = tempfile::TempDir::new().unwrap();
        let spool = Spool::with_most_held(directory.path(), 0);
        let [one, other] = ["a", "b"].map(|name| bundle(name, &name.repeat(5000)));
        let waiting = [&one, &other].map(|bundle| spool.keep(bundle.clone()));
        assert!(blocks(&spool) > 0);
        spool.give_back(&waiting[0]);
        assert_eq!(&*spool.bundle(&waiting[1]).unwrap(), &other);
        spool.give_back(&waiting[1]);
        assert_eq!(blocks(&spool), 0);
    }

    #[test]
    fn without_a_file_all_wait_in_memory() {
        let spool = Spool::with_most_held(Path::new("/nowhere"), 0);
        assert!(matches!(spool.keep(bundle("a", "1")), Waiting::Held(_)));
    }
}
