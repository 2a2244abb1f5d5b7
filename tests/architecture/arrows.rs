//! Holds the code against the tables of who may use whom.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Crate, Mention, Module, ModulePath, Target};
use super::table::{Never, Row};

/// The arrows that stand against the table and are no debts, and the debts that are paid.
pub fn check(sources: &Crate, arrows: &[Row], debts: &[(&str, &str)]) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = arrows.iter().copied().collect();
    let mut open: BTreeSet<(&str, &str)> = debts.iter().copied().collect();
    let mut failures = Vec::new();
    for (path, module, mention) in sources.mentions() {
        let from = top(path);
        let Some(allowed) = allowed.get(from) else {
            failures.push(format!("{}: `{from}` is not in the table", module.file));
            continue;
        };
        for to in led_to(sources, path, mention) {
            let to = top(&to);
            if to == from || allowed.contains(&to) {
                continue;
            }
            if let Some(debt) = debts.iter().find(|debt| **debt == (from, to)) {
                open.remove(debt);
            } else {
                failures.push(format!("{}: `{from}` uses `{to}`", place(module, mention)));
            }
        }
    }
    let paid = |(from, to)| format!("`{from}` uses `{to}` no more: take the debt out of the list");
    failures.extend(open.into_iter().map(paid));
    failures.sort();
    failures.dedup();
    failures
}

/// The uses in the code that may never be, debts aside.
pub fn never(sources: &Crate, nevers: &[Never], debts: &[(&str, &str)]) -> Vec<String> {
    let mut failures = Vec::new();
    for (path, module, mention) in sources.mentions() {
        for to in led_to(sources, path, mention) {
            if debts.contains(&(top(path), top(&to))) {
                continue;
            }
            for never in nevers.iter().filter(|never| forbids(never, path, &to)) {
                let place = place(module, mention);
                let (from, to) = (path.join("::"), to.join("::"));
                failures.push(format!("{place}: `{from}` uses `{to}`: {}", never.because));
            }
        }
    }
    failures.sort();
    failures.dedup();
    failures
}

/// Whether `never` forbids that the module at `from` uses the one at `to`.
pub fn forbids(never: &Never, from: &[String], to: &[String]) -> bool {
    let is_free = |path: &[String]| never.except.iter().any(|it| is_below(path, it).is_some());
    match (is_below(from, never.from), is_below(to, never.to)) {
        (Some(from_part), Some(to_part)) => {
            !is_free(from) && !is_free(to) && from_part != to_part && top(from) != "lib"
        }
        _ => false,
    }
}

/// The part of `path` that `pattern` describes, if it lies there or below.
fn is_below<'a>(path: &'a [String], pattern: &str) -> Option<&'a [String]> {
    let names: Vec<&str> = pattern.split("::").collect();
    let part = path.get(..names.len())?;
    let fits = |(name, pattern): (&String, &&str)| *pattern == "*" || name == pattern;
    part.iter().zip(&names).all(fits).then_some(part)
}

/// The uses of a higher layer by a lower one, and of one command by another.
pub fn layers(sources: &Crate, layers: &[&str], debts: &[(&str, &str)]) -> Vec<String> {
    let root: ModulePath = match layers.first().and_then(|it| it.rsplit_once("::")) {
        Some((root, _)) => root.split("::").map(str::to_owned).collect(),
        None => return Vec::new(),
    };
    let layer = |path: &[String]| {
        let found = layers.iter().position(|it| is_below(path, it).is_some());
        found.unwrap_or(layers.len())
    };
    let name = |layer: usize| layers.get(layer).copied().unwrap_or("the rest");
    let mut open: BTreeSet<(&str, &str)> = debts.iter().copied().collect();
    let mut failures = Vec::new();
    for (path, module, mention) in sources.mentions() {
        let Target::Item(to, _) = sources.resolve(path, &mention.path) else {
            continue;
        };
        if !path.starts_with(&root) || !to.starts_with(&root) || layer(path) >= layer(&to) {
            continue;
        }
        let arrow = (name(layer(path)), name(layer(&to)));
        if debts.contains(&arrow) {
            open.remove(&arrow);
        } else {
            let place = place(module, mention);
            failures.push(format!("{place}: `{}` uses `{}`", arrow.0, arrow.1));
        }
    }
    let paid = |(from, to)| format!("`{from}` uses `{to}` no more: take the debt out of the list");
    failures.extend(open.into_iter().map(paid));
    failures
}

/// The modules that a mention leads to: the one that defines what it means, and the one that it names.
fn led_to(sources: &Crate, module: &[String], mention: &Mention) -> Vec<ModulePath> {
    let mut modules = Vec::new();
    match sources.resolve(module, &mention.path) {
        Target::Item(path, _) => modules.push(path),
        Target::Module(path) if !path.is_empty() => modules.push(path),
        Target::Module(_) | Target::Outside(_) => {}
    }
    if let [first, named, ..] = mention.path.as_slice()
        && ["crate", "jobc"].contains(&first.as_str())
        && sources.modules.contains_key(std::slice::from_ref(named))
    {
        modules.push(vec![named.clone()]);
    }
    modules
}

/// Where a mention stands.
pub fn place(module: &Module, mention: &Mention) -> String {
    format!("{}:{}", module.file, mention.line)
}

/// The module of the table that a module belongs to.
pub fn top(path: &[String]) -> &str {
    path.first().map_or("lib", String::as_str)
}
