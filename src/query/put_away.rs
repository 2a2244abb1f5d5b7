//! The texts of definitions: put away after a look, as those of a large workspace together take much
//! memory, and read again for the few messages that show two definitions side by side.

use std::collections::HashMap;
use std::sync::Arc;

use crate::compile::Listed;
use crate::diagnostic::{Diagnostic, MachineError, Place};
use crate::source::{FileName, SourceFile, display_name};
use crate::workspace::{DefinitionFile, Workspace};

/// Lets jobs know the name of `source`, but not its text.
pub(super) fn put_away(source: &Arc<SourceFile>, jobs: &mut [Listed]) {
    let named = SourceFile::new(source.full_name().clone(), "");
    for location in jobs.iter_mut().flat_map(Listed::locations) {
        // What `jobc.toml` lays under all jobs is in memory once.
        if Arc::ptr_eq(&location.file, source) {
            location.file = Arc::clone(&named);
        }
    }
}

/// Reads the texts again that `problems` show.
pub(super) fn read_again(
    problems: &mut [Diagnostic],
    workspace: &Workspace,
    definitions: &[DefinitionFile],
) -> Result<(), MachineError> {
    if problems.is_empty() {
        return Ok(());
    }
    let named = definitions.iter().map(|definition| {
        let path = &definition.path;
        let shown = display_name(path, &workspace.current_dir);
        (FileName::new(shown, path), path)
    });
    let paths: HashMap<FileName, _> = named.collect();
    let mut read: HashMap<FileName, Arc<SourceFile>> = HashMap::new();
    let annotations = problems
        .iter_mut()
        .flat_map(|problem| &mut problem.annotations);
    for annotation in annotations {
        let Place::Span(location) = &mut annotation.place else {
            continue;
        };
        let name = location.file.full_name();
        if !read.contains_key(name)
            && let Some(path) = paths.get(name)
            && let Some(again) = workspace.read_source(path)?.value
        {
            read.insert(name.clone(), again);
        }
        if let Some(again) = read.get(name) {
            location.file = Arc::clone(again);
        }
    }
    Ok(())
}
