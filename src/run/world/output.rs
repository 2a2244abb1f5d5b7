//! The output of a process: read to its end, into logs and lines.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use rustix::process::Pid;

use super::event::Event;
use super::logs::Log;
use super::stream::{Lines, Printer};

/// An output that is read.
pub(super) struct Output {
    /// The process group that has it.
    pub(super) group: Pid,
    pub(super) log: Log,
    /// What makes lines of it, if it is shown.
    pub(super) lines: Option<Lines>,
}

impl Output {
    /// Reads it in a thread of its own, which sends an event at its end.
    pub(super) fn read(
        self,
        pipe: impl Read + Send + 'static,
        printer: &Arc<Printer>,
        sender: &Sender<Event>,
    ) -> io::Result<()> {
        let sender = sender.clone();
        let printer = Arc::clone(printer);
        thread::Builder::new().spawn(move || {
            let Self { group, log, lines } = self;
            let trouble = copy(pipe, log, lines, &printer);
            // The receiver is gone when the run is done.
            let _ = sender.send(Event::Closed(group, trouble));
        })?;
        Ok(())
    }
}

/// Reads all of an output; why not all of it is in the log, if it is not.
fn copy(
    mut pipe: impl Read,
    mut log: Log,
    mut lines: Option<Lines>,
    printer: &Printer,
) -> Option<String> {
    let mut buffer = vec![0; 1 << 16];
    let mut trouble = None;
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                let bytes = &buffer[..length];
                if trouble.is_none() {
                    trouble = log.write(bytes).err().map(|error| error.to_string());
                }
                if let Some(lines) = &mut lines {
                    lines.push(bytes, printer);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    if let Some(lines) = &mut lines {
        lines.close(printer);
    }
    trouble
}
