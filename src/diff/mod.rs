//! What changes between two sets of compiled jobs, and what that does to a cluster.
//!
//! Pure: what lies in imported files comes in as a value. Jobs are matched by key, processes by
//! name, steps that jobc added by what they are called without a hash, and orders by pairs of
//! these. A store path that became another one of the same name is told once, and is no difference
//! of the texts that mention it; nor is what follows from it in the steps that realise it.

mod alike;
mod change;
mod closure;
mod compare;
mod compared_job;
mod decompose;
mod fields;
mod impact;
mod imports;
mod lines;
mod markdown;
mod paths;
mod phrases;
mod text;

#[cfg(test)]
mod tests;

pub use self::change::{
    ClosureChange, Comparison, FieldChange, FileChange, Hunk, Impact, ImpactKind, ImportChange,
    ImportedContents, JobChange, JobKind, NotCompared, NotComparedKind, OrderChange, PackageChange,
    PackageKind, ProcessChange, StepChange, Summary,
};
pub use self::compare::{Known, compare};
pub use self::compared_job::ComparedJob;
pub use self::imports::{Contents, Listed};
pub use self::markdown::markdown;
pub use self::paths::split as split_name;
pub use self::phrases::{field_line, not_compared_line};
pub use self::text::{TextStyle, text};
