//! Layers -> jobs: defaults, jobs and their environments laid over each other.
//!
//! Between `front` and decoding, on trees, so that each value keeps the place where it was written. A
//! document without layers passes as it is.
//!
//! ```text
//! document = job | { "defaults": layer?, "jobs": [job] | { NAME: job }, ... }
//! job      = layer with "environments": { E: layer }
//! layer    = fields of a job, with "unset": [path]
//! ```
//!
//! Lowest first, a job is laid from the workspace's defaults, the file's, its own fields, and then what
//! each of the three says of its environment. Tables merge, processes merge by name and metadata by
//! key, anything else is replaced. A layer's `unset` is applied before its values.

pub(crate) mod codes;
mod defaults;
mod document;
mod job;
mod lay;
mod layer;
mod names;
mod replaced;
mod unset;

use crate::diagnostic::{Chapter, Report, Topic};
use crate::front::Loaded;

pub use defaults::Defaults;
use document::Elaboration;
use names::has_layers;

/// The problems of layers.
pub const CODES: &[Chapter] = &[(
    Topic::Layers,
    &[
        &codes::ENVIRONMENT_TWICE,
        &codes::NAMED_TWICE,
        &codes::UNKNOWN_PROCESS_IN_LAYER,
        &codes::UNSET_NOTHING,
        &codes::WAIVED_IN_DEFAULTS,
    ],
)];

/// A document of jobs that are each whole. One that has no layers, in a workspace that has none, is the
/// same.
pub fn elaborate(loaded: Loaded, defaults: Option<Defaults<'_>>) -> Report<Loaded> {
    if defaults.is_none() && !has_layers(&loaded.tree) {
        return Report::ok(loaded);
    }
    Elaboration::new(loaded, defaults).run()
}

#[cfg(test)]
mod tests;
