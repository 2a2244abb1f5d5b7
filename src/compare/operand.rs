//! How a word of the command line says what to compare.
//!
//! ```text
//! SIDE = "-" | "git:" REVISION | "path:" PATH | "HEAD" | ("./" | "../" | "/") ... | REVISION | PATH
//! ```
//!
//! A word that is neither marked nor begins as a path does is a revision or a path, whichever is
//! there. Where both are, it is neither: a branch with a directory called `origin/main` must not say
//! what it is compared with.

use std::path::{Component, Path, PathBuf};

/// The old side unless something else is named.
const LAST_COMMIT: &str = "HEAD";

/// What a word says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A git revision.
    Revision(String),
    /// A git revision or a path that is there, but not both.
    Either(String, PathBuf),
    /// A workspace, a compiled file, or a directory of these.
    Path(PathBuf),
    /// The same, said in so many words.
    Exactly(PathBuf),
    /// Compiled jobs on standard input.
    Input,
}

impl Operand {
    /// The two sides of a command line: the last commit and the workspace at `root`, unless others
    /// are named.
    pub(crate) fn pair(
        [old, new]: [Option<&str>; 2],
        root: &Path,
        current_dir: &Path,
    ) -> [Self; 2] {
        let new = match new {
            Some(new) => Self::parse(new, current_dir),
            None => Self::Path(root.to_owned()),
        };
        [Self::parse(old.unwrap_or(LAST_COMMIT), current_dir), new]
    }

    /// What `text` says where relative paths begin at `current_dir`.
    pub(crate) fn parse(text: &str, current_dir: &Path) -> Self {
        if text == "-" {
            return Self::Input;
        }
        if let Some(revision) = text.strip_prefix("git:") {
            return Self::Revision(revision.to_owned());
        }
        if let Some(path) = text.strip_prefix("path:") {
            return Self::Exactly(current_dir.join(path));
        }
        let path = current_dir.join(text);
        let begins_with = Path::new(text).components().next();
        match begins_with {
            Some(Component::CurDir | Component::ParentDir | Component::RootDir) => Self::Path(path),
            // A file called `HEAD` is in every repository without a working tree.
            _ if text != LAST_COMMIT && path.symlink_metadata().is_ok() => {
                Self::Either(text.to_owned(), path)
            }
            _ => Self::Revision(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::compare::operand::Operand;

    #[test]
    fn words() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        fs::create_dir_all(root.join("origin/main")).expect("made");
        fs::write(root.join("a.json"), "{}").expect("written");
        fs::write(root.join("HEAD"), "").expect("written");
        let check =
            |text: &str, expected: Operand| assert_eq!(Operand::parse(text, root), expected);
        let either = |text: &str| Operand::Either(text.to_owned(), root.join(text));
        let revision = |text: &str| Operand::Revision(text.to_owned());
        let path = |text: &str| Operand::Path(root.join(text));
        check("-", Operand::Input);
        check("git:-", revision("-"));
        check("path:x", Operand::Exactly(root.join("x")));
        check("origin", either("origin"));
        check("origin/main", either("origin/main"));
        check("origin/", either("origin/"));
        check("a.json", either("a.json"));
        check("b.json", revision("b.json"));
        check("origin/next", revision("origin/next"));
        check("./origin", path("./origin"));
        check("./nothing", path("./nothing"));
        check("..", path(".."));
        check("/", Operand::Path("/".into()));
        check("--all", revision("--all"));
        check("HEAD", revision("HEAD"));
        check("HEAD~1", revision("HEAD~1"));
    }
}
