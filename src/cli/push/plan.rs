//! What a push would do, printed.

use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use crate::diagnostic::render::visible;
use crate::publish::{Contents, Local, Object, Work};
use crate::source::display_name;
use crate::store::StoreDir;

use super::super::args::PlanFormat;
use super::packages::{Missing, Outcome};

/// What names are relative to.
pub(super) struct Names<'a> {
    pub(super) store_dir: &'a StoreDir,
    pub(super) current_dir: &'a Path,
}

/// A part of the plan.
#[derive(Serialize)]
struct Item {
    action: &'static str,
    size: u64,
    path: String,
    from: String,
}

impl Names<'_> {
    /// The plan as text for standard output, in the order in which it would be done.
    pub(super) fn plan(&self, outcome: &Outcome, work: &Work<'_>, format: PlanFormat) -> String {
        let (copied, missing): (&[Local], &[Missing]) = match outcome {
            Outcome::There => (&[], &[]),
            Outcome::Copy(packages) => (&packages.copied, &[]),
            Outcome::Lacking(lacking) => (&[], &lacking.packages),
        };
        let missing = missing.iter().map(|missing| Item {
            action: "missing",
            size: missing.nar_size.unwrap_or_default(),
            path: self.store_dir.display(&missing.path).to_string(),
            from: missing.by.clone(),
        });
        let copied = copied.iter().map(|local| Item {
            action: "copy",
            size: local.nar_size,
            path: self.store_dir.display(&local.path).to_string(),
            from: "the Nix store of this machine".to_owned(),
        });
        let signed = work.unsigned().map(|info| Item {
            action: "sign",
            size: info.nar_size,
            path: self.store_dir.display(&info.store_path).to_string(),
            from: "the cache".to_owned(),
        });
        let written = work.missing.iter().map(|object| self.written(object));
        let items: Vec<_> = missing.chain(copied).chain(signed).chain(written).collect();
        match format {
            PlanFormat::Text => items.iter().map(Item::line).collect(),
            PlanFormat::Json => {
                let text = serde_json::to_string_pretty(&items);
                let mut text = text.expect("strings and numbers become JSON");
                text.push('\n');
                text
            }
        }
    }

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
