//! A lock with the marks of a merge that was not finished: both sides are read, and what holds is
//! kept. The lock has an entry a line, so lines are all that has to be told apart.
//!
//! ```text
//! conflict = "<<<<<<<" ours [ "|||||||" base ] "=======" theirs ">>>>>>>"      conflicts may nest
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{LockFile, LockedPackage, LockedPath, LockedPort};
use crate::store::StoreDir;

use super::Lock;

/// What two sides of a merge come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// What both sides say, and what only one of them changed.
    pub lock: Lock,
    /// The packages, with their systems, that it does not have because the sides disagree.
    pub disputed: BTreeSet<(String, String)>,
}

/// The line, from 0, of the first mark of a conflict.
pub fn first_mark(text: &str) -> Option<usize> {
    text.lines()
        .position(|line| mark(line).is_some_and(|mark| mark != Mark::Theirs))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Ours,
    Base,
    Theirs,
    End,
}

/// Git makes marks longer where conflicts nest.
fn mark(line: &str) -> Option<Mark> {
    let line = line.trim_end_matches('\r');
    let first = line.chars().next()?;
    let rest = line.trim_start_matches(first);
    if line.len() - rest.len() < 7 || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    match first {
        '<' => Some(Mark::Ours),
        '|' => Some(Mark::Base),
        '=' => Some(Mark::Theirs),
        '>' => Some(Mark::End),
        _ => None,
    }
}

/// What the lines say: by key, each side's entries. More than one is a conflict within a conflict.
#[derive(Debug, Default)]
struct Said<'t> {
    ours: BTreeSet<&'t str>,
    base: BTreeSet<&'t str>,
    theirs: BTreeSet<&'t str>,
}

/// What to do with an entry.
enum Verdict<'t> {
    Keep(&'t str),
    Gone,
    Disputed,
}

impl<'t> Said<'t> {
    /// Without the common ancestor, what one side alone has counts as added by it: definitions say
    /// whether it is still needed.
    fn verdict(&self, has_base: bool) -> Verdict<'t> {
        let (ours, theirs) = (&self.ours, &self.theirs);
        let chosen = if ours == theirs {
            ours
        } else if has_base && *ours == self.base {
            theirs
        } else if has_base && *theirs == self.base {
            ours
        } else if ours.is_empty() && self.base.is_empty() {
            theirs
        } else if theirs.is_empty() && self.base.is_empty() {
            ours
        } else {
            return Verdict::Disputed;
        };
        let mut chosen = chosen.iter();
        match (chosen.next(), chosen.next()) {
            (None, _) => Verdict::Gone,
            (Some(entry), None) => Verdict::Keep(entry),
            _ => Verdict::Disputed,
        }
    }

    /// The package, if the sides say the same store path of it, and differ only in which files said
    /// so: neither is known to be right about these.
    fn agreed(&self) -> Option<LockedPackage> {
        if self.ours.is_empty() || self.theirs.is_empty() {
            return None;
        }
        let entries = self.ours.union(&self.theirs);
        let packages = entries.map(|entry| serde_json::from_str::<LockedPackage>(entry).ok());
        let packages: Option<Vec<_>> = packages
            .map(|package| {
                package.map(|package| LockedPackage {
                    local: None,
                    ..package
                })
            })
            .collect();
        let mut packages = packages?.into_iter();
        let first = packages.next()?;
        packages.all(|package| package == first).then_some(first)
    }

    fn add(&mut self, entry: &'t str, inside: &[Mark]) {
        // Of a nested conflict both sides belong to the side that it lies in; its ancestor is no
        // side's.
        match inside {
            [] => {
                self.ours.insert(entry);
                self.base.insert(entry);
                self.theirs.insert(entry);
            }
            [_, nested @ ..] if nested.contains(&Mark::Base) => {}
            [Mark::Ours, ..] => {
                self.ours.insert(entry);
            }
            [Mark::Base, ..] => {
                self.base.insert(entry);
            }
            [_, ..] => {
                self.theirs.insert(entry);
            }
        }
    }
}

