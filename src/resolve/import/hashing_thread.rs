//! Hashing in a thread of its own, so that the next files are read in the meantime.
//!
//! A few buffers go round: filled here, hashed there, and back. Memory is bounded by them, and
//! the faster thread waits for the other. The thread begins with the second buffer, so that what
//! fits the first pays for none.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use crate::store::Digest;
use crate::store::hash::Sha256Writer;

/// Hashes and counts whatever is written to it.
#[derive(Debug, Default)]
pub struct ThreadedHasher {
    buffer: Vec<u8>,
    hashing: Hashing,
}

/// What hashes full buffers.
#[derive(Debug, Default)]
enum Hashing {
    /// Nothing was full so far.
    #[default]
    NotYet,
    Thread(HashingThread),
    /// No thread could be started.
    Here(Box<Sha256Writer>),
}

#[derive(Debug)]
struct HashingThread {
    full: Sender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    handle: JoinHandle<Digest>,
}

impl ThreadedHasher {
    /// A writer to which nothing was written.
    pub fn new() -> Self {
        Self::default()
    }

    /// The hash of all that was written.
    ///
    /// # Errors
    /// If the thread died.
    pub fn finish(self) -> io::Result<Digest> {
        match self.hashing {
            Hashing::NotYet => {
                let mut hasher = Sha256Writer::new();
                hasher.update(&self.buffer);
                Ok(hasher.finish())
            }
            Hashing::Here(mut hasher) => {
                hasher.update(&self.buffer);
                Ok(hasher.finish())
            }
            Hashing::Thread(HashingThread { full, handle, .. }) => {
                full.send(self.buffer).map_err(|_| died())?;
                drop(full);
                handle.join().map_err(|_| died())
            }
        }
    }

    /// Gives the buffer to the thread, and takes an empty one.
    fn pass(&mut self) -> io::Result<()> {
        if let Hashing::NotYet = self.hashing {
            self.hashing = match HashingThread::spawn() {
                Ok(thread) => Hashing::Thread(thread),
                Err(_) => Hashing::Here(Box::default()),
            };
        }
        match &mut self.hashing {
            Hashing::Thread(thread) => {
                let empty = thread.empty.recv().map_err(|_| died())?;
                let full = mem::replace(&mut self.buffer, empty);
                thread.full.send(full).map_err(|_| died())
            }
            Hashing::Here(hasher) => {
                hasher.update(&self.buffer);
                self.buffer.clear();
                Ok(())
            }
            Hashing::NotYet => Ok(()),
        }
    }
}

impl HashingThread {
    fn spawn() -> io::Result<Self> {
        let (full, from_reader) = mpsc::channel::<Vec<u8>>();
        let (to_reader, empty) = mpsc::channel();
        for _ in 1..BUFFERS {
            to_reader
                .send(Vec::with_capacity(BUFFER_SIZE))
                .map_err(|_| died())?;
        }
        let handle = thread::Builder::new()
            .name("hash".to_owned())
            .spawn(move || {
                let mut hasher = Sha256Writer::new();
                for mut buffer in from_reader {
                    hasher.update(&buffer);
                    buffer.clear();
                    // At the end of the stream, the reader is gone.
                    let _ = to_reader.send(buffer);
                }
                hasher.finish()
            })?;
        Ok(Self {
            full,
            empty,
            handle,
        })
    }
}

impl Write for ThreadedHasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() == BUFFER_SIZE {
            self.pass()?;
        }
        let count = bytes.len().min(BUFFER_SIZE - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const BUFFER_SIZE: usize = 256 * 1024;
const BUFFERS: usize = 3;

fn died() -> io::Error {
    io::Error::other("the hashing thread died")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{BUFFER_SIZE, BUFFERS, ThreadedHasher};
    use crate::store::hash::Sha256Writer;

    #[test]
    fn any_size_is_hashed_as_in_one_thread() {
        let most = (BUFFERS + 2) * BUFFER_SIZE;
        for size in [
            0,
            1,
            BUFFER_SIZE - 1,
            BUFFER_SIZE,
            BUFFER_SIZE + 1,
            2 * BUFFER_SIZE,
            most,
            most + 7,
        ] {
            let bytes: Vec<u8> = (0..=250).cycle().take(size).collect();
            let mut expected = Sha256Writer::new();
            expected.update(&bytes);
            for piece in [100_000, BUFFER_SIZE, usize::MAX] {
                let mut hasher = ThreadedHasher::new();
                for bytes in bytes.chunks(piece) {
                    hasher.write_all(bytes).unwrap();
                }
                assert_eq!(
                    hasher.finish().unwrap(),
                    expected.clone().finish(),
                    "{size} {piece}"
                );
            }
        }
    }

    #[test]
    fn it_may_be_dropped_unfinished() {
        let mut hasher = ThreadedHasher::new();
        hasher.write_all(&vec![0; 3 * BUFFER_SIZE]).unwrap();
    }
}
