//! Git: what a revision holds, what differs from it, and its files in a directory. Touches the world.
//!
//! The program `git` is run, and nothing goes through a shell. Neither the working tree nor the
//! index is written. Names of revisions are passed on standard input, where none is taken for an
//! option.
//!
//! **No program that a repository's configuration names is run**: no filter, hook, file system
//! watcher, transport, credential helper, pager or comparison. [`Repository`] finds the repository and
//! looks up names, which needs its configuration (`@{upstream}`, the user's `safe.directory`) and runs
//! nothing of it. Everything else is done by [`Objects`], with a git directory of jobc's own that has
//! the repository's objects and neither its configuration nor the user's. Of both, it takes over what
//! says how files are written: line endings, and which attributes apply.
//!
//! A file that a filter would have written has what the filter made of it where that is known without
//! running it ([`filter`]), and otherwise what git keeps.

mod check_out;
mod command;
mod environment;
mod filter;
mod ignored;
mod objects;
mod submodule;
mod tree;

use std::path::{Path, PathBuf};

use self::command::{git, path, run, trimmed, words};

pub use self::command::GitError;
pub use self::filter::Unfiltered;
pub use self::ignored::ignored;
pub use self::objects::{Checkout, Objects};
pub use self::submodule::Submodule;
pub use self::tree::{Entry, EntryKind, ObjectId};

/// A repository as it is seen from a directory.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Where git is run.
    directory: PathBuf,
    /// Where it keeps its own files, absolute.
    git_dir: PathBuf,
    /// Where it keeps what several working trees share, absolute.
    common_dir: PathBuf,
    /// Where the directory lies in the working tree; none if there is no working tree.
    prefix: Option<PathBuf>,
    /// How its objects are called: `sha1`, `sha256`.
    object_format: String,
    is_shallow: bool,
}

/// What a revision is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// A commit, or what leads to one.
    Commit(ObjectId),
    /// A directory without a history.
    Tree(ObjectId),
}

impl Repository {
    /// The repository that `directory` (absolute, without links) lies in; none if it lies in none.
    ///
    /// # Errors
    /// If git cannot be run, or refuses to look at it.
    pub fn around(directory: &Path) -> Result<Option<Self>, GitError> {
        const ATTEMPT: &str = "look for a git repository";
        let mut command = git(directory);
        // The path comes last: it may have any number of lines.
        command.args(["rev-parse", "--show-object-format"]);
        command.args(["--is-shallow-repository", "--is-inside-work-tree"]);
        command.arg("--absolute-git-dir");
        let asked = run(&mut command, None)?;
        if !asked.is_success {
            if asked
                .said()
                .starts_with("fatal: not a git repository (or any")
            {
                return Ok(None);
            }
            return Err(asked.error(ATTEMPT));
        }
        let text = trimmed(asked.stdout);
        let mut lines = text.splitn(4, |&byte| byte == b'\n');
        let mut next = || lines.next().unwrap_or_default();
        let object_format = match str::from_utf8(next()) {
            // What an old version does not know, it repeats.
            Ok(name) if !name.starts_with('-') => name.to_owned(),
            _ => "sha1".to_owned(),
        };
        let is_shallow = next() == b"true";
        let is_inside = next() == b"true";
        let git_dir = path(next());
        let prefix = if is_inside {
            let mut command = git(directory);
            let asked = run(command.args(["rev-parse", "--show-cdup"]), None)?;
            let up = path(&trimmed(asked.checked(ATTEMPT)?));
            let parts: Vec<_> = directory.components().collect();
            let above = parts.len().saturating_sub(up.components().count());
            Some(parts[above..].iter().collect())
        } else {
            None
        };
        Ok(Some(Self {
            directory: directory.to_owned(),
            common_dir: common_dir(&git_dir),
            git_dir,
            prefix,
            object_format,
            is_shallow,
        }))
    }

