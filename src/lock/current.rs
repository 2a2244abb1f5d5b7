//! Whether a lock is what it would be made now.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::lock::codes::LOCK_OUTDATED;
use crate::model::{LockFile, locked_name};
use crate::resolve::{Lock, Meaning, locked};
use crate::source::{Pointer, SourceMap};
use crate::store::StoreDir;

use super::collect::Needs;
use super::realise::unknown_closure;

/// Packages and closures that the lock does not have.
pub fn missing(
    needs: &Needs,
    lock: &Lock,
    systems: &BTreeSet<String>,
    store_dir: &StoreDir,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (installable, need) in &needs.installables {
        for system in systems {
            let place = || need.place.clone();
            let meaning = Meaning {
                key: installable.clone(),
                rule: need.rule.clone(),
            };
            let locked = locked(lock, need.name(), &need.written, &meaning, system, place);
            found.extend(locked.err().map(|problem| *problem));
            if lock.packages().get(installable).is_none() {
                // Once, for however many systems.
                break;
            }
        }
    }
    for (path, need) in &needs.store_paths {
        if lock.path(path).is_none() {
            let path = store_dir.display(path).to_string();
            found.push(unknown_closure(&path, need).help("ask Nix for it: `jobc lock`"));
        }
    }
    found
}

/// Packages of the lock that no definition and no setting names.
pub fn unused(needs: &Needs, file: &LockFile, map: &SourceMap) -> Vec<Diagnostic> {
    let entries = file.packages.iter().enumerate();
    let unused = entries.filter(|(_, entry)| {
        !needs
            .installables
            .contains_key(&locked_name(&entry.installable))
    });
    let problem = |(index, entry): (usize, &crate::model::LockedPackage)| {
        let pointer = Pointer::root().key("packages").index(index);
        let place = Place::Span(map.value(&pointer.key("installable")));
        let headline = format!(
            "no definition names `{}`, which is locked",
            entry.installable
        );
        outdated(headline, place)
    };
    unused.map(problem).collect()
}

/// What is in both locks and not the same.
pub fn changed(
    needs: &Needs,
    old: &Lock,
    new: &Lock,
    lock_name: &str,
    store_dir: &StoreDir,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (installable, systems) in old.packages() {
        let Some(need) = needs.installables.get(installable) else {
            continue;
        };
        for (system, before) in systems {
            let now = new.packages().get(installable);
            let Some(now) = now.and_then(|systems| systems.get(system)) else {
                continue;
            };
            if now.path != before.path {
                let (before, now) = (&before.path, &now.path);
                let name = need.name();
                let headline = format!("package `{name}` is not what it was for `{system}`");
                let (before, now) = (store_dir.display(before), store_dir.display(now));
                found.push(
                    Diagnostic::new(&LOCK_OUTDATED, headline, need.place.clone())
                        .note(format!("it is locked as `{before}`\nand is now `{now}`"))
                        .help(format!("lock it anew: `jobc lock --update {name}`")),
                );
            }
        }
    }
    for (path, before) in old.paths() {
        if let Some(now) = new.path(path)
            && now != before
        {
            let path = store_dir.display(path);
            let headline = format!("the lock lies about `{path}`");
            let place = Place::File(lock_name.to_owned());
            found.push(
                Diagnostic::new(&LOCK_OUTDATED, headline, place)
                    .note(format!(
                        "the lock has the archive {} of {} bytes, the store {} of {}",
                        before.nar_hash.sri(),
                        before.nar_size,
                        now.nar_hash.sri(),
                        now.nar_size
                    ))
                    .help("find out which of the two is right before you run `jobc lock --update`"),
            );
        }
    }
    found
}

/// A lock whose text is another one than jobc would write.
pub fn not_as_written(lock_name: &str) -> Diagnostic {
    outdated(
        format!("`{lock_name}` is not as jobc writes it"),
        Place::File(lock_name.to_owned()),
    )
    .note("entries are out of order, or there are paths that no package needs")
}

fn outdated(headline: String, place: Place) -> Diagnostic {
    Diagnostic::new(&LOCK_OUTDATED, headline, place).help("bring it up to date: `jobc lock`")
}
