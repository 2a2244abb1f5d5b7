//! The arrows between modules, and words that do not belong into sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::harness::{report, repository};

/// What each module may use of the crate; the library's own table of contents.
const ARROWS: &[(&str, &[&str])] = &[
    ("beneath", &[]),
    ("source", &[]),
    ("store", &[]),
    ("secret", &[]),
    ("diagnostic", &["source", "secret"]),
    ("model", &["store"]),
    ("front", &["source", "diagnostic", "model"]),
    ("lint", &["source", "diagnostic", "model"]),
    (
        "check",
        &["source", "diagnostic", "model", "lint", "secret"],
    ),
    (
        "resolve",
        &[
            "beneath",
            "source",
            "diagnostic",
            "model",
            "store",
            "lint",
            "check",
            "secret",
        ],
    ),
    (
        "plan",
        &["source", "diagnostic", "model", "store", "check", "resolve"],
    ),
    ("closure", &["store", "resolve", "plan"]),
    (
        "graph",
        &[
            "diagnostic",
            "store",
            "resolve",
            "plan",
            "closure",
            "secret",
        ],
    ),
    ("target", &["diagnostic", "plan", "store"]),
    (
        "show",
        &[
            "source",
            "diagnostic",
            "model",
            "store",
            "check",
            "plan",
            "closure",
            "graph",
            "compile",
            "workspace",
        ],
    ),
    (
        "why",
        &["source", "diagnostic", "plan", "resolve", "store", "diff"],
    ),
    (
        "schema",
        &["diagnostic", "model", "target", "diff", "show", "why"],
    ),
    ("cache", &["store"]),
    (
        "workspace",
        &[
            "beneath",
            "source",
            "diagnostic",
            "model",
            "store",
            "front",
            "lint",
            "resolve",
            "cache",
        ],
    ),
    (
        "compile",
        &[
            "source",
            "diagnostic",
            "model",
            "front",
            "lint",
            "check",
            "resolve",
            "plan",
            "target",
            "workspace",
        ],
    ),
    ("nameless", &["beneath"]),
    ("scratch", &["beneath"]),
    ("write", &["beneath", "diagnostic", "target", "nameless"]),
    (
        "snapshot",
        &["beneath", "source", "diagnostic", "model", "write"],
    ),
    ("nix", &[]),
    ("git", &["diagnostic", "store"]),
    (
        "publish",
        &[
            "beneath", "store", "cache", "resolve", "plan", "compile", "nix", "nameless",
        ],
    ),
    (
        "lock",
        &[
            "beneath",
            "source",
            "diagnostic",
            "model",
            "store",
            "front",
            "lint",
            "resolve",
            "cache",
            "workspace",
            "compile",
            "nix",
        ],
    ),
    (
        "provide",
        &[
            "diagnostic",
            "model",
            "store",
            "resolve",
            "plan",
            "publish",
            "nix",
            "scratch",
        ],
    ),
    ("run", &["diagnostic", "model", "secret"]),
    ("diff", &["diagnostic", "store", "resolve", "run", "secret"]),
    (
        "validate",
        &[
            "source",
            "diagnostic",
            "model",
            "lint",
            "front",
            "check",
            "run",
        ],
    ),
];

/// Modules that may read files, variables, the clock or the network.
const TOUCH_THE_WORLD: &[&str] = &[
    "src/beneath.rs",
    "src/beneath/",
    "src/source/load.rs",
    "src/resolve/import/",
    "src/resolve/expanded.rs",
    "src/workspace.rs",
    "src/cache/connect.rs",
    "src/cache/directory.rs",
    "src/cache/environment.rs",
    "src/cache/files.rs",
    "src/cache/http.rs",
    "src/nameless.rs",
    "src/scratch.rs",
    "src/write.rs",
    "src/snapshot/directory.rs",
    "src/nix.rs",
    "src/git/",
    "src/publish/",
    "src/provide/",
    "src/lock/evaluate.rs",
    "src/lock/file.rs",
    "src/lock/local.rs",
    "src/lock/nix.rs",
    "src/run/world/",
    "src/cli/",
    "src/main.rs",
];

