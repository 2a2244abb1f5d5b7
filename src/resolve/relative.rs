//! Installables with relative paths: they are relative to the file that says them, as imports are.
//!
//! They were relative to the workspace once. That still holds where only the workspace has such a
//! file, or where neither has it and the lock knows the package by that name; a warning says what
//! to write. The lock knows all of them by their paths in the workspace. Paths out of the workspace
//! are refused, unless an earlier version has locked them.

use std::path::Path;

use crate::beneath::{Enclosure, FileKind, OpenError};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::RelativeInstallable;
use crate::resolve::outside::CANNOT_IMPORT;

use super::Lock;
use super::outside::{outside, repository};

crate::diagnostic::declare_codes! {
    /// A package names a Nix file or a flake by a path that is relative to the workspace. Paths are
    /// relative to the file that says them: the definition, or `jobc.toml`.
    ///
    /// Such packages were relative to the workspace in earlier versions. So where there is no such
    /// file by the rule, and the workspace has one, that is meant, and this warning says how to
    /// write it.
    ///
    /// ```text
    /// app/job.toml: `./pkgs.nix#tool`, where there is `pkgs.nix` and no `app/pkgs.nix`
    /// ```
    ///
    /// Write `../pkgs.nix#tool`. The lock calls both `./pkgs.nix#tool`, as it has all paths relative
    /// to the workspace, so nothing needs to be locked anew.
    ///
    /// A path that leads out of the workspace is refused, unless an earlier version has locked it; then
    /// this warning says so.
    ///
    /// Where there are both, the one beside the definition is meant. If the lock has only the other
    /// one, `jobc lock` warns that the package is no longer what it was.
    RELATIVE_TO_WORKSPACE = "relative-to-workspace", Warn,
        "a package whose path is relative to the workspace";
}

/// Where installables are read.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The workspace's files.
    pub files: &'a Enclosure,
    /// The workspace's directory, absolute.
    pub root: &'a Path,
    /// What is locked.
    pub lock: &'a Lock,
}

/// What an installable means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// What the lock calls it.
    pub key: String,
    /// The rule that says so.
    pub rule: Rule,
}

/// What a relative path is relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The file that says it, or it is not relative.
    Definition,
    /// The same; but the lock has what the text meant when it was relative to the workspace: this.
    Changed {
        /// What the lock calls that.
        before: String,
        /// What means it now.
        write: String,
    },
    /// The workspace.
    Workspace {
        /// What means the same by the rule.
        write: String,
    },
    /// The workspace, out of which it leads: an earlier version locked it so.
    Outside,
}

impl Reader<'_> {
    /// What the installable `text` means in a file of the directory `base` (absolute).
    ///
    /// # Errors
    /// What is wrong with its path.
    pub fn meaning(&self, text: &str, base: &Path) -> Result<Meaning, Refusal> {
        let plain = || Meaning {
            key: text.to_owned(),
            rule: Rule::Definition,
        };
        let Some(relative) = RelativeInstallable::parse(text) else {
            return Ok(plain());
        };
        let base = base.strip_prefix(self.root).unwrap_or(Path::new(""));
        let refusal = |reason| Refusal {
            path: relative.path().to_owned(),
            reason,
        };
        let is_locked = |name: &str| self.lock.packages().contains_key(name);
        let Some(place) = relative.leads_to(base) else {
            if is_locked(text) {
                return Ok(Meaning {
                    rule: Rule::Outside,
                    ..plain()
                });
            }
            return Err(refusal(Reason::Outside));
        };
        let has = |place: &Path| match self.files.file(&self.root.join(relative.file(place))) {
            Ok(_) | Err(OpenError::NotAFile(FileKind::Directory)) => Ok(true),
            Err(OpenError::Outside { .. }) => Err(refusal(Reason::Outside)),
            Err(OpenError::Repository) => Err(refusal(Reason::Repository)),
            Err(OpenError::NotAFile(found)) => Err(refusal(Reason::NotAFile(found))),
            Err(OpenError::Io(_)) => Ok(false),
        };
        let is_there = has(&place)?;
        let key = relative.in_workspace(&place);
        let meaning = Meaning {
            key: key.ok_or_else(|| refusal(Reason::Unwritable))?,
            rule: Rule::Definition,
        };
        let before = relative.leads_to(Path::new(""));
        let Some(before) = before.filter(|before| *before != place) else {
            return Ok(meaning);
        };
        let Some((name, write)) = relative
            .in_workspace(&before)
            .zip(relative.relative_to(&before, base))
        else {
            return Ok(meaning);
        };
        let meant_before = is_locked(&name) && !is_locked(&meaning.key);
        if is_there {
            let changed = Rule::Changed {
                before: name,
                write,
            };
            let rule = if meant_before {
                changed
            } else {
                Rule::Definition
            };
            return Ok(Meaning { rule, ..meaning });
        }
        if has(&before)? || meant_before {
            return Ok(Meaning {
                key: name,
                rule: Rule::Workspace { write },
            });
        }
        Ok(meaning)
    }
}

impl Rule {
    /// What to tell of the package `text`, if something.
    pub fn warning(&self, text: &str, place: Place) -> Option<Diagnostic> {
        let (headline, help) = match self {
            Self::Definition => return None,
            Self::Workspace { write } => (
                format!("`{text}` is found in the workspace's directory, not in the definition's"),
                format!("write `{write}`: paths are relative to the file that says them"),
            ),
            Self::Outside => (
                format!("`{text}` leads out of the workspace"),
                "copy the file into the workspace: nobody else who builds the job has it"
                    .to_owned(),
            ),
            Self::Changed { before, write } => (
                format!(
                    "`{text}` is now in the definition's directory, and no longer `{before}` of the lock"
                ),
                format!("write `{write}` if that is meant"),
            ),
        };
        Some(Diagnostic::new(&RELATIVE_TO_WORKSPACE, headline, place).help(help))
    }
}

/// Why an installable means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its path, as it is written.
    path: String,
    reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Outside,
    Repository,
    NotAFile(FileKind),
    Unwritable,
}

impl Refusal {
    /// The problem of the installable that stands at `place`.
    pub fn problem(&self, place: Place) -> Diagnostic {
        let path = &self.path;
        let (headline, help) = match &self.reason {
            Reason::Outside => return outside(path, place),
            Reason::Repository => return repository(path, place),
            Reason::NotAFile(found) => (format!("`{path}` is {found}"), "name a Nix file"),
            Reason::Unwritable => (
                format!("`{path}` lies in a directory whose name no installable can have"),
                "rename the directory",
            ),
        };
        Diagnostic::new(&CANNOT_IMPORT, headline, place).help(help)
    }
}
