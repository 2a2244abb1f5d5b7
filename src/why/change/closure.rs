//! What changed below a package, by the locks of both sides.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::diff::{PackageKind, split_name};
use crate::resolve::Lock;
use crate::store::StorePath;

use super::side::{Before, Dependencies, Dependency};
use crate::why::output_name::without_output;

/// A closure: each path with the one that led to it first; the package itself with none.
type Closure<'a> = BTreeMap<&'a StorePath, Option<&'a StorePath>>;

/// What changed in the closure of a package; none if a lock does not have all of it.
pub(super) fn dependencies(sides: [(&StorePath, Before<'_>); 2]) -> Option<Dependencies> {
    let [(before, old), (after, new)] = sides;
    let (old_lock, new_lock) = (old.lock?, new.lock?);
    let was = closure(before, old_lock)?;
    let is = closure(after, new_lock)?;
    let mut gone: BTreeMap<&str, Vec<&StorePath>> = BTreeMap::new();
    for path in was.keys().filter(|path| !is.contains_key(*path)) {
        // The package itself is told already.
        if **path != *before {
            gone.entry(split_name(path.name().as_str()).0)
                .or_default()
                .push(path);
        }
    }
    let fresh: BTreeSet<&StorePath> = is
        .keys()
        .filter(|path| !was.contains_key(*path) && ***path != *after)
        .copied()
        .collect();
    let mut found = Dependencies::default();
    let mut changed = Vec::new();
    for path in &fresh {
        let partner = partner(path, &mut gone);
        let kind = match partner {
            None => PackageKind::Added,
            Some(other) if other.name() != path.name() => PackageKind::Version,
            Some(_) => {
                let info = new_lock.path(path)?;
                if info.references.iter().any(|path| fresh.contains(path)) {
                    found.consequences += 1;
                    continue;
                }
                PackageKind::Rebuilt
            }
        };
        let chain = chain(path, &is);
        let dependency = Dependency {
            kind,
            old_path: partner.map(|path| old.store_dir.display(path).to_string()),
            new_path: Some(new.store_dir.display(path).to_string()),
            chain: shown(&chain, new),
        };
        changed.push((chain.len(), path.name().clone(), dependency));
    }
    for path in gone.into_values().flatten() {
        let chain = chain(path, &was);
        let dependency = Dependency {
            kind: PackageKind::Removed,
            old_path: Some(old.store_dir.display(path).to_string()),
            new_path: None,
            chain: shown(&chain, old),
        };
        changed.push((chain.len(), path.name().clone(), dependency));
    }
    changed.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let changed = changed.into_iter().map(|(_, _, dependency)| dependency);
    found.changed = changed.collect();
    Some(found)
}

/// Takes the path that became this one: of the same name, or else of another version.
fn partner<'a>(
    path: &StorePath,
    gone: &mut BTreeMap<&'a str, Vec<&'a StorePath>>,
) -> Option<&'a StorePath> {
    let list = gone.get_mut(split_name(path.name().as_str()).0)?;
    let same = list.iter().position(|other| other.name() == path.name());
    let output = |path: &StorePath| {
        let name = path.name().as_str();
        name.len() - without_output(name).len()
    };
    let alike = || list.iter().position(|other| output(other) == output(path));
    let at = same.or_else(alike)?;
    Some(list.remove(at))
}

fn closure<'a>(root: &'a StorePath, lock: &'a Lock) -> Option<Closure<'a>> {
    let mut closure = Closure::from([(root, None)]);
    let mut waiting = VecDeque::from([root]);
    while let Some(path) = waiting.pop_front() {
        for reference in &lock.path(path)?.references {
            if !closure.contains_key(reference) {
                closure.insert(reference, Some(path));
                waiting.push_back(reference);
            }
        }
    }
    Some(closure)
}

/// The way from the package to one of its closure.
fn chain<'a>(path: &'a StorePath, closure: &Closure<'a>) -> Vec<&'a StorePath> {
    let mut chain = vec![path];
    let mut at = path;
    while let Some(Some(before)) = closure.get(at) {
        chain.push(before);
        at = before;
    }
    chain.reverse();
    chain
}

fn shown(chain: &[&StorePath], side: Before<'_>) -> Vec<String> {
    let paths = chain.iter();
    paths
        .map(|path| side.store_dir.display(path).to_string())
        .collect()
}
