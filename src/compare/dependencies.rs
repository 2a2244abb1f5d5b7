//! What a definition depends on besides its own text, told from what was loaded.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::front::Loaded;
use crate::model::{CommandLine, Piece, Reference, RelativeInstallable};
use crate::source::{Kind, Node, SourceFile};

/// What stands in a text that refers to other jobs, and what may stand for a part of it.
const REFERENCES: [&str; 4] = ["jobs.", "\\u", "\\U", "\\x"];

/// Whether a text may refer to other jobs.
pub(super) fn may_refer(source: &SourceFile) -> bool {
    let text = source.text();
    REFERENCES.iter().any(|part| text.contains(part))
}

/// What a definition may depend on, besides its own text.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    /// The files that were read to load it, relative to the workspace; one outside is absolute.
    pub(super) read: BTreeSet<PathBuf>,
    /// Files and directories that it may import, as it has them.
    pub(super) imports: BTreeSet<PathBuf>,
    /// Texts that may be installables.
    pub(super) texts: BTreeSet<String>,
    /// Those of packages that have a relative path.
    pub(super) relative: BTreeSet<String>,
    /// Names of packages, of whichever declaration.
    pub(super) packages: BTreeSet<String>,
}

impl Dependencies {
    /// Those of a definition of the workspace at `root`.
    pub(super) fn of(loaded: &Loaded, root: &Path) -> Self {
        let below = |path: &PathBuf| path.strip_prefix(root).unwrap_or(path).to_owned();
        let mut found = Self {
            read: loaded.files_read.iter().map(below).collect(),
            ..Self::default()
        };
        found.gather(&loaded.tree);
        found
    }

    /// Adds those of what the workspace says of all its jobs, in which paths are relative to it.
    pub(super) fn add_defaults(&mut self, defaults: &Node) {
        let mut found = Self::default();
        found.gather(defaults);
        self.read.extend(found.imports);
        self.texts.extend(found.texts);
        self.relative.extend(found.relative);
        self.packages.extend(found.packages);
    }

    fn gather(&mut self, tree: &Node) {
        let mut open = vec![(tree, "", "")];
        while let Some((node, key, of)) = open.pop() {
            match &node.kind {
                Kind::String(text) => {
                    self.text(text, key);
                    if of == "packages" && RelativeInstallable::parse(text).is_some() {
                        self.relative.insert(text.clone());
                    }
                }
                Kind::Sequence(items) => open.extend(items.iter().map(|item| (item, "", ""))),
                Kind::Mapping(entries) => {
                    let entries = entries.iter();
                    open.extend(entries.map(|entry| (&entry.value, entry.key.as_str(), key)));
                }
                Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => {}
            }
        }
    }

    fn text(&mut self, text: &str, key: &str) {
        if key == "path" {
            self.imports.insert(PathBuf::from(text));
        }
        if text.contains("${") {
            let line = CommandLine::new(text);
            for piece in line.pieces() {
                let Ok(Piece::Reference { to, .. }) = piece else {
                    continue;
                };
                match to {
                    Reference::File(path) | Reference::Expanded(path) => {
                        self.imports.insert(PathBuf::from(path));
                    }
                    Reference::Package(name) => {
                        self.packages.insert(name.to_string());
                    }
                    Reference::Node(_) => {}
                }
            }
        } else {
            self.texts.insert(text.to_owned());
        }
    }
}

/// What a package with a relative path in a file of the directory `below` may mean.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Candidates {
    /// What the lock may call it.
    pub(super) names: BTreeSet<String>,
    /// The files that say which of these it is.
    pub(super) files: BTreeSet<PathBuf>,
}

impl Candidates {
    /// Those by today's rule and by the one before. What leads out of the workspace means nothing.
    pub(super) fn of(text: &str, below: &Path) -> Self {
        let mut found = Self::default();
        let Some(relative) = RelativeInstallable::parse(text) else {
            return found;
        };
        for directory in [below, Path::new("")] {
            if let Some(place) = relative.leads_to(directory) {
                found.names.extend(relative.in_workspace(&place));
                found.files.insert(relative.file(&place));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::{self, Format};
    use crate::source::SourceFile;

    #[test]
    fn what_a_definition_names_and_what_was_read_for_it() {
        let text = "cmdline = \"${./bin} ${pkgs.x}\"\n[packages]\nx = \"./x.nix#y\"\n";
        let file = SourceFile::new("job.toml", text);
        let mut loaded = front::load(&file, Format::Toml).value.expect("it is TOML");
        loaded.files_read = ["/root/lib/base", "/elsewhere"].map(PathBuf::from).into();
        let found = Dependencies::of(&loaded, Path::new("/root"));
        let paths =
            |paths: &[&str]| -> BTreeSet<PathBuf> { paths.iter().map(PathBuf::from).collect() };
        assert_eq!(found.read, paths(&["/elsewhere", "lib/base"]));
        assert_eq!(found.imports, paths(&["./bin"]));
        assert_eq!(found.relative, BTreeSet::from(["./x.nix#y".to_owned()]));
        assert_eq!(found.packages, BTreeSet::from(["x".to_owned()]));
    }
}
