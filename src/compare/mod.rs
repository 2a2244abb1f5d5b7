//! Two sides made comparable: jobs as they are in a revision, a workspace, or compiled files.
//!
//! Both sides are read together, so that definitions that say the same on both, with the same
//! settings, files and packages, need not be compiled at all.
//!
//! ```text
//! operands --reader--> definitions, compiled files --compile--> sides --> what changes
//! ```

mod compiled_files;
mod contents;
mod definitions;
mod dependencies;
mod differing;
mod job_filter;
mod keys;
mod not_a_side;
mod operand;
mod reader;
mod referring;
mod revision;
mod side;
mod sides;
mod temporary;
mod wrong_definition;

pub(crate) use job_filter::JobFilter;
pub(crate) use not_a_side::Purpose;
pub(crate) use operand::Operand;
pub(crate) use reader::{Extent, Reader, changed_since};
pub(crate) use side::Side;
pub(crate) use sides::Sides;
