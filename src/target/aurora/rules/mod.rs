//! What Aurora's client, scheduler, executor and runner refuse or ignore, and what is known of no
//! other scheduler.
//!
//! Most of them see what the job asks for, before its packages are looked up; some see its plan.

mod commands;
mod cron;
mod cron_words;
mod execution;
mod filled_in;
mod grace_period;
mod job_waits;
mod list;
mod metadata_and_links;
mod placement;
mod ports;
mod ready;
mod rollout;
mod schedule;
mod scheduler_flags;
mod socket_paths;
mod step_names;
mod surroundings;
mod unreachable;
mod updates;

pub use cron_words::cron_in_words;
pub use list::{CODES, PLANNED, RULES};
pub use metadata_and_links::METADATA_ASCII;
pub use placement::{PORT_CYCLE, STATIC_PORT};
pub use updates::{UPDATE_CONFIG, UPDATE_FAILURES, UPDATE_STRATEGY};
