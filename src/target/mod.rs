//! Plans put into schedulers' words: one file for each target.

pub mod artifact;
pub mod aurora;

pub use artifact::Artifact;

pub use crate::plan::Target;

use crate::diagnostic::Report;
use crate::plan::Plan;

/// In which words a job is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// For a target, which may refuse it.
    Target(Target),
    /// As JSON that carries every job, for jobc's own use: to compare jobs, to show them, to run
    /// them. Where Aurora's JSON can carry the job, it is that, byte for byte; a choice that it
    /// cannot carry is a table of one field, the choice's name in a definition.
    Complete,
}

impl Form {
    /// What files in this form end in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Target(Target::AuroraConfig) => ".aurora",
            Self::Target(Target::AuroraJson) | Self::Complete => ".json",
        }
    }
}

/// The compiled job, if the form can carry it.
pub fn emit(plan: &Plan, form: Form) -> Report<Artifact> {
    let text = match form {
        Form::Target(Target::AuroraJson) => aurora::json::emit(plan),
        Form::Target(Target::AuroraConfig) => Report::ok(aurora::config::emit(plan)),
        Form::Complete => Report::ok(aurora::json::complete(plan)),
    };
    text.map(|text| Artifact {
        key: plan.key().clone(),
        form,
        text,
    })
}
