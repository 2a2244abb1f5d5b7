//! Both sides of a comparison are read by one rule, and what is wrong in one file is no reason to say
//! nothing of the others.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::{Run, Sandbox, small_job};

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(["-c", "user.name=Me", "-c", "user.email=me@example.org"])
        .args(["-c", "init.defaultBranch=main"])
        .args(["-c", "advice.detachedHead=false"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn commit(directory: &Path) {
    git(directory, &["add", "--all", "--force"]);
    git(directory, &["commit", "--quiet", "--message", "more"]);
}

fn jobc_in(sandbox: &Sandbox, directory: &str, arguments: &[&str]) -> Run {
    let mut command = sandbox.command();
    command.current_dir(sandbox.path().join(directory));
    sandbox.finish(command.args(arguments))
}

/// A repository `r` with these files, all committed.
fn committed(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, text) in files {
        sandbox.file(&format!("r/{name}"), text);
    }
    let root = sandbox.path().join("r");
    git(&root, &["init", "--quiet"]);
    commit(&root);
    sandbox
}

/// That nothing differs, of so many definitions.
#[track_caller]
fn same(sandbox: &Sandbox, directory: &str, definitions: usize) {
    let run = jobc_in(sandbox, directory, &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let expected = match definitions {
        1 => "1 definition is the same on both sides".to_owned(),
        count => format!("{count} definitions are the same on both sides"),
    };
    assert_eq!(run.stderr, format!("no job differs; {expected}\n"));
}

fn workspaces_within_and_directories_that_are_not_searched() {
    let job = |name: &str| small_job(name, "");
    let (a, other) = (job("a"), job("other"));
    let files: &[(&str, &str)] = &[
        ("a/job.toml", &a),
        ("inner/jobc.toml", ""),
        ("inner/job.toml", &other),
        ("inner/deep/x.job.toml", "wrong"),
        (".hidden/job.toml", "wrong"),
        ("b/.hidden/job.toml", "wrong"),
        ("target/job.toml", "wrong"),
        ("b/target/debug/job.toml", "wrong"),
        (".jobc/job.toml", "wrong"),
        ("snapshots/devcluster/www/devel/job.json", "{}"),
    ];
    for settings in [None, Some("")] {
        let sandbox = committed(files);
        if let Some(settings) = settings {
            sandbox.file("r/jobc.toml", settings);
            commit(&sandbox.path().join("r"));
        }
        same(&sandbox, "r", 1);
        same(&sandbox, "r/inner/deep", 2);
        let run = jobc_in(&sandbox, "r", &["why", "a", "HEAD"]);
        assert_eq!(run.status, 0, "{run:?}");
        let run = jobc_in(&sandbox, "r", &["check", "--changed", "HEAD"]);
        assert_eq!(run.status, 0, "{run:?}");
    }
}

fn workspaces_within_that_come_and_go() {
    let (a, inner) = (small_job("a", ""), small_job("inner", ""));
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("a/job.toml", &a),
        ("x/job.toml", &inner),
    ]);
    sandbox.file("r/x/jobc.toml", "");
    let root = sandbox.path().join("r");
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert!(
        run.stdout.starts_with("- devcluster/www/devel/inner: gone"),
        "{run:?}"
    );
    commit(&root);
    same(&sandbox, "r", 1);
    let run = jobc_in(&sandbox, "r", &["diff", "HEAD", "HEAD~1"]);
    assert!(
        run.stdout.starts_with("+ devcluster/www/devel/inner: new"),
        "{run:?}"
    );
    // Only one of the working tree.
    fs::remove_file(root.join("x/jobc.toml")).unwrap();
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert!(
        run.stdout.starts_with("+ devcluster/www/devel/inner: new"),
        "{run:?}"
    );
}

fn roots_of_each_side() {
    let (a, b, c) = (small_job("a", ""), small_job("b", ""), small_job("c", ""));
    let sandbox = committed(&[
        ("ws/jobc.toml", "roots = ['one']"),
        ("ws/one/jobc.toml", ""),
        ("ws/one/a/job.toml", &a),
        ("ws/two/b/job.toml", &b),
        ("ws/target/c/job.toml", &c),
    ]);
    let root = sandbox.path().join("r");
    // A root that is named is searched, whatever it is called and has in it.
    same(&sandbox, "r/ws", 1);
    sandbox.file("r/ws/jobc.toml", "roots = ['./one', 'target']");
    let run = jobc_in(&sandbox, "r/ws", &["diff"]);
    assert!(
        run.stdout.starts_with("+ devcluster/www/devel/c: new"),
        "{run:?}"
    );
    commit(&root);
    same(&sandbox, "r/ws", 2);
    // One that is a link.
    symlink("two", root.join("ws/linked")).unwrap();
    sandbox.file("r/ws/jobc.toml", "roots = ['linked']");
    commit(&root);
    let run = jobc_in(&sandbox, "r/ws", &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let run = jobc_in(
        &sandbox,
        "r/ws",
        &["diff", "HEAD~1", "HEAD", "--format", "json"],
    );
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["summary"]["added"], 1, "{run:?}");
    assert_eq!(value["summary"]["removed"], 2, "{run:?}");
}

