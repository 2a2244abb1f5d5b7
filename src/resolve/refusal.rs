//! Why a file was not imported, as a problem at the place that names it.

use crate::beneath::{destination, in_repository};
use crate::diagnostic::{Diagnostic, Place, closest};

use super::context::Resolver;
use super::import::{ImportError, beside};
use super::outside::{CANNOT_IMPORT, outside, repository};

crate::diagnostic::declare_codes! {
    /// A file or directory that is to be imported is not there.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "cat ${./greeting.txt}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Paths are relative to the file that says them: the definition, or `jobc.toml`. This compiles
    /// where `serve.yml` lies beside the definition.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve ${./serve.yml}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    MISSING_FILE = "missing-file", Error, "a file that is to be imported is not there";
}

/// The problem of `path`, as the text at `place` has it.
pub(super) fn refusal(
    path: &str,
    error: &ImportError,
    resolver: &Resolver<'_>,
    place: Place,
) -> Diagnostic {
    let cannot = |headline: String| Diagnostic::new(&CANNOT_IMPORT, headline, place.clone());
    let name = |path| resolver.display_name(path);
    match error {
        ImportError::Missing { path: full } => {
            let headline = format!("`{path}` does not exist");
            let problem = Diagnostic::new(&MISSING_FILE, headline, place);
            let (directory, file) = path.rsplit_once('/').unwrap_or_default();
            let others = beside(full);
            match closest(file, others.iter().map(String::as_str)) {
                Some(other) => problem.help(format!("did you mean `{directory}/{other}`?")),
                None => {
                    problem.note("paths are relative to the directory of the file that says them")
                }
            }
        }
        ImportError::LinkLoop { .. } => {
            cannot(format!("the links that lead to `{path}` form a loop"))
        }
        ImportError::Symlink { path: full, target } => {
            let root = resolver.importer.workspace().root();
            match destination(full).strip_prefix(root) {
                Ok(below) if in_repository(below) => repository(path, place),
                Ok(_) => cannot(format!("`{path}` is a symbolic link"))
                    .help(format!("import its target instead: `{}`", target.display())),
                Err(_) => cannot(format!(
                    "`{path}` is a symbolic link that leads out of the workspace"
                ))
                .help("put a copy in its place, or make a package of what it leads to"),
            }
        }
        ImportError::Repository { .. } => repository(path, place),
        ImportError::Outside { .. } => outside(path, place),
        ImportError::WorkspaceRoot { .. } => {
            cannot(format!("`{path}` is the whole workspace")).help("import a directory of it")
        }
        ImportError::Name { path, reason } => {
            let file = path.file_name().unwrap_or_default().display();
            cannot(format!("the store takes no file called `{file}`: {reason}"))
                .help("rename it, or put it into a directory and import that")
        }
        ImportError::Forbidden { directory, .. } => cannot(format!(
            "`{path}` overlaps `{}`, where jobc keeps its own files",
            name(directory)
        ))
        .help("import files and directories beside it"),
        ImportError::Special { path, special } => cannot(format!("`{}` is {special}", name(path)))
            .help("import files, directories and links only"),
        ImportError::AbsoluteLink { path, target } => cannot(format!(
            "the link `{}` has the absolute target `{}`",
            name(path),
            target.display()
        ))
        .help("make it relative, or put a copy in its place"),
        ImportError::EscapingLink { path, target } => cannot(format!(
            "the link `{}` leads out of the workspace, to `{}`",
            name(path),
            target.display()
        ))
        .help("put a copy in its place"),
        error => cannot(format!("`{path}` cannot be imported: {error}")),
    }
}
