//! The words of Aurora's schema as one table: structs, their fields, the fields' types and what
//! Aurora takes if a field is left out.
//!
//! Code that walks, completes, converts or judges a job asks this table. A default stands nowhere
//! else: Rust code that needs one names its field, and does not compile if that has none.
//!
//! ```
//! use jobc::vocabulary::HEALTH_CHECK_CONFIG;
//!
//! const GRACE: f64 = HEALTH_CHECK_CONFIG.float("initial_interval_secs");
//! assert_eq!(GRACE, 15.0);
//! ```

mod completed;
pub mod python;
mod structs;
mod types;

pub use completed::{Completion, TooManyTables, completed};
pub use structs::*;
pub use types::{Absent, Declared, Field, Kind, Literal, Said, Struct, Type};
