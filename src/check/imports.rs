//! What an imported file or directory has in it that no process needs, and what it lacks.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::amount;
use crate::rule::{Contents, Imported, Resolved};

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
    /// what is one user's own. On another machine they are others or missing, so the job is
    /// another one there.
    ///
    /// ```text
    /// app/job.toml: `${./site}`, where `site/.gitignore` names `node_modules`
    /// ```
    ///
    /// Remove them, or import a directory that has only what the process needs.
    IMPORTS_IGNORED = "imports-ignored", Warn, "an imported directory with files that git ignores";

    /// A definition imports itself, or a directory that it lies in. Each change in it, even of a
    /// comment, makes another object of the directory, so that the job is another one.
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

/// Warns of links that lead out of what was imported, of what makes another object of it with each
/// commit, and of what git ignores in it.
pub(super) fn check(job: &mut Resolved<'_>) {
    for imported in &job.noticed.imported {
        let problems = [
            dangling(imported),
            git(imported),
            ignored(imported),
            itself(imported),
        ];
        for problem in problems.into_iter().flatten() {
            job.report(problem);
        }
    }
}

fn dangling(imported: &Imported) -> Option<Diagnostic> {
    if imported.dangling.is_empty() {
        return None;
    }
    let Imported { written, place, .. } = imported;
    let headline = format!(
        "links in `{written}` lead out of it: {}",
        some_of(&imported.dangling)
    );
    let problem = Diagnostic::new(&DANGLING_LINK, headline, place.clone());
    Some(problem.help("import a directory that holds the links' targets, too"))
}

fn git(imported: &Imported) -> Option<Diagnostic> {
    let Contents { names, bytes, .. } = &imported.repositories;
    let adds = match names.len() {
        0 => return None,
        1 => "adds",
        _ => "add",
    };
    let Imported { written, place, .. } = imported;
    let headline = format!(
        "`{written}` is imported with {}, which {adds} {}",
        some_of(names),
        amount::bytes(*bytes)
    );
    Some(
        Diagnostic::new(&IMPORTS_GIT, headline, place.clone())
            .note("each commit and each fetch makes another job, though no file has changed")
            .help("import a directory inside of it that has only what the process needs"),
    )
}

fn ignored(imported: &Imported) -> Option<Diagnostic> {
    let Contents {
        names,
        files,
        bytes,
    } = &imported.ignored;
    let (files, add) = match files {
        0 => return None,
        1 => ("1 file".to_owned(), "adds"),
        _ => (format!("{files} files"), "add"),
    };
    let Imported { written, place, .. } = imported;
    let headline = format!(
        "`{written}` is imported with {files} that git ignores, which {add} {}",
        amount::bytes(*bytes)
    );
    Some(
        Diagnostic::new(&IMPORTS_IGNORED, headline, place.clone())
            .note(format!("git ignores {}", some_of(names)))
            .help("remove them, or import a directory that has only what the process needs"),
    )
}

fn itself(imported: &Imported) -> Option<Diagnostic> {
    let bytes = imported.definition?;
    let Imported { written, place, .. } = imported;
    let headline = format!(
        "`{written}` is imported with the definition itself, which adds {}",
        amount::bytes(bytes)
    );
    Some(
        Diagnostic::new(&IMPORTS_ITSELF, headline, place.clone())
            .note("each change of the definition makes another job, be it of a comment")
            .help("put what the process needs into a directory of its own, and import that"),
    )
}

/// Some of the names, and how many more there are.
fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`"));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