    /// Where the directory lies in the working tree; none if there is no working tree.
    pub fn prefix(&self) -> Option<&Path> {
        self.prefix.as_deref()
    }

    /// The working tree; none if there is none.
    fn top(&self) -> Option<&Path> {
        let depth = self.prefix.as_ref()?.components().count();
        self.directory.ancestors().nth(depth)
    }

    /// Whether both are one repository, seen from one of its working trees.
    pub fn is(&self, other: &Self) -> bool {
        self.git_dir == other.git_dir
    }

    /// Whether history ends somewhere, so that revisions may be missing.
    pub fn is_shallow(&self) -> bool {
        self.is_shallow
    }

    /// Whether objects may be missing that a server has.
    pub fn is_partial(&self) -> bool {
        let packs = self.common_dir.join("objects/pack").read_dir();
        let mut packs = packs.into_iter().flatten().flatten();
        packs.any(|entry| {
            let path = entry.path();
            path.extension().is_some_and(|word| word == "promisor")
        })
    }

    /// What a revision is called by; none if there is none of this name.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn revision(&self, name: &str) -> Result<Option<Revision>, GitError> {
        if let Some(id) = self.object(&format!("{name}^{{commit}}"), "commit")? {
            return Ok(Some(Revision::Commit(id)));
        }
        // `REVISION:PATH` takes all that follows for the path.
        let name = if name.contains(':') {
            name.to_owned()
        } else {
            format!("{name}^{{tree}}")
        };
        let tree = self.object(&name, "tree")?;
        Ok(tree.map(Revision::Tree))
    }

    /// Whether a file of a revision is called so.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn is_file(&self, name: &str) -> Result<bool, GitError> {
        Ok(self.object(name, "blob")?.is_some())
    }

    /// Whether there is a commit.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn has_commit(&self, id: &ObjectId) -> Result<bool, GitError> {
        let found = self.object(&format!("{}^{{commit}}", id.as_str()), "commit")?;
        Ok(found.is_some())
    }

    /// The object of this kind that is called so.
    fn object(&self, name: &str, kind: &str) -> Result<Option<ObjectId>, GitError> {
        if name.contains(['\n', '\0']) {
            return Ok(None);
        }
        let mut command = git(&self.directory);
        command.args(["cat-file", "--batch-check=%(objecttype) %(objectname)"]);
        let asked = run(&mut command, Some(format!("{name}\n").into_bytes()))?;
        let text = trimmed(asked.checked("look up a revision")?);
        let text = String::from_utf8_lossy(&text);
        let id = text
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix(' '));
        Ok(id.and_then(ObjectId::parse))
    }

    /// What branches and tags are called, sorted, and that there is `HEAD` if there is a commit.
    ///
    /// # Errors
    /// If git cannot say.
    pub fn names(&self) -> Result<Vec<String>, GitError> {
        let mut command = git(&self.directory);
        command.args(["for-each-ref", "--format=%(refname:short)%00"]);
        command.args(["refs/heads", "refs/tags", "refs/remotes"]);
        let listed = run(&mut command, None)?.checked("list branches and tags")?;
        let names = words(&listed).map(<[u8]>::trim_ascii);
        let names = names.filter_map(|name| str::from_utf8(name).ok());
        let names = names.filter(|name| !name.is_empty());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        if self.object("HEAD", "commit")?.is_some() {
            names.insert(0, "HEAD".to_owned());
        }
        Ok(names)
    }
}

impl Revision {
    /// The object.
    pub fn id(&self) -> &ObjectId {
        match self {
            Self::Commit(id) | Self::Tree(id) => id,
        }
    }
}

/// Where a git directory has what several working trees share.
fn common_dir(git_dir: &Path) -> PathBuf {
    match std::fs::read(git_dir.join("commondir")) {
        Ok(text) => {
            let shared = git_dir.join(path(&trimmed(text)));
            shared.canonicalize().unwrap_or(shared)
        }
        Err(_) => git_dir.to_owned(),
    }
}
