//! How a word of the command line says what to compare.
//!
//! ```text
//! SIDE = "-" | "git:" REVISION | "path:" PATH | REVISION | PATH
//! ```
//!
//! A word that looks like a path (it has a `/`, begins with a full stop or ends in `.json`) is one
//! if it is there; any other word is a revision, or else a path that is there.

use std::path::{Path, PathBuf};

/// The old side unless something else is named.
const LAST_COMMIT: &str = "HEAD";

/// What a word says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Word {
    /// A git revision.
    Revision(String),
    /// A git revision if there is one of this name, or else a path.
    Either(String, PathBuf),
    /// A workspace, a compiled file, or a directory of these.
    Path(PathBuf),
    /// The same, said in so many words.
    Exactly(PathBuf),
    /// Compiled jobs on standard input.
    Input,
}

impl Word {
    /// The two sides of a command line: the last commit and the workspace at `root`, unless others
    /// are named.
    pub(in crate::cli) fn pair(
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
    pub(in crate::cli) fn parse(text: &str, current_dir: &Path) -> Self {
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
        let is_json = path.extension().is_some_and(|word| word == "json");
        let looks_like_one = text.contains('/') || text.starts_with('.') || is_json;
        let is_there = path.symlink_metadata().is_ok();
        match (looks_like_one, is_there) {
            (true, true) => Self::Path(path),
            (false, true) => Self::Either(text.to_owned(), path),
            (_, false) => Self::Revision(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Word;

    #[test]
    fn words() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        fs::create_dir(root.join("main")).expect("made");
        fs::write(root.join("a.json"), "{}").expect("written");
        let check = |text: &str, expected: Word| assert_eq!(Word::parse(text, root), expected);
        check("-", Word::Input);
        check("git:-", Word::Revision("-".to_owned()));
        check("path:x", Word::Exactly(root.join("x")));
        check("main", Word::Either("main".to_owned(), root.join("main")));
        check("./main", Word::Path(root.join("./main")));
        check("main/", Word::Path(root.join("main/")));
        check("a.json", Word::Path(root.join("a.json")));
        check("b.json", Word::Revision("b.json".to_owned()));
        check("origin/main", Word::Revision("origin/main".to_owned()));
        check("--all", Word::Revision("--all".to_owned()));
        check("HEAD~1", Word::Revision("HEAD~1".to_owned()));
    }
}