/// The sources with their names, tests cut off: these may use what they like.
fn sources() -> BTreeMap<String, String> {
    let root = repository();
    let mut sources = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root.join("src"))
        .into_iter()
        .filter_map(Result::ok)
    {
        if entry
            .path()
            .extension()
            .is_none_or(|extension| extension != "rs")
        {
            continue;
        }
        let name = entry
            .path()
            .strip_prefix(&root)
            .expect("it was found below");
        let name = name.display().to_string();
        if name.ends_with("/tests.rs") || name.contains("/tests/") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).expect("sources can be read");
        let end = text.find("#[cfg(test)]").unwrap_or(text.len());
        sources.insert(name, text[..end].to_owned());
    }
    sources
}

fn module_of(name: &str) -> &str {
    let rest = name.strip_prefix("src/").unwrap_or(name);
    rest.split(['/', '.']).next().unwrap_or(rest)
}

fn arrows_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut failures = Vec::new();
    for (name, text) in sources() {
        let module = module_of(&name);
        if ["cli", "main", "lib"].contains(&module) {
            continue;
        }
        let Some(allowed) = allowed.get(module) else {
            failures.push(format!("{name}: module `{module}` is not in the table"));
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for found in line
                .match_indices("crate::")
                .map(|(at, word)| &line[at + word.len()..])
            {
                let end = found.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
                let used = &found[..end.unwrap_or(found.len())];
                if used != module && !allowed.contains(&used) {
                    failures.push(format!("{name}:{}: `{module}` uses `{used}`", number + 1));
                }
            }
        }
    }
    report(&failures);
}

fn the_middle_is_pure() {
    let words = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::time::{",
        "std::time::Instant",
        "SystemTime",
    ];
    let mut failures = Vec::new();
    for (name, text) in sources() {
        if TOUCH_THE_WORLD.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(word) = words.iter().find(|word| code.contains(**word)) {
                failures.push(format!("{name}:{}: uses `{word}`", number + 1));
            }
        }
    }
    report(&failures);
}

fn every_module_says_what_it_is() {
    let failures: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(name, _)| format!("{name}: has no `//!` at its top"))
        .collect();
    report(&failures);
}

fn no_forbidden_words() {
    let forbidden = [
        "dbg!",
        "todo!",
        "unimplemented!",
        ".unwrap()",
        "mod utils",
        "mod helpers",
    ];
    let mut failures = Vec::new();
    for (name, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = forbidden.iter().find(|word| line.contains(**word)) {
                failures.push(format!("{name}:{}: has `{word}`", number + 1));
            }
        }
    }
    report(&failures);
}

fn the_table_has_every_module() {
    let modules: BTreeSet<String> = sources()
        .keys()
        .map(|name| module_of(name).to_owned())
        .filter(|module| !["lib", "main", "cli"].contains(&module.as_str()))
        .collect();
    let table: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(modules, table);
}

fn results_and_messages_pass_the_door() {
    let print = [
        "explain",
        "man",
        "completions",
        "schema",
        "topics",
        "build",
        "output",
        "console",
    ];
    let streams = ["output", "console", "run/mod", "terminal", "diff"];
    let mut failures = Vec::new();
    for (name, text) in sources() {
        let file = name
            .strip_prefix("src/cli/")
            .and_then(|name| name.strip_suffix(".rs"));
        let is_in = |list: &[&str]| file.is_some_and(|file| list.contains(&file));
        if text.contains("print_as_it_is(") && !is_in(&print) {
            failures.push(format!("{name}: prints as it is what may hold a secret"));
        }
        let writes = ["println!", "print!(", "stdout()", "stderr()"];
        let is_stream = writes.iter().any(|word| text.contains(word));
        if is_stream && !is_in(&streams) && name != "src/nix.rs" {
            failures.push(format!("{name}: writes to a stream by itself"));
        }
    }
    report(&failures);
}

/// The suite lists its tests itself, and the compiler passes over what is marked otherwise.
fn every_test_is_in_a_list() {
    let mark = ["#[", "test]"].concat();
    let mut failures = Vec::new();
    for entry in walkdir::WalkDir::new(repository().join("tests")) {
        let entry = entry.expect("the tests can be walked");
        if entry.path().extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(entry.path()).expect("sources can be read");
            if text.contains(&mark) {
                failures.push(entry.path().display().to_string());
            }
        }
    }
    report(&failures);
}

tests! {
    every_test_is_in_a_list,
    arrows_point_one_way,
    the_middle_is_pure,
    every_module_says_what_it_is,
    no_forbidden_words,
    the_table_has_every_module,
    results_and_messages_pass_the_door,
}