fn sparse_checkouts() {
    let (a, b) = (small_job("a", ""), small_job("b", ""));
    let sandbox = committed(&[("a/job.toml", &a), ("b/job.toml", &b), ("jobc.toml", "")]);
    let root = sandbox.path().join("r");
    for kind in ["--no-sparse-index", "--sparse-index"] {
        git(&root, &["sparse-checkout", "set", "--cone", kind, "a"]);
        assert!(!root.join("b").exists());
        let run = jobc_in(&sandbox, "r", &["diff"]);
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
        let expected = "warning: 1 definition is not in the sparse checkout, and is left out\n";
        assert!(run.stderr.starts_with(expected), "{run:?}");
        sandbox.file("r/a/job.toml", small_job("a", "instances = 2"));
        let run = jobc_in(&sandbox, "r", &["diff"]);
        assert!(
            run.stdout.ends_with("working tree: 1 job changed\n"),
            "{run:?}"
        );
        sandbox.file("r/a/job.toml", &a);
        git(&root, &["sparse-checkout", "disable"]);
    }
}

/// Repositories of unusual kinds.
fn repositories_of_all_kinds() {
    let (a, b) = (small_job("a", ""), small_job("a", "instances = 2"));
    let changes = |sandbox: &Sandbox, directory: &str| {
        let run = jobc_in(sandbox, directory, &["diff"]);
        assert_eq!(run.status, 1, "{run:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.stdout, @r"
            ~ devcluster/www/devel/a: adds 1 instance, restarts none
                instances: not set -> 2

            HEAD -> working tree: 1 job changed
            ");
        }
    };
    // Without a commit.
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("r");
    sandbox.file("r/a/job.toml", &a);
    git(&root, &["init", "--quiet"]);
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"
    error: there is no commit yet to compare with
     |
     = help: commit first, or name another side: a directory, or compiled jobs
    ");
    // With names of SHA-256.
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("r");
    sandbox.file("r/a/job.toml", &a);
    git(&root, &["init", "--quiet", "--object-format=sha256"]);
    commit(&root);
    same(&sandbox, "r", 1);
    sandbox.file("r/a/job.toml", &b);
    changes(&sandbox, "r");
    // Another working tree, with no branch, in a directory with a new line and in one that is no UTF-8.
    let sandbox = committed(&[("ws/a/job.toml", &a), ("jobc.toml", "")]);
    let root = sandbox.path().join("r");
    git(
        &root,
        &["worktree", "add", "--quiet", "--detach", "../w\nx y"],
    );
    same(&sandbox, "w\nx y", 1);
    same(&sandbox, "w\nx y/ws", 1);
    sandbox.file("w\nx y/ws/a/job.toml", &b);
    changes(&sandbox, "w\nx y");
    changes(&sandbox, "w\nx y/ws");
    let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"od\xffd\n");
    fs::create_dir_all(root.join(odd)).unwrap();
    fs::write(root.join(odd).join("job.toml"), small_job("odd", "")).unwrap();
    commit(&root);
    let mut command = sandbox.command();
    command.current_dir(root.join(odd)).arg("diff");
    let run = sandbox.finish(&mut command);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    same(&sandbox, "r", 2);
    // In the middle of a merge, of which one part cannot be read.
    let sandbox = committed(&[("a/job.toml", &a), ("b/job.toml", &small_job("b", ""))]);
    let root = sandbox.path().join("r");
    git(&root, &["checkout", "--quiet", "-b", "side"]);
    sandbox.file("r/a/job.toml", small_job("a", "instances = 3"));
    commit(&root);
    git(&root, &["checkout", "--quiet", "main"]);
    sandbox.file("r/a/job.toml", &b);
    commit(&root);
    let merged = Command::new("git")
        .current_dir(&root)
        .args(["merge", "side"])
        .output();
    assert!(!merged.unwrap().status.success());
    sandbox.file("r/b/job.toml", small_job("b", "instances = 2"));
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stdout
            .contains("~ devcluster/www/devel/b: adds 1 instance"),
        "{run:?}"
    );
    assert!(
        run.stdout.contains("because a/job.toml is wrong"),
        "{run:?}"
    );
}

const WRONG: &str = "cluster = 'devcluster'\nrole = 'www'\nenvironment = 'devel'\nname = 'wrong'\n\
                     instnaces = 3\n";

