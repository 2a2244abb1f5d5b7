//! Signals to this process as events, without a thread that looks for them.

use std::fs;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Sender;
use std::thread;

use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use super::event::Event;

/// Sends an event whenever a child has ended, and whenever someone wants the task to end.
pub(super) fn watch(events: &Sender<Event>) -> io::Result<()> {
    forward(&[SIGCHLD], events, || Event::Child)?;
    let ignored = ignored_signals();
    let wanted: Vec<i32> = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|signal| ignored >> (signal - 1) & 1 == 0)
        .collect();
    forward(&wanted, events, || Event::Interrupt)
}

fn forward(signals: &[i32], events: &Sender<Event>, event: fn() -> Event) -> io::Result<()> {
    let (mut reader, writer) = UnixStream::pair()?;
    for &signal in signals {
        pipe::register(signal, writer.try_clone()?)?;
    }
    let events = events.clone();
    thread::Builder::new().spawn(move || {
        let mut byte = [0];
        while reader.read_exact(&mut byte).is_ok() {
            if events.send(event()).is_err() {
                break;
            }
        }
    })?;
    Ok(())
}

/// The signals that the parent process wants to be ignored: `nohup` does, for instance.
/// The first is the lowest bit.
pub fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}
