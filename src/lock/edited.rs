//! Whether the workspace's own files still are what they were when packages were locked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::lock::codes::LOCK_OUTDATED;
use crate::model::RelativeInstallable;
use crate::resolve::Lock;

use super::collect::{Need, Needs};
use super::local::{self, Locals};
use super::some_names;

/// Files that have changed since, each once, where the first of their packages is named. Files of
/// which `new`, what Nix says now, has another store path for a package are told by that.
pub fn edited(
    needs: &Needs,
    old: &Lock,
    new: Option<&Lock>,
    systems: &BTreeSet<String>,
    locals: &mut Locals<'_>,
) -> Vec<Diagnostic> {
    let mut found: BTreeMap<PathBuf, Vec<&Need>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for (installable, need) in &needs.installables {
        let Some(file) = local::file(installable) else {
            continue;
        };
        let now = locals.of(installable).map(|local| local.hash());
        let entries = old.packages().get(installable).into_iter().flatten();
        for (system, before) in entries.filter(|(system, _)| systems.contains(*system)) {
            let asked = new.and_then(|new| new.packages().get(installable)?.get(system));
            if asked.is_some_and(|asked| asked.path != before.path) {
                told.insert(file.clone());
            }
            // An earlier jobc wrote none down.
            if before.local.is_some_and(|before| Some(before) != now) {
                let needs = found.entry(file.clone()).or_default();
                if needs.last().is_none_or(|last| !std::ptr::eq(*last, need)) {
                    needs.push(need);
                }
            }
        }
    }
    found.retain(|file, _| !told.contains(file));
    found.values().filter_map(|needs| changed(needs)).collect()
}

fn changed(needs: &[&Need]) -> Option<Diagnostic> {
    let first = needs.first()?;
    let relative = RelativeInstallable::parse(&first.written)?;
    let what = if relative.is_flake() {
        "the flake "
    } else {
        ""
    };
    let names = needs.iter().map(|need| need.name().clone()).collect();
    let (were, help) = match needs {
        [_] => (
            format!("package {} was", some_names(&names)),
            format!("lock it anew: `jobc lock {}`", first.name()),
        ),
        _ => (
            format!("packages {} were", some_names(&names)),
            "lock them anew: `jobc lock`".to_owned(),
        ),
    };
    let headline = format!(
        "{what}`{}` or a file it imports has changed since {were} locked",
        relative.path()
    );
    Some(Diagnostic::new(&LOCK_OUTDATED, headline, first.place.clone()).help(help))
}
