//! The target `aurora-config`: a config file of Aurora's client, which is Python 2 that it runs.
//!
//! ```text
//! file  = "jobs = [" Job "]"
//! value = NAME "(" { FIELD "=" value } ")" | "[" { value } "]" | "{" { text ":" value } "}"
//!       | text | number | "True" | "False"
//! ```
//!
//! Nothing is computed in it: constructors are called with literals, and the only name that is
//! bound is `jobs`. The document's own serialisation says what is called; whatever else the
//! definition says is in texts, which `text` writes such that they end where they should.

mod expression;
mod layout;
mod text;

use crate::plan::Plan;

use super::compose::compose;
use expression::Expression;

/// The compiled job.
pub(in crate::target) fn text(plan: &Plan) -> String {
    let job = Expression::of(&compose(plan));
    let mut text = layout::file(&job);
    // All documents are held until the last one is compiled.
    text.shrink_to_fit();
    text
}
