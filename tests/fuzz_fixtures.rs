//! What holds for every input, tried on the fuzz targets' seeds (`fuzz/seeds/TARGET/`) and on the
//! inputs for which it once did not hold (`tests/fixtures/fuzz/TARGET/`).

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use crate::harness::{report, repository};

#[path = "../fuzz/src/lib.rs"]
pub mod rules;

/// The files of a directory with their names, sorted; none if there is no directory.
fn inputs(directory: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = repository().join(directory).join(target);
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut inputs: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("directories can be listed").path();
            let bytes = fs::read(&path).expect("inputs can be read");
            (path, bytes)
        })
        .collect();
    inputs.sort();
    inputs
}

fn rules_hold() {
    let mut failures = Vec::new();
    for (target, check) in rules::TARGETS {
        let seeds = inputs("fuzz/seeds", target);
        if seeds.is_empty() {
            failures.push(format!("{target} has no seeds"));
        }
        for (path, bytes) in [seeds, inputs("tests/fixtures/fuzz", target)].concat() {
            if catch_unwind(|| check(&bytes)).is_err() {
                failures.push(format!("{} breaks a rule, see above", path.display()));
            }
        }
    }
    report(&failures);
}

fn every_directory_is_of_a_target() {
    let mut failures = Vec::new();
    for directory in ["fuzz/seeds", "tests/fixtures/fuzz"] {
        for entry in fs::read_dir(repository().join(directory))
            .into_iter()
            .flatten()
        {
            let name = entry.expect("directories can be listed").file_name();
            if !rules::TARGETS.iter().any(|(target, _)| name == *target) {
                failures.push(format!("{directory} has {}", name.display()));
            }
        }
    }
    report(&failures);
}

tests! {
    rules_hold,
    every_directory_is_of_a_target,
}
