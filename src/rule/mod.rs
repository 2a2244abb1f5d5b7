//! What rules see, and what they report into.
//!
//! A leaf: it lists no rules. Each owner lists its own, and hands the list to the stage that runs
//! them.

mod context;
mod resolved;
pub mod scope;

pub use context::{
    Common, Context, GivenUp, Intended, MOST, ReferenceRule, Rules, StandingReference, Tally,
    Terms, process, value,
};
pub use resolved::{Contents, Imported, Noticed, Resolved, Suspect, Undeclared};
