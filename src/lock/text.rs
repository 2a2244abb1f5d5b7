//! The text of `jobc.lock`: JSON, an entry a line, sorted.
//!
//! The same lock is always the same bytes, and a change of one package changes the lines of its own
//! and its closure's entries, so that version control can merge two of them.

use std::fmt::Write;

use crate::resolve::{Lock, PathInfo, Pinned};
use crate::store::{StoreDir, StorePath};

/// The text of the lock. Reading it gives the same lock again.
pub fn render(lock: &Lock, store_dir: &StoreDir) -> String {
    let packages: Vec<String> = lock
        .packages()
        .iter()
        .flat_map(|(installable, systems)| each_system(installable, systems, store_dir))
        .collect();
    let paths: Vec<String> = lock
        .paths()
        .map(|(path, info)| path_entry(path, info, store_dir))
        .collect();
    let mut text = String::from("{\n  \"version\": 1,\n");
    list(&mut text, "packages", &packages);
    text.push_str(",\n");
    list(&mut text, "paths", &paths);
    if !lock.ports().is_empty() {
        let ports = lock.ports().iter();
        let ports: Vec<String> = ports
            .map(|(port, number)| format!("{{\"port\": \"{port}\", \"number\": {number}}}"))
            .collect();
        text.push_str(",\n");
        list(&mut text, "ports", &ports);
    }
    text.push_str("\n}\n");
    text
}

fn each_system<'a>(
    installable: &'a str,
    systems: impl IntoIterator<Item = (&'a String, &'a Pinned)>,
    store_dir: &StoreDir,
) -> Vec<String> {
    let entry = |(system, Pinned { path, local }): (&String, &Pinned)| {
        let local = local.map(|hash| format!(", \"local\": \"{}\"", hash.sri()));
        format!(
            "{{\"installable\": {}, \"system\": {}, \"path\": \"{}\"{}}}",
            string(installable),
            string(system),
            store_dir.display(path),
            local.unwrap_or_default()
        )
    };
    systems.into_iter().map(entry).collect()
}

fn path_entry(path: &StorePath, info: &PathInfo, store_dir: &StoreDir) -> String {
    let references = info.references.iter();
    let references: Vec<String> = references.map(|path| format!("\"{path}\"")).collect();
    format!(
        "{{\"path\": \"{}\", \"nar_hash\": \"{}\", \"nar_size\": {}, \"references\": [{}]}}",
        store_dir.display(path),
        info.nar_hash.sri(),
        info.nar_size,
        references.join(", ")
    )
}

fn list(text: &mut String, name: &str, entries: &[String]) {
    if entries.is_empty() {
        write!(text, "  \"{name}\": []").expect("a string takes all");
    } else {
        let entries = entries.join(",\n    ");
        write!(text, "  \"{name}\": [\n    {entries}\n  ]").expect("a string takes all");
    }
}

