//! `jobc snapshot`: what it writes, what it leaves alone, and what it says of the rest.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use crate::harness::{Run, Sandbox, small_job};

const HELLO: &str = "snapshots/devcluster/www/devel/hello.json";
const OTHER: &str = "snapshots/devcluster/www/devel/other.json";

/// A workspace with two jobs and their snapshots.
fn kept() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("hello/job.toml", small_job("hello", ""));
    sandbox.file("other/job.toml", small_job("other", ""));
    check(
        &sandbox.jobc(["snapshot"]),
        0,
        &format!("added {HELLO}\nadded {OTHER}\n"),
        "2 snapshots: 2 added\n",
    );
    sandbox
}

fn check(run: &Run, status: i32, stdout: &str, stderr: &str) {
    let expected = Run {
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        status,
    };
    assert_eq!(*run, expected);
}

fn read(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path().join(name)).unwrap()
}

fn a_snapshot_is_what_is_built() {
    let sandbox = kept();
    let built = sandbox.jobc(["build", "hello", "--stdout"]).stdout;
    assert_eq!(read(&sandbox, HELLO), built);
    assert_eq!(
        sandbox.list("snapshots"),
        [HELLO, OTHER].map(|name| &name["snapshots/".len()..])
    );
    check(
        &sandbox.jobc(["snapshot", "--check"]),
        0,
        "",
        "2 snapshots are current\n",
    );
    let inode = |name| fs::metadata(sandbox.path().join(name)).unwrap().ino();
    let before = inode(HELLO);
    check(
        &sandbox.jobc(["snapshot"]),
        0,
        "",
        "2 snapshots are current\n",
    );
    assert_eq!(inode(HELLO), before, "what is current is left alone");
}

fn changes_are_told_and_accepted() {
    let sandbox = kept();
    sandbox.file("hello/job.toml", small_job("hello", "instances = 3"));
    fs::remove_dir_all(sandbox.path().join("other")).unwrap();
    sandbox.file("third/job.toml", small_job("third", ""));
    let run = sandbox.jobc(["snapshot", "--check"]);
    assert_eq!(run.status, 1);
    for line in [
        "~ devcluster/www/devel/hello: adds 2 instances, restarts none".to_owned(),
        format!("stale {HELLO}"),
        format!("orphaned {OTHER}"),
        "missing snapshots/devcluster/www/devel/third.json".to_owned(),
    ] {
        assert!(
            run.stdout.lines().any(|found| found == line),
            "{}",
            run.stdout
        );
    }
    insta::assert_snapshot!(run.stderr, @r"
    error: 3 of 3 snapshots are not current
     |
     = help: look at the changes, and accept them with `jobc snapshot`
    ");
    assert!(sandbox.path().join(OTHER).exists());
    let run = sandbox.jobc(["snapshot"]);
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (0, "2 snapshots: 1 added, 1 changed, 1 removed\n")
    );
    assert!(!sandbox.path().join(OTHER).exists());
    assert_eq!(sandbox.jobc(["snapshot", "--check"]).status, 0);
}

fn a_selection_leaves_others_alone() {
    let sandbox = kept();
    fs::remove_dir_all(sandbox.path().join("other")).unwrap();
    sandbox.file("hello/job.toml", small_job("hello", "instances = 3"));
    check(
        &sandbox.jobc(["snapshot", "hello"]),
        0,
        &format!("changed {HELLO}\n"),
        "1 snapshot: 1 changed\n",
    );
    assert!(sandbox.path().join(OTHER).exists());
    assert_eq!(sandbox.jobc(["snapshot", "--check", "hello"]).status, 0);
    assert_eq!(sandbox.jobc(["snapshot", "--check"]).status, 1);
}

