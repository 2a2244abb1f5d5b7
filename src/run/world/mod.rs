//! The part of running a task that touches the world: processes, signals, files, the clock.

mod children;
mod event;
mod guard;
mod launch;
mod logs;
mod output;
mod ports;
mod runner;
mod sandbox;
mod setup;
mod signals;
mod strays;
mod stream;

pub use launch::find_shell;
pub use ports::{Allocated, PortRequest, PortTrouble, allocate};
pub use runner::run;
pub use sandbox::{Sandbox, hostname, new_task_id, nix_store, user_name};
pub use setup::{Job, JobOutcome, Outcome, Setup};
pub use signals::ignored_signals;
pub use stream::{Printer, Shown, Style};