fn string(text: &str) -> String {
    serde_json::to_string(text).expect("a string becomes JSON")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::render;
    use crate::front::{self, Format};
    use crate::model::{LockFile, locked_name};
    use crate::resolve::{Lock, PathInfo, Pinned};
    use crate::source::SourceFile;
    use crate::store::{Sha256, StoreDir, StorePath, StorePathHash};

    fn read(text: &str, store_dir: &StoreDir) -> Lock {
        let file = Arc::new(SourceFile::new("jobc.lock", text));
        let tree = front::load(&file, Format::Json)
            .value
            .expect("it is JSON")
            .tree;
        let lock = front::decode::<LockFile>(&tree);
        assert_eq!(lock.diagnostics, []);
        let report = Lock::read(&lock.value.expect("it is a lock"), store_dir);
        assert_eq!(report.diagnostics, []);
        report.value.expect("it is a good one")
    }

    fn pinned(seed: u8) -> Pinned {
        Pinned {
            path: path(seed),
            local: seed.is_multiple_of(2).then(|| Sha256::of(&[seed])),
        }
    }

    fn path(seed: u8) -> StorePath {
        let hash = StorePathHash::from_bytes([seed; StorePathHash::SIZE]);
        StorePath::new(hash, format!("p{seed}").parse().expect("a name"))
    }

    /// Any lock of few paths: each refers to some that have a greater number.
    fn lock() -> impl Strategy<Value = Lock> {
        let packages = prop::collection::btree_map(
            any::<String>(),
            prop::collection::btree_map("[a-z0-9_]{1,3}-linux", 0..8_u8, 1..3),
            0..6,
        );
        let edges = prop::collection::btree_set((0..8_u8, 0..8_u8), 0..16);
        let sizes = prop::collection::vec(0..(1_i64 << 53), 8);
        let roots = prop::collection::btree_set(0..8_u8, 0..3);
        let ports = "[ab]/[ab]/c/d(/[0-9])?:[pq]".prop_map(|key| key.parse().expect("a key"));
        let ports = prop::collection::btree_map(ports, 1..=u16::MAX, 0..4);
        (packages, edges, sizes, roots, ports).prop_map(|(packages, edges, sizes, roots, ports)| {
            let info = |seed: u8| PathInfo {
                nar_hash: Sha256::of(&[seed]),
                nar_size: sizes[usize::from(seed)],
                references: edges
                    .iter()
                    .filter(|(from, to)| *from == seed && from < to)
                    .map(|(_, to)| path(*to))
                    .collect(),
            };
            let paths: BTreeMap<_, _> = (0..8).map(|seed| (path(seed), info(seed))).collect();
            let roots: BTreeSet<_> = roots.into_iter().map(path).collect();
            let packages = packages.into_iter().map(|(installable, systems)| {
                let installable = locked_name(&installable);
                let systems = systems.into_iter();
                let systems = systems.map(|(system, seed)| (system, pinned(seed)));
                (installable, systems.collect())
            });
            let lock = Lock::assemble(packages.collect(), &paths, &roots);
            lock.expect("all paths are known").with_ports(ports)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read_again(lock in lock()) {
            for store_dir in [StoreDir::default(), "/srv/store".parse().expect("a directory")] {
                let text = render(&lock, &store_dir);
                let again = read(&text, &store_dir);
                prop_assert_eq!(&again, &lock);
                prop_assert_eq!(render(&again, &store_dir), text);
            }
        }

        /// What a package adds are lines; none of the others changes but for a comma.
        #[test]
        fn one_package_is_few_lines(lock in lock(), seed in 0..8_u8) {
            let known: BTreeMap<_, _> = lock
                .paths()
                .map(|(path, info)| (path.clone(), info.clone()))
                .chain([(path(9), PathInfo {
                    nar_hash: Sha256::of(b"new"),
                    nar_size: 1,
                    references: lock.paths().map(|(path, _)| path.clone()).take(seed.into()).collect(),
                })])
                .collect();
            let roots = lock.paths().map(|(path, _)| path.clone()).collect();
            let mut packages = lock.packages().clone();
            packages
                .entry("new".to_owned())
                .or_default()
                .insert("new-linux".to_owned(), pinned(9));
            let new = Lock::assemble(packages, &known, &roots).expect("all paths are known");
            let new = new.with_ports(lock.ports().clone());
            let entries = |lock: &Lock| -> BTreeSet<String> {
                let text = render(lock, &StoreDir::default());
                let entries = text.lines().filter(|line| line.starts_with("    "));
                entries.map(|line| line.trim_end_matches(',').to_owned()).collect()
            };
            let (before, after) = (entries(&lock), entries(&new));
            prop_assert_eq!(before.difference(&after).count(), 0);
            prop_assert_eq!(after.difference(&before).count(), 2);
        }
    }

    #[test]
    fn nothing() {
        let text = render(&Lock::default(), &StoreDir::default());
        assert_eq!(
            text,
            "{\n  \"version\": 1,\n  \"packages\": [],\n  \"paths\": []\n}\n"
        );
        assert_eq!(read(&text, &StoreDir::default()), Lock::default());
    }
}
