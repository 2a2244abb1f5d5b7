//! Diagnostics made into text, at the very end of the pipeline.
//!
//! [`sort`] brings them into the order that is printed, and [`summary`] closes the list.
//!
//! Everything printed is foreign: names, sources and messages may hold escape sequences, text that
//! runs backwards, or megabytes. What would change how a terminal shows the rest is printed as its
//! code point, and what is long is cut; time and memory grow with the size of the files plus the
//! number of diagnostics, never with their product.

mod order;
mod summary;

pub use order::sort;
pub use summary::summary;
