//! One set of options for all commands, and what is said to who takes one for another.

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox, report, small_job};

const COMMANDS: [&str; 19] = [
    "build",
    "push",
    "check",
    "validate",
    "ready",
    "list",
    "show",
    "diff",
    "graph",
    "run",
    "snapshot",
    "why",
    "explain",
    "help",
    "lock",
    "init",
    "schema",
    "completions",
    "man",
];

fn workspace() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file("api/job.toml", small_job("api", ""))
        .file("web/job.toml", small_job("web", ""));
    sandbox
}

fn refused(sandbox: &Sandbox, words: &[&str], expected: &str) -> Option<String> {
    let Run { status, stderr, .. } = sandbox.jobc(words);
    (status != 2 || !stderr.contains(expected))
        .then(|| format!("{words:?}: {status}, expected `{expected}`: {stderr}"))
}

fn all_is_what_no_name_means() {
    let sandbox = workspace();
    let mut failures = Vec::new();
    for command in ["build", "check", "list"] {
        let (all, none) = (sandbox.jobc([command, "--all"]), sandbox.jobc([command]));
        assert_eq!((all.status, &all.stdout), (0, &none.stdout), "{command}");
    }
    assert_eq!(sandbox.jobc(["lock", "--all"]).status, 0);
    assert_eq!(sandbox.jobc(["snapshot", "--all"]).status, 0);
    assert_eq!(sandbox.jobc(["diff", "--all", "snapshots", "."]).status, 0);
    let why = |words: &[&str]| sandbox.jobc([&["why"], words].concat());
    let all = why(&["--all", "api", "snapshots"]);
    assert_eq!((all.status, &all), (0, &why(&["api", "snapshots"])));
    assert_eq!(sandbox.jobc(["snapshot", "--all", "--check"]).status, 0);
    for command in ["show", "graph"] {
        let expected = format!("`jobc {command}` is for one job: name it");
        failures.extend(refused(&sandbox, &[command, "--all"], &expected));
    }
    let pattern = "all of them by a pattern: `jobc run '*'`";
    failures.extend(refused(&sandbox, &["run", "--all"], pattern));
    for command in ["build", "check", "list", "ready", "snapshot", "lock"] {
        let words = [command, "--all", "api"];
        failures.extend(refused(&sandbox, &words, "'--all' cannot be used with"));
    }
    for command in [&["why", "api"][..], &["diff"]] {
        let words = [command, &["--all", "--job", "api"]].concat();
        failures.extend(refused(&sandbox, &words, "'--all' cannot be used with"));
    }
    report(&failures);
}

fn one_format_suggests_the_other() {
    let sandbox = workspace();
    let mut failures = Vec::new();
    for command in COMMANDS {
        let help = sandbox.jobc([command, "-h"]).stdout;
        let problems = "how problems are printed is another option: `--message-format sarif`";
        failures.extend(refused(&sandbox, &[command, "--format", "sarif"], problems));
        let result = format!("`jobc {command}` is printed is another option: `--format`");
        if help.contains(" --format <FORMAT>") {
            let words = [command, "x", "--message-format", "nonsense"];
            failures.extend(refused(&sandbox, &words, &result));
        }
    }
    let svg = "another option: `--format svg`";
    failures.extend(refused(
        &sandbox,
        &["graph", "api", "--message-format", "svg"],
        svg,
    ));
    let after = "write it after the command: `jobc list --format FORMAT`";
    failures.extend(refused(&sandbox, &["--format", "json", "list"], after));
    let other = "it is an option of `check`";
    failures.extend(refused(&sandbox, &["list", "--changed", "main"], other));
    let other = "it is an option of `build`, `push`, `check`";
    failures.extend(refused(&sandbox, &["init", "--deny-warnings"], other));
    report(&failures);
}

fn words_of_other_programs_and_topics() {
    let sandbox = workspace();
    let mut failures = Vec::new();
    for (word, expected) in [
        ("compile", "that is called `jobc build` here"),
        ("inspect", "that is called `jobc show` here"),
        ("plan", "that is called `jobc diff` here"),
        ("version", "write `jobc --version`"),
        ("names", "there is help on it: `jobc help names`"),
        ("bad-value", "there is help on it: `jobc help bad-value`"),
        ("bulid", "a similar subcommand exists: 'build'"),
        ("up", "that is called `jobc run` here"),
        ("render", "that is called `jobc build` here"),
        ("completion", "that is called `jobc completions` here"),
        ("apply", "`aurora job create --read-json $(jobc build JOB)`"),
        ("logs", "jobs that run are the matter of Aurora's client"),
        ("convert", "`jobc init` writes a definition to start from"),
        ("gc", "compiled jobs lie in `.jobc/store`"),
    ] {
        failures.extend(refused(&sandbox, &[word], expected));
    }
    for word in [
        "Names",
        "EXIT STATUS",
        "error[bad-value]",
        "[bad-value]:",
        "Check",
    ] {
        let run = sandbox.jobc(["help", word]);
        if run.status != 0 || run.stdout.len() < 100 {
            failures.push(format!("help {word}: {}", run.stderr));
        }
        assert_eq!(sandbox.jobc(["explain", word]).stdout, run.stdout, "{word}");
    }
    for (word, expected) in [
        ("nmaes", "did you mean `names`?"),
        ("chekc", "did you mean `check`?"),
        ("bad-valeu", "did you mean `bad-value`?"),
        ("error[bad-valeu]", "did you mean `bad-value`?"),
        ("", "Topics: definitions, names"),
    ] {
        failures.extend(refused(&sandbox, &["help", word], expected));
        failures.extend(refused(&sandbox, &["explain", word], expected));
    }
    report(&failures);
}

