//! `examples/**` compile for every target, to what is in `snapshots/`.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::Sandbox;

#[test]
fn compiled_examples() {
    let sandbox = Sandbox::with_examples();
    let run = sandbox.jobc(["build", "--all"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let jobs: BTreeMap<&str, &str> = run
        .stdout
        .lines()
        .map(|line| line.split_once(' ').expect("two words"))
        .collect();
    assert_eq!(
        jobs.len(),
        5,
        "hello_world, prometheus and webapp in three environments"
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (key, path) in jobs {
        let path = path.replace("[DIR]", &sandbox.path().display().to_string());
        let text = fs::read_to_string(path).expect("the compiled job is where the line says");
        settings.bind(|| insta::assert_snapshot!(key.replace('/', "-"), text));
    }
}
