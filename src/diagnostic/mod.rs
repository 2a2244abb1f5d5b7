//! Problems as data: found anywhere in the pipeline, made into text at its very end.

pub(crate) mod code;
mod failure;
mod holes;
mod looked_at;
mod machine;
mod once;
mod place;
mod problem;
mod redact;
mod registry;
pub mod render;
mod report;
#[cfg(test)]
mod samples;
mod subject;
mod suggest;
mod too_many;

pub(crate) use code::declare_codes;
pub use code::{Code, Guilty, Kind, Level, Severity};
pub use failure::Failure;
pub use holes::Holes;
pub use machine::MachineError;
pub use once::once;
pub use place::{Part, Place};
pub use problem::{Annotation, Diagnostic};
pub use redact::Redacted;
pub use registry::{Chapter, Registry, Topic};
pub use report::Report;
pub use subject::{Subject, SubjectJob};
pub use suggest::{closest, is_slip};
pub use too_many::TOO_MANY_ERRORS;
