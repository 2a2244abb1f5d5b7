//! The workflow of the README and the hooks for pre-commit: their commands are right, and succeed
//! on the examples.

use std::fs;
use std::process::Command;

use crate::harness::{Sandbox, repository};

/// The examples, and what they compile to in `aurora/`.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::with_examples();
    let run = sandbox.jobc(["build", "--all", "--out", "compiled"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    // Compiled files have names of their own.
    for (index, name) in sandbox.list("compiled").iter().enumerate() {
        let text = fs::read(sandbox.path().join("compiled").join(name)).expect("it is there");
        sandbox.file(&format!("aurora/{index}.json"), text);
    }
    sandbox
}

fn succeeds(sandbox: &Sandbox, command: &str) {
    let mut shell = Command::new("sh");
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_jobc"));
    let directory = program.parent().expect("it is in a directory");
    let path = std::env::var("PATH").unwrap_or_default();
    shell
        .args(["-c", command])
        .current_dir(sandbox.path())
        .env_remove("GITHUB_WORKSPACE")
        .env("PATH", format!("{}:{path}", directory.display()));
    let run = sandbox.finish(&mut shell);
    assert_eq!(run.status, 0, "{command}: {}{}", run.stdout, run.stderr);
}

fn workflow() {
    let text = fs::read_to_string(repository().join("README.md")).expect("it can be read");
    let workflow = text.split("```yaml\n# .github/workflows/").nth(1);
    let workflow = workflow.and_then(|rest| rest.split("```").next());
    let workflow = workflow.expect("the README has one");
    let steps = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- run: "));
    let commands: Vec<_> = steps.filter(|step| step.starts_with("jobc ")).collect();
    assert!(commands.len() >= 3, "{commands:?}");
    let sandbox = workspace();
    for command in commands {
        succeeds(&sandbox, command);
    }
    let log = fs::read_to_string(sandbox.path().join("jobc.sarif")).expect("it was written");
    assert!(log.contains("\"version\": \"2.1.0\""), "{log}");
}

fn hooks() {
    let path = repository().join(".pre-commit-hooks.yaml");
    let text = fs::read_to_string(path).expect("it can be read");
    let readme = fs::read_to_string(repository().join("README.md")).expect("it can be read");
    let sandbox = workspace();
    let mut hooks = 0;
    for hook in text.split("- id: ").skip(1) {
        hooks += 1;
        let id = hook.lines().next().expect("it has a line");
        assert!(readme.contains(&format!("- id: {id}\n")), "{id}");
        let field = |name: &str| {
            let mut lines = hook.lines();
            lines.find_map(|line| line.trim().strip_prefix(name))
        };
        let entry = field("entry: ").expect("it has an entry");
        let files = match field("pass_filenames: ") {
            Some("false") => "",
            _ => " aurora/0.json aurora/1.json",
        };
        succeeds(&sandbox, &format!("{entry}{files}"));
    }
    assert_eq!(hooks, 2);
}

tests! {
    workflow,
    hooks,
}
