//! What an import has in it that no process needs, and that makes another object of it.

use std::path::{Path, PathBuf};

use crate::diagnostic::render::amount;
use crate::diagnostic::{Code, Diagnostic, Place};

use super::Context;
use super::import::{Imported, size};

crate::diagnostic::declare_codes! {
    /// A link inside an imported directory leads out of it. In the store there is nothing at the
    /// other end.
    DANGLING_LINK = "dangling-link", Warn, "a link that leads out of its imported directory";

    /// An imported directory holds `.git`: all of its history, or where that is kept. No process
    /// needs it, and each commit and fetch makes another object of the directory, so that the job
    /// is another one though none of its files changed.
    ///
    /// ```text
    /// app/job.toml: `${./site}`, where `site/.git` is the repository of a submodule or a clone
    /// ```
    ///
    /// Import a directory inside of it that has only what the process needs.
    IMPORTS_GIT = "imports-git", Warn, "an imported directory with `.git` in it";

    /// An imported directory holds files that git ignores: what was built or downloaded there, or
    /// what is only somebody's own. On another machine they are others or missing, so the job is
    /// another one there.
    ///
    /// ```text
    /// app/job.toml: `${./site}`, where `site/.gitignore` names `node_modules`
    /// ```
    ///
    /// Remove them, or import a directory that has only what the process needs.
    IMPORTS_IGNORED = "imports-ignored", Warn, "an imported directory with files that git ignores";

    /// A definition imports itself, or a directory that it lies in. Whatever is changed in it, be it
    /// a comment, makes another object of the directory, so that the job is another one.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${./job.toml}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Put what the process needs into a directory of its own, and import that.
    IMPORTS_ITSELF = "imports-itself", Warn, "a definition that imports itself";
}

/// Names of more files are not told.
const SHOWN: usize = 3;

impl Context<'_> {
    /// Warns of links that lead out of what was imported.
    pub(super) fn dangling(&mut self, path: &str, links: &[PathBuf], place: Place) {
        let mut names: Vec<_> = links
            .iter()
            .map(|link| format!("`{}`", self.resolver.display_name(link)))
            .collect();
        names.truncate(3);
        let more = links.len() - names.len();
        let and = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let headline = format!(
            "links in `{path}` lead out of it: {}{and}",
            names.join(", ")
        );
        self.diagnostics.push(
            Diagnostic::new(&DANGLING_LINK, headline, place)
                .help("import a directory that holds the links' targets, too"),
        );
    }

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
        if found.is_empty() || !self.is_wanted(&IMPORTS_GIT) {
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
        let problem = Diagnostic::new(&IMPORTS_GIT, headline, place.clone())
            .note("each commit and each fetch makes another job, though no file has changed")
            .help("import a directory inside of it that has only what the process needs");
        self.diagnostics.push(problem);
    }

    fn ignored(&mut self, path: &str, imported: &Imported, place: &Place) {
        if !imported.place.is_dir() || !self.is_wanted(&IMPORTS_IGNORED) {
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
        let problem = Diagnostic::new(&IMPORTS_IGNORED, headline, place.clone())
            .note(format!("git ignores {}", self.names(&found)))
            .help("remove them, or import a directory that has only what the process needs");
        self.diagnostics.push(problem);
    }

    fn itself(&mut self, path: &str, imported: &Imported, place: &Place) {
        let definition = self.resolver.definition;
        if !definition.starts_with(&imported.place) || !self.is_wanted(&IMPORTS_ITSELF) {
            return;
        }
        let (_, bytes) = size(definition);
        let headline = format!(
            "`{path}` is imported with the definition itself, which adds {}",
            amount::bytes(bytes)
        );
        let problem = Diagnostic::new(&IMPORTS_ITSELF, headline, place.clone())
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