fn nothing_is_done_where_anything_is_wrong() {
    let sandbox = kept();
    fs::remove_dir_all(sandbox.path().join("other")).unwrap();
    sandbox.file("hello/job.toml", small_job("hello", "instnaces = 3"));
    let run = sandbox.jobc(["snapshot"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(sandbox.path().join(OTHER).exists());
}

/// A workspace that has snapshots may have no definition any more.
fn the_last_job_goes() {
    let sandbox = kept();
    for directory in ["hello", "other"] {
        fs::remove_dir_all(sandbox.path().join(directory)).unwrap();
    }
    let check = sandbox.jobc(["snapshot", "--check"]);
    assert_eq!(check.status, 1, "{}", check.stderr);
    insta::assert_snapshot!(check.stdout, @r"
    - devcluster/www/devel/hello: gone: its instance runs until `aurora job killall`
    - devcluster/www/devel/other: gone: its instance runs until `aurora job killall`

    snapshots -> working tree: 2 jobs removed
    orphaned snapshots/devcluster/www/devel/hello.json
    orphaned snapshots/devcluster/www/devel/other.json
    ");
    let run = sandbox.jobc(["snapshot"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout, @r"
    removed snapshots/devcluster/www/devel/hello.json
    removed snapshots/devcluster/www/devel/other.json
    ");
    assert_eq!(sandbox.list("snapshots"), Vec::<String>::new());
    for arguments in [&["snapshot"][..], &["snapshot", "--check"]] {
        let run = sandbox.jobc(arguments);
        assert_eq!(run.status, 2);
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.stderr, @r"
            error: no definition in the workspace `.`
             |
             = help: write `NAME/job.toml`, or start with `jobc init`
            ");
        }
    }
}

fn only_snapshots_are_removed() {
    let sandbox = kept();
    let other = read(&sandbox, OTHER);
    fs::remove_dir_all(sandbox.path().join("other")).unwrap();
    let strange = [
        "snapshots/README.md",
        "snapshots/devcluster/www/devel/notes.txt",
        "snapshots/devcluster/www/devel/more/other.json",
    ];
    for name in strange {
        sandbox.file(name, &other);
    }
    // Of another job than its path says, and no job at all.
    let warned = [
        "snapshots/devcluster/www/devel/copy.json",
        "snapshots/devcluster/www/prod/merge.json",
    ];
    sandbox.file(warned[0], &other);
    sandbox.file(warned[1], "<<<<<<< HEAD\n");
    // An orphan with a directory of its own.
    let orphan = "snapshots/devcluster/www/test/other.json";
    sandbox.file(orphan, other.replace("\"devel\"", "\"test\""));
    let run = sandbox.jobc(["snapshot"]);
    assert_eq!(run.stdout, format!("removed {OTHER}\nremoved {orphan}\n"));
    for name in warned {
        assert!(
            run.stderr.contains(&format!("warning: `{name}`")),
            "{}",
            run.stderr
        );
    }
    for name in strange.iter().chain(&warned) {
        assert!(sandbox.path().join(name).exists(), "{name}");
    }
    assert!(!sandbox.path().join(orphan).parent().unwrap().exists());
    assert!(
        sandbox
            .path()
            .join("snapshots/devcluster/www/devel")
            .exists()
    );
}

/// Git on Windows makes such checkouts; what it commits has LF.
fn line_endings_of_a_checkout_do_not_matter() {
    let sandbox = kept();
    let with_returns = read(&sandbox, HELLO).replace('\n', "\r\n");
    sandbox.file(HELLO, &with_returns);
    assert_eq!(sandbox.jobc(["snapshot", "--check"]).status, 0);
    check(
        &sandbox.jobc(["snapshot"]),
        0,
        "",
        "2 snapshots are current\n",
    );
    assert_eq!(read(&sandbox, HELLO), with_returns);
    sandbox.file(OTHER, &with_returns);
    assert_eq!(sandbox.jobc(["snapshot", "--check"]).status, 1);
}

/// A conflict of a merge stands where the snapshot does.
fn a_conflict_is_resolved_by_writing() {
    let sandbox = kept();
    let good = read(&sandbox, HELLO);
    sandbox.file(HELLO, format!("<<<<<<< HEAD\n{good}=======\n>>>>>>> x\n"));
    let run = sandbox.jobc(["snapshot", "--check"]);
    assert_eq!(run.status, 1);
    assert_eq!(
        run.stdout,
        "unreadable snapshots/devcluster/www/devel/hello.json\n"
    );
    assert_eq!(sandbox.jobc(["snapshot"]).status, 0);
    assert_eq!(read(&sandbox, HELLO), good);
}

fn links_are_not_followed() {
    let sandbox = kept();
    sandbox.file("elsewhere/hello.json", "mine");
    // In the place of a file, a link is replaced.
    fs::remove_file(sandbox.path().join(HELLO)).unwrap();
    symlink(
        sandbox.path().join("elsewhere/hello.json"),
        sandbox.path().join(HELLO),
    )
    .unwrap();
    assert_eq!(sandbox.jobc(["snapshot", "--check"]).status, 1);
    assert_eq!(sandbox.jobc(["snapshot"]).status, 0);
    assert_eq!(read(&sandbox, "elsewhere/hello.json"), "mine");
    assert!(
        fs::symlink_metadata(sandbox.path().join(HELLO))
            .unwrap()
            .is_file()
    );
    // In the place of a directory, it is in the way.
    for name in ["snapshots/devcluster/www", "snapshots"] {
        let path = sandbox.path().join(name);
        fs::remove_dir_all(&path).unwrap();
        symlink(sandbox.path().join("elsewhere"), &path).unwrap();
        let run = sandbox.jobc(["snapshot"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{name}");
        assert!(run.stderr.contains("it is a link"), "{}", run.stderr);
        assert_eq!(sandbox.list("elsewhere"), ["hello.json"]);
        fs::remove_file(&path).unwrap();
    }
}

fn the_directory_is_a_setting() {
    let sandbox = Sandbox::new();
    sandbox.file("jobc.toml", "[snapshots]\ndirectory = './review/jobs/'\n");
    // A job called so, whose snapshot has the name of a definition.
    sandbox.file("one/job.toml", small_job("job", ""));
    for _ in 0..2 {
        assert_eq!(sandbox.jobc(["snapshot"]).status, 0);
        assert_eq!(
            sandbox.list("review/jobs"),
            ["devcluster/www/devel/job.json"]
        );
        assert_eq!(sandbox.jobc(["check"]).status, 0);
    }
    for wrong in ["../x", "/x", ".", "", "a/../..", ".jobc/x", "./.jobc"] {
        sandbox.file("jobc.toml", format!("snapshots.directory = '{wrong}'\n"));
        let run = sandbox.jobc(["snapshot"]);
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{wrong}");
    }
}

fn keys_that_differ_in_case_are_told() {
    let sandbox = kept();
    sandbox.file("upper/job.toml", small_job("Hello", ""));
    let run = sandbox.jobc(["snapshot"]);
    assert_eq!(run.status, 0);
    assert!(
        run.stderr.starts_with(
            "warning: `devcluster/www/devel/Hello.json` and `devcluster/www/devel/hello.json` \
             differ in upper and lower case alone\n"
        ),
        "{}",
        run.stderr
    );
}

/// What Aurora's JSON cannot carry is kept all the same.
fn every_job_has_a_snapshot() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "hello/job.toml",
        small_job("hello", "container = { mesos = {} }"),
    );
    let run = sandbox.jobc(["snapshot"]);
    assert_eq!((run.status, run.stdout), (0, format!("added {HELLO}\n")));
    assert!(read(&sandbox, HELLO).contains("\"mesos\""));
}

tests! {
    a_snapshot_is_what_is_built,
    changes_are_told_and_accepted,
    a_selection_leaves_others_alone,
    nothing_is_done_where_anything_is_wrong,
    the_last_job_goes,
    only_snapshots_are_removed,
    line_endings_of_a_checkout_do_not_matter,
    a_conflict_is_resolved_by_writing,
    links_are_not_followed,
    the_directory_is_a_setting,
    keys_that_differ_in_case_are_told,
    every_job_has_a_snapshot,
}
