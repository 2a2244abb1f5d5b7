//! Apache Aurora: one typed document of a job, and the forms that the client reads it in.
//!
//! `steps` makes a plan's steps into Thermos's processes, `compose` makes the document, and each
//! target's file writes it. `tree` reads what others wrote.

mod added;
mod await_ready;
mod choice;
pub(crate) mod codes;
mod compose;
pub(super) mod config;
pub(super) mod coverage;
mod document;
pub(super) mod json;
mod number;
mod prelude;
mod process_indexes;
mod quoted;
pub(super) mod reach;
mod realise;
pub mod rules;
pub(super) mod steps;
mod texts;
pub mod timing;
mod tree;
mod waiting;

pub use added::AddedStep;
pub use document::JobDocument;
pub use number::Number;
pub use process_indexes::shift_process_indexes;
pub use realise::{InitCommand, Root};
pub use rules::{CODES, PLANNED, RULES};
pub use tree::{Table, is_same, parse, print, processes, tree};