/// A fix can be looked at, and so can what is right beside what is not.
fn a_side_that_is_wrong_in_parts() {
    let (a, b) = (small_job("a", ""), small_job("b", ""));
    let sandbox = committed(&[
        ("a/job.toml", &a),
        ("b/job.toml", &b),
        ("wrong/job.toml", WRONG),
        ("unread/job.toml", "name = 'unfinished\n"),
    ]);
    let root = sandbox.path().join("r");
    // The same on both sides, they need not be read.
    sandbox.file("r/a/job.toml", small_job("a", "instances = 2"));
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{run:?}");
    // Mended.
    sandbox
        .file("r/wrong/job.toml", small_job("wrong", ""))
        .file("r/unread/job.toml", small_job("unread", ""));
    let run = jobc_in(&sandbox, "r", &["diff", "--message-format", "short"]);
    assert_eq!(run.status, 2);
    let expected = "~ devcluster/www/devel/a: adds 1 instance, restarts none\n    instances: not set \
                    -> 2\n\n? not compared: devcluster/www/devel/unread, because \
                    HEAD:unread/job.toml is wrong\n? not compared: devcluster/www/devel/wrong, \
                    because HEAD:wrong/job.toml is wrong\n\nHEAD -> working tree: 1 job changed, and \
                    not all could be compared\n";
    assert_eq!(run.stdout, expected);
    insta::assert_snapshot!(run.stderr, @r"
    HEAD:unread/job.toml:1:8: error[syntax]: expected `'` after the string, found the end of the line
    HEAD:wrong/job.toml:1:1: error[missing-field]: missing field `task`
    HEAD:wrong/job.toml:5:1: error[unknown-field]: unknown field `instnaces`
    error: 3 errors in 2 files
    ");
    // Of what is asked for, nothing is wrong.
    for arguments in [
        &["diff", "--job", "a"][..],
        &["diff", "--job", "devcluster/www/devel/a"],
        &["why", "a", "HEAD"],
    ] {
        let run = jobc_in(&sandbox, "r", arguments);
        assert!(run.status < 2, "{arguments:?}: {run:?}");
        assert_eq!(run.stderr, "", "{arguments:?}");
    }
    let run = jobc_in(&sandbox, "r", &["diff", "--job", "wrong"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr.contains("unknown-field") && !run.stderr.contains("unread"),
        "{run:?}"
    );
    // The other way round, and in the other formats.
    commit(&root);
    let run = jobc_in(
        &sandbox,
        "r",
        &["diff", "HEAD", "HEAD~1", "--format", "json"],
    );
    assert_eq!(run.status, 2);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(value["summary"]["removed"], 0, "{value}");
    assert_eq!(value["not_compared"][1]["because"], "HEAD~1:wrong/job.toml");
    let run = jobc_in(&sandbox, "r", &["diff", "HEAD~1", "--format", "markdown"]);
    assert!(
        run.stdout
            .contains("- `not compared: devcluster/www/devel/wrong, because"),
        "{run:?}"
    );
    // Defined twice, nobody knows which one is meant.
    sandbox
        .file("r/a/job.toml", small_job("a", "instances = 3"))
        .file("r/twice/job.toml", small_job("a", ""));
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stdout, @r"
    ? not compared: devcluster/www/devel/a, because twice/job.toml is wrong

    HEAD -> working tree: no job differs, and not all could be compared
    ");
}

fn settings_and_locks_that_are_wrong() {
    let (a, b) = (
        small_job("a", ""),
        small_job("b", "packages = { x = 'nixpkgs#x' }"),
    );
    let b = b.replace("echo hello", "${pkgs.x}/bin/x");
    let sandbox = committed(&[
        ("a/job.toml", &a),
        ("jobc.toml", "init.names = 'hsah'\n"),
        ("b/job.toml", &b),
    ]);
    let root = sandbox.path().join("r");
    sandbox
        .file("r/jobc.toml", "init.names = 'hash'\n")
        .file("r/a/job.toml", small_job("a", "instances = 2"));
    let run = jobc_in(&sandbox, "r", &["diff", "--job", "a"]);
    assert_eq!(run.status, 2, "{run:?}");
    insta::assert_snapshot!(run.stdout, @r"
    ~ devcluster/www/devel/a: adds 1 instance, restarts none
        instances: not set -> 2

    ? not compared: jobs by the settings of their side, because HEAD:jobc.toml is wrong

    HEAD -> working tree: 1 job changed, and not all could be compared
    ");
    insta::assert_snapshot!(run.stderr, @r"
    error[bad-value]: `names`: expected `hash` or `process`, found `hsah`
     --> HEAD:jobc.toml:1:14
      |
    1 | init.names = 'hsah'
      |              ^^^^^^
      |
      = help: did you mean `hash`?

    error: 1 error in 1 file
    error: the settings of `HEAD` are wrong, and those of `working tree` stand in for them
     |
     = note: what changes because of other settings is not seen
    ");
    // A lock in which a merge left its marks.
    sandbox.file("r/jobc.lock", "<<<<<<< HEAD\n{}\n=======\n");
    commit(&root);
    fs::remove_file(root.join("jobc.lock")).unwrap();
    sandbox.file("r/a/job.toml", small_job("a", "instances = 3"));
    let run = jobc_in(&sandbox, "r", &["diff", "--job", "a"]);
    assert_eq!(run.status, 2, "{run:?}");
    insta::assert_snapshot!(run.stdout, @r"
    ~ devcluster/www/devel/a: adds 1 instance, restarts none
        instances: 2 -> 3

    ? not compared: packages, because HEAD:jobc.lock is wrong

    HEAD -> working tree: 1 job changed, and not all could be compared
    ");
    insta::assert_snapshot!(run.stderr, @r"
    error[lock-conflict]: the merge of `jobc.lock` is not finished
     --> HEAD:jobc.lock:1:1
      |
    1 | <<<<<<< HEAD
      | ^^^^^^^^^^^^
      |
      = help: run `jobc lock`: it keeps what both sides say or only one of them changed, and asks for the rest again

    error: 1 error in 1 file
    ");
}

/// What is wrong elsewhere is no reason to refuse what was named.
fn named_beside_what_is_wrong() {
    let files: &[(&str, &str)] = &[
        ("a/job.toml", &small_job("a", "")),
        ("wrong/job.toml", WRONG),
        ("unread/job.toml", "name = 'x\n"),
        ("notes/job.toml", "cmdline = '\\\\ mentions {{profile.a}}\n"),
    ];
    let sandbox = committed(files);
    sandbox.file("r/latin/job.toml", b"name = '\xff'");
    let cache = format!("file://{}/cache", sandbox.path().display());
    let latin = "warning: something is wrong in `latin/job.toml`";
    for arguments in [
        &["build", "a", "--print", "key"][..],
        &["build", "devcluster/www/devel/a"],
        &["check", "a"],
        &["list", "a"],
        &["show", "a"],
        &["graph", "a"],
        &["ready", "a"],
        &["snapshot", "a"],
        &["push", "a", "--to", &cache],
        &["run", "a"],
        &["why", "x", "--job", "a"],
        &["diff", "--job", "a"],
        &["why", "a", "HEAD"],
    ] {
        let run = jobc_in(&sandbox, "r", arguments);
        let expected = i32::from(arguments[0] == "why" && arguments[1] == "x");
        assert_eq!(run.status, expected, "{arguments:?}: {run:?}");
        for word in ["unknown-field", "not-utf8", "unread"] {
            assert!(!run.stderr.contains(word), "{arguments:?}: {run:?}");
        }
    }
    // A file that mentions the name may define the job once more.
    let run = jobc_in(&sandbox, "r", &["build", "a"]);
    assert!(run.stderr.contains(latin), "{run:?}");
    let expected = "warning: something is wrong in `notes/job.toml`, which may define \
                    `devcluster/www/devel/a` as well\n";
    assert!(run.stderr.contains(expected), "{run:?}");
    // A pattern means all that fit; a file of which it is clear that none does is not concerned.
    fs::remove_dir_all(sandbox.path().join("r/unread")).unwrap();
    fs::remove_dir_all(sandbox.path().join("r/notes")).unwrap();
    fs::remove_dir_all(sandbox.path().join("r/latin")).unwrap();
    let run = jobc_in(&sandbox, "r", &["build", "a*", "--print", "key"]);
    assert_eq!(run.status, 0, "{run:?}");
    let run = jobc_in(&sandbox, "r", &["build", "w*", "--print", "key"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stderr.contains("unknown-field"), "{run:?}");
    // A name that is nowhere is told as such, beside what is wrong elsewhere.
    let run = jobc_in(&sandbox, "r", &["build", "wrogn"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.stderr.contains("did you mean `wrong`?"), "{run:?}");
    assert!(run.stderr.contains("unknown-field"), "{run:?}");
    // Of everything, the rest is told, and the exit code says that it is the rest.
    let run = jobc_in(&sandbox, "r", &["list"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("devcluster/www/devel/a"), "{run:?}");
}

fn names_that_mean_nothing() {
    let job = small_job("hello", "");
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("jobs/hello/job.toml", &job),
        ("jobs/web.job.toml", &small_job("web", "")),
    ]);
    git(&sandbox.path().join("r"), &["tag", "release"]);
    let check = |arguments: &[&str], expected: &str| {
        let run = jobc_in(&sandbox, "r", arguments);
        assert!(
            run.status > 0 && run.stdout.is_empty(),
            "{arguments:?}: {run:?}"
        );
        assert!(run.stderr.contains(expected), "{arguments:?}: {run:?}");
    };
    let hello = "did you mean `hello`?";
    for command in [
        "build", "check", "list", "show", "graph", "ready", "snapshot", "run",
    ] {
        check(&[command, "helo"], hello);
        check(&[command, "devcluster/www/devel/helo"], "hello`?");
    }
    check(&["snapshot", "--check", "helo"], hello);
    check(&["push", "helo", "--to", "file:///nowhere"], hello);
    check(&["diff", "--job", "helo"], hello);
    check(&["diff", "--job", "hello", "--job", "helo"], hello);
    check(
        &["diff", "--job", "he*x"],
        "no job fits the pattern `he*x` in `HEAD` or `working tree`",
    );
    check(&["diff", "HEAD", "release", "--job", "helo"], hello);
    check(&["why", "hello.txt", "--job", "helo"], hello);
    check(&["why", "helo", "HEAD"], hello);
    check(
        &["why", "x", "--job", "none*"],
        "no job fits the pattern `none*`",
    );
    check(&["diff", "relaese"], "did you mean `release`?");
    check(&["diff", "mian"], "did you mean `main`?");
    check(
        &["check", "--changed", "relaese"],
        "did you mean `release`?",
    );
    check(&["why", "hello", "relaese"], "did you mean `release`?");
    check(
        &["explain", "unknown-feild"],
        "did you mean `unknown-field`?",
    );
    // A job that is the same on both sides is no typing error.
    for arguments in [
        &["diff", "--job", "hello"][..],
        &["diff", "--job", "*/www/*/we?"],
    ] {
        let run = jobc_in(&sandbox, "r", arguments);
        assert_eq!(run.status, 0, "{run:?}");
    }
}

/// What is part of a workspace is none itself.
fn sides_that_are_no_sides() {
    let job = small_job("hello", "");
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("jobs/hello/job.toml", &job),
        ("jobs/web.job.toml", &small_job("web", "")),
    ]);
    let check = |directory: &str, arguments: &[&str], expected: &[&str]| {
        let run = jobc_in(&sandbox, directory, arguments);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {run:?}"
        );
        for expected in expected {
            assert!(run.stderr.contains(expected), "{arguments:?}: {run:?}");
        }
    };
    let directory = [
        "is the directory of a job, and no workspace",
        "`--job hello`",
    ];
    check("r", &["diff", "jobs/hello"], &directory);
    check("r", &["diff", "HEAD", "jobs/hello/"], &directory);
    check("r/jobs", &["diff", "hello"], &directory);
    check("r/jobs", &["why", "hello", "hello"], &directory);
    let exactly = [
        "`jobs` is a part of the workspace `.`",
        "`path:jobs`",
        "`--job NAME`",
    ];
    check("r", &["diff", "jobs"], &exactly);
    let definition = ["is a definition, and no compiled job", "`--job hello`"];
    check("r", &["diff", "jobs/hello/job.toml"], &definition);
    check("r", &["diff", "web"], &["`web` is a job", "`--job web`"]);
    let run = jobc_in(&sandbox, "r", &["diff", "path:jobs", "path:jobs"]);
    assert_eq!(run.status, 0, "{run:?}");
}

/// Names of a comparison that would be Markdown, and many jobs that change alike.
fn markdown_that_nothing_breaks_out_of() {
    let text = "```\n</details>\n@everyone #1\n| a | b |\n````\n";
    let files = |more: &str| {
        let mut files = vec![("x".to_owned(), format!("{text}{more}"))];
        for number in 0..25 {
            let job = small_job(&format!("j{number}"), "");
            let named = format!("name = \"main\", cmdline = \"cat ${{./x}}; echo {more}\"");
            let process = format!("name = \"j{number}\", cmdline = \"echo hello\"");
            let job = job.replace(&process, &named);
            files.push((format!("j{number}.job.toml"), job));
        }
        files
    };
    let sandbox = Sandbox::new();
    for (name, text) in files("1\n\u{202e}x").iter().filter(|(name, _)| name == "x") {
        sandbox.file(&format!("r/{name}"), text);
    }
    for (name, text) in files("1").iter().filter(|(name, _)| name != "x") {
        sandbox.file(&format!("r/{name}"), text);
    }
    let root = sandbox.path().join("r");
    git(&root, &["init", "--quiet"]);
    commit(&root);
    for (name, text) in files("2") {
        sandbox.file(&format!("r/{name}"), text);
    }
    let run = jobc_in(&sandbox, "r", &["diff", "--format", "markdown"]);
    assert_eq!(run.status, 1);
    let page = run.stdout;
    assert!(
        page.contains("devcluster/www/devel/j0</code> and 24 more alike"),
        "{page}"
    );
    assert!(
        page.contains("Alike: `devcluster/www/devel/j1`, "),
        "{page}"
    );
    assert!(
        page.contains("`devcluster/www/devel/j5`, 4 more\n"),
        "{page}"
    );
    // A fence that is longer, within the item of the file, with the lines as `diff -u` has them.
    let fenced = "\n- `~ x in main`\n";
    assert!(page.contains(fenced), "{page}");
    let hunk = "  `````diff\n  @@ -4,4 +4,3 @@\n   | a | b |\n   ````\n  -1\n  -\\u{202e}x\n  +2\n";
    assert!(page.contains(hunk), "{page}");
    let two = &["diff", "--format", "markdown", "--job", "j1", "--job", "j2"];
    let page = jobc_in(&sandbox, "r", two).stdout;
    let title = "<code>devcluster/www/devel/j1</code> and <code>devcluster/www/devel/j2</code>, which \
                 changes alike";
    assert!(page.contains(title), "{page}");
}

/// A package's file is beside the definition or in the workspace: which of them is meant is found
/// out on git's side as it is on the other.
fn packages_with_relative_paths() {
    let job = |name: &str, package: &str| {
        format!(
            "cluster = \"c\"\nrole = \"r\"\nenvironment = \"devel\"\nname = \"{name}\"\npackages = {{ tool = \
             \"{package}\" }}\n[task]\nprocesses = [{{ name = \"p\", cmdline = \"${{pkgs.tool}}/x\" }}]\n\
             resources = {{ cpu = 1, ram = \"64 MB\", disk = \"64 MB\" }}\n"
        )
    };
    let lock = |entries: &[(&str, char)]| {
        let path = |letter: &char| format!("/nix/store/{}-tool", letter.to_string().repeat(32));
        let packages = entries.iter().map(|(installable, letter)| {
            format!(
                "{{\"installable\": \"{installable}\", \"system\": \"x86_64-linux\", \"path\": \"{}\"}}",
                path(letter)
            )
        });
        let paths = entries.iter().map(|(_, letter)| {
            format!(
                "{{\"path\": \"{}\", \"nar_hash\": \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\", \
                 \"nar_size\": 112, \"references\": []}}",
                path(letter)
            )
        });
        format!(
            "{{\"version\": 1, \"packages\": [{}], \"paths\": [{}]}}",
            packages.collect::<Vec<_>>().join(", "),
            paths.collect::<Vec<_>>().join(", ")
        )
    };
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("jobc.lock", &lock(&[("./pkgs.nix#tool", 'a')])),
        ("pkgs.nix", "{ }\n"),
        ("app/job.toml", &job("app", "./pkgs.nix#tool")),
        ("web/job.toml", &job("web", "../pkgs.nix#tool")),
    ]);
    let diff = || {
        let run = jobc_in(&sandbox, "r", &["diff"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout
    };
    assert_eq!(diff(), "");
    // The same by the rule.
    sandbox.file("r/app/job.toml", job("app", "../pkgs.nix#tool"));
    assert_eq!(diff(), "");
    // Now another file is meant, and the text did not change.
    sandbox
        .file("r/app/job.toml", job("app", "./pkgs.nix#tool"))
        .file("r/app/pkgs.nix", "{ }\n")
        .file(
            "r/jobc.lock",
            lock(&[("./app/pkgs.nix#tool", 'b'), ("./pkgs.nix#tool", 'a')]),
        );
    let run = jobc_in(&sandbox, "r", &["diff", "--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("c/r/devel/app"), "{}", run.stdout);
    assert!(!run.stdout.contains("c/r/devel/web"), "{}", run.stdout);
    commit(&sandbox.path().join("r"));
    assert_eq!(diff(), "");
    // The old side has two entries, and meant the file that is gone here.
    std::fs::remove_file(sandbox.path().join("r/app/pkgs.nix")).expect("it is there");
    sandbox.file("r/jobc.lock", lock(&[("./pkgs.nix#tool", 'a')]));
    let run = jobc_in(&sandbox, "r", &["why", "app", "HEAD"]);
    assert!(run.stdout.contains("tool"), "{}{}", run.stdout, run.stderr);
}

/// A job that is defined once more is not compared, though one of its files did not change.
fn a_job_that_is_defined_once_more() {
    let (a, b) = (small_job("a", ""), small_job("b", ""));
    let sandbox = committed(&[("jobc.toml", ""), ("a/job.toml", &a), ("b/job.toml", &b)]);
    let check = |arguments: &[&str], name: &str| {
        let run = jobc_in(&sandbox, "r", arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {run:?}");
        let because = format!("because {name} is wrong\n");
        let expected = format!("? not compared: devcluster/www/devel/a, {because}");
        let is_why = arguments[0] == "why" && run.stdout.is_empty();
        let is_told = run.stdout.starts_with(&expected) && !run.stdout.contains("killall");
        assert!(is_why || is_told, "{arguments:?}: {run:?}");
        assert_eq!(run.stderr.matches("[duplicate-job]").count(), 1, "{run:?}");
        assert!(run.stderr.contains(name), "{arguments:?}: {run:?}");
    };
    sandbox.file("r/c/job.toml", &a);
    check(&["diff"], "c/job.toml");
    check(&["diff", "--job", "a"], "c/job.toml");
    check(&["why", "a", "HEAD"], "c/job.toml");
    let run = jobc_in(&sandbox, "r", &["diff", "--job", "b"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    // The same between two revisions, in both directions, and where the first one is gone again.
    commit(&sandbox.path().join("r"));
    check(&["diff", "HEAD~1", "HEAD"], "HEAD:c/job.toml");
    check(&["diff", "HEAD", "HEAD~1"], "HEAD:c/job.toml");
    fs::remove_dir_all(sandbox.path().join("r/a")).unwrap();
    check(&["diff"], "HEAD:c/job.toml");
    // Between two directories.
    sandbox
        .file("one/a/job.toml", &a)
        .file("other/a/job.toml", &a);
    sandbox.file("other/c/job.toml", &a);
    check(&["diff", "../one", "../other"], "../other/c/job.toml");
    check(&["diff", "../other", "../one"], "../other/c/job.toml");
    // One that is wrong is told of as such.
    sandbox
        .file("r/a/job.toml", &a)
        .file("r/c/job.toml", small_job("a", "instnaces = 3"));
    commit(&sandbox.path().join("r"));
    fs::remove_dir_all(sandbox.path().join("r/c")).unwrap();
    let run = jobc_in(&sandbox, "r", &["diff"]);
    let expected = "? not compared: devcluster/www/devel/a, because HEAD:c/job.toml is wrong\n\n";
    assert!(run.stdout.starts_with(expected), "{run:?}");
}

/// What a link of a revision leads to is there as well, however it leads there.
fn links_within_a_workspace() {
    let job = small_job("a", "").replace(
        "echo hello",
        "cat ${./near/file} ${./deep/../other} ${../shared} ${../../ws/shared/file}",
    );
    let sandbox = committed(&[
        ("ws/configuration/jobc.toml", ""),
        (
            "ws/configuration/jobc.lock",
            "{\"version\": 1, \"packages\": [], \"paths\": []}",
        ),
        ("ws/real/definition.toml", &job),
        ("ws/shared/file", "1\n"),
        ("ws/shared/other", "1\n"),
        ("ws/shared/deep/x", "1\n"),
        ("ws/unrelated", ""),
    ]);
    let ws = sandbox.path().join("r/ws");
    fs::create_dir(ws.join("a")).unwrap();
    for (link, target) in [
        ("jobc.toml", "settings"),
        ("settings", "configuration/../configuration/jobc.toml"),
        ("jobc.lock", "configuration/jobc.lock"),
        ("a/job.toml", "up/real/chain"),
        ("a/up", ".."),
        ("real/chain", "definition.toml"),
        ("a/near", "../through"),
        ("through", "shared"),
        ("a/deep", "../shared/deep"),
        ("shared/inner", "file"),
        ("lost.job.toml", "nowhere"),
    ] {
        symlink(target, ws.join(link)).unwrap();
    }
    fs::remove_file(ws.join("lost.job.toml")).unwrap();
    commit(&sandbox.path().join("r"));
    let run = jobc_in(&sandbox, "r/ws", &["check"]);
    assert_eq!(run.status, 0, "{run:?}");
    let run = jobc_in(&sandbox, "r/ws", &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let run = jobc_in(&sandbox, "r/ws", &["why", "a", "HEAD"]);
    assert_eq!(run.status, 0, "{run:?}");
    for name in ["file", "other"] {
        sandbox.file(&format!("r/ws/shared/{name}"), "2\n");
        let run = jobc_in(&sandbox, "r/ws", &["diff"]);
        let expected = "~ devcluster/www/devel/a: ";
        assert!(
            run.status == 1 && run.stdout.starts_with(expected),
            "{run:?}"
        );
        commit(&sandbox.path().join("r"));
        let run = jobc_in(&sandbox, "r/ws", &["diff", "HEAD~1", "HEAD"]);
        assert!(
            run.status == 1 && run.stdout.starts_with(expected),
            "{run:?}"
        );
    }
    let instances = job.replace("[task]", "instances = 2\n[task]");
    sandbox.file("r/ws/real/definition.toml", instances);
    let run = jobc_in(&sandbox, "r/ws", &["diff"]);
    insta::assert_snapshot!(run.stdout, @r"
    ~ devcluster/www/devel/a: adds 1 instance, restarts none
        instances: not set -> 2

    HEAD -> working tree: 1 job changed
    ");
    // Links in a circle, and one that leads out.
    for target in ["job.toml", "../../../outside"] {
        fs::remove_file(ws.join("a/job.toml")).unwrap();
        symlink(target, ws.join("a/job.toml")).unwrap();
        commit(&sandbox.path().join("r"));
        let run = jobc_in(&sandbox, "r/ws", &["diff", "HEAD~1", "HEAD"]);
        assert_eq!(run.status, 2, "{run:?}");
        assert!(run.stdout.contains("HEAD:ws/a/job.toml"), "{run:?}");
    }
}

/// A directory in which nobody looks for jobs is no workspace that has lost them all.
fn sides_without_a_definition() {
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("a/job.toml", &small_job("a", "")),
        ("src/main.rs", ""),
    ]);
    let root = sandbox.path().join("r");
    fs::create_dir(sandbox.path().join("empty")).unwrap();
    git(&root, &["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let refused = |directory: &str, arguments: &[&str], expected: &str| {
        let run = jobc_in(&sandbox, directory, arguments);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {run:?}"
        );
        let expected = format!("error: {expected}\n");
        assert!(run.stderr.starts_with(&expected), "{arguments:?}: {run:?}");
    };
    let empty = "no definition in the workspace `../empty`";
    refused("r", &["diff", "HEAD", "../empty"], empty);
    refused("r", &["diff", "../empty", "HEAD"], empty);
    refused("r", &["diff", "../empty", "."], empty);
    refused("r", &["why", "a", "HEAD", "../empty"], empty);
    let git_directory = |name: &str| format!("no working tree in `{name}`, a git directory");
    refused("r", &["diff", "HEAD", ".git"], &git_directory(".git"));
    refused(
        "r",
        &["diff", "HEAD", "../bare.git"],
        &git_directory("../bare.git"),
    );
    refused("bare.git", &["diff"], &git_directory("."));
    let run = jobc_in(&sandbox, "bare.git", &["diff", "HEAD", "HEAD"]);
    assert_eq!(run.status, 0, "{run:?}");
    // In a repository without settings, a directory that never had a definition.
    fs::remove_file(root.join("jobc.toml")).unwrap();
    refused("r/src", &["diff"], "no definition in the workspace `.`");
    refused(
        "r/src",
        &["diff", "HEAD", "HEAD"],
        "no definition in `HEAD`",
    );
    // A workspace whose last job was removed, and a revision from before the first one.
    fs::remove_dir_all(root.join("a")).unwrap();
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert!(
        run.stdout.starts_with("- devcluster/www/devel/a: gone"),
        "{run:?}"
    );
    commit(&root);
    let run = jobc_in(&sandbox, "r", &["diff", "HEAD", "HEAD~1"]);
    assert!(
        run.stdout.starts_with("+ devcluster/www/devel/a: new"),
        "{run:?}"
    );
    refused("r", &["diff"], "no definition in the workspace `.`");
}

/// What is not compared is told once, with the file that is why.
fn why_something_is_not_compared() {
    let named = |name: &str, command: &str| small_job(name, "").replace("echo hello", command);
    let (a, c) = (named("a", "echo c"), named("c", "cat ${./file}"));
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("a/job.toml", &a),
        ("c/job.toml", &c),
        ("c/file", ""),
    ]);
    sandbox.file("r/a/job.toml", a.replace("cpu = 1", "cpu = "));
    fs::remove_file(sandbox.path().join("r/c/file")).unwrap();
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert_eq!(
        run.stdout,
        "? not compared: devcluster/www/devel/a, because a/job.toml is wrong\n\
         ? not compared: devcluster/www/devel/c, because c/job.toml is wrong\n\n\
         HEAD -> working tree: no job differs, and not all could be compared\n"
    );
    // A lock in which a merge left its marks, and a definition that is right.
    let job = small_job("j", "packages = { x = 'nixpkgs#x' }");
    let path = "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x";
    let lock = format!(
        "{{\"version\": 1, \"packages\": [{{\"installable\": \"nixpkgs#x\", \"system\": \
         \"x86_64-linux\", \"path\": \"{path}\"}}], \"paths\": [{{\"path\": \"{path}\", \"nar_hash\": \
         \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\", \"nar_size\": 112, \
         \"references\": []}}]}}"
    );
    let sandbox = committed(&[
        ("jobc.toml", ""),
        ("jobc.lock", &lock),
        ("j/job.toml", &job.replace("echo hello", "${pkgs.x}/bin/x")),
    ]);
    sandbox.file("r/jobc.lock", "<<<<<<< HEAD\n{}\n=======\n");
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2, "{run:?}");
    let expected = "? not compared: devcluster/www/devel/j, because jobc.lock is wrong\n\n";
    assert!(run.stdout.starts_with(expected), "{run:?}");
}

/// A file that cannot be read is no answer to a name that is nowhere, nor of interest to one that is.
fn names_beside_files_that_cannot_be_read() {
    let sandbox = committed(&[("a/job.toml", &small_job("a", "")), ("jobc.toml", "")]);
    sandbox.file("r/latin/job.toml", b"name = '\xff'");
    let check = |arguments: &[&str], expected: &[&str], unexpected: &[&str]| {
        let run = jobc_in(&sandbox, "r", arguments);
        assert_eq!(run.status, 1, "{arguments:?}: {run:?}");
        let said = format!("{}{}", run.stdout, run.stderr);
        for word in expected {
            assert!(said.contains(word), "{arguments:?}: {run:?}");
        }
        for word in unexpected {
            assert!(!said.contains(word), "{arguments:?}: {run:?}");
        }
    };
    let nowhere = ["no job is called `zzz`", "not-utf8"];
    check(&["check", "zzz"], &nowhere, &[]);
    check(&["build", "zzz"], &nowhere, &[]);
    check(&["show", "zzz"], &nowhere, &[]);
    check(&["check", "latin"], &["not-utf8"], &["no job is called"]);
    check(&["check", "latin/job.toml"], &["not-utf8"], &["no job"]);
    sandbox.file("r/b.job.toml", small_job("b", "instnaces = 3"));
    for word in ["b", "devcluster/www/devel/b", "b.job.toml", "./b.job.toml"] {
        check(
            &["check", word],
            &["unknown-field"],
            &["not-utf8", "no job"],
        );
    }
    check(&["check", "b", "zzz"], &["unknown-field", nowhere[0]], &[]);
}

/// Words that are nearly revisions, and what to write instead.
fn words_that_are_no_revision() {
    let sandbox = committed(&[("a/job.toml", &small_job("a", "")), ("jobc.toml", "")]);
    git(&sandbox.path().join("r"), &["branch", "old-name"]);
    let check = |arguments: &[&str], expected: &[&str]| {
        let run = jobc_in(&sandbox, "r", arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {run:?}");
        for word in expected {
            assert!(run.stderr.contains(word), "{arguments:?}: {run:?}");
        }
        assert!(!run.stderr.contains("did you mean"), "{run:?}");
    };
    let words = "write two words: `jobc diff main HEAD`";
    check(&["diff", "main..HEAD"], &["is a range", words]);
    check(&["diff", "main.."], &[words]);
    let parting = "`jobc diff \"$(git merge-base main HEAD)\" HEAD`";
    check(&["diff", "main...HEAD"], &[words, parting]);
    check(
        &["why", "a", "main..old-name"],
        &["`jobc why a main old-name`"],
    );
    let since = "name the old one: `jobc check --changed main`";
    check(&["check", "--changed", "main..HEAD"], &[since]);
    let parting = "`jobc check --changed \"$(git merge-base main HEAD)\"`";
    check(&["check", "--changed", "main...HEAD"], &[since, parting]);
    let file = "`HEAD:a/job.toml` is a file of a revision";
    check(
        &["diff", "HEAD:a/job.toml"],
        &[file, "name the revision: `jobc diff HEAD`"],
    );
    let since = "name the revision: `jobc check --changed HEAD`";
    check(&["check", "--changed", "HEAD:a/job.toml"], &[file, since]);
    check(&["diff", "*/*/*/a"], &["`--job '*/*/*/a'`"]);
    for word in [".", "a/job.toml"] {
        let run = jobc_in(&sandbox, "r", &["check", "--changed", word]);
        assert_eq!(run.status, 2, "{run:?}");
        let expected = format!("error: no revision is called `{word}`\n");
        assert!(run.stderr.starts_with(&expected), "{run:?}");
        assert!(!run.stderr.contains("path:"), "{run:?}");
    }
    let usage = "Usage: jobc check [OPTIONS] [JOB]...\n";
    check(
        &["check", "--changed", "HEAD", "a"],
        &["cannot be used with", usage],
    );
}

tests! {
    workspaces_within_and_directories_that_are_not_searched,
    workspaces_within_that_come_and_go,
    roots_of_each_side,
    sparse_checkouts,
    repositories_of_all_kinds,
    a_side_that_is_wrong_in_parts,
    settings_and_locks_that_are_wrong,
    named_beside_what_is_wrong,
    names_that_mean_nothing,
    sides_that_are_no_sides,
    markdown_that_nothing_breaks_out_of,
    packages_with_relative_paths,
    a_job_that_is_defined_once_more,
    links_within_a_workspace,
    sides_without_a_definition,
    why_something_is_not_compared,
    names_beside_files_that_cannot_be_read,
    words_that_are_no_revision,
}
