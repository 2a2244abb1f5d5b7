//! What rules see, and what they report into.
//!
//! A leaf: it lists no rules. Whoever owns some lists them, and hands the list to the stage that runs
//! them.

mod resolved;

pub use resolved::{Contents, Exposed, Imported, Noticed, Resolved, Undeclared};
