//! Problems as data: found anywhere in the pipeline, made into text at its very end.

mod code;
pub mod codes;
mod failure;
mod holes;
mod looked_at;
mod machine;
mod place;
mod problem;
mod redact;
pub mod render;
mod report;
mod subject;
mod suggest;

pub use code::{Code, Kind, Level, Severity};
pub use failure::Failure;
pub use holes::Holes;
pub use machine::MachineError;
pub use place::{Part, Place};
pub use problem::{Annotation, Diagnostic};
pub use redact::Redacted;
pub use report::Report;
pub use subject::{Subject, SubjectJob};
pub use suggest::closest;
