//! What `diff`, `why` and `check --changed` compare where a branch, a submodule or a directory is other
//! than it seems: never something else in silence.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use jobc::registry::CODES;
use jobc::schema::{Which, schema};
use serde_json::Value;

use crate::diff::{commit, git};
use crate::harness::{Run, Sandbox, small_job};

fn jobc_in(sandbox: &Sandbox, directory: &str, arguments: &[&str]) -> Run {
    let mut command = sandbox.command();
    command.current_dir(sandbox.path().join(directory));
    sandbox.finish(command.args(arguments))
}

/// A repository `r` with the job `hello`, as a commit that `origin/main` leads to.
fn committed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("r/jobc.toml", "")
        .file("r/hello/job.toml", small_job("hello", ""));
    let root = sandbox.path().join("r");
    git(&root, &["init", "--quiet"]);
    commit(&root, "first");
    git(&root, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox
}

fn a_directory_is_no_revision() {
    let sandbox = committed();
    let job = small_job("hello", "instances = 2");
    sandbox
        .file("r/hello/job.toml", &job)
        .file("r/origin/main/hello/job.toml", &job)
        .file("r/origin/main/jobc.toml", "");
    commit(&sandbox.path().join("r"), "second");
    let run = |arguments: &[&str]| jobc_in(&sandbox, "r", arguments);
    for arguments in [
        &["diff", "origin/main"][..],
        &["diff", "HEAD", "origin/main"],
        &["why", "hello", "origin/main"],
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        let expected = "error: `origin/main` is both a revision and a path\n |\n = help: say which: \
                        `git:origin/main` is the revision, and `path:origin/main` is the path\n";
        assert_eq!(run.stderr, expected);
    }
    assert_eq!(run(&["diff", "git:origin/main"]).status, 1);
    assert_eq!(run(&["diff", "path:origin/main"]).status, 0);
    assert_eq!(run(&["diff", "./origin/main"]).status, 0);
    let changed = run(&["check", "--changed", "origin/main"]);
    assert!(
        changed.stderr.starts_with("checked 1 job in 1 file"),
        "{changed:?}"
    );
    // Without git, nobody knows whether it is a revision.
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("r"))
        .env("PATH", "/nowhere");
    let run = sandbox.finish(command.args(["diff", "origin/main"]));
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("cannot run `git`")
            && run.stderr.contains("`path:origin/main` is a path"),
        "{run:?}"
    );
}

fn a_file_called_head() {
    let sandbox = Sandbox::new();
    sandbox
        .file("r/HEAD", "{}")
        .file("r/hello/job.toml", small_job("hello", ""));
    let root = sandbox.path().join("r");
    git(&root, &["init", "--quiet"]);
    for arguments in [&["diff"][..], &["diff", "HEAD"], &["why", "hello", "HEAD"]] {
        let run = jobc_in(&sandbox, "r", arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.stderr, @r"
            error: there is no commit yet to compare with
             |
             = help: commit first, or name another side: a directory, or compiled jobs
            ");
        }
    }
    commit(&root, "first");
    assert_eq!(jobc_in(&sandbox, "r", &["diff"]).status, 0);
    assert_eq!(jobc_in(&sandbox, "r", &["diff", "HEAD"]).status, 0);
}

/// A clone `r` whose submodule `lib` has `files` and is a commit behind. The job `a` needs none of it.
fn behind(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    let at = |name: &str| sandbox.path().join(name);
    for (name, text) in files {
        sandbox.file(&format!("library/{name}"), text);
    }
    sandbox
        .file("library/tool", "1\n")
        .file("upstream/jobc.toml", "")
        .file("upstream/a/job.toml", small_job("a", ""));
    git(&at("library"), &["init", "--quiet"]);
    commit(&at("library"), "first");
    git(&at("upstream"), &["init", "--quiet"]);
    git(
        &at("upstream"),
        &["submodule", "--quiet", "add", "../library", "lib"],
    );
    commit(&at("upstream"), "first");
    git(
        sandbox.path(),
        &["clone", "--quiet", "--recurse-submodules", "upstream", "r"],
    );
    sandbox.file("library/tool", "2\n");
    commit(&at("library"), "second");
    git(&at("upstream/lib"), &["pull", "--quiet"]);
    commit(&at("upstream"), "second");
    git(
        &at("r"),
        &["-c", "fetch.recurseSubmodules=false", "pull", "--quiet"],
    );
    sandbox
}

