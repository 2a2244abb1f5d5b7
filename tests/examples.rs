//! `examples/**` compile for every target, to what is in `snapshots/`.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{Sandbox, repository};

/// A copy of the examples, so that nothing is written into the repository.
fn examples() -> Sandbox {
    let sandbox = Sandbox::new();
    let root = repository().join("examples");
    for entry in walkdir::WalkDir::new(&root)
        .into_iter()
        .filter_map(Result::ok)
    {
        if entry.file_type().is_file() {
            let name = entry
                .path()
                .strip_prefix(&root)
                .expect("it was found below");
            let name = format!("examples/{}", name.display());
            sandbox.file(&name, fs::read(entry.path()).expect("examples can be read"));
        }
    }
    sandbox
}

#[test]
fn compiled_examples() {
    let sandbox = examples();
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
