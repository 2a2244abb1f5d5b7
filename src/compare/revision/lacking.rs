//! A submodule whose files are not here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::diagnostic::Failure;
use crate::git::{ObjectId, Submodule};
use crate::shell::shell_word;

/// A submodule whose files are not here.
#[derive(Debug)]
pub(super) struct Lacking {
    /// Where it lies in the workspace.
    pub(super) at: PathBuf,
    /// Its commit.
    pub(super) id: ObjectId,
    /// What is in its place; its repository, where that lacks the commit.
    pub(super) instead: Submodule,
    /// The definitions that need its files, or the place of those that would lie in it.
    pub(super) needed_by: Mutex<BTreeSet<PathBuf>>,
}

impl Lacking {
    /// Notes that `definition` needs the file or directory at `path`, if it would lie in the submodule.
    pub(super) fn need(&self, path: &Path, definition: &Path) {
        let holds = path.starts_with(&self.at);
        // A submodule that is not checked out is empty on both sides.
        let is_part = self.at.starts_with(path) && !matches!(self.instead, Submodule::Absent);
        if holds || is_part {
            let mut needed_by = self
                .needed_by
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            needed_by.insert(definition.to_owned());
        }
    }

    /// Whether one of the definitions needs its files.
    pub(super) fn is_needed_by(&self, definitions: &BTreeSet<&Path>) -> bool {
        let needed_by = self.needed_by.lock();
        let needed_by = needed_by.unwrap_or_else(PoisonError::into_inner);
        needed_by.iter().any(|it| definitions.contains(&**it))
    }

    /// Why its files are not here, where the revision is called `name`.
    pub(super) fn note(&self, name: &str) -> Failure {
        let at = self.at.display().to_string();
        let path = shell_word(&at);
        let update = format!("git submodule update --init {path}");
        let failure = match &self.instead {
            Submodule::There(_) => Failure::new(format!(
                "the submodule `{at}` lacks the commit {} that `{name}` has of it",
                self.id.short()
            ))
            .help(format!(
                "fetch it: `{update}`, or `git -C {path} fetch` if it is not the current one"
            )),
            Submodule::Absent => Failure::new(format!("the submodule `{at}` is not checked out"))
                .help(format!("check it out: `{update}`")),
            Submodule::Replaced(what) => Failure::new(format!(
                "the submodule `{at}` is not as git checks it out: {what}"
            ))
            .help(format!(
                "remove what is in its place, and check it out: `{update}`"
            )),
            Submodule::Refused(error) => {
                let failure = Failure::new(format!("in the submodule `{at}`: {error}"));
                match error.help() {
                    Some(help) => failure.help(help),
                    None => failure,
                }
            }
        };
        failure.note("its files are taken for absent")
    }
}