/// Reads both sides.
pub fn merge(text: &str, store_dir: &StoreDir) -> Merged {
    let mut packages: BTreeMap<(String, String), Said<'_>> = BTreeMap::new();
    let mut paths: BTreeMap<String, Said<'_>> = BTreeMap::new();
    let mut ports: BTreeMap<String, Said<'_>> = BTreeMap::new();
    let mut inside: Vec<Mark> = Vec::new();
    let mut has_base = false;
    for line in text.lines() {
        match mark(line) {
            Some(Mark::Ours) => inside.push(Mark::Ours),
            Some(Mark::End) => {
                inside.pop();
            }
            Some(side) => {
                has_base |= side == Mark::Base;
                if let Some(last) = inside.last_mut() {
                    *last = side;
                }
            }
            None => {
                let entry = line.trim().trim_end_matches(',');
                if let Ok(package) = serde_json::from_str::<LockedPackage>(entry) {
                    let key = (package.installable, package.system);
                    packages.entry(key).or_default().add(entry, &inside);
                } else if let Ok(path) = serde_json::from_str::<LockedPath>(entry) {
                    paths.entry(path.path).or_default().add(entry, &inside);
                } else if let Ok(port) = serde_json::from_str::<LockedPort>(entry) {
                    ports.entry(port.port).or_default().add(entry, &inside);
                }
            }
        }
    }
    let mut disputed = BTreeSet::new();
    let mut kept = Vec::new();
    for (key, said) in packages {
        match said.verdict(has_base) {
            Verdict::Keep(entry) => kept.extend(serde_json::from_str::<LockedPackage>(entry)),
            Verdict::Gone => {}
            Verdict::Disputed => match said.agreed() {
                Some(package) => kept.push(package),
                None => {
                    disputed.insert(key);
                }
            },
        }
    }
    // What is known of a path does not become wrong by a merge: any side may know it.
    let known = paths.into_values().filter_map(|said| {
        let all: BTreeSet<&str> = said.ours.union(&said.theirs).copied().collect();
        let all: Vec<&str> = all.into_iter().collect();
        match *all {
            [entry] => serde_json::from_str::<LockedPath>(entry).ok(),
            _ => None,
        }
    });
    let known: BTreeMap<String, LockedPath> = known
        .map(|path| (base_name(&path.path).to_owned(), path))
        .collect();
    let known = whole(known);
    kept.retain(|package: &LockedPackage| {
        let is_whole = known.contains_key(base_name(&package.path));
        if !is_whole {
            disputed.insert((package.installable.clone(), package.system.clone()));
        }
        is_whole
    });
    let all: Vec<_> = kept
        .iter()
        .map(|it| (it.installable.clone(), it.system.clone()))
        .collect();
    // A port on which the sides disagree is assigned a number anew.
    let ports = ports
        .into_values()
        .filter_map(|said| match said.verdict(has_base) {
            Verdict::Keep(entry) => serde_json::from_str::<LockedPort>(entry).ok(),
            Verdict::Gone | Verdict::Disputed => None,
        });
    let version = serde_json::from_str("1").ok();
    let file = version.map(|version| LockFile {
        schema: None,
        version,
        packages: kept,
        paths: known.into_values().collect(),
        ports: Some(ports.collect()),
    });
    let read = file.map(|file| Lock::read(&file, store_dir));
    let good = read.filter(|report| report.diagnostics.is_empty());
    if let Some(lock) = good.and_then(|report| report.value) {
        return Merged { lock, disputed };
    }
    disputed.extend(all);
    Merged {
        lock: Lock::default(),
        disputed,
    }
}

/// The paths whose closures are known.
fn whole(mut known: BTreeMap<String, LockedPath>) -> BTreeMap<String, LockedPath> {
    let mut referrers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, path) in &known {
        for reference in &path.references {
            referrers
                .entry(reference.clone())
                .or_default()
                .push(name.clone());
        }
    }
    let mut holes: Vec<String> = referrers
        .keys()
        .filter(|name| !known.contains_key(*name))
        .cloned()
        .collect();
    while let Some(hole) = holes.pop() {
        for referrer in referrers.remove(&hole).unwrap_or_default() {
            if known.remove(&referrer).is_some() {
                holes.push(referrer);
            }
        }
    }
    known
}

fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{first_mark, merge};
    use crate::store::StoreDir;

    const OLD: &str = "fh0kcl1b6rxxf8x372ny97cg4mycjy4z-p";
    const NEW: &str = "vrpbl7p36ng3nldz0qm3j9p23rnm0np0-p";
    const OTHER: &str = "88hvv1a9ixsdxr2klz3gsvdrnyy59xp3-p";

    fn package(name: &str, path: &str) -> String {
        format!(
            "    {{\"installable\": \"{name}\", \"system\": \"s\", \"path\": \"/nix/store/{path}\"}},\n"
        )
    }

    fn paths() -> String {
        let path = |path: &str| {
            let hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
            format!(
                "    {{\"path\": \"/nix/store/{path}\", \"nar_hash\": \"{hash}\", \"nar_size\": 1, \
                 \"references\": []}},\n"
            )
        };
        [OLD, NEW, OTHER].map(path).concat()
    }

    /// What is kept, and what is disputed.
    #[track_caller]
    fn check(conflict: &str, kept: &[(&str, &str)], disputed: &[&str]) {
        let lock = format!(
            "{{\n  \"packages\": [\n{conflict}  ],\n  \"paths\": [\n{}  ]\n}}\n",
            paths()
        );
        for text in [lock.clone(), lock.replace('\n', "\r\n")] {
            assert_eq!(first_mark(&text), Some(2), "{text}");
            let merged = merge(&text, &StoreDir::default());
            let packages = merged.lock.packages().iter().flat_map(|(name, systems)| {
                systems
                    .values()
                    .map(move |pinned| (name.clone(), pinned.path.to_string()))
            });
            let expected: Vec<_> = kept
                .iter()
                .map(|(name, path)| ((*name).to_owned(), (*path).to_owned()))
                .collect();
            assert_eq!(packages.collect::<Vec<_>>(), expected, "{text}");
            let names: Vec<_> = merged
                .disputed
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            assert_eq!(names, disputed, "{text}");
        }
    }

    #[test]
    fn two_sides() {
        let conflict = format!(
            "<<<<<<< HEAD\n{}{}{}=======\n{}{}{}>>>>>>> topic\n",
            package("a", OLD),
            package("both", OLD),
            package("mine", OLD),
            package("a", NEW),
            package("both", OLD),
            package("theirs", NEW)
        );
        check(
            &conflict,
            &[("both", OLD), ("mine", OLD), ("theirs", NEW)],
            &["a"],
        );
    }

    /// Which files said what a package is, is of less weight than what it is.
    #[test]
    fn sides_that_differ_in_files() {
        let from = |files: &str, path: &str| {
            let local = format!("\", \"local\": \"sha256-{files}\"}},\n");
            package("a", path).replace("\"},\n", &local)
        };
        let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let other = "fNTUuQbOS+Q5p3mdI5y8RFvuSw0mUfo4cKljcJ7KXuU=";
        let (ours, theirs) = (from(empty, OLD), from(other, OLD));
        let conflict = format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> topic\n");
        check(&conflict, &[("a", OLD)], &[]);
        let merged = merge(&format!("{conflict}{}", paths()), &StoreDir::default());
        assert_eq!(merged.lock.packages()["a"]["s"].local, None);
        let same = merge(&format!("{ours}{}", paths()), &StoreDir::default());
        let local = same.lock.packages()["a"]["s"].local;
        assert_eq!(
            local.map(|hash| hash.sri()),
            Some(format!("sha256-{empty}"))
        );
        let changed = from(other, NEW);
        let conflict = format!("<<<<<<< HEAD\n{ours}=======\n{changed}>>>>>>> topic\n");
        check(&conflict, &[], &["a"]);
    }

    #[test]
    fn three_sides() {
        let conflict = format!(
            "<<<<<<< HEAD\n{}{}{}||||||| 1234567\n{}{}{}{}=======\n{}{}{}>>>>>>> topic\n",
            package("a", NEW),
            package("b", OLD),
            package("c", NEW),
            package("a", OLD),
            package("b", OLD),
            package("c", OLD),
            package("gone", OLD),
            package("a", OLD),
            package("b", NEW),
            package("c", OTHER),
        );
        check(&conflict, &[("a", NEW), ("b", NEW)], &["c"]);
    }

    #[test]
    fn nested() {
        let conflict = format!(
            "<<<<<<< ours\n{}||||||| merged common ancestors\n<<<<<<<<< Temporary merge branch 1\n{}=========\n{}\
             >>>>>>>>> Temporary merge branch 2\n=======\n{}{}>>>>>>> theirs\n",
            package("a", NEW),
            package("a", OLD),
            package("a", OTHER),
            package("a", NEW),
            package("b", NEW),
        );
        check(&conflict, &[("a", NEW), ("b", NEW)], &[]);
    }

    #[test]
    fn what_is_no_mark() {
        for text in [
            "",
            "{\n  \"version\": 1\n}\n",
            " <<<<<<< x\n",
            "<<<<<< x\n",
            "<<<<<<<x\n",
            "=======\n",
        ] {
            assert_eq!(first_mark(text), None, "{text}");
        }
    }

    /// A path of which the sides say different things takes those with it that need it.
    #[test]
    fn a_disputed_path() {
        let lock = format!("{}{}", package("a", OLD), package("b", NEW));
        let one = paths().lines().next().unwrap().to_owned();
        let other = one.replace("\"nar_size\": 1", "\"nar_size\": 2");
        let rest = paths().replacen(&one, "", 1);
        let text = format!("{lock}<<<<<<< a\n{one}\n=======\n{other}\n>>>>>>> b\n{rest}");
        let merged = merge(&text, &StoreDir::default());
        assert_eq!(merged.lock.installables().collect::<Vec<_>>(), ["b"]);
        assert_eq!(merged.disputed.len(), 1);
    }
}
