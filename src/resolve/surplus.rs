//! What an import has in it that no process needs, and that makes another object of it.

use std::path::Path;

use crate::diagnostic::codes::packages as codes;
use crate::diagnostic::render::amount;
use crate::diagnostic::{Code, Diagnostic, Place};

use super::Context;
use super::import::{Imported, size};

/// Names of more files are not told.
const SHOWN: usize = 3;

impl Context<'_> {
    /// Tells what is in an import that should not be.
    pub(super) fn surplus(&mut self, path: &str, imported: &Imported, place: &Place) {
        self.git(path, imported, place);
        self.ignored(path, imported, place);
        self.itself(path, imported, place);
    }

    fn is_wanted(&self, code: &Code) -> bool {
        !self.resolver.levels().allow(code)
    }

    fn git(&mut self, path: &str, imported: &Imported, place: &Place) {
        let found = &imported.repositories;
        if found.is_empty() || !self.is_wanted(&codes::IMPORTS_GIT) {
            return;
        }
        let bytes = found.iter().map(|git| size(git).1).sum();
        let (names, adds) = match &found[..] {
            [_] => (self.names(found), "adds"),
            _ => (self.names(found), "add"),
        };
        let headline = format!(
            "`{path}` is imported with {names}, which {adds} {}",
            amount::bytes(bytes)
        );
        let problem = Diagnostic::new(&codes::IMPORTS_GIT, headline, place.clone())
            .note("each commit and each fetch makes another job, though no file has changed")
            .help("import a directory inside of it that has only what the process needs");
        self.diagnostics.push(problem);
    }

    fn ignored(&mut self, path: &str, imported: &Imported, place: &Place) {
        if !imported.place.is_dir() || !self.is_wanted(&codes::IMPORTS_IGNORED) {
            return;
        }
        let found = self.resolver.importer.ignored(imported);
        if found.is_empty() {
            return;
        }
        let sizes = found.iter().map(|path| size(path));
        let (count, bytes) = sizes.fold((0, 0), |(count, total), (files, bytes)| {
            (count + files, total + bytes)
        });
        let (files, add) = match count {
            0 => return,
            1 => ("1 file".to_owned(), "adds"),
            _ => (format!("{count} files"), "add"),
        };
        let headline = format!(
            "`{path}` is imported with {files} that git ignores, which {add} {}",
            amount::bytes(bytes)
        );
        let problem = Diagnostic::new(&codes::IMPORTS_IGNORED, headline, place.clone())
            .note(format!("git ignores {}", self.names(&found)))
            .help("remove them, or import a directory that has only what the process needs");
        self.diagnostics.push(problem);
    }

    fn itself(&mut self, path: &str, imported: &Imported, place: &Place) {
        let definition = self.resolver.definition;
        if !definition.starts_with(&imported.place) || !self.is_wanted(&codes::IMPORTS_ITSELF) {
            return;
        }
        let (_, bytes) = size(definition);
        let headline = format!(
            "`{path}` is imported with the definition itself, which adds {}",
            amount::bytes(bytes)
        );
        let problem = Diagnostic::new(&codes::IMPORTS_ITSELF, headline, place.clone())
            .note("each change of the definition makes another job, be it of a comment")
            .help("put what the process needs into a directory of its own, and import that");
        self.diagnostics.push(problem);
    }

    /// What messages call paths: some of them, and how many more there are.
    fn names(&self, paths: &[impl AsRef<Path>]) -> String {
        let shown = paths.iter().take(SHOWN);
        let shown = shown.map(|path| format!("`{}`", self.resolver.display_name(path.as_ref())));
        let shown = shown.collect::<Vec<_>>().join(", ");
        match paths.len().saturating_sub(SHOWN) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }
}
