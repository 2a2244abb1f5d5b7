//! What happens while a task runs.

use rustix::process::Pid;

/// What the loop waits for.
#[derive(Debug)]
pub(super) enum Event {
    /// A child has ended.
    Child,
    /// Someone wants the task to end.
    Interrupt,
    /// An output of a process has ended; why not all of it is in the log, if it is not.
    Closed(Pid, Option<String>),
}
