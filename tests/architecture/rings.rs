//! Rings: files that use each other, so that none of them can be understood first.
//!
//! A file uses another if it mentions something that the other defines, by whatever name it is
//! re-exported. Declaring a module or naming one is no use of it, and neither is the `pub use` by
//! which a module hands on what stands below it: so a `mod.rs` that declares and re-exports its
//! children is in no ring with children that use what it defines, or each other through it.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Crate, Manner, Target};

/// The files that each file uses, with one place and name that show it.
pub type Uses = BTreeMap<String, BTreeMap<String, String>>;

/// Which file uses which.
pub fn uses(sources: &Crate) -> Uses {
    let mut uses = Uses::new();
    for (path, module, mention) in sources.mentions() {
        let Target::Item(definer, name) = sources.resolve(path, &mention.path) else {
            continue;
        };
        let is_handed_on = mention.manner == Manner::Export && definer.starts_with(path);
        let file = &sources.modules[&definer].file;
        if is_handed_on || *file == module.file {
            continue;
        }
        let of_file = uses.entry(module.file.clone()).or_default();
        let example = || format!("line {}: `{name}`", mention.line);
        of_file.entry(file.clone()).or_insert_with(example);
    }
    uses
}

/// The largest sets of files of which each leads to all others.
pub fn rings(uses: &Uses) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        uses.keys().map(|file| (file, reach(uses, file))).collect();
    let mut rings: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    for (file, below) in &reached {
        let leads_back =
            |other: &&&String| reached.get(**other).is_some_and(|it| it.contains(file));
        let ring: BTreeSet<String> = below
            .iter()
            .filter(leads_back)
            .map(|it| (*it).clone())
            .collect();
        if ring.len() > 1 {
            rings.insert(ring);
        }
    }
    rings.into_iter().collect()
}

fn reach<'a>(uses: &'a Uses, file: &str) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&String> = uses
        .get(file)
        .into_iter()
        .flat_map(BTreeMap::keys)
        .collect();
    while let Some(next) = waiting.pop() {
        if reached.insert(next) {
            waiting.extend(uses.get(next).into_iter().flat_map(BTreeMap::keys));
        }
    }
    reached
}

/// The rings that are no debts, and the files that are listed as debts and stand in no ring.
pub fn check(uses: &Uses, debts: &[&[&str]]) -> Vec<String> {
    let found = rings(uses);
    let mut failures = Vec::new();
    for ring in &found {
        let is_known = |debt: &&&[&str]| ring.iter().all(|file| debt.contains(&file.as_str()));
        if debts.iter().any(|debt| is_known(&debt)) {
            continue;
        }
        let mut lines = vec!["these files use each other:".to_owned()];
        for file in ring {
            let inside = uses[file].iter().filter(|(used, _)| ring.contains(*used));
            lines.extend(inside.map(|(used, why)| format!("  {file} uses {used} ({why})")));
        }
        failures.push(lines.join("\n"));
    }
    for file in debts.iter().copied().flatten() {
        if !found.iter().any(|ring| ring.contains(*file)) {
            failures.push(format!("{file} is in no ring: take it out of the list"));
        }
    }
    failures
}
