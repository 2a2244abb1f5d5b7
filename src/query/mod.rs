//! Which jobs the words of a command line mean.
//!
//! ```text
//! words --selection--> selectors --search--> jobs of the definitions --find--> jobs for each word
//! ```

pub(crate) mod declared;
mod find;
mod ignored;
pub(crate) mod misnamed;
mod places;
mod put_away;
mod search;
pub(crate) mod selection;

pub(crate) use find::{Several, find};
pub(crate) use places::{place, table};
pub(crate) use search::{Findings, Found, Progress, Search};
