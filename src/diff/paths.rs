//! Store paths that became others.
//!
//! ```text
//! name = package [ "-" version ]      the version begins with a digit, as Nix has it
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::store::references::mentions;
use crate::store::{StoreDir, StorePath, StorePathHash, StorePathName};

/// Store paths whose names are known.
pub(super) type Names = BTreeMap<StorePathHash, StorePathName>;

/// A store path on each side, or on one of them.
pub(super) type Pair = (Option<StorePath>, Option<StorePath>);

/// A name without its version, and the version.
pub fn split(name: &str) -> (&str, &str) {
    let dashes = name.match_indices('-');
    let is_version = |at: &usize| {
        let next = name.as_bytes().get(at + 1);
        next.is_some_and(u8::is_ascii_digit)
    };
    match dashes.map(|(at, _)| at).find(is_version) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, ""),
    }
}

/// The store paths that a text mentions, and where, from the hash on.
pub(super) fn found(
    text: &str,
    store_dir: &StoreDir,
    names: &Names,
) -> Vec<(Range<usize>, StorePath)> {
    let skipped = store_dir.as_str().len() + 1;
    mentions(store_dir, text.as_bytes())
        .filter_map(|mention| mention.resolve(names).or_else(|| mention.longest().ok()))
        .map(|found| {
            (
                found.range.start + skipped..found.range.end,
                found.store_path,
            )
        })
        .collect()
}

/// The store paths that only one of two lists has, those matched that became each other: by their
/// names, or else by these without versions, in the order in which they are mentioned.
pub(super) fn pair(old: &[StorePath], new: &[StorePath]) -> Vec<Pair> {
    let once = |list: &[StorePath], others: &[StorePath]| -> Vec<StorePath> {
        let others: BTreeSet<_> = others.iter().collect();
        let mut seen = BTreeSet::new();
        let only = list.iter().filter(|path| !others.contains(path));
        only.filter(|path| seen.insert(*path)).cloned().collect()
    };
    let mut before = once(old, new);
    let mut after = once(new, old);
    let mut pairs = Vec::new();
    for key in [whole_name, base_name] {
        let mut open: BTreeMap<String, Vec<StorePath>> = BTreeMap::new();
        for path in after.drain(..).rev() {
            open.entry(key(&path)).or_default().push(path);
        }
        before.retain(|path| {
            let Some(other) = open.get_mut(&key(path)).and_then(Vec::pop) else {
                return true;
            };
            pairs.push((Some(path.clone()), Some(other)));
            false
        });
        let mut left: BTreeSet<StorePath> = open.into_values().flatten().collect();
        after = once(new, old);
        after.retain(|path| left.remove(path));
    }
    pairs.extend(before.into_iter().map(|path| (Some(path), None)));
    pairs.extend(after.into_iter().map(|path| (None, Some(path))));
    pairs
}

fn whole_name(path: &StorePath) -> String {
    path.name().to_string()
}

fn base_name(path: &StorePath) -> String {
    split(path.name().as_str()).0.to_owned()
}

/// A text with store paths replaced by those that they became.
pub(super) fn renewed(
    text: &str,
    found: &[(Range<usize>, StorePath)],
    became: &BTreeMap<StorePath, StorePath>,
) -> String {
    let mut renewed = String::with_capacity(text.len());
    let mut at = 0;
    for (range, path) in found {
        if let Some(other) = became.get(path) {
            renewed.push_str(&text[at..range.start]);
            renewed.push_str(&other.to_string());
            at = range.end;
        }
    }
    renewed.push_str(&text[at..]);
    renewed
}

#[cfg(test)]
mod tests {
    use super::{pair, split};
    use crate::store::StorePath;

    #[test]
    fn versions_begin_with_a_digit() {
        for (name, expected) in [
            ("python-3.11.9", ("python", "3.11.9")),
            ("python3.11-requests-2.31", ("python3.11-requests", "2.31")),
            ("openssl-3.0.7-bin", ("openssl", "3.0.7-bin")),
            ("server.py", ("server.py", "")),
            ("glibc-locales", ("glibc-locales", "")),
            ("x-", ("x-", "")),
        ] {
            assert_eq!(split(name), expected);
        }
    }

    #[test]
    fn pairs() {
        let path = |digit: char, name: &str| -> StorePath {
            format!("{}-{name}", digit.to_string().repeat(32))
                .parse()
                .expect("a store path")
        };
        let python = [path('a', "python-3.1"), path('b', "python-3.2")];
        let tool = [path('c', "tool"), path('d', "tool")];
        let (gone, fresh, both) = (path('f', "gone"), path('g', "new"), path('h', "both"));
        let [old_python, new_python] = python;
        let [old_tool, new_tool] = tool;
        let old = [
            both.clone(),
            old_python.clone(),
            old_tool.clone(),
            gone.clone(),
            old_python.clone(),
        ];
        let new = [new_tool.clone(), new_python.clone(), both, fresh.clone()];
        let expected = vec![
            (Some(old_tool), Some(new_tool)),
            (Some(old_python), Some(new_python)),
            (Some(gone), None),
            (None, Some(fresh)),
        ];
        assert_eq!(pair(&old, &new), expected);
    }
}
