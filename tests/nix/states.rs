//! What a node makes of caches in the states of `tests/verdicts/states.json`.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::report;
use crate::harness::suite::ignore;
use crate::verdicts::{States, Whole};

use super::compiled::mentioned;
use super::node::{need_nix, said};
use super::publisher::{PROCESS, Publisher};

/// Of so many states, one is tried: all take minutes. `JOBC_ALL_STATES=1` tries them all.
const SAMPLE: usize = 6;

fn nodes_do_what_the_states_say() {
    need_nix();
    let publisher = Publisher::new();
    publisher.done(&["lock"]);
    let job = publisher.build();
    let directory = publisher.workspace.sandbox.path().join("whole");
    publisher.push(&directory, "test-1");
    let script = job.root(PROCESS).to_owned();
    let tool = mentioned(job.cmdline(PROCESS), "-tool");
    let words = publisher.references(&tool).remove(0);
    let greeting = mentioned(job.cmdline(PROCESS), "-greeting.txt");
    let base = |path: &str| path.trim_start_matches("/nix/store/").to_owned();
    let whole = Whole {
        directory,
        paths: BTreeMap::from([
            ("script", base(&script)),
            ("tool", base(&tool)),
            ("words", base(&words)),
            ("greeting", base(&greeting)),
        ]),
    };
    let states = States::read();
    let version = publisher.version();
    let Some(column) = states
        .versions
        .iter()
        .position(|it| version.starts_with(it))
    else {
        ignore(format!("the states have no column for Nix {version}"));
    };
    let all = std::env::var("JOBC_ALL_STATES").is_ok_and(|value| value == "1");
    let mut failures = Vec::new();
    for row in states.rows.iter().step_by(if all { 1 } else { SAMPLE }) {
        let place = tempfile::tempdir().expect("it can be made");
        let odd = whole.odd(row, &place.path().join("odd"));
        for (kind, urls) in [
            ("alone", odd.url.clone()),
            ("next", format!("{} {}", odd.url, odd.good)),
        ] {
            let node = publisher.node();
            let netrc = node.path().join("netrc");
            fs::write(&netrc, odd.netrc.as_deref().unwrap_or_default()).expect("it is ours");
            let output = node.run(&format!(
                "nix-store --option substituters '{urls}' --option download-attempts 1 --option \
                 netrc-file {} -r {script}",
                netrc.display()
            ));
            if row[kind]["nix"][column] != output.status.success() {
                failures.push(format!("{row}\n{kind}: {}", said(&output)));
            }
        }
    }
    report(&failures);
}

tests! {
    nodes_do_what_the_states_say,
}
