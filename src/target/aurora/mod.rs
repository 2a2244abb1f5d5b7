//! Apache Aurora: one typed document of a job, and the forms that the client reads it in.
//!
//! `compose` makes the document, and each target's file writes it.

mod choice;
pub(crate) mod codes;
mod compose;
pub(super) mod config;
mod document;
pub(super) mod json;

use crate::diagnostic::{Chapter, Topic};

pub use document::{JobDocument, Number};

/// The problems of writing a job in Aurora's forms.
pub const CODES: &[Chapter] = &[(Topic::Output, &[&codes::NOT_IN_JSON])];
