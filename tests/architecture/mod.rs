//! The guard of the architecture: who uses whom, what touches the world, and words that do not belong
//! into sources. It sees what the compiler sees of every file, code for tests aside.

mod arrows;
mod made_up;
mod modules;
mod reader;
mod rings;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use crate::harness::{report, repository};

use arrows::place;
use modules::{Crate, Target};

fn sources() -> &'static Crate {
    static SOURCES: OnceLock<Crate> = OnceLock::new();
    SOURCES.get_or_init(Crate::of_repository)
}

fn arrows_point_one_way() {
    report(&arrows::check(sources(), table::ARROWS, table::ARROW_DEBTS));
}

fn what_may_never_be_is_not() {
    report(&arrows::never(sources(), table::NEVERS, table::ARROW_DEBTS));
}

/// The table is in order, names what there is, and allows nothing that may never be.
fn the_table_holds_together() {
    let mut failures = Vec::new();
    let mut above: BTreeSet<&str> = BTreeSet::new();
    for (module, uses) in table::ARROWS {
        let below = uses.iter().filter(|used| !above.contains(**used));
        failures.extend(below.map(|used| format!("`{used}` must stand above `{module}`")));
        above.insert(module);
        for never in table::NEVERS {
            let is_forbidden = |used: &&&str| {
                arrows::forbids(never, &[(*module).to_owned()], &[(**used).to_owned()])
            };
            let forbidden = uses.iter().filter(is_forbidden);
            failures.extend(
                forbidden.map(|used| {
                    format!("the table lets `{module}` use `{used}`: {}", never.because)
                }),
            );
        }
    }
    let there: BTreeSet<&str> = sources()
        .modules
        .keys()
        .map(|path| arrows::top(path))
        .collect();
    let to_build: BTreeSet<&str> = table::TO_BUILD.iter().copied().collect();
    for module in above.symmetric_difference(&there) {
        if !to_build.contains(module) {
            failures.push(format!("`{module}` is in the table or in the crate alone"));
        }
    }
    let built = to_build.intersection(&there);
    failures.extend(built.map(|module| format!("`{module}` is built: take it out of the list")));
    report(&failures);
}

fn the_layers_of_the_command_line() {
    report(&arrows::layers(
        sources(),
        table::CLI_LAYERS,
        table::CLI_DEBTS,
    ));
}

fn files_use_each_other_in_no_ring() {
    let uses = rings::uses(sources());
    report(&rings::check(&uses, table::RING_DEBTS));
}

fn only_what_others_wrote_is_read() {
    let mut failures = Vec::new();
    let mut readers = BTreeSet::new();
    let allowed: BTreeSet<&str> = table::READ_JSON.iter().map(|(file, _)| *file).collect();
    for (path, module, mention) in sources().mentions() {
        let Target::Outside(function) = sources().resolve(path, &mention.path) else {
            continue;
        };
        let function = function.join("::");
        if table::JSON_READERS.contains(&function.as_str()) {
            readers.insert(module.file.as_str());
            if !allowed.contains(module.file.as_str()) {
                failures.push(format!("{}: calls `{function}`", place(module, mention)));
            }
        }
    }
    let idle = allowed.difference(&readers);
    failures.extend(idle.map(|file| format!("{file} reads no JSON: take it out of the list")));
    report(&failures);
}

fn the_middle_is_pure() {
    let mut failures = Vec::new();
    let mut touched = BTreeSet::new();
    for (path, module, mention) in sources().mentions() {
        let Target::Outside(used) = sources().resolve(path, &mention.path) else {
            continue;
        };
        let used = used.join("::");
        let is_of = |word: &&&str| {
            used.strip_prefix(**word)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        let Some(word) = table::WORLD.iter().find(is_of) else {
            continue;
        };
        let is_in = |place: &&&str| module.file.starts_with(**place);
        match table::TOUCH_THE_WORLD.iter().find(is_in) {
            Some(place) => {
                touched.insert(*place);
            }
            None => failures.push(format!("{}: uses `{word}`", place(module, mention))),
        }
    }
    let idle = table::TOUCH_THE_WORLD
        .iter()
        .filter(|it| !touched.contains(**it));
    failures.extend(idle.map(|it| format!("{it} touches nothing: take it out of the list")));
    report(&failures);
}

fn every_module_says_what_it_is() {
    let failures: Vec<_> = sources()
        .texts
        .iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(name, _)| format!("{name}: has no `//!` at its top"))
        .collect();
    report(&failures);
}

fn no_forbidden_words() {
    let calls = ["dbg", "todo", "unimplemented", "unwrap"];
    let names = ["utils", "helpers", "common", "manager"];
    let mut failures = Vec::new();
    for (path, module) in &sources().modules {
        for (call, line) in &module.calls {
            if calls.contains(&call.as_str()) {
                failures.push(format!("{}:{line}: has `{call}`", module.file));
            }
        }
        if path
            .last()
            .is_some_and(|name| names.contains(&name.as_str()))
        {
            failures.push(format!("{}: what is in it?", module.file));
        }
    }
    report(&failures);
}

fn results_and_messages_pass_the_door() {
    let mut failures = Vec::new();
    let mut seen = BTreeSet::new();
    let mut find = |file: &str, line: usize, allowed: &[&'static str], what: &str| match allowed
        .iter()
        .find(|it| **it == file)
    {
        Some(file) => {
            seen.insert(*file);
        }
        None => failures.push(format!("{file}:{line}: {what}")),
    };
    for (path, module, mention) in sources().mentions() {
        let (file, line) = (module.file.as_str(), mention.line);
        match sources().resolve(path, &mention.path) {
            Target::Item(_, name) if name == "print_as_it_is" => {
                let what = "prints as it is what may hold a secret";
                find(file, line, table::PRINT_AS_IT_IS, what);
            }
            Target::Outside(used) => {
                let is_stream = match used.last().map(String::as_str) {
                    Some("print" | "println" | "eprint" | "eprintln") => used.len() == 1,
                    Some("stdout" | "stderr") => used.len() > 1,
                    _ => false,
                };
                if is_stream {
                    find(file, line, table::STREAMS, "writes to a stream by itself");
                }
            }
            _ => {}
        }
    }
    let listed = table::PRINT_AS_IT_IS.iter().chain(table::STREAMS);
    let idle = listed.filter(|file| !seen.contains(**file));
    failures.extend(idle.map(|file| format!("{file} prints nothing: take it out of the list")));
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
    [made_up]
    every_test_is_in_a_list,
    arrows_point_one_way,
    what_may_never_be_is_not,
    the_table_holds_together,
    the_layers_of_the_command_line,
    files_use_each_other_in_no_ring,
    only_what_others_wrote_is_read,
    the_middle_is_pure,
    every_module_says_what_it_is,
    no_forbidden_words,
    results_and_messages_pass_the_door,
}
