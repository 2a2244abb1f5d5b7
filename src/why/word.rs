//! What a word of the command line means.
//!
//! ```text
//! word = STORE-PATH ["/" ...] | HASH-NAME         the path, or what it lies in
//!      | HASH | its first characters, 8 or more
//!      | NAME | NAME-VERSION                      of a package
//!      | a package's name or installable          as definitions declare it
//!      | FILE                                     that is imported, or lies in what is
//!      | STEP                                     that jobc adds: `nix_init_server-1a2b3c4d`
//! ```

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Component, Path};

use crate::diagnostic::closest;
use crate::diff::split_name;
use crate::store::{StoreDir, StorePath, StorePathHash};

use super::output_name::without_output;
use super::web::{Node, Web, clean};

/// A word, and what it is read by.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The word.
    pub word: &'a str,
    /// The store of the nodes.
    pub store_dir: &'a StoreDir,
    /// The directory that files are relative to (absolute).
    pub current_dir: &'a Path,
}

/// A word means too many paths to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany(pub usize);

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} store paths are called so", self.0)
    }
}

/// The most paths that one word may mean: each costs a search.
const MOST: usize = 500;

/// The fewest characters of a hash that stand for it.
pub(super) const SHORTEST: usize = 8;

/// The digits of hashes.
const DIGITS: &str = "0123456789abcdfghijklmnpqrsvwxyz";

impl Question<'_> {
    /// The numbers of the paths that are meant.
    pub(super) fn meant(&self, web: &Web<'_>) -> Result<Vec<usize>, TooMany> {
        if let Some(path) = self.path() {
            return Ok(web.number(&path).into_iter().collect());
        }
        let file = clean(&self.current_dir.join(self.word));
        let numbered = web.nodes.iter().enumerate();
        let meant = numbered.filter(|(_, node)| {
            self.is_hash_of(node) || self.names(node) || self.is_file_of(node, &file)
        });
        let meant: Vec<_> = meant.map(|(number, _)| number).collect();
        if meant.len() > MOST {
            return Err(TooMany(meant.len()));
        }
        Ok(meant)
    }

    /// The store path that the word is or lies in.
    fn path(&self) -> Option<StorePath> {
        let absolute = self.store_dir.parse_prefix(self.word).ok();
        absolute
            .map(|(path, _)| path)
            .or_else(|| self.word.parse().ok())
    }

    fn is_hash_of(&self, node: &Node<'_>) -> bool {
        let step = step_hash(self.word).filter(|_| node.is_script);
        let Some(digits) = step.or_else(|| is_hash(self.word).then_some(self.word)) else {
            return false;
        };
        digits.len() >= SHORTEST && node.path.hash().to_string().starts_with(digits)
    }

    fn names(&self, node: &Node<'_>) -> bool {
        let name = node.path.name().as_str();
        let is_called = || {
            name == self.word
                || without_output(name) == self.word
                || split_name(name).0 == self.word
        };
        let is_declared = |&(name, source): &(&str, &str)| name == self.word || source == self.word;
        // A user does not ask for a script by the long name that jobc makes up.
        (!node.is_script && is_called()) || node.packages.iter().any(is_declared)
    }

    fn is_file_of(&self, node: &Node<'_>, file: &Path) -> bool {
        let word = Path::new(self.word);
        let is_path = self.word.contains('/');
        let is_tail = word
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        node.files.iter().any(|source| {
            let is_in = source == file || (is_path && file.starts_with(source));
            is_in || (is_tail && source.ends_with(word))
        })
    }

    /// A name that may have been meant.
    pub(super) fn similar(&self, web: &Web<'_>) -> Option<String> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for node in &web.nodes {
            for (name, source) in &node.packages {
                names.extend([*name, source]);
            }
            let files = node.files.iter().filter_map(|file| file.file_name());
            names.extend(files.filter_map(|name| name.to_str()));
            if !node.is_script && node.files.is_empty() {
                let name = node.path.name().as_str();
                names.extend([name, split_name(name).0]);
            }
        }
        closest(self.word, names).map(str::to_owned)
    }

    /// Whether the word is the beginning of a hash that is there, but too short.
    pub(super) fn is_short_hash(&self, web: &Web<'_>) -> bool {
        let begins = |node: &Node<'_>| node.path.hash().to_string().starts_with(self.word);
        is_hash(self.word) && self.word.len() < SHORTEST && web.nodes.iter().any(begins)
    }
}

fn is_hash(word: &str) -> bool {
    let is_digit = |c: char| DIGITS.contains(c);
    !word.is_empty() && word.len() <= StorePathHash::TEXT_LENGTH && word.chars().all(is_digit)
}

/// The beginning of a script's hash that the name of a step ends in.
fn step_hash(word: &str) -> Option<&str> {
    let (name, digits) = word.rsplit_once('-')?;
    let is_step = ["nix_init", "nix_fetch"].iter().any(|prefix| {
        let rest = name.strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    });
    (is_step && is_hash(digits)).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::{is_hash, step_hash};

    #[test]
    fn steps() {
        let check = |word, expected| assert_eq!(step_hash(word), expected);
        check("nix_init_server-jmavyd1k", Some("jmavyd1k"));
        check("nix_init_log-shipper-jmavyd1k", Some("jmavyd1k"));
        check("nix_init-jmavyd1k", Some("jmavyd1k"));
        check("nix_fetch_a-jmavyd1k", Some("jmavyd1k"));
        check("nix_init_log-shipper", None);
        check("nix_initial-jmavyd1k", None);
        check("server-jmavyd1k", None);
    }

    #[test]
    fn hashes() {
        assert!(is_hash("jmavyd1k"));
        assert!(!is_hash("tmavyd1k"), "`t` is no digit");
        assert!(!is_hash(""));
        assert!(!is_hash(&"0".repeat(33)));
    }
}
