//! What a definition depends on besides its own text, told from that text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::front::{self, Format};
use crate::model::{CommandLine, Piece, Reference, RelativeInstallable};
use crate::source::{Kind, SourceFile};

/// What a definition may depend on, besides its own text.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
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
    /// Those of a file; none if it makes no sense.
    pub(super) fn of(source: &Arc<SourceFile>, format: Format) -> Option<Self> {
        let root = front::tree(source, format).value?;
        let mut found = Self::default();
        let mut open = vec![(&root, "", "")];
        while let Some((node, key, of)) = open.pop() {
            match &node.kind {
                Kind::String(text) => {
                    found.text(text, key);
                    if of == "packages" && RelativeInstallable::parse(text).is_some() {
                        found.relative.insert(text.clone());
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
        Some(found)
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
