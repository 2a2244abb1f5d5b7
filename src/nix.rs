//! A program of Nix, run to its end: what it prints, and the end of what it says. Touches the world.
//!
//! Nothing goes through a shell. What a failure means is for those to say who asked.

use std::io::{self, Read, Write};
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

/// What becomes of what a program says on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Messages {
    /// About this many bytes of its end are kept.
    Keep(usize),
    /// They are kept, and shown at once as well.
    KeepAndShow(usize),
    /// They go where jobc's own go, so that a terminal gets colours and a bar of progress.
    Pass,
}

/// A program that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// The end of what it said on standard error, if that was kept.
    pub messages: String,
}

/// Runs the program, which reads nothing.
///
/// # Errors
/// If it cannot be started, or not be listened to.
pub fn run(command: &mut Command, messages: Messages) -> io::Result<Ended> {
    let (sender, receiver) = mpsc::channel();
    let listen = move || receiver.recv().ok().map(|stderr| keep(stderr, messages));
    // Without one more thread, messages are passed on and not kept.
    let listener = thread::Builder::new().spawn(listen).ok();
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    if messages != Messages::Pass && listener.is_some() {
        command.stderr(Stdio::piped()).env("NO_COLOR", "1");
    }
    let mut child = command.spawn()?;
    if let Some(stderr) = child.stderr.take() {
        // The listener waits for it.
        let _ = sender.send(stderr);
    }
    drop(sender);
    let mut stdout = Vec::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_end(&mut stdout)?;
    }
    let status = child.wait()?;
    let messages = listener.and_then(|listener| listener.join().ok().flatten());
    let messages = messages.unwrap_or_default();
    Ok(Ended {
        status,
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        messages: String::from_utf8_lossy(&messages).into_owned(),
    })
}

/// The end of a stream, shown meanwhile if wanted.
fn keep(mut stream: ChildStderr, messages: Messages) -> Vec<u8> {
    let (most, shows) = match messages {
        Messages::Keep(most) => (most, false),
        Messages::KeepAndShow(most) => (most, true),
        Messages::Pass => (0, true),
    };
    let mut kept = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = match stream.read(&mut buffer) {
            Ok(0) => return kept,
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return kept,
        };
        if shows {
            // If standard error is closed, the messages are still kept.
            let _ = io::stderr().write_all(read);
        }
        kept.extend_from_slice(read);
        if kept.len() > 2 * most {
            kept.drain(..kept.len() - most);
        }
    }
}
