//! `examples/**` compile for every target, to what is in `snapshots/`.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{Sandbox, repository, updating};

/// The compiled jobs for a target by their keys, as `build` prints them.
fn compiled(target: &str) -> BTreeMap<String, String> {
    let sandbox = Sandbox::with_examples();
    let run = sandbox.jobc(["build", "--all", "--target", target]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let read = |line: &str| {
        let (key, path) = line.split_once(' ').expect("two words");
        let path = path.replace("[DIR]", &sandbox.path().display().to_string());
        let text = fs::read_to_string(path).expect("the compiled job is where the line says");
        (key.to_owned(), text)
    };
    run.stdout.lines().map(read).collect()
}

fn compiled_examples() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (target, extension) in [("aurora-json", ""), ("aurora-config", ".aurora")] {
        let jobs = compiled(target);
        assert_eq!(
            jobs.len(),
            7,
            "hello_world, prometheus, webapp in three environments and guestbook in two"
        );
        for (key, text) in jobs {
            let name = format!("{}{extension}", key.replace('/', "-"));
            settings.bind(|| insta::assert_snapshot!(name, text));
        }
    }
}

/// The picture in the README is what is drawn.
fn picture() {
    let sandbox = Sandbox::with_examples();
    let run = sandbox.jobc(["graph", "devcluster/www/prod/webapp", "--format", "svg"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let path = repository().join("snapshots/devcluster-www-prod-webapp.svg");
    if updating() {
        fs::write(&path, &run.stdout).expect("it can be written");
    }
    let kept = fs::read_to_string(&path).expect("it can be read");
    assert!(kept == run.stdout, "{} is not current", path.display());
}

tests! {
    compiled_examples,
    picture,
}
