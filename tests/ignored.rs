//! What git ignores inside of imported directories, and checkouts that killed runs leave.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::diff::{commit, git};
use crate::harness::{Run, Sandbox, small_job};

const JOB: &str = r#"cluster = "c"
role = "r"
environment = "devel"
name = "app"
[task]
processes = [{ name = "app", cmdline = "serve ${./site}" }]
resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
"#;

/// What the lint says of the job in `app`.
fn said(sandbox: &Sandbox) -> Vec<String> {
    let Run { stderr, status, .. } = sandbox.jobc(["check"]);
    assert_eq!(status, 0, "{stderr}");
    let about = |line: &&str| line.starts_with("warning[imports-") || line.contains("= note: git");
    stderr.lines().filter(about).map(str::to_owned).collect()
}

fn init(directory: &Path) {
    fs::create_dir_all(directory).unwrap();
    git(directory, &["init", "--quiet"]);
}

fn what_git_ignores_is_told() {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file("app/job.toml", JOB)
        .file("app/site/index.html", "hello")
        .file("app/site/.gitignore", "*.log\n!keep.log\n")
        .file("app/site/a.log", "12345")
        .file("app/site/keep.log", "12345")
        .file("app/site/node_modules/x/a.js", "1234567890")
        .file("app/site/node_modules/x/b.js", "1234567890")
        .file("app/site/tracked/output.bin", "1")
        .file(
            ".gitignore",
            "node_modules\n/app/site/tracked/\n/app/not_imported\n",
        )
        .file("app/not_imported/x", "1");
    // Without a repository, nothing is ignored.
    assert_eq!(said(&sandbox), [""; 0]);

    init(sandbox.path());
    git(sandbox.path(), &["add", "."]);
    git(
        sandbox.path(),
        &["add", "--force", "app/site/tracked/output.bin"],
    );
    commit_added(sandbox.path());
    sandbox.file("app/site/mine.txt", "123");
    fs::write(sandbox.path().join(".git/info/exclude"), "mine.txt\n").unwrap();
    assert_eq!(
        said(&sandbox),
        [
            "warning[imports-ignored]: `./site` is imported with 4 files that git ignores, which add 28 B",
            "  = note: git ignores `app/site/a.log`, `app/site/mine.txt`, `app/site/node_modules`",
        ]
    );

    sandbox.file("jobc.toml", "[lints]\nimports-ignored = \"allow\"\n");
    assert_eq!(said(&sandbox), [""; 0]);
}

/// Where all in a directory is ignored, git tells of the directory and of each file.
fn what_is_ignored_is_counted_once() {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file(".gitignore", "secret\n")
        .file("app/job.toml", JOB)
        .file("app/site/index.html", "hello");
    init(sandbox.path());
    git(sandbox.path(), &["add", "."]);
    commit_added(sandbox.path());
    sandbox
        .file("app/site/all/secret", "1\n")
        .file("app/site/all/deep/secret", "1\n")
        .file("app/site/some/secret", "1\n")
        .file("app/site/some/other", "1\n");
    assert_eq!(
        said(&sandbox),
        [
            "warning[imports-ignored]: `./site` is imported with 3 files that git ignores, which add 6 B",
            "  = note: git ignores `app/site/all`, `app/site/some/secret`",
        ]
    );
}

fn commit_added(directory: &Path) {
    git(directory, &["commit", "--quiet", "--message", "all"]);
}

fn a_repository_inside_has_its_own_rules() {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file("app/job.toml", JOB)
        .file("app/site/index.html", "hello")
        .file("app/site/.gitignore", "*.log\n")
        .file("app/site/a.log", "12345")
        .file("app/site/lib/.gitignore", "/out\n")
        .file("app/site/lib/out/x", "1")
        .file("app/site/lib/y", "1");
    init(&sandbox.path().join("app/site"));
    init(&sandbox.path().join("app/site/lib"));
    let said = said(&sandbox);
    let [git, ignored, names] = &said[..] else {
        panic!("{said:?}");
    };
    let begins = "warning[imports-git]: `./site` is imported with `app/site/.git`, \
                  `app/site/lib/.git`, which add ";
    assert!(git.starts_with(begins), "{git}");
    assert_eq!(
        ignored,
        "warning[imports-ignored]: `./site` is imported with 2 files that git ignores, which add 6 B"
    );
    assert_eq!(
        names,
        "  = note: git ignores `app/site/a.log`, `app/site/lib/out`"
    );
}

fn asking_what_is_ignored_runs_nothing_of_a_repository() {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file("app/job.toml", JOB)
        .file("app/site/index.html", "hello");
    init(sandbox.path());
    let mark = sandbox.path().join("mark");
    let program = sandbox.path().join("program");
    let script = format!("#!/bin/sh\ntouch {}\n", mark.display());
    fs::write(&program, script).unwrap();
    let made = Command::new("chmod").arg("+x").arg(&program).status();
    assert!(made.unwrap().success());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "filter.x.clean",
        "filter.x.process",
    ] {
        git(sandbox.path(), &["config", key, program.to_str().unwrap()]);
    }
    sandbox.file(".gitattributes", "* filter=x\n");
    assert_eq!(said(&sandbox), [""; 0]);
    assert!(!mark.exists());
}

fn the_checkout_of_a_killed_run_is_removed_by_the_next() {
    let sandbox = Sandbox::new();
    let repository = sandbox.path().join("ws");
    let temporary = sandbox.path().join("tmp");
    sandbox.file("ws/web/job.toml", small_job("web", ""));
    init(&repository);
    commit(&repository, "web");
    fs::write(
        repository.join("web/job.toml"),
        small_job("web", "instances = 2"),
    )
    .unwrap();
    fs::create_dir_all(temporary.join("jobc-checkout-mine/tree/a")).unwrap();
    fs::write(temporary.join("jobc-checkout-mine/tree/a/file"), "").unwrap();
    fs::create_dir_all(temporary.join("jobc-other")).unwrap();
    let jobc = || {
        let mut command = sandbox.command();
        command.current_dir(&repository).env("TMPDIR", &temporary);
        command.args(["diff", "HEAD"]);
        command
    };
    // Some are killed on the way, some after their end.
    for wait in 0..10 {
        let mut run = jobc()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(wait * 3));
        run.kill().unwrap();
        run.wait().unwrap();
    }
    // What git was doing for the last one ends soon.
    thread::sleep(Duration::from_millis(200));
    let run = sandbox.finish(&mut jobc());
    assert_eq!(run.status, 1, "{}", run.stderr);
    let mut left: Vec<_> = fs::read_dir(&temporary)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("jobc-new-checkout-"))
        .collect();
    left.sort();
    assert_eq!(left, ["jobc-other"]);
}

tests! {
    what_git_ignores_is_told,
    a_repository_inside_has_its_own_rules,
    asking_what_is_ignored_runs_nothing_of_a_repository,
    the_checkout_of_a_killed_run_is_removed_by_the_next,
    what_is_ignored_is_counted_once,
}
