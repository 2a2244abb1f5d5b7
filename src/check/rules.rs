//! The rules that look at what became of a job.

use crate::diagnostic::Diagnostic;
use crate::intent::Intent;
use crate::rule::Resolved;

use super::{imports, packages, ports, secrets};

/// The rules of what jobs ask for once there is a plan, with what was read for their commands.
pub const PLANNED: &[fn(&Intent) -> Vec<Diagnostic>] = &[ports::unused_with_files];

/// The rules of jobs whose commands are resolved.
pub const RESOLVED: &[fn(&mut Resolved<'_>)] =
    &[imports::check, secrets::in_files, packages::undeclared];
