//! What is shown on a narrow terminal, and that nothing is broken where there is none.

use std::process::Command;

use crate::harness::suite::ignore;
use crate::harness::{Sandbox, small_job};

/// What a terminal of so many columns gets to see of a command, without colours.
fn shown(sandbox: &Sandbox, columns: usize, line: &str) -> String {
    let jobc = env!("CARGO_BIN_EXE_jobc");
    let script = format!(
        "stty cols {columns} rows 50; {}",
        line.replace("jobc", jobc)
    );
    let mut command = Command::new("script");
    command
        .current_dir(sandbox.path())
        .env("TERM", "xterm")
        .env("NO_COLOR", "1")
        .args(["-qec", &script, "/dev/null"]);
    let Ok(output) = command.output() else {
        ignore("this takes `script`");
    };
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    text.replace(jobc, "jobc")
}

/// Lines that are longer than they need be: each has a blank that is no part of code.
fn too_long(text: &str, columns: usize) -> Vec<String> {
    let mut in_example = false;
    let mut fenced = false;
    let mut long = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let is_row = line.trim().contains("  ");
        // A usage line and an example are code.
        let is_code =
            fenced || line.starts_with("    ") || line.starts_with("  jobc") || in_example;
        in_example =
            line.trim_end().ends_with("Examples:") || (in_example && line.starts_with(' '));
        if is_code || line.chars().count() <= columns || line.contains(" | ") || is_row {
            continue;
        }
        let outside: String = line.split('`').step_by(2).collect();
        if outside.trim().chars().take(columns).any(|c| c == ' ')
            && outside.chars().count() > columns
        {
            long.push(line.to_owned());
        }
    }
    long
}

fn prose_fits_fifty_columns() {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file(
            "hello/job.toml",
            small_job(
                "hello",
                "instnaces = 3\nhealth_check_config = { interval_secs = 5 }",
            ),
        )
        .file("other/job.toml", small_job("other", ""));
    let mut failures = Vec::new();
    for line in [
        "jobc check",
        "jobc check nothing-is-called-so",
        "jobc diff HEAD",
        "jobc -C missing/directory check",
        "jobc help exit-status",
        "jobc help references",
        "jobc help formats",
        "jobc explain literal-secret",
        "jobc explain no-op-health-check",
        "jobc help list",
        "jobc build --help",
    ] {
        let text = shown(&sandbox, 50, line);
        assert!(text.len() > 20, "{line}: {text}");
        for long in too_long(&text, 50) {
            failures.push(format!("{line}: {long}"));
        }
        assert!(!text.contains('\u{a0}'), "{line}");
    }
    crate::harness::report(&failures);
}

fn code_stays_whole() {
    let sandbox = Sandbox::new();
    sandbox.file("hello/job.toml", small_job("hello", ""));
    let text = shown(&sandbox, 50, "jobc run hello --port http=80");
    assert!(text.contains("error: the job has no port `http`"), "{text}");
    let text = shown(&sandbox, 50, "jobc graph --help");
    assert!(
        text.contains("  jobc graph hello --format dot | dot -Tpng -o hello.png"),
        "{text}"
    );
}

/// Lines of help that are too long: neither a usage line nor an example or a piece of code.
fn too_long_in_help(text: &str) -> Vec<String> {
    let mut in_examples = false;
    let mut long = Vec::new();
    for line in text.lines() {
        if !line.starts_with(' ') && !line.is_empty() {
            in_examples = line == "Examples:";
        }
        let is_code = line.starts_with("Usage:")
            || (in_examples && !line.starts_with("      "))
            || ["cmdline = ", "waive = "]
                .iter()
                .any(|code| line.trim().starts_with(code));
        let outside: String = line.split('`').step_by(2).collect();
        let has_break = outside.trim().contains(' ');
        if !is_code && line.chars().count() > 50 && has_break {
            long.push(line.to_owned());
        }
    }
    long
}

fn help_on_everything_fits_fifty_columns() {
    let sandbox = Sandbox::new();
    let asked = |words: &[&str]| {
        let mut command = sandbox.command();
        let run = sandbox.finish(command.env("COLUMNS", "50").args(words));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{words:?}");
        run.stdout
    };
    let whole = asked(&["--help"]);
    let commands: Vec<&str> = whole
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 15, "{commands:?}");
    let topics = [
        "definitions",
        "names",
        "references",
        "formats",
        "lints",
        "examples",
        "exit-status",
        "environment",
        "files",
    ];
    let mut failures = Vec::new();
    for word in commands.iter().chain(&topics) {
        let text = asked(&["help", word]);
        if *word == "examples" {
            let described = text.lines().filter(|line| line.starts_with("    "));
            failures.extend(described.filter(|line| line.len() > 50).map(str::to_owned));
            continue;
        }
        failures.extend(
            too_long_in_help(&text)
                .into_iter()
                .map(|line| format!("{word}: {line}")),
        );
    }
    failures.extend(too_long_in_help(&whole));
    crate::harness::report(&failures);
    // Commands and what follows a title stay where they are.
    assert!(
        whole.contains("\n  jobc init demo && cd demo && jobc build hello\n      Start"),
        "{whole}"
    );
    assert!(
        whole.contains("are left out.\n\nNames:\n  A NAME is"),
        "{whole}"
    );
    // What is wrong with a command line, and tables, of which nothing is broken.
    let told = |words: &[&str]| {
        let mut command = sandbox.command();
        sandbox
            .finish(command.env("COLUMNS", "50").args(words))
            .stderr
    };
    let format = told(&["list", "--format", "sarif"]);
    assert!(
        format.contains(
            "\n  tip: how problems are printed is another option:\n  `--message-format sarif`\n"
        ),
        "{format}"
    );
    sandbox.file(
        "a-long-name/job.toml",
        small_job("a-long-name-of-a-job", ""),
    );
    let unknown = told(&["check", "nope"]);
    let row = "devcluster/www/devel/a-long-name-of-a-job  a-long-name/job.toml:1\n";
    assert!(unknown.contains(row), "{unknown}");
}

fn nothing_is_wrapped_without_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.file("hello/job.toml", small_job("hello", ""));
    let run = sandbox.jobc(["check", "a-job-that-is-nowhere-to-be-found"]);
    let headline = "error: no job is called `a-job-that-is-nowhere-to-be-found`\n";
    assert!(run.stderr.starts_with(headline), "{}", run.stderr);
    let long = " = note: the workspace is `.`, which has no `jobc.toml`\n";
    assert!(run.stderr.contains(long), "{}", run.stderr);
    // Unless somebody says how wide it is to be.
    let mut command = sandbox.command();
    command.args(["check", "a-job-that-is-nowhere-to-be-found"]);
    let run = sandbox.finish(command.env("COLUMNS", "50"));
    let short = " = note: the workspace is `.`, which has no\n         `jobc.toml`\n";
    assert!(run.stderr.contains(short), "{}", run.stderr);
    let run = sandbox.finish(command.env("COLUMNS", "nonsense"));
    assert!(run.stderr.contains(long), "{}", run.stderr);
}

tests! {
    prose_fits_fifty_columns,
    code_stays_whole,
    help_on_everything_fits_fifty_columns,
    nothing_is_wrapped_without_a_terminal,
}
