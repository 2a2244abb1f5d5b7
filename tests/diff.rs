//! `jobc diff` and what else compares revisions: over a fixed pair of workspaces with each kind of
//! change in it, and in repositories made here.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use jobc::registry::CODES;
use jobc::schema::{Which, schema};
use serde_json::Value;

use crate::harness::{Run, Sandbox, repository, small_job, updating};

/// The pair, `old` and `new`, in a sandbox.
fn pair() -> Sandbox {
    let sandbox = Sandbox::new();
    copy(&repository().join("tests/diff"), sandbox.path());
    sandbox
}

/// Copies all files, with their modes.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("it can be listed");
        let below = entry.path().strip_prefix(from).expect("it is below");
        if entry.file_type().is_file() {
            let target = to.join(below);
            fs::create_dir_all(target.parent().expect("it has one")).expect("it can be made");
            fs::copy(entry.path(), target).expect("it can be copied");
        }
    }
}

pub fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(["-c", "user.name=Me", "-c", "user.email=me@example.org"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgSign=false",
        ])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("it is UTF-8")
}

/// Commits all there is.
pub fn commit(directory: &Path, message: &str) {
    git(directory, &["add", "--all", "--force"]);
    git(directory, &["commit", "--quiet", "--message", message]);
}

/// A repository in which the old side of the pair is committed, with the new side on top.
fn history() -> Sandbox {
    let sandbox = pair();
    let root = sandbox.path().to_owned();
    let repository = root.join("repository");
    fs::create_dir(&repository).expect("it can be made");
    git(&repository, &["init", "--quiet"]);
    copy(&root.join("old"), &repository);
    commit(&repository, "old");
    git(&repository, &["tag", "first"]);
    git(&repository, &["rm", "--quiet", "-r", "."]);
    copy(&root.join("new"), &repository);
    sandbox
}

fn jobc_in(sandbox: &Sandbox, directory: &str, arguments: &[&str]) -> Run {
    let mut command = sandbox.command();
    command.current_dir(sandbox.path().join(directory));
    sandbox.finish(command.args(arguments))
}

fn expect(name: &str, found: &str) {
    let path = repository().join("tests/diff").join(name);
    if updating() {
        fs::write(&path, found).expect("it can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{name} would be:\n{found}");
}

fn every_kind_of_change_in_every_format() {
    let sandbox = pair();
    for (format, name) in [
        ("text", "expected.txt"),
        ("json", "expected.json"),
        ("markdown", "expected.md"),
    ] {
        let run = sandbox.jobc(["diff", "old", "new", "--format", format]);
        assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{format}");
        expect(name, &run.stdout);
    }
    let coloured = sandbox.jobc(["diff", "old", "new", "--color", "always", "--job", "web"]);
    assert!(
        coloured.stdout.contains("\u{1b}[31m-set -eu\u{1b}[0m"),
        "{}",
        coloured.stdout
    );
}

fn the_document_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&schema(Which::Diff, CODES)).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let text = fs::read_to_string(repository().join("tests/diff/expected.json"));
    let document: Value = serde_json::from_str(&text.expect("it is there")).expect("it is JSON");
    let problems: Vec<_> = validator
        .iter_errors(&document)
        .map(|it| it.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
}

