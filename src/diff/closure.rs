//! How a closure changes, by what the locks say.

use std::collections::BTreeMap;

use crate::resolve::Lock;
use crate::store::StorePath;

use super::ClosureChange;

/// From the closure of one path to that of another; a side without a path has an empty closure.
/// None where no lock knows one of them.
pub(super) fn change(
    old: Option<&StorePath>,
    new: Option<&StorePath>,
    locks: [Option<&Lock>; 2],
) -> Option<ClosureChange> {
    let [first, second] = locks;
    let before = of(old, [first, second])?;
    let after = of(new, [second, first])?;
    // Locks may say anything.
    let sum = |closure: &BTreeMap<StorePath, i64>| -> i64 {
        closure.values().copied().fold(0, i64::saturating_add)
    };
    let only = |one: &BTreeMap<StorePath, i64>, other: &BTreeMap<StorePath, i64>| {
        one.keys().filter(|path| !other.contains_key(*path)).count()
    };
    Some(ClosureChange {
        added: only(&after, &before),
        removed: only(&before, &after),
        bytes: sum(&after).saturating_sub(sum(&before)),
    })
}

/// The paths of a closure with their sizes, by the first lock that knows it.
fn of(root: Option<&StorePath>, locks: [Option<&Lock>; 2]) -> Option<BTreeMap<StorePath, i64>> {
    let Some(root) = root else {
        return Some(BTreeMap::new());
    };
    let lock = locks
        .into_iter()
        .flatten()
        .find(|lock| lock.path(root).is_some())?;
    let mut closure = BTreeMap::new();
    let mut next = vec![root];
    while let Some(path) = next.pop() {
        let info = lock.path(path)?;
        if closure.insert(path.clone(), info.nar_size).is_none() {
            next.extend(&info.references);
        }
    }
    Some(closure)
}
