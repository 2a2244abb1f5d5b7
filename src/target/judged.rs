//! A plan, as the rules of its target see it.

use crate::diagnostic::Diagnostic;
use crate::lint::Levels;
use crate::plan::{Downloads, Plan};

/// A target's rule of plans.
pub type PlanRule = fn(&mut Judged<'_>);

/// What a target's rules of plans see, and what they found.
pub struct Judged<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The levels of lints, for what need not be looked for.
    pub levels: Levels<'a>,
    /// What its nodes fetch.
    pub downloads: Downloads<'a>,
    /// What the rules found.
    pub found: Vec<Diagnostic>,
}
