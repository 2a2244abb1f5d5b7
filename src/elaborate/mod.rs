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

use std::sync::Arc;

use crate::diagnostic::{Chapter, Report, Topic};
use crate::front::{self, Format, Loaded};
use crate::source::{SourceFile, SourceMap};

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

/// Reads a definition as jobs that are each whole, with what `settings` say of all jobs.
pub fn load(
    file: &Arc<SourceFile>,
    format: Format,
    settings: Option<&SourceMap>,
) -> Report<Loaded> {
    let defaults = settings.and_then(Defaults::of);
    front::load(file, format).and_then(|loaded| elaborate(loaded, defaults))
}

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
