//! Whether nodes can get what jobs need: asked, and told.

mod ask;
mod json;
mod readiness;
mod text;

pub(crate) use ask::ask;
pub(crate) use json::json;
pub(crate) use readiness::{Kind, Readiness};
pub(crate) use text::{all, failure, missing, missing_and_summary};
