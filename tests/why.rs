//! `jobc why` over the workspace in `tests/why/workspace`, whose lock has chains of packages.
//!
//! `tests/why/sessions.txt` has commands, each with all that it prints and, unless it is 0, the
//! status that it ends with; `JOBC_UPDATE=1 cargo test` rewrites what follows the commands.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jobc::registry::CODES;
use jobc::schema::{Which, schema};
use serde_json::Value;

use crate::harness::{Sandbox, repository, updating};

/// The workspace, to run jobc in, with what it was before in a directory of its own.
fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    let root = repository().join("tests/why");
    for (from, to) in [("workspace", ""), ("before", "before")] {
        let root = root.join(from);
        for entry in walkdir::WalkDir::new(&root) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let name = Path::new(to).join(entry.path().strip_prefix(&root).unwrap());
                let contents = fs::read(entry.path()).unwrap();
                sandbox.file(&name.display().to_string(), contents);
            }
        }
    }
    sandbox
}

fn sessions() {
    let path = repository().join("tests/why/sessions.txt");
    let text = fs::read_to_string(&path).unwrap();
    let sandbox = workspace();
    let mut now = String::new();
    for line in text.lines() {
        if line.starts_with('#') {
            let gap = if now.is_empty() { "" } else { "\n" };
            writeln!(now, "{gap}{line}").unwrap();
        }
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let run = sandbox.jobc(command.split_whitespace().skip(1));
        write!(now, "{line}\n{}{}", run.stdout, run.stderr).unwrap();
        if run.status != 0 {
            writeln!(now, "(status {})", run.status).unwrap();
        }
    }
    if updating() {
        fs::write(&path, &now).unwrap();
    } else {
        assert_eq!(text, now);
    }
}

fn documents_are_what_the_schema_says() {
    let schema: Value = serde_json::from_str(&schema(Which::Why, CODES)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let sandbox = workspace();
    for word in ["glibc", "server.py", "tools", "nothing"] {
        for more in [&["--full"][..], &[]] {
            let arguments = ["why", word, "--format", "json"];
            let run = sandbox.jobc(arguments.iter().chain(more));
            let document: Value = serde_json::from_str(&run.stdout).unwrap();
            assert!(validator.is_valid(&document), "{word}: {}", run.stdout);
        }
    }
}

fn reasons_are_what_the_schema_says() {
    let schema: Value = serde_json::from_str(&schema(Which::WhyChanged, CODES)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let sandbox = workspace();
    let run = sandbox.jobc(["why", "*", "before", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(validator.is_valid(&document), "{}", run.stdout);
    let web = document["jobs"].as_array().unwrap().last().unwrap();
    let package = &web["steps"][0]["packages"][0];
    assert_eq!(package["change"]["name"], "curl", "{web:#}");
}

/// Packages that are given by their store paths and not locked may refer to anything.
fn what_is_not_known_is_not_claimed() {
    let sandbox = workspace();
    let lock = sandbox.path().join("jobc.lock");
    sandbox.file(
        "odd/job.toml",
        crate::harness::small_job(
            "odd",
            "packages = { tool = '/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-tool-1' }",
        )
        .replace("echo hello", "${pkgs.tool}/bin/tool"),
    );
    let run = sandbox.jobc(["why", "nothing"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("-tool-1, package `tool`"),
        "{}",
        run.stderr
    );
    let run = sandbox.jobc(["why", "glibc-2.40"]);
    assert_eq!(run.status, 0);
    assert!(run.stderr.starts_with("warning: "), "{}", run.stderr);
    let run = sandbox.jobc(["why", "nothing", "--job", "front"]);
    assert_eq!(run.status, 1);
    let run = sandbox.jobc(["why", "tool", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    fs::remove_file(lock).unwrap();
    // Of jobs that do not compile, nothing is known; what others need is told all the same.
    let run = sandbox.jobc(["why", "tool"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("needed by 1 job\n"), "{}", run.stdout);
    assert!(run.stderr.contains("package-not-locked"), "{}", run.stderr);
    let run = sandbox.jobc(["why", "nothing"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

/// The ways from one package to another double with each of many levels; one of them is found, at
/// once.
fn many_ways_cost_no_time() {
    let sandbox = Sandbox::new();
    let path = |level: usize, side: char| format!("{level:0>31}{side}-level-{level}");
    let mut lock = String::from("{\"version\": 1, \"packages\": [], \"paths\": [\n");
    for level in 1000..4000 {
        for side in ['0', '1'] {
            let next = |side| format!("\"{}\"", path(level + 1, side));
            let references = if level == 3999 {
                String::new()
            } else {
                format!("{}, {}", next('0'), next('1'))
            };
            let comma = if (level, side) == (3999, '1') {
                ""
            } else {
                ","
            };
            writeln!(
                lock,
                "{{\"path\": \"/nix/store/{}\", \"nar_hash\": \
                 \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\", \"nar_size\": 112, \
                 \"references\": [{references}]}}{comma}",
                path(level, side)
            )
            .unwrap();
        }
    }
    lock.push_str("]}\n");
    sandbox.file("jobc.lock", lock);
    let first = path(1000, '0');
    let job = crate::harness::small_job("deep", "");
    let job = job.replace("echo hello", &format!("/nix/store/{first}/bin/x"));
    sandbox.file("deep/job.toml", job);
    let run = sandbox.jobc(["why", "level-3999", "--full"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains(&path(3998, '0')));
    let run = sandbox.jobc(["why", "level", "--all"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

tests! {
    sessions,
    documents_are_what_the_schema_says,
    reasons_are_what_the_schema_says,
    what_is_not_known_is_not_claimed,
    many_ways_cost_no_time,
}
