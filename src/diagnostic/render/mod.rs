//! Diagnostics made into text, at the very end of the pipeline.
//!
//! [`sort`] brings them into the order that is printed; [`text`] renders them for people,
//! [`short`] for editors that read `file:line:column: message`, [`json`] for programs, and
//! [`summary`] closes the list.
//!
//! Everything printed is foreign: names, sources and messages may hold escape sequences, text that
//! runs backwards, or megabytes. What would change how a terminal shows the rest is printed as its
//! code point, and what is long is cut; time and memory grow with the size of the files plus the
//! number of diagnostics, never with their product.

pub(crate) mod amount;
mod excerpt;
mod json;
mod lines;
mod order;
mod short;
mod summary;
mod text;
pub(crate) mod visible;
mod window;

pub use json::json;
pub(crate) use lines::Lines;
pub use order::sort;
pub use short::short;
pub(crate) use summary::counted;
pub use summary::summary;
pub use text::{TextOptions, text};
