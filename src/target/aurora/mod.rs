//! Apache Aurora: one typed document of a job, and the forms that the client reads it in.
//!
//! `steps` makes a plan's steps into Thermos's processes, `compose` makes the document, and each
//! target's file writes it.

mod choice;
pub(crate) mod codes;
mod compose;
pub(super) mod config;
pub(super) mod coverage;
mod document;
pub(super) mod json;
pub(super) mod names;
mod number;
mod process_indexes;
mod realise;
pub(super) mod steps;

use crate::diagnostic::{Chapter, Topic};

pub use document::JobDocument;
pub use number::Number;
pub use process_indexes::shift_process_indexes;
pub use realise::{InitCommand, Root};

/// The problems of writing a job in Aurora's forms.
pub const CODES: &[Chapter] = &[
    (Topic::Steps, &[&codes::NAME_TAKEN]),
    (Topic::Output, &[&codes::NOT_IN_JSON]),
];
