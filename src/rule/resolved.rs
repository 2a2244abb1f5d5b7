//! A job whose commands name store paths, as rules see it.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::lint::Levels;
use crate::model::Settings;
use crate::source::SourceFile;

/// What the rules of a resolved job need to know, and what they found.
pub struct Resolved<'a> {
    /// The workspace's settings.
    pub settings: &'a Settings,
    /// What was noticed while the commands were resolved.
    pub noticed: &'a Noticed,
    /// What the rules found.
    pub found: Vec<Diagnostic>,
}

/// What was noticed while the commands of a job were resolved. What the settings let no rule tell is
/// not looked for.
#[derive(Debug, Clone, Default)]
pub struct Noticed {
    /// The files and directories that were imported, each once in a definition file.
    pub imported: Vec<Imported>,
    /// The imported files that may have secrets in them, each once in a job.
    pub suspects: Vec<Suspect>,
    /// The store paths that commands name by themselves.
    pub undeclared: Vec<Undeclared>,
}

/// A file or directory that was imported.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its path as the definition has it.
    pub written: String,
    /// Where the definition names it.
    pub place: Place,
    /// Links that lead out of it, as messages call them.
    pub dangling: Vec<String>,
    /// What is called `.git` in it.
    pub repositories: Contents,
    /// What git ignores in it.
    pub ignored: Contents,
    /// The size of the definition, if that lies in it.
    pub definition: Option<u64>,
}

/// Files and directories inside of an imported one.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// What messages call them.
    pub names: Vec<String>,
    /// How many files they are, together.
    pub files: usize,
    /// How large these are.
    pub bytes: u64,
}

/// An imported file that may have secrets in it.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Where the definition names what it was imported with.
    pub place: Place,
}

/// A store path that a command names by itself, and that is no package.
#[derive(Debug, Clone)]
pub struct Undeclared {
    /// The text that names it.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl Resolved<'_> {
    /// Whether nothing is said of such problems, so that they need not be looked for.
    pub fn allows(&self, code: &Code) -> bool {
        Levels::new(self.settings).allow(code)
    }

    /// Reports a problem.
    pub fn report(&mut self, problem: Diagnostic) {
        self.found.push(problem);
    }
}
