//! What the settings of a workspace have of all its jobs.

use crate::source::{Node, SourceMap};

/// What a workspace says of all its jobs: the table `defaults` of its settings.
#[derive(Debug, Clone, Copy)]
pub struct Defaults<'a> {
    /// The settings.
    pub settings: &'a SourceMap,
    /// The table.
    pub node: &'a Node,
}

impl<'a> Defaults<'a> {
    /// The field of the settings, and of a document of several jobs.
    pub const FIELD: &'static str = "defaults";

    /// What the settings have of them.
    pub fn of(settings: &'a SourceMap) -> Option<Self> {
        let node = settings.root().get(Self::FIELD)?;
        Some(Self { settings, node })
    }
}