fn a_side_equals_itself() {
    let sandbox = pair();
    let run = sandbox.jobc(["diff", "old", "./old/"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    assert_eq!(
        run.stderr,
        "no job differs; 21 definitions are the same on both sides\n"
    );
}

/// The same changes, whatever the sides are read from.
fn sides_of_all_kinds() {
    let sandbox = history();
    let root = sandbox.path();
    let expected = sandbox
        .jobc(["diff", "old", "new", "--format", "json"])
        .stdout;
    let changes = |text: &str| -> Value {
        let mut value: Value = serde_json::from_str(text).expect("it is JSON");
        value["jobs"].take()
    };
    let expected = changes(&expected);
    let check = |directory: &str, arguments: &[&str]| {
        let all = [&["diff", "--format", "json"], arguments].concat();
        let run = jobc_in(&sandbox, directory, &all);
        assert_eq!(run.status, 1, "{arguments:?}: {}", run.stderr);
        assert_eq!(changes(&run.stdout), expected, "{arguments:?}");
    };
    check("repository", &[]);
    check("repository/web/files", &["-C", "../.."]);
    check("repository", &["HEAD"]);
    check("repository", &["first"]);
    check("repository", &["HEAD", "."]);
    check("repository", &["HEAD", "../new"]);
    check("repository", &["../old", "."]);
    let before = git(&root.join("repository"), &["status", "--porcelain"]);
    commit(&root.join("repository"), "new");
    assert_ne!(before, "");
    check("repository", &["first", "HEAD"]);
    check("repository", &["git:HEAD~1", "git:main"]);
    check("repository", &["HEAD~1"]);
    check(
        "repository",
        &["HEAD^{tree}~0", "HEAD"].map(|it| if it == "HEAD" { it } else { "first^{tree}" }),
    );
    check("repository", &["../old", "HEAD"]);
    check("repository", &["first:", "HEAD:"]);
    let clean = jobc_in(&sandbox, "repository", &["diff"]);
    assert_eq!(
        (clean.status, clean.stdout.as_str()),
        (0, ""),
        "{}",
        clean.stderr
    );
    // A repository without a working tree, and one without a past.
    git(
        root,
        &["clone", "--quiet", "--bare", "repository", "bare.git"],
    );
    check("bare.git", &["first", "main"]);
    let run = jobc_in(&sandbox, "bare.git", &["diff", "first"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{run:?}");
    insta::assert_snapshot!(run.stderr, @r"
    error: no working tree in `.`, a git directory
     |
     = help: name two revisions, which need none
    ");
    let url = format!("file://{}/repository", root.display());
    git(
        root,
        &[
            "clone",
            "--quiet",
            "--depth",
            "1",
            "--no-tags",
            &url,
            "shallow",
        ],
    );
    let run = jobc_in(&sandbox, "shallow", &["diff", "first"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"
    error: no revision is called `first`, and no file
     |
     = note: the repository is a shallow clone, which has few revisions
     = help: fetch more of it: `git fetch --unshallow`, or `--depth` in CI
    ");
}

/// Neither git's files nor the working tree are touched, and nothing is left behind.
fn nothing_is_touched() {
    let sandbox = history();
    let temporary = sandbox.path().join("tmp");
    fs::create_dir(&temporary).expect("it can be made");
    let state = || {
        let mut state = Vec::new();
        for entry in walkdir::WalkDir::new(sandbox.path()).sort_by_file_name() {
            let entry = entry.expect("it can be listed");
            let modified = entry
                .metadata()
                .expect("it is there")
                .modified()
                .expect("it has one");
            let is_temporary = entry.path() == temporary;
            state.push((entry.path().to_owned(), (!is_temporary).then_some(modified)));
        }
        state
    };
    let before = state();
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("repository"))
        .env("TMPDIR", &temporary)
        .args(["diff", "first"]);
    assert_eq!(sandbox.finish(&mut command).status, 1);
    assert_eq!(before, state());
}

/// What a hook's environment says of the repository is not about this comparison.
fn in_a_hook() {
    let sandbox = history();
    let mut command = sandbox.command();
    command
        .current_dir(sandbox.path().join("repository"))
        .env("GIT_DIR", "/nowhere")
        .env("GIT_INDEX_FILE", "nothing")
        .env("GIT_WORK_TREE", "/")
        .env("GIT_PREFIX", "x/")
        .args(["diff", "HEAD", "--job", "scale"]);
    let run = sandbox.finish(&mut command);
    assert_eq!(run.status, 1, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r"
    ~ west/www/prod/scale: removes 2 instances, restarts none
        instances: 4 -> 2

    HEAD -> working tree: 1 job changed
    ");
}

fn words_that_mean_nothing() {
    let sandbox = history();
    let check = |arguments: &[&str], expected: &str| {
        let run = jobc_in(&sandbox, "repository", &[&["diff"], arguments].concat());
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(
            run.stderr.contains(expected),
            "{arguments:?}: {}",
            run.stderr
        );
    };
    check(&["nothing"], "no revision is called `nothing`, and no file");
    check(&["git:--help"], "no revision is called `--help`");
    check(&["git:"], "no revision is called ``");
    check(&["path:first"], "cannot read `first`");
    check(&["-", "-"], "standard input cannot be both sides");
    let run = jobc_in(&sandbox, "new", &["diff"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("is in no git repository"),
        "{}",
        run.stderr
    );
    let run = jobc_in(&sandbox, "repository", &["check", "--changed", "nothing"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

fn a_revision_that_is_wrong() {
    let sandbox = Sandbox::new();
    let root = sandbox.path().join("repository");
    sandbox.file(
        "repository/deploy/a/job.toml",
        small_job("a", "instnaces = 3"),
    );
    git(&root, &["init", "--quiet"]);
    commit(&root, "wrong");
    sandbox.file(
        "repository/deploy/a/job.toml",
        small_job("a", "instances = 3"),
    );
    let run = jobc_in(
        &sandbox,
        "repository/deploy",
        &["diff", "--message-format", "short"],
    );
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stdout,
        "? not compared: devcluster/www/devel/a, because HEAD:deploy/a/job.toml is wrong\n\n\
         HEAD -> working tree: no job differs, and not all could be compared\n"
    );
    assert_eq!(
        run.stderr,
        "HEAD:deploy/a/job.toml:5:1: error[unknown-field]: unknown field `instnaces`\n\
         error: 1 error in 1 file\n\
         no job differs that can be compared\n"
    );
    sandbox.file("repository/deploy/jobc.toml", "init.names = \"hsah\"\n");
    commit(&root, "wrong settings");
    let run = jobc_in(&sandbox, "repository/deploy", &["diff", "HEAD", "HEAD"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r#"
    error[bad-value]: `names`: expected `hash` or `process`, found `hsah`
     --> HEAD:deploy/jobc.toml:1:14
      |
    1 | init.names = "hsah"
      |              ^^^^^^
      |
      = help: did you mean `hash`?

    error: 1 error in 1 file
    "#);
}

/// A workspace in a subdirectory of its repository, with files that are in no other place of it.
fn service() -> Sandbox {
    let sandbox = Sandbox::new();
    let definition = |command: &str| {
        let job = small_job("a", "service = true");
        job.replace("echo hello", command)
    };
    sandbox
        .file("repository/other/file", "1\n")
        .file("repository/ws/jobc.toml", "")
        .file(
            "repository/ws/a/job.toml",
            definition("cat ${./own} ${../shared/dir}"),
        )
        .file("repository/ws/a/own", "own\n")
        .file("repository/ws/shared/dir/x", "x\n")
        .file("repository/ws/b/job.toml", small_job("b", ""))
        .file("repository/ws/unused", "1\n");
    let root = sandbox.path().join("repository");
    git(&root, &["init", "--quiet"]);
    commit(&root, "first");
    sandbox
}

fn changed(sandbox: &Sandbox) -> Vec<String> {
    let run = jobc_in(sandbox, "repository/ws", &["diff", "--format", "json"]);
    assert!(run.status < 2, "{}", run.stderr);
    let value: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let jobs = value["jobs"].as_array().expect("a list");
    jobs.iter()
        .map(|job| job["key"].as_str().expect("a key").to_owned())
        .collect()
}

fn checked(sandbox: &Sandbox, revision: &str) -> String {
    let run = jobc_in(sandbox, "repository/ws", &["check", "--changed", revision]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stderr
}

fn what_a_change_concerns() {
    let sandbox = service();
    let check = |files: &str, left_out: &str, keys: &[&str]| {
        assert_eq!(changed(&sandbox), keys);
        let expected = format!("checked {files}; {left_out} as in `HEAD` ");
        let found = checked(&sandbox, "HEAD");
        // What git ignores in an import is told before.
        let mut lines = found.lines();
        assert!(lines.any(|line| line.starts_with(&expected)), "{found}");
    };
    let a = ["devcluster/www/devel/a"];
    let none: [&str; 0] = [];
    check("0 jobs in 0 files", "2 files that are", &none);
    sandbox
        .file("repository/ws/unused", "2\n")
        .file("repository/other/file", "2\n");
    check("0 jobs in 0 files", "2 files that are", &none);
    sandbox.file("repository/ws/a/own", "other\n");
    check("1 job in 1 file", "1 file that is", &a);
    sandbox
        .file("repository/ws/a/own", "own\n")
        .file("repository/ws/shared/dir/x", "y\n");
    check("1 job in 1 file", "1 file that is", &a);
    sandbox.file("repository/ws/shared/dir/x", "x\n");
    check("0 jobs in 0 files", "2 files that are", &none);
    // What is not tracked, or ignored, counts.
    sandbox
        .file("repository/.gitignore", "*.new\nc\n")
        .file("repository/ws/shared/dir/y.new", "y\n")
        .file("repository/ws/c/job.toml", small_job("c", ""));
    let c = ["devcluster/www/devel/a", "devcluster/www/devel/c"];
    check("2 jobs in 2 files", "1 file that is", &c);
    fs::remove_file(sandbox.path().join("repository/ws/shared/dir/y.new")).expect("it is there");
    fs::remove_dir_all(sandbox.path().join("repository/ws/c")).expect("it is there");
    // So does what may be executed, though git is told not to look.
    let own = sandbox.path().join("repository/ws/a/own");
    git(
        &sandbox.path().join("repository"),
        &["config", "core.fileMode", "false"],
    );
    fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).expect("it can be changed");
    check("1 job in 1 file", "1 file that is", &a);
    fs::set_permissions(&own, fs::Permissions::from_mode(0o644)).expect("it can be changed");
    let root = sandbox.path().join("repository");
    git(&root, &["update-index", "--assume-unchanged", "ws/a/own"]);
    sandbox.file("repository/ws/a/own", "unseen\n");
    check("1 job in 1 file", "1 file that is", &a);
}

/// A definition may be a file that another one imports.
fn a_definition_that_is_imported() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    let job = small_job("a", "").replace("echo hello", "cat ${../b}");
    sandbox.file("repository/ws/a/job.toml", job);
    commit(&root, "imports b");
    sandbox.file("repository/ws/b/job.toml", small_job("b", "instances = 2"));
    let both = ["devcluster/www/devel/a", "devcluster/www/devel/b"];
    assert_eq!(changed(&sandbox), both);
    assert!(checked(&sandbox, "HEAD").starts_with("checked 2 jobs in 2 files; 0 files"));
}

/// What a job says of itself is filled into others, and by way of these into more.
fn jobs_that_are_referred_to() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    let b = |label: &str| small_job("b", &format!("labels.x = \"{label}\""));
    let c = small_job("c", "labels.x = \"c-${jobs.b.labels.x}\"");
    let d = small_job("d", "").replace("echo hello", "echo ${jobs.c.labels.x}");
    sandbox
        .file("repository/ws/b/job.toml", b("one"))
        .file("repository/ws/c/job.toml", c)
        .file("repository/ws/d/job.toml", d)
        .file("repository/ws/e/job.toml", small_job("e", ""));
    commit(&root, "refers");
    assert_eq!(changed(&sandbox), [""; 0]);
    sandbox.file("repository/ws/b/job.toml", b("two"));
    let three = ["b", "c", "d"].map(|name| format!("devcluster/www/devel/{name}"));
    assert_eq!(changed(&sandbox), three);
    let found = checked(&sandbox, "HEAD");
    assert!(
        found.starts_with("checked 3 jobs in 3 files; 2 files"),
        "{found}"
    );
    commit(&root, "another label");
    // Either side is one of git's now.
    let run = jobc_in(
        &sandbox,
        "repository/ws",
        &["diff", "git:HEAD~1", "git:HEAD"],
    );
    assert!(
        run.stdout.contains("echo c-two"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

fn settings_concern_every_job() {
    let sandbox = service();
    sandbox.file("repository/ws/jobc.toml", "init.tries = 3\n");
    assert_eq!(changed(&sandbox), ["devcluster/www/devel/a"]);
    assert!(checked(&sandbox, "HEAD").starts_with("checked 2 jobs in 2 files; 0 files"));
}

fn moved_and_deleted() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    git(&root, &["mv", "ws/b", "ws/moved"]);
    assert_eq!(changed(&sandbox), [""; 0]);
    assert!(checked(&sandbox, "HEAD").starts_with("checked 1 job in 1 file; 1 file"));
    git(&root, &["rm", "--quiet", "--force", "-r", "ws/moved"]);
    assert_eq!(changed(&sandbox), ["devcluster/www/devel/b"]);
    assert!(checked(&sandbox, "HEAD").starts_with("checked 0 jobs in 0 files; 1 file"));
    // A job that is defined twice now is found in the file that did not change, too.
    sandbox.file("repository/ws/again/job.toml", small_job("a", ""));
    let run = jobc_in(&sandbox, "repository/ws", &["check", "--changed", "HEAD"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("is defined twice"), "{}", run.stderr);
}

fn links_and_modes() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    symlink("../shared", root.join("ws/a/link")).expect("it can be made");
    let job = small_job("a", "").replace("echo hello", "cat ${./link/dir} ${./own}");
    sandbox.file("repository/ws/a/job.toml", job);
    symlink("../b/job.toml", root.join("ws/linked.job.toml")).expect("it can be made");
    fs::remove_file(root.join("ws/linked.job.toml")).expect("it is there");
    fs::set_permissions(root.join("ws/a/own"), fs::Permissions::from_mode(0o755)).expect("it can");
    commit(&root, "links");
    assert_eq!(changed(&sandbox), [""; 0]);
    sandbox.file("repository/ws/shared/dir/x", "through a link\n");
    assert_eq!(changed(&sandbox), ["devcluster/www/devel/a"]);
    let run = jobc_in(&sandbox, "repository/ws", &["diff", "HEAD~1", "HEAD"]);
    assert!(
        run.stdout.contains("~ a/own in a: may be executed now"),
        "{}",
        run.stdout
    );
}

fn submodules() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    let library = sandbox.path().join("library");
    sandbox.file("library/tool", "1\n");
    git(&library, &["init", "--quiet"]);
    commit(&library, "first");
    let url = library.display().to_string();
    git(&root, &["submodule", "--quiet", "add", &url, "ws/library"]);
    let job = small_job("a", "").replace("echo hello", "cat ${../library/tool}");
    sandbox.file("repository/ws/a/job.toml", job);
    commit(&root, "submodule");
    assert_eq!(changed(&sandbox), [""; 0]);
    sandbox.file("repository/ws/library/tool", "2\n");
    assert_eq!(changed(&sandbox), ["devcluster/www/devel/a"]);
    commit(&root.join("ws/library"), "second");
    commit(&root, "newer submodule");
    let run = jobc_in(&sandbox, "repository/ws", &["diff", "HEAD~1", "HEAD"]);
    assert!(
        run.stdout.contains("-1") && run.stdout.contains("+2"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    // Imported as a whole, with the file that leads to its repository.
    for import in ["library", "shared"] {
        let job = small_job("a", "").replace("echo hello", &format!("ls ${{../{import}}}"));
        sandbox.file("repository/ws/a/job.toml", job);
        if import == "shared" {
            let below = ["submodule", "--quiet", "add", &url, "ws/shared/library"];
            git(&root, &below);
        }
        commit(&root, "all of it");
        assert_eq!(changed(&sandbox), [""; 0], "{import}");
        // Compiled on both sides.
        let instances = small_job("a", "instances = 2");
        let instances = instances.replace("echo hello", &format!("ls ${{../{import}}}"));
        sandbox.file("repository/ws/a/job.toml", instances);
        let run = jobc_in(&sandbox, "repository/ws", &["diff"]);
        let expected = "~ devcluster/www/devel/a: adds 1 instance, restarts none\n    instances: not set \
                        -> 2\n\nHEAD -> working tree: 1 job changed\n";
        assert_eq!(run.stdout, expected, "{}", run.stderr);
    }
}

/// Line endings are those of a checkout.
fn attributes() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    sandbox
        .file("repository/.gitattributes", "own text eol=crlf\n")
        .file("repository/ws/a/own", "own\r\n");
    commit(&root, "attributes");
    assert_eq!(changed(&sandbox), [""; 0]);
    sandbox.file(
        "repository/ws/a/job.toml",
        small_job("a", "").replace("echo hello", "cat ${./own}"),
    );
    let run = jobc_in(&sandbox, "repository/ws", &["diff", "HEAD"]);
    // The file is the same on both sides, and only the directory is not needed any more.
    assert!(!run.stdout.contains("~ a/own"), "{}", run.stdout);
    assert!(run.stdout.contains("- shared/dir in a"), "{}", run.stdout);
}

fn compiled_jobs() {
    let sandbox = pair();
    for side in ["old", "new"] {
        let out = format!("{side}-out");
        let run = sandbox.jobc(["-C", side, "build", "--all", "--out", &out]);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let run = sandbox.jobc(["diff", "old-out", "new-out", "--job", "west/www/*/api"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "~ west/www/prod/api: restarts all 2 instances\n    \
         python3 3.11.9 -> 3.11.10 in serve, watch (closure unknown)\n    \
         so 2 steps of jobc have another hash, in their name and order\n\n\
         old-out -> new-out: 1 job changed\n"
    );
    let run = sandbox.jobc(["diff", "old-out", "old"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    // One job, or many, on standard input.
    let job = |text: &str, arguments: &[&str]| {
        let file = sandbox.path().join("input");
        fs::write(&file, text).expect("it can be written");
        let input = fs::File::open(file).expect("it is there");
        sandbox.finish(sandbox.command().args(arguments).stdin(input))
    };
    let built = sandbox
        .jobc(["-C", "old", "build", "--stdout", "scale"])
        .stdout;
    let run = job(&built, &["diff", "-", "new", "--job", "scale"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stdout
            .ends_with("standard input -> new: 1 job changed\n"),
        "{}",
        run.stdout
    );
    let run = job(
        &format!("{{\"jobs\": [{built}]}}"),
        &["diff", "-", "old", "--job", "scale"],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    for (text, expected) in [
        ("[1]", "holds no job"),
        ("{", "is no JSON"),
        ("{\"jobs\": [{}]}", "job 1: expected `cluster`"),
    ] {
        let run = job(text, &["diff", "-", "old"]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

/// Files that lie as snapshots do are none where there are definitions.
fn a_workspace_without_settings() {
    let sandbox = Sandbox::new();
    for side in ["one", "other"] {
        sandbox
            .file(&format!("{side}/a/b/c/d.json"), "[1]")
            .file(&format!("{side}/web.job.toml"), small_job("web", ""));
    }
    let run = sandbox.jobc(["diff", "./one", "./other"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
}

/// A revision from before the workspace.
fn a_workspace_that_is_new() {
    let sandbox = service();
    let root = sandbox.path().join("repository");
    sandbox.file("repository/later/c/job.toml", small_job("c", ""));
    commit(&root, "later");
    let run = jobc_in(&sandbox, "repository/later", &["diff", "HEAD~1"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stdout
            .ends_with("HEAD~1 -> working tree: 1 job added\n"),
        "{}",
        run.stdout
    );
    let run = jobc_in(
        &sandbox,
        "repository/later",
        &["check", "--changed", "HEAD~1"],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stderr.starts_with("checked 1 job in 1 file; 0 files"),
        "{}",
        run.stderr
    );
}

/// What was checked out goes with jobc, however that ends.
fn interrupted() {
    let sandbox = service();
    let temporary = sandbox.path().join("tmp");
    fs::create_dir(&temporary).expect("it can be made");
    // A git that waits keeps the checkout going.
    let root = sandbox.path().join("repository");
    let script = "#!/bin/sh\ncase \"$*\" in *checkout-index*) exec sleep 30;; esac\n\
                  PATH=${PATH#*:} exec git \"$@\"\n";
    sandbox.file("bin/git", script);
    let program = sandbox.path().join("bin/git");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be changed");
    let mut path = program.parent().expect("it has one").as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    sandbox.file("repository/ws/a/own", "other\n");
    let mut command = sandbox.command();
    command
        .current_dir(root.join("ws"))
        .env("PATH", path)
        .env("TMPDIR", &temporary)
        .args(["diff"]);
    let mut child = command.spawn().expect("it can be started");
    let is_made = || {
        fs::read_dir(&temporary)
            .expect("it is there")
            .next()
            .is_some()
    };
    for _ in 0..1000 {
        if is_made() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(is_made());
    let id = child.id().to_string();
    Command::new("kill")
        .arg(&id)
        .status()
        .expect("it can be killed");
    let status = child.wait().expect("it ends");
    assert_eq!(status.signal(), Some(15));
    assert!(!is_made());
}

tests! {
    every_kind_of_change_in_every_format,
    the_document_is_what_its_schema_says,
    a_side_equals_itself,
    sides_of_all_kinds,
    nothing_is_touched,
    in_a_hook,
    words_that_mean_nothing,
    a_revision_that_is_wrong,
    what_a_change_concerns,
    a_definition_that_is_imported,
    jobs_that_are_referred_to,
    settings_concern_every_job,
    moved_and_deleted,
    links_and_modes,
    submodules,
    attributes,
    compiled_jobs,
    a_workspace_without_settings,
    a_workspace_that_is_new,
    interrupted,
}
