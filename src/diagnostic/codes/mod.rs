//! Every kind of problem that jobc can report, by the stage that finds it.

pub mod commands;
pub mod foreign;
pub mod job;
pub mod lints;
pub mod names;
pub mod order;
pub mod packages;
pub mod plan;
pub mod scheduler;
pub mod shape;
pub mod syntax;
pub mod templates;
pub mod texts;
pub mod traps;

use super::Code;

/// All codes, in the order of the pipeline.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        syntax::ALL,
        shape::ALL,
        names::ALL,
        order::ALL,
        commands::ALL,
        templates::ALL,
        job::ALL,
        scheduler::ALL,
        packages::ALL,
        plan::ALL,
        traps::ALL,
        texts::ALL,
        foreign::ALL,
        lints::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The code called `id`.
pub fn find(id: &str) -> Option<&'static Code> {
    all().find(|code| code.id == id)
}
