//! The part of running a task that touches the world: processes, signals, files, the clock.

mod children;
mod event;
mod guard;
mod launch;
mod logs;
mod ports;
mod runner;
mod sandbox;
mod signals;
mod stream;

pub use launch::find_shell;
pub use ports::{PortTrouble, allocate};
pub use runner::{Outcome, Setup, run};
pub use sandbox::{Sandbox, hostname, new_task_id, nix_store, user_name};
pub use signals::ignored_signals;
pub use stream::{Printer, Style};
