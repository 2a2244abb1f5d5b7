//! What a push would do, printed.

use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use crate::diagnostic::render::visible;
use crate::publish::packages::{Missing, Outcome};
use crate::publish::{Contents, Local, Object, Work};
use crate::source::display_name;
use crate::store::StoreDir;

/// What names are relative to.
pub(crate) struct Names<'a> {
    /// The store.
    pub(crate) store_dir: &'a StoreDir,
    /// The directory that files are named from.
    pub(crate) current_dir: &'a Path,
}

/// A part of the plan.
#[derive(Serialize)]
struct Item {
    action: &'static str,
    size: u64,
    path: String,
    from: String,
}

/// What a push would do, a part for each store path.
pub(crate) struct Plan(Vec<Item>);

impl Plan {
    /// The plan for what was found out, and for what is to be written, in the order in which it would be
    /// done.
    pub(crate) fn new(outcome: &Outcome, work: &Work<'_>, names: &Names<'_>) -> Self {
        let (copied, missing): (&[Local], &[Missing]) = match outcome {
            Outcome::There => (&[], &[]),
            Outcome::Copy(packages) => (&packages.copied, &[]),
            Outcome::Lacking(lacking) => (&[], &lacking.packages),
        };
        let missing = missing.iter().map(|missing| Item {
            action: "missing",
            size: missing.nar_size.unwrap_or_default(),
            path: names.store_dir.display(&missing.path).to_string(),
            from: missing.by.clone(),
        });
        let copied = copied.iter().map(|local| Item {
            action: "copy",
            size: local.nar_size,
            path: names.store_dir.display(&local.path).to_string(),
            from: "the Nix store of this machine".to_owned(),
        });
        let signed = work.unsigned().map(|info| Item {
            action: "sign",
            size: info.nar_size,
            path: names.store_dir.display(&info.store_path).to_string(),
            from: "the cache".to_owned(),
        });
        let written = work.missing.iter().map(|object| names.written(object));
        let items = missing.chain(copied).chain(signed).chain(written);
        Self(items.collect())
    }

    /// A line for each store path.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(Item::line).collect()
    }

    /// An array of objects.
    pub(crate) fn json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.0);
        let mut text = text.expect("strings and numbers become JSON");
        text.push('\n');
        text
    }
}

impl Names<'_> {
    fn written(&self, object: &Object<'_>) -> Item {
        Item {
            action: "write",
            size: object.nar.size,
            path: self.store_dir.display(object.path).to_string(),
            from: match &object.contents {
                Contents::Script(_, by) => by.clone(),
                Contents::Import(import) => {
                    display_name(&without_dots(&import.source), self.current_dir)
                }
            },
        }
    }
}

/// The path as a person would write it.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            component => plain.push(component),
        }
    }
    plain
}

impl Item {
    fn line(&self) -> String {
        let from = visible::line(&self.from);
        format!("{} {} {} {from}\n", self.action, self.size, self.path)
    }
}
