//! Diagnostics made into text, at the very end of the pipeline.
//!
//! [`sort`] brings them into the order that is printed; [`text`] renders them for people,
//! [`short`] for editors that read `file:line:column: message`, [`json`] and [`github`] for programs
//! that read a line for each, [`sarif`] and [`junit`] for those that read a document about the whole
//! run, and [`summary`] closes the list.
//!
//! Everything printed is foreign: names, sources and messages may hold escape sequences, text that
//! runs backwards, or megabytes. What would change how a terminal shows the rest is printed as its
//! code point, and what is long is cut; time and memory grow with the size of the files plus the
//! number of diagnostics, never with their product.

pub(crate) mod amount;
mod excerpt;
mod failure;
mod github;
mod json;
mod junit;
mod lines;
mod order;
mod outcome;
mod root;
mod sarif;
mod short;
mod summary;
mod text;
pub(crate) mod visible;
mod window;
pub(crate) mod wrap;
pub(crate) mod xml;

pub use failure::{failure_short, failure_text};
pub use github::{github, github_failure};
pub(crate) use json::Message;
pub use json::{json, json_failure};
pub use junit::junit;
pub(crate) use lines::Lines;
pub use order::sort;
pub use outcome::{LookedAt, Outcome};
pub use root::Root;
pub use sarif::sarif;
pub use short::short;
pub(crate) use summary::counted;
pub use summary::summary;
pub use text::{TextOptions, text};
