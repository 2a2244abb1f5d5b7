//! A compiled job's task run on this machine, as Thermos, Aurora's executor, would run it on a node.
//!
//! From the compiled job and nothing else: `read` makes a [`Task`] of it, with Aurora's defaults
//! and every reference filled in; [`Schedule`] decides, without a clock or processes of its own,
//! what to start and to end, and when the task is done; [`Together`] does so for the tasks of several
//! jobs, some of which wait for others; `world` does it.

mod demands;
mod fields;
mod labels;
mod order;
mod ports;
mod problem;
mod read;
mod reading;
mod schedule;
mod task;
mod together;
mod waits;
pub mod world;

#[cfg(test)]
mod tests;

pub use demands::Demands;
pub use labels::labels;
pub use ports::{PortClash, PortNames, Ports};
pub use problem::Problem;
pub use read::{Compiled, CompiledJob};
pub use schedule::{Action, Ending, Fate, Run, RunState, Schedule};
pub use task::{Destination, Key, Logger, Process, Rotation, Task};
pub use together::{Act, Cause, Member, Together, Wait};
pub use waits::{JobWait, Links, Telling, waits};
