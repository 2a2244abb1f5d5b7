//! How much of a compiled file is judged.

/// What is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// What any layer of Aurora would refuse, and what all of them let pass that does not work.
    #[default]
    Full,
    /// What Aurora's client refuses; all else is a warning.
    AsClient,
}
