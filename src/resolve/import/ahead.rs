//! Hashing in a thread of its own, so that the next files are read in the meantime.
//!
//! A few buffers go round: filled here, hashed there, and back. Memory is bounded by them, and
//! whoever is faster waits for the other. The thread begins with the second buffer, so that what
//! fits the first pays for none.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use crate::store::Digest;
use crate::store::hash::Sha256Writer;

/// Hashes and counts whatever is written to it.
pub(super) struct AheadHasher {
    buffer: Vec<u8>,
    thread: Option<HashingThread>,
}

struct HashingThread {
    full: Sender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    handle: JoinHandle<Digest>,
}

impl AheadHasher {
    pub(super) fn new() -> Self {
        Self {
            buffer: Vec::new(),
            thread: None,
        }
    }

    /// The hash of all that was written.
    ///
    /// # Errors
    /// If the thread died.
    pub(super) fn finish(self) -> io::Result<Digest> {
        let Some(HashingThread { full, handle, .. }) = self.thread else {
            let mut hasher = Sha256Writer::new();
            hasher.update(&self.buffer);
            return Ok(hasher.finish());
        };
        full.send(self.buffer).map_err(|_| died())?;
        drop(full);
        handle.join().map_err(|_| died())
    }

    /// Gives the buffer to the thread, and takes an empty one.
    fn pass(&mut self) -> io::Result<()> {
        let thread = match &mut self.thread {
            Some(thread) => thread,
            none => none.insert(HashingThread::spawn()?),
        };
        let empty = thread.empty.recv().map_err(|_| died())?;
        let full = mem::replace(&mut self.buffer, empty);
        thread.full.send(full).map_err(|_| died())
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
                    // At the end of the stream, nobody takes it back.
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

impl Write for AheadHasher {
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