/// That nothing is wrong with `a`.
#[track_caller]
fn a_is_compared(sandbox: &Sandbox) {
    for arguments in [
        &["diff", "--job", "a"][..],
        &["diff", "HEAD", "HEAD~", "--job", "a"],
        &["why", "a", "HEAD"],
        &["check", "--changed", "HEAD"],
    ] {
        let run = jobc_in(sandbox, "r", arguments);
        assert_eq!(run.status, 0, "{arguments:?}: {run:?}");
        assert!(!run.stderr.contains("submodule"), "{arguments:?}: {run:?}");
    }
}

/// That the job `b` is not compared, because of the submodule.
#[track_caller]
fn b_is_not_compared(sandbox: &Sandbox, headline: &str, help: &str) {
    for arguments in [&["diff"][..], &["why", "b", "HEAD"]] {
        let run = jobc_in(sandbox, "r", arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {run:?}");
        let expected = "? not compared: devcluster/www/devel/b, because HEAD:b/job.toml is wrong\n";
        assert!(run.stdout.starts_with(expected), "{arguments:?}: {run:?}");
        let expected = format!(
            "warning: the submodule `lib` {headline}\n |\n = note: its files are taken for absent\n \
             = help: {help}\n"
        );
        assert!(run.stderr.starts_with(&expected), "{arguments:?}: {run:?}");
    }
}

/// Adds the job `b`, which needs a file of the submodule.
fn add_b(sandbox: &Sandbox) {
    let b = small_job("b", "").replace("echo hello", "cat ${../lib/tool}");
    sandbox.file("r/b/job.toml", b);
    git(&sandbox.path().join("r"), &["add", "b"]);
    git(
        &sandbox.path().join("r"),
        &["commit", "--quiet", "--message", "b"],
    );
}

fn a_submodule_that_is_behind() {
    let sandbox = behind(&[]);
    let root = sandbox.path().join("r");
    a_is_compared(&sandbox);
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    add_b(&sandbox);
    a_is_compared(&sandbox);
    let id = git(&root, &["rev-parse", "HEAD:lib"]);
    b_is_not_compared(
        &sandbox,
        &format!("lacks the commit {} that `HEAD` has of it", &id[..12]),
        "fetch it: `git submodule update --init lib`, or `git -C lib fetch` if it is not the current \
         one",
    );
    git(&root, &["submodule", "--quiet", "update", "--init", "lib"]);
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
}

/// What is in the place of a submodule is not followed out of the workspace: there, git would fail.
fn a_submodule_that_was_replaced() {
    let sandbox = behind(&[]);
    let root = sandbox.path().join("r");
    git(&root, &["submodule", "--quiet", "update", "--init", "lib"]);
    add_b(&sandbox);
    sandbox.file("outside/tool", "outside\n");
    let outside = sandbox.path().join("outside");
    git(&outside, &["init", "--quiet"]);
    sandbox.file("outside/.git/config", "[core\n");
    let help = "remove what is in its place, and check it out: `git submodule update --init lib`";
    let says = |what: &str| format!("is not as git checks it out: {what}");

    sandbox.file(
        "r/lib/.git",
        format!("gitdir: {}/.git\n", outside.display()),
    );
    a_is_compared(&sandbox);
    let other = says("its `.git` leads to another repository");
    b_is_not_compared(&sandbox, &other, help);

    fs::remove_file(root.join("lib/.git")).unwrap();
    symlink(outside.join(".git"), root.join("lib/.git")).unwrap();
    a_is_compared(&sandbox);
    b_is_not_compared(&sandbox, &other, help);

    fs::remove_file(root.join("lib/.git")).unwrap();
    a_is_compared(&sandbox);
    b_is_not_compared(&sandbox, &says("it is no repository"), help);

    fs::remove_dir_all(root.join("lib")).unwrap();
    symlink(&outside, root.join("lib")).unwrap();
    let run = jobc_in(&sandbox, "r", &["diff", "--job", "a"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .contains(&says("a link leads to it or is in its place")),
        "{run:?}"
    );
    assert!(!run.stdout.contains("outside"), "{run:?}");
}

/// Jobs that are defined in a submodule are not new where their submodule is not there.
fn definitions_in_a_submodule_that_is_behind() {
    let sandbox = behind(&[("c/job.toml", &small_job("c", ""))]);
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 2, "{run:?}");
    let expected = "? not compared: devcluster/www/devel/c, because HEAD:lib is wrong\n";
    assert!(run.stdout.starts_with(expected), "{run:?}");
    assert!(
        run.stderr.contains("the submodule `lib` lacks the commit"),
        "{run:?}"
    );
    let run = jobc_in(&sandbox, "r", &["diff", "--job", "a"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let run = jobc_in(&sandbox, "r", &["check", "--changed", "HEAD"]);
    assert!(run.stderr.starts_with("checked 1 job in 1 file"), "{run:?}");
}

/// A definition that does not even name its job any more is why the job is not there.
fn a_definition_that_is_broken() {
    let sandbox = committed();
    let broken = "[core]\nx = 1\n";
    sandbox.file("r/hello/job.toml", broken);
    let expected = "? not compared: devcluster/www/devel/hello, because hello/job.toml is wrong\n";
    let check = |arguments: &[&str], expected: &str| {
        let run = jobc_in(&sandbox, "r", arguments);
        assert_eq!(run.status, 2, "{arguments:?}: {run:?}");
        assert!(run.stdout.starts_with(expected), "{arguments:?}: {run:?}");
        assert!(
            run.stderr.contains("hello/job.toml:"),
            "{arguments:?}: {run:?}"
        );
        run.stdout
    };
    check(&["diff"], expected);
    check(&["diff", "--job", "hello"], expected);
    check(&["why", "hello", "HEAD"], expected);
    let text = check(&["why", "hello", "HEAD", "--format", "json"], "{");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["jobs"], Value::Array(Vec::new()));
    assert_eq!(document["not_compared"][0]["because"], "hello/job.toml");
    let schema: Value = serde_json::from_str(&schema(Which::WhyChanged, CODES)).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{text}");
    commit(&sandbox.path().join("r"), "broken");
    sandbox.file("r/hello/job.toml", small_job("hello", ""));
    let expected = expected.replace("hello/job", "HEAD:hello/job");
    check(&["why", "hello", "HEAD"], &expected);
    // Of a job that is there, what is wrong elsewhere is no concern.
    sandbox.file("r/other/job.toml", broken);
    let run = jobc_in(&sandbox, "r", &["why", "hello", "HEAD~"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
}

/// What all formats print for `diff OLD NEW`, with the document's first thing that is not compared.
fn in_all_formats(sandbox: &Sandbox, sides: &[&str]) -> ([String; 2], Value) {
    let print = |format: &str| {
        let arguments = [&["diff", "--format", format], sides].concat();
        let run = jobc_in(sandbox, "r", &arguments);
        assert_eq!(run.status, 2, "{run:?}");
        run.stdout
    };
    let text = print("json");
    let document: Value = serde_json::from_str(&text).unwrap();
    let schema: Value = serde_json::from_str(&schema(Which::Diff, CODES)).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{text}");
    let first = document["not_compared"][0].clone();
    ([print("text"), print("markdown")], first)
}

fn settings_and_locks_that_cannot_be_read() {
    let sandbox = committed();
    let root = sandbox.path().join("r");
    git(&root, &["checkout", "--quiet", "-b", "evil"]);
    fs::remove_file(root.join("jobc.toml")).unwrap();
    symlink("/etc/passwd", root.join("jobc.toml")).unwrap();
    commit(&root, "evil");
    git(&root, &["checkout", "--quiet", "main"]);
    let ([text, markdown], first) = in_all_formats(&sandbox, &["evil"]);
    let line = "not compared: jobs by the settings of their side, because evil:jobc.toml is wrong";
    let expected = format!("? {line}\n\nevil -> working tree: nothing was compared\n");
    assert_eq!(text, expected);
    let expected =
        format!("**jobc diff** `evil -> working tree`\n\nNothing was compared.\n\n- `{line}`\n\n");
    assert_eq!(markdown, expected);
    assert_eq!(first["kind"], "settings");
    assert_eq!(first["because"], "evil:jobc.toml");
    let run = jobc_in(&sandbox, "r", &["diff", "evil"]);
    assert!(!run.stderr.contains("no job differs"), "{run:?}");
    // On both sides.
    let ([text, markdown], first) = in_all_formats(&sandbox, &["evil", "evil"]);
    assert!(
        text.ends_with("evil -> evil: nothing was compared\n"),
        "{text}"
    );
    assert!(markdown.contains("Nothing was compared."), "{markdown}");
    assert_eq!(first["because"], "evil");
    // A lock.
    sandbox.file("r/jobc.lock", "{");
    git(&root, &["checkout", "--quiet", "-b", "locked"]);
    commit(&root, "locked");
    git(&root, &["checkout", "--quiet", "main"]);
    let ([text, markdown], first) = in_all_formats(&sandbox, &["locked"]);
    let line = "not compared: packages, because locked:jobc.lock is wrong";
    assert!(text.starts_with(&format!("? {line}\n")), "{text}");
    assert!(markdown.contains(&format!("- `{line}`")), "{markdown}");
    assert!(markdown.contains("not all could be compared"), "{markdown}");
    assert_eq!(first["kind"], "lock");
}

/// The job `hello`, compiled, in the repository `r`.
fn compiled() -> (Sandbox, String) {
    let sandbox = committed();
    let built = jobc_in(&sandbox, "r", &["build", "hello", "--stdout"]);
    assert_eq!(built.status, 0, "{built:?}");
    (sandbox, built.stdout)
}

fn compiled_jobs_of_any_name() {
    let (sandbox, built) = compiled();
    sandbox.file("r/c/deep/down/a.json", &built);
    let run = jobc_in(&sandbox, "r", &["diff", "c"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let other = built.replace("\"hello\"", "\"other\"");
    sandbox
        .file("r/c/.hidden/x.json", "{")
        .file("r/c/b.json", other);
    let run = jobc_in(&sandbox, "r", &["diff", "c"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.stdout.starts_with("- devcluster/www/devel/other"),
        "{run:?}"
    );
    sandbox.file("r/c/c.json", built);
    let run = jobc_in(&sandbox, "r", &["diff", "c"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert_eq!(
        run.stderr,
        "error: `c` has two jobs `devcluster/www/devel/hello`\n"
    );
}

fn what_is_passed_over_is_told() {
    let (sandbox, built) = compiled();
    let root: PathBuf = sandbox.path().join("r");
    sandbox
        .file("r/c/a.json", &built)
        .file("r/c/half.json", &built[..built.len() / 2])
        .file("r/c/list.json", "[]")
        .file("r/elsewhere/b.json", &built);
    symlink("../elsewhere/b.json", root.join("c/link.json")).unwrap();
    symlink("../elsewhere", root.join("c/more")).unwrap();
    let fifo = Command::new("mkfifo")
        .arg(root.join("c/pipe.json"))
        .status();
    assert!(fifo.unwrap().success());
    let run = jobc_in(&sandbox, "r", &["diff", "c"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{run:?}");
    let lines = [
        "error: `c` does not hold compiled jobs alone\n",
        "`c/link.json` is a link\n",
        "`c/pipe.json` is no regular file\n",
        "`c/half.json` is no JSON: ",
        "`c/list.json` holds no job\n",
        "`c/more` is a link to a directory\n",
        "= help: move the rest elsewhere, or name one file\n",
    ];
    for line in lines {
        assert!(run.stderr.contains(line), "{line}: {run:?}");
    }
    sandbox.file("r/nothing/data.json", "{}");
    let run = jobc_in(&sandbox, "r", &["diff", "nothing"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{run:?}");
    assert!(
        run.stderr
            .starts_with("error: `nothing` holds no compiled job\n"),
        "{run:?}"
    );
}

/// Definitions may be JSON, and lie beside other JSON or snapshots.
fn directories_that_are_workspaces_all_the_same() {
    let (sandbox, built) = compiled();
    sandbox
        .file("one/hello/job.json", &built)
        .file("one/data.json", "{}")
        .file("other/hello/job.json", &built)
        .file("other/a/b/c/d.json", "[]");
    let run = sandbox.jobc(["diff", "one", "other"]);
    let same = "no job differs; 1 definition is the same on both sides\n";
    assert_eq!((run.status, run.stderr.as_str()), (0, same), "{run:?}");
    // The last definition is deleted, and its snapshot still there.
    let root: &Path = &sandbox.path().join("r");
    fs::remove_file(root.join("jobc.toml")).unwrap();
    commit(root, "without settings");
    fs::remove_dir_all(root.join("hello")).unwrap();
    sandbox.file("r/snapshots/devcluster/www/devel/hello.json", built);
    let run = jobc_in(&sandbox, "r", &["diff"]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.stdout.starts_with("- devcluster/www/devel/hello: gone"),
        "{run:?}"
    );
}

fn a_git_that_is_killed() {
    let sandbox = committed();
    let script = "#!/bin/sh\ncase \"$*\" in *cat-file*) kill -9 $$;; esac\n\
                  PATH=${PATH#*:} exec git \"$@\"\n";
    sandbox.file("bin/git", script);
    let program = sandbox.path().join("bin/git");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}/bin:{path}", sandbox.path().display());
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("r"))
        .env("PATH", path);
    let run = sandbox.finish(command.arg("diff"));
    let expected = "error: cannot look up a revision: git was ended by signal 9 (SIGKILL)\n";
    assert_eq!((run.status, run.stderr.as_str()), (2, expected), "{run:?}");
}

tests! {
    a_directory_is_no_revision,
    a_file_called_head,
    a_submodule_that_is_behind,
    a_submodule_that_was_replaced,
    definitions_in_a_submodule_that_is_behind,
    a_definition_that_is_broken,
    settings_and_locks_that_cannot_be_read,
    compiled_jobs_of_any_name,
    what_is_passed_over_is_told,
    directories_that_are_workspaces_all_the_same,
    a_git_that_is_killed,
}
