//! Apache Aurora: one typed document of a job, and the forms that the client reads it in.
//!
//! `compose` makes the document, and each target's file writes it.

mod choice;
mod compose;
pub(super) mod config;
mod document;
pub(super) mod json;

pub use document::{JobDocument, Number};
