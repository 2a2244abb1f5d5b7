//! What one file says of its jobs.

use std::sync::Arc;

use crate::diagnostic::Severity;
use crate::elaborate;
use crate::fill::{self, Facts};
use crate::front::{self, Mention};
use crate::source::display_name;
use crate::workspace::{DefinitionFile, Workspace};

/// A job, and where it is defined.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) facts: Arc<Facts>,
    /// What messages call the file.
    pub(super) file: Arc<str>,
}

/// What was seen in a file.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) entries: Vec<Entry>,
    /// Whether something is wrong, so that it may define others.
    pub(super) is_wrong: bool,
}

/// What a job is called.
pub(super) fn name_of(entry: &Entry) -> Option<&str> {
    entry.facts.name()
}

/// What messages call a file.
pub(super) fn name_of_file(workspace: &Workspace, definition: &DefinitionFile) -> String {
    display_name(&definition.path, &workspace.current_dir)
}

/// Looks at a file, unless jobs called `name` are sought and it defines none.
pub(super) fn look(workspace: &Workspace, definition: &DefinitionFile, name: Option<&str>) -> Look {
    let wrong = Look {
        entries: Vec::new(),
        is_wrong: true,
    };
    let Ok(source) = workspace.read_source(&definition.path) else {
        return wrong;
    };
    let Some(source) = source.value else {
        return wrong;
    };
    let may_define = |name| front::mention(&source, definition.format, name) != Mention::No;
    if !name.is_none_or(may_define) {
        return Look::default();
    }
    let settings = workspace.settings_map.as_ref();
    let loaded = elaborate::load(&source, definition.format, settings);
    let mut severities = loaded.diagnostics.iter().map(|problem| problem.severity);
    let is_wrong = severities.any(|severity| severity == Severity::Error);
    let Some(loaded) = loaded.value else {
        return wrong;
    };
    let file: Arc<str> = name_of_file(workspace, definition).into();
    let entries = fill::facts(&loaded.tree).into_iter().map(|facts| Entry {
        facts: Arc::new(facts),
        file: Arc::clone(&file),
    });
    Look {
        entries: entries.collect(),
        is_wrong,
    }
}

/// Whether a file in which something is wrong may define jobs called `name`.
pub(super) fn may_define(workspace: &Workspace, definition: &DefinitionFile, name: &str) -> bool {
    let source = workspace.read_source(&definition.path).ok();
    let source = source.and_then(|source| source.value);
    source.is_none_or(|source| front::mention(&source, definition.format, name) != Mention::No)
}