fn standard_input_where_there_is_none_to_take() {
    let sandbox = workspace();
    let mut failures = Vec::new();
    for command in [
        "build", "check", "list", "ready", "snapshot", "show", "graph",
    ] {
        let expected = "give compiled jobs on standard input to `validate`, `run`, `diff`";
        failures.extend(refused(&sandbox, &[command, "-"], expected));
    }
    let words = ["push", "--to", "file:///nowhere", "--key-file", "-"];
    failures.extend(refused(
        &sandbox,
        &words,
        "`--key-file` takes no standard input",
    ));
    report(&failures);
}

fn the_whole_machine_is_no_workspace() {
    if std::path::Path::new("/jobc.toml").exists() {
        ignore("`/` is a workspace here");
    }
    let sandbox = workspace();
    let mut failures = Vec::new();
    for line in [
        "build",
        "build x",
        "push --to file:///nowhere",
        "check",
        "ready",
        "list",
        "show x",
        "diff",
        "diff main",
        "graph x",
        "run x",
        "snapshot",
        "snapshot --check",
        "why x",
        "why x HEAD",
        "lock",
        "lock --check",
        "diff HEAD /",
    ] {
        let words = line.split(' ');
        let run = sandbox.finish(sandbox.command().current_dir("/").args(words));
        let expected = "error: `/` is no workspace, as it has no `jobc.toml`: the whole machine is \
                        not searched for definitions\n |\n = help: go to a workspace, name one with \
                        `-C`, or start one with `jobc init`\n";
        if (run.status, run.stderr.as_str()) != (2, expected) {
            failures.push(format!("{line}: {}", run.stderr));
        }
    }
    report(&failures);
}

fn a_mount_point_may_be_a_workspace() {
    let sandbox = workspace();
    sandbox.file("lost+found/odd/job.toml", "nonsense");
    let run = sandbox.jobc(["check"]);
    assert_eq!(run.stderr, "checked 2 jobs in 2 files\n");
}

/// Options as other programs call them.
fn options_of_other_programs() {
    let sandbox = workspace();
    let mut failures = Vec::new();
    for (line, expected) in [
        (
            "build --file api/job.toml",
            "name the file as it is: `jobc build FILE`",
        ),
        (
            "check -f api/job.toml",
            "name the file as it is: `jobc check FILE`",
        ),
        ("build --env prod api", "`jobc build '*/*/ENVIRONMENT/*'`"),
        (
            "check --strict",
            "warnings are errors with `--deny-warnings`",
        ),
        (
            "list --Werror",
            "warnings are errors with `--deny-warnings`",
        ),
        ("build --output x api", "another option: `--out DIR`"),
        ("build --dry-run", "`jobc check` does all but write"),
        ("check --no-color", "write `--color never`"),
        ("--cwd x check", "name the workspace with `-C DIR`"),
        ("graph api --dot", "write `--format dot`"),
        ("diff --markdown", "write `--format markdown`"),
        (
            "list --output-format json",
            "the result is JSON with `--format json`",
        ),
        (
            "check --output-format json",
            "problems are JSON with `--message-format json`",
        ),
        (
            "ready --timeout 5s",
            "expected a number of seconds from 1 to 65535",
        ),
        (
            "run api --instance -1",
            "expected the number of an instance, from 0 on",
        ),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        failures.extend(refused(&sandbox, &words, expected));
    }
    report(&failures);
}

/// A warning that every command tells is an error to all that take `--deny-warnings`.
fn warnings_are_denied_by_every_command_that_tells_them() {
    let sandbox = workspace();
    let unused = "packages.unused = \"/nix/store/q41nkp3p684xyjlnv02f8hnid234z4n8-tool-1\"\n";
    sandbox.file("api/job.toml", small_job("api", unused));
    let mut failures = Vec::new();
    for line in [
        "build api",
        "push api --to file:///nowhere --dry-run",
        "check",
        "ready api",
        "list",
        "show api",
        "graph api",
        "run api",
        "snapshot",
        "why api --job api",
    ] {
        let words = || line.split(' ');
        let told = sandbox.jobc(words());
        if !told.stderr.contains("warning[") {
            failures.push(format!("{line}: no warning: {}", told.stderr));
        }
        let denied = sandbox.jobc(words().chain(["--deny-warnings"]));
        if denied.status == 0 || denied.stderr.contains("warning[") {
            failures.push(format!("{line}: {}: {}", denied.status, denied.stderr));
        }
    }
    report(&failures);
}

tests! {
    all_is_what_no_name_means,
    one_format_suggests_the_other,
    words_of_other_programs_and_topics,
    standard_input_where_there_is_none_to_take,
    the_whole_machine_is_no_workspace,
    a_mount_point_may_be_a_workspace,
    warnings_are_denied_by_every_command_that_tells_them,
    options_of_other_programs,
}
