//! Completion of command lines in real shells, with what the workspace has.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox, small_job};

fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "packages.shared = \"nixpkgs#hello\"")
        .file("api/job.toml", small_job("api", ""))
        .file(
            "web/job.toml",
            small_job("web", "packages.python = \"nixpkgs#python3\"\n"),
        );
    sandbox
}

/// What a shell with these words is offered for the last of them.
fn offered(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let run = ask(sandbox, words);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{words:?}");
    let mut offered: Vec<String> = run
        .stdout
        .split('\u{b}')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    offered.sort();
    offered
}

fn ask(sandbox: &Sandbox, words: &[&str]) -> Run {
    let mut command = sandbox.command();
    command
        .env("JOBC_COMPLETE", "bash")
        .env("_CLAP_IFS", "\u{b}")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .args(["--", "jobc"])
        .args(words);
    sandbox.finish(&mut command)
}

fn jobs_packages_and_codes() {
    let sandbox = workspace();
    assert_eq!(offered(&sandbox, &["build", "a"]), ["api"]);
    let keys = ["devcluster/www/devel/api", "devcluster/www/devel/web"];
    assert_eq!(offered(&sandbox, &["show", "dev"]), keys);
    assert_eq!(offered(&sandbox, &["diff", "--job", "w"]), ["web"]);
    assert_eq!(offered(&sandbox, &["lock", "p"]), ["python"]);
    assert_eq!(offered(&sandbox, &["why", "s"]), ["shared"]);
    assert_eq!(offered(&sandbox, &["explain", "not-u"]), ["not-utf8"]);
    assert_eq!(offered(&sandbox, &["help", "ref"]), ["references"]);
    assert_eq!(
        offered(&sandbox, &["help", "val"]),
        ["validate", "value-reference"]
    );
    assert_eq!(
        offered(&sandbox, &["graph", "api", "--format", "m"]),
        ["mermaid"]
    );
    // A compiled file is a job to run.
    sandbox.file("c.json", "{}").file("c.txt", "");
    assert_eq!(offered(&sandbox, &["run", "c"]), ["c.json"]);
    // So is each further one.
    assert_eq!(offered(&sandbox, &["run", "api", "c"]), ["c.json"]);
    assert_eq!(
        offered(&sandbox, &["run", "c.json", "api", "w"]),
        ["web", "web/"]
    );
    // From elsewhere, and with the workspace named.
    sandbox.file("below/x", "");
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("below"))
        .env("JOBC_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .args(["--", "jobc", "run", "we"]);
    assert_eq!(sandbox.finish(&mut command).stdout, "web");
    sandbox
        .file("other/jobc.toml", "")
        .file("other/db/job.toml", small_job("db", ""));
    assert_eq!(
        offered(&sandbox, &["-C", "other", "build", "d"]),
        ["db", "devcluster/www/devel/db"]
    );
}

fn what_is_broken_is_passed_over_in_silence() {
    let sandbox = workspace();
    sandbox
        .file("broken/job.toml", "name = ")
        .file("odd/job.json", [0xff, 0xfe]);
    let all = offered(&sandbox, &["build", ""]);
    assert!(
        all.contains(&"api".to_owned()) && all.contains(&"broken".to_owned()),
        "{all:?}"
    );
    sandbox.file("jobc.toml", "nonsense = ");
    assert!(!offered(&sandbox, &["build", ""]).contains(&"api".to_owned()));
    sandbox.file("jobc.toml", "").file("jobc.lock", "{");
    offered(&sandbox, &["why", ""]);
    let nowhere = Sandbox::new();
    offered(&nowhere, &["-C", "missing", "build", ""]);
    offered(&nowhere, &["build", "x"]);
    // A variable that says nothing known asks for nothing.
    let mut command = nowhere.command();
    let run = nowhere.finish(command.env("JOBC_COMPLETE", "csh").arg("list"));
    assert_eq!(
        (run.status, run.stdout.as_str(), run.stderr.as_str()),
        (0, "", "")
    );
}

fn many_definitions_take_no_longer_than_a_key_may() {
    let sandbox = Sandbox::new();
    sandbox.file("jobc.toml", "");
    for index in 0..3000 {
        sandbox.file(
            &format!("d{}/j{index}.job.toml", index % 50),
            small_job(&format!("j{index}"), ""),
        );
    }
    let start = Instant::now();
    let all = offered(&sandbox, &["build", "j299"]);
    assert_eq!(all.len(), 11);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

/// The words that a shell completes a line to, by its own script.
fn in_shell(shell: &str, script: &str) -> String {
    let sandbox = workspace();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_jobc"))
        .parent()
        .expect("a directory");
    let completions = sandbox.jobc(["completions", shell]);
    assert_eq!((completions.status, completions.stderr.as_str()), (0, ""));
    sandbox.file("completions", completions.stdout);
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(shell);
    command
        .current_dir(sandbox.path())
        .env_clear()
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("HOME", sandbox.path())
        .env("TERM", "dumb")
        .args(["-c", script]);
    match command.output() {
        Err(_) => ignore(format!("this takes {shell}")),
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(error.is_empty(), "{shell}: {error}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
    }
}

fn bash_asks() {
    let script = r#"source ./completions
        COMP_WORDS=(jobc show devcluster/www/devel/w) COMP_CWORD=2 COMP_TYPE=9
        complete -p jobc >/dev/null || exit 3
        _clap_complete_jobc jobc devcluster/www/devel/w show
        printf '%s\n' "${COMPREPLY[@]}""#;
    let found = in_shell("bash", script);
    assert_eq!(found, "devcluster/www/devel/web\n");
}

fn fish_asks() {
    let script = "source ./completions; complete --do-complete 'jobc show devcluster/www/devel/w'";
    let found = in_shell("fish", script);
    assert_eq!(found.trim(), "devcluster/www/devel/web");
}

fn zsh_asks() {
    // What the line editor would be given, caught.
    let script = r"compdef() { : }
        _describe() { print -l -- ${(P)3} }
        source ./completions
        words=(jobc show devcluster/www/devel/w) CURRENT=3
        _clap_dynamic_completer_jobc";
    let found = in_shell("zsh", script);
    assert!(found.contains("devcluster/www/devel/web"), "{found}");
}

fn every_shell_has_a_script() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = sandbox.jobc(["completions", shell]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{shell}");
        assert!(run.stdout.contains("JOBC_COMPLETE"), "{shell}");
    }
}

tests! {
    jobs_packages_and_codes,
    what_is_broken_is_passed_over_in_silence,
    many_definitions_take_no_longer_than_a_key_may,
    bash_asks,
    fish_asks,
    zsh_asks,
    every_shell_has_a_script,
}
