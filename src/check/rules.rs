//! The rules that look at what became of a job.

use crate::rule::Resolved;

use super::{imports, packages, secrets};

/// The rules of jobs whose commands are resolved.
pub const RESOLVED: &[fn(&mut Resolved<'_>)] =
    &[imports::check, secrets::in_files, packages::undeclared];
