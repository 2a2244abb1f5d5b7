//! Everything about one job on one screen.
//!
//! Made of a plan, the places of its definition, and the lock: [`Shown`] for programs, [`text`] for
//! people.

mod collect;
mod document;
mod operation;
mod ports;
mod surroundings;
mod templates;
mod text;

pub use collect::shown;
pub use document::Shown;
pub use surroundings::secrets;
pub use text::text;
