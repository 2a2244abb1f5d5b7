//! What a working tree has in the place of a submodule.
//!
//! The repository of a submodule lies in its directory or among the modules of the repository around
//! it. Anything else is not git's doing: a link in the place of the directory, or a `.git` that leads
//! elsewhere, is not followed, so that jobc compares no repository outside.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Repository;
use super::command::{GitError, path, trimmed};

/// The longest `.git` file that is read.
const LONGEST: u64 = 8192;

/// What is in the place of a submodule.
#[derive(Debug)]
pub enum Submodule {
    /// Nothing, as in a clone.
    Absent,
    /// Its repository.
    There(Repository),
    /// Something that is not its repository, and what.
    Replaced(&'static str),
    /// A repository that git refuses to look at.
    Refused(GitError),
}

impl Repository {
    /// What is at `below`, relative to the directory, where the index or a revision has a submodule.
    pub fn submodule(&self, below: &Path) -> Submodule {
        let mut directory = self.directory.clone();
        for part in below {
            directory.push(part);
            match directory.symlink_metadata() {
                Err(_) => return Submodule::Absent,
                Ok(found) if found.is_symlink() => {
                    return Submodule::Replaced("a link leads to it or is in its place");
                }
                Ok(found) if !found.is_dir() => return Submodule::Replaced("it is no directory"),
                Ok(_) => {}
            }
        }
        let dot_git = directory.join(".git");
        let git_dir = match dot_git.symlink_metadata() {
            Err(_) if is_empty(&directory) => return Submodule::Absent,
            Err(_) => return Submodule::Replaced("it is no repository"),
            Ok(found) if found.is_dir() => Some(dot_git),
            Ok(found) if found.is_file() => led_to(&dot_git).filter(|it| self.is_module(it)),
            Ok(_) => None,
        };
        let Some(git_dir) = git_dir else {
            return Submodule::Replaced("its `.git` leads to another repository");
        };
        match Self::around(&directory) {
            Err(error) => Submodule::Refused(error),
            Ok(Some(found)) if found.is_top_of(&git_dir) => Submodule::There(found),
            Ok(_) => Submodule::Replaced("it is no repository"),
        }
    }

    /// Whether a git directory is one of a submodule's.
    fn is_module(&self, git_dir: &Path) -> bool {
        let [own, common] = [&self.git_dir, &self.common_dir].map(|it| it.join("modules"));
        [own, common].iter().any(|modules| {
            let modules = modules.canonicalize();
            modules.is_ok_and(|modules| git_dir.starts_with(modules))
        })
    }

    /// Whether this is the repository of a git directory and seen from the top of its working tree.
    fn is_top_of(&self, git_dir: &Path) -> bool {
        let is_top = self
            .prefix
            .as_ref()
            .is_some_and(|it| it.as_os_str().is_empty());
        is_top && self.git_dir == git_dir && self.common_dir == git_dir
    }
}

/// Where a `.git` file leads: `gitdir: PATH`, relative to its directory.
fn led_to(file: &Path) -> Option<PathBuf> {
    let mut text = Vec::new();
    let opened = File::open(file).ok()?;
    opened.take(LONGEST).read_to_end(&mut text).ok()?;
    let text = trimmed(text);
    let led_to = text.strip_prefix(b"gitdir: ")?;
    file.parent()?.join(path(led_to)).canonicalize().ok()
}

fn is_empty(directory: &Path) -> bool {
    let entries = directory.read_dir();
    entries.is_ok_and(|mut entries| entries.next().is_none())
}
