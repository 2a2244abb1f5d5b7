//! Compiled jobs that are kept beside the definitions, for reviews and as a gate.
//!
//! ```text
//! snapshot = DIRECTORY "/" CLUSTER "/" ROLE "/" ENVIRONMENT "/" NAME ".json"
//! ```
//!
//! A snapshot is a compiled job where its key says, and nothing else is taken for one: what lies
//! there with other contents is not jobc's. Line endings are `\n`; a checkout that made `\r\n`
//! of them says the same.

mod directory;
mod name;

pub use directory::{Directory, State};
pub use name::{SnapshotName, alike};
