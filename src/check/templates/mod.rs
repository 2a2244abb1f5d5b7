//! `{{...}}` in all texts that Aurora fills in.

mod advice;
mod codes;
mod examine;
mod visitor;

#[cfg(test)]
mod tests;

pub(super) use advice::{near_miss, not_in_files, repaired, shorten, spelled};
pub use codes::{ENDLESS_TEMPLATE, OWN_NAME, TEMPLATE_NOT_TEXT, TEMPLATE_SYNTAX, UNBOUND_TEMPLATE};
pub use examine::examine;
pub(super) use examine::is_known;
pub(super) use visitor::check;
