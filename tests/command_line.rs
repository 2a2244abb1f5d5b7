//! What commands do to files, streams and each other; what they say is in `tests/cases/`.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::Stdio;

use crate::harness::suite::ignore;
use crate::harness::{Sandbox, small_job};

/// A workspace with the job `hello`.
fn hello() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("hello/job.toml", small_job("hello", ""));
    sandbox
}

fn a_new_workspace_builds() {
    let sandbox = Sandbox::new();
    let run = sandbox.jobc(["init", "demo"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let next = "\nnext: cd demo && jobc build hello\nthen: jobc run hello\n";
    assert!(run.stdout.ends_with(next), "{}", run.stdout);
    let demo = sandbox.path().join("demo");
    let run = sandbox.finish(
        sandbox
            .command()
            .args(["build", "hello"])
            .current_dir(&demo),
    );
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for (_, path) in schema_lines(&demo) {
        assert!(path.exists(), "{}", path.display());
    }
    let before = sandbox.list("demo");
    let run = sandbox.jobc(["init", "demo"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    insta::assert_snapshot!(run.stderr, @r"
    error: there are files already that would be overwritten
     |
     = note: demo/jobc.toml
             demo/hello/job.toml
             demo/hello/hello.sh
             demo/schema/definition.schema.json
             demo/schema/settings.schema.json
     = help: choose another directory, or remove them
    ");
    assert_eq!(sandbox.list("demo"), before);
}

/// The files of a new workspace that name a schema, and the schema.
fn schema_lines(demo: &std::path::Path) -> Vec<(String, std::path::PathBuf)> {
    let schema = |name: &str| {
        let text = fs::read_to_string(demo.join(name)).expect("it was written");
        let line = text.lines().next().expect("it has a line").to_owned();
        let path = line
            .strip_prefix("#:schema ")
            .expect("the first line names it")
            .to_owned();
        let directory = demo.join(name).parent().expect("it has one").to_owned();
        (line, directory.join(path))
    };
    ["jobc.toml", "hello/job.toml"].map(schema).into()
}

fn a_failed_start_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.file("demo/hello", "in the way of a directory");
    let run = sandbox.jobc(["init", "demo"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert_eq!(sandbox.list("demo"), ["hello"]);
}

/// Nothing is written outside of the directory that was named, which may be a link itself.
fn a_start_follows_no_link() {
    let sandbox = Sandbox::new();
    for name in ["hello", "schema"] {
        let demo = format!("demo-{name}");
        sandbox.file(&format!("out-{name}/file"), "");
        let root = sandbox.path().join(&demo);
        fs::create_dir(&root).expect("it can be made");
        let out = sandbox.path().join(format!("out-{name}"));
        symlink(&out, root.join(name)).expect("it can be linked");
        let run = sandbox.jobc(["init", &demo]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        let cause = "it is a link, and links are not followed";
        assert!(run.stderr.contains(cause), "{}", run.stderr);
        assert_eq!(sandbox.list(&format!("out-{name}")), ["file"]);
        fs::remove_file(root.join(name)).expect("it is there");
        assert!(sandbox.list(&demo).is_empty());
        symlink(&root, sandbox.path().join(format!("to-{name}"))).expect("it can be linked");
        assert_eq!(sandbox.jobc(["init", &format!("to-{name}")]).status, 0);
    }
}

fn a_start_that_was_stopped_goes_on() {
    let sandbox = Sandbox::new();
    assert_eq!(sandbox.jobc(["init", "demo"]).status, 0);
    let all = sandbox.list("demo");
    for name in [
        "hello/hello.sh",
        "schema/settings.schema.json",
        ".gitignore",
    ] {
        fs::remove_file(sandbox.path().join("demo").join(name)).expect("it was written");
    }
    let run = sandbox.jobc(["init", "demo"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(
        !run.stdout.contains("wrote demo/jobc.toml"),
        "{}",
        run.stdout
    );
    insta::assert_snapshot!(run.stdout, @r"
    wrote demo/hello/hello.sh
    wrote demo/schema/settings.schema.json
    wrote demo/.gitignore

    next: cd demo && jobc build hello
    then: jobc run hello
    ");
    assert_eq!(sandbox.list("demo"), all);
    // What somebody has changed is not gone on from.
    sandbox.file("demo/jobc.toml", "");
    fs::remove_file(sandbox.path().join("demo/hello/hello.sh")).expect("it was written");
    let run = sandbox.jobc(["init", "demo"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @r"
    error: there are files already that would be overwritten
     |
     = note: demo/jobc.toml
     = help: choose another directory, or remove them
    ");
}

fn what_stands_in_the_place_of_a_directory_is_named() {
    let sandbox = hello();
    sandbox.file("taken", "");
    for (arguments, expected) in [
        (
            &["build", "hello", "--out", "taken"][..],
            "error: cannot make `[DIR]/taken`: it is a file\n",
        ),
        (
            &["build", "hello", "--out", "taken/in/it"],
            "error: cannot make `[DIR]/taken/in/it`: `[DIR]/taken` is a file\n",
        ),
        (
            &["init", "taken"],
            "error: cannot make `[DIR]/taken`: it is a file\n",
        ),
    ] {
        let run = sandbox.jobc(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (2, expected));
    }
}

/// A file system with room for a few pages, so that writing fails at every file in turn.
fn a_start_on_a_full_disk_leaves_nothing() {
    let sandbox = Sandbox::new();
    let disk = sandbox.path().join("disk");
    fs::create_dir(&disk).expect("it can be made");
    let script = r#"for pages in 1 2 3 4 5 6 7 8 10 12; do
            mount -t tmpfs -o size=$((pages * 4))k,nr_inodes=20 none "$1" || exit 77
            (cd "$1" && "$2" init demo >/dev/null 2>&1) && end=done || end=failed
            echo "$end $(ls -A "$1" | wc -l)"
            umount "$1" || exit 1
        done"#;
    let run = std::process::Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", script, "sh"])
        .args([disk.as_os_str(), env!("CARGO_BIN_EXE_jobc").as_ref()])
        .output();
    let run = match run {
        Ok(run) if run.status.success() => run,
        _ => {
            ignore("a full disk, which only a mount makes");
        }
    };
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(said.contains("failed 0"), "{said}");
    for line in said.lines() {
        assert!(["failed 0", "done 1"].contains(&line), "{said}");
    }
}

fn own_files_are_no_part_of_history() {
    let sandbox = hello();
    assert_eq!(sandbox.jobc(["build", "hello"]).status, 0);
    let ignore = sandbox.path().join(".jobc/.gitignore");
    assert_eq!(fs::read_to_string(ignore).expect("it was written"), "*\n");
    assert_eq!(sandbox.jobc(["build", "hello", "--out", "out"]).status, 0);
    assert_eq!(sandbox.list("out").len(), 1);
}

fn nothing_is_written_where_anything_is_wrong() {
    let sandbox = hello();
    sandbox.file("broken/job.toml", "name = \"broken\"");
    let run = sandbox.jobc(["build", "--all"]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(!sandbox.path().join(".jobc").exists());
    assert_eq!(sandbox.jobc(["check", "hello"]).status, 0);
    assert!(!sandbox.path().join(".jobc").exists());
}

fn a_path_of_two_words_is_refused() {
    let sandbox = hello();
    let run = sandbox.jobc(["build", "hello", "--out", "my jobs"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "error: cannot write to `[DIR]/my jobs`: its path has ` `, and the shell would split the \
         command line there; pass another directory with `--out`\n"
    );
    assert!(!sandbox.path().join("my jobs").exists());
}

fn names_are_found_from_below() {
    let sandbox = hello();
    sandbox.file("jobc.toml", "").file("other/job.json", "{}");
    let expected = sandbox.jobc(["build", "hello"]);
    assert_eq!(expected.status, 0, "{}", expected.stderr);
    for (directory, name) in [
        ("hello", "."),
        ("hello", "job.toml"),
        ("other", "hello"),
        ("other", "../hello/"),
        (".", "hello/job.toml"),
        (".", "devcluster/www/devel/hello"),
        ("other", "*/www/*/hel?o"),
    ] {
        if name.contains('*') {
            // A pattern may mean the job that is wrong.
            sandbox.file("other/job.json", small_json("other"));
        }
        let mut command = sandbox.command();
        command.current_dir(sandbox.path().join(directory));
        let run = sandbox.finish(command.args(["build", name]));
        assert_eq!(run, expected, "{name} in {directory}");
    }
}

fn small_json(name: &str) -> String {
    format!(
        r#"{{ "cluster": "devcluster", "role": "www", "environment": "devel", "name": "{name}",
        "task": {{ "processes": [{{ "name": "x", "cmdline": "echo" }}],
        "resources": {{ "cpu": 1, "ram": "64 MB", "disk": "64 MB" }} }} }}"#
    )
}

fn a_name_may_be_written_with_escapes_or_references() {
    let named = [
        r#""name": "h\u0065llo", "task": {"#,
        r#""task": { "name": "h{{role}}o","#,
    ];
    for name in named {
        let text = r#"{ "cluster": "devcluster", "role": "ell", "environment": "devel", "task": {
            "processes": [{ "name": "x", "cmdline": "echo" }],
            "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" } } }"#;
        let sandbox = Sandbox::new();
        sandbox.file("twin.job.json", text.replace(r#""task": {"#, name));
        let run = sandbox.jobc(["build", "hello", "--print", "key"]);
        assert_eq!(run.stdout, "devcluster/ell/devel/hello\n", "{}", run.stderr);
    }
}

fn builds_at_once_agree() {
    let sandbox = Sandbox::new();
    for index in 0..20 {
        let name = format!("job{index}");
        sandbox.file(&format!("{name}.job.toml"), small_job(&name, ""));
    }
    let start = || {
        let mut command = sandbox.command();
        command.args(["build", "--all"]).stdout(Stdio::piped());
        command.spawn().expect("jobc can be started")
    };
    let builds: Vec<_> = (0..4).map(|_| start()).collect();
    let mut outputs = Vec::new();
    for build in builds {
        let output = build.wait_with_output().expect("it ends");
        assert!(output.status.success());
        outputs.push(output.stdout);
    }
    outputs.dedup();
    assert_eq!(outputs.len(), 1);
    assert_eq!(sandbox.list(".jobc/store").len(), 20);
}

fn output_that_cannot_be_written() {
    let sandbox = hello();
    for arguments in [&["build", "hello"][..], &["list"], &["man"], &["--help"]] {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("it can be opened");
        let mut command = sandbox.command();
        let output = command
            .args(arguments)
            .stdout(full)
            .output()
            .expect("jobc can be started");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr.contains("cannot write to standard output"),
            "{stderr}"
        );
    }
}

fn a_reader_that_went_away() {
    let sandbox = hello();
    let mut command = sandbox.command();
    command
        .arg("man")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("jobc can be started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

/// Settings that cannot be read are not settings that are not there.
fn links_to_nothing() {
    for name in ["jobc.toml", "jobc.lock"] {
        let sandbox = hello();
        let link = sandbox.path().join(name);
        std::os::unix::fs::symlink("nothing", link).expect("links can be made");
        let run = sandbox.jobc(["check"]);
        assert_eq!(run.status, 2, "{name}: {}", run.stderr);
        let expected = format!("error: cannot read `{name}`: No such file");
        assert!(run.stderr.starts_with(&expected), "{}", run.stderr);
    }
}

/// No definition is passed over because of its name.
fn names_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = hello();
    let path = sandbox.path().join(OsStr::from_bytes(b"\xff.job.toml"));
    fs::write(path, small_job("hidden", "instances = 0")).expect("it can be written");
    let run = sandbox.jobc(["check", "--message-format", "short"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @r"
    �.job.toml:5:13: error[bad-value]: `instances`: expected a whole number that is positive, found `0`
    error: 1 error in 1 file
    ");
}

fn colour_is_wanted_or_not() {
    let check = |arguments: &[&str], variables: &[(&str, &str)], expected: bool| {
        let sandbox = hello();
        sandbox.file("hello/job.toml", "name = 1");
        let mut command = sandbox.command();
        let run = sandbox.finish(command.args(arguments).envs(variables.iter().copied()));
        assert_eq!(
            run.stderr.contains('\u{1b}'),
            expected,
            "{arguments:?} {variables:?}"
        );
    };
    check(&["check"], &[], false);
    check(&["check", "--color", "always"], &[], true);
    check(&["check"], &[("CLICOLOR_FORCE", "1")], true);
    check(
        &["check"],
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        false,
    );
    check(&["check", "--color", "always"], &[("NO_COLOR", "1")], true);
    check(
        &["check", "--color", "never"],
        &[("CLICOLOR_FORCE", "1")],
        false,
    );
    check(
        &["check", "--color", "always", "--message-format", "json"],
        &[],
        false,
    );
}

fn every_command_is_in_the_manual() {
    let sandbox = Sandbox::new();
    let manual = sandbox.jobc(["man"]).stdout;
    let help = sandbox.jobc(["-h"]).stdout;
    let commands = help.split("Commands:\n").nth(1).expect("it has commands");
    let commands = commands.lines().take_while(|line| !line.is_empty());
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        assert!(
            manual.contains(&format!(".SS \"jobc {command}\"")),
            "{command}"
        );
        let mut shell = sandbox.command();
        let asks = [("JOBC_COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", "1")];
        let shell = sandbox
            .finish(shell.envs(asks).args(["--", "jobc", ""]))
            .stdout;
        assert!(shell.lines().any(|word| word == command), "{command}");
    }
}

tests! {
    a_new_workspace_builds,
    a_failed_start_leaves_nothing,
    a_start_on_a_full_disk_leaves_nothing,
    own_files_are_no_part_of_history,
    nothing_is_written_where_anything_is_wrong,
    a_path_of_two_words_is_refused,
    names_are_found_from_below,
    a_name_may_be_written_with_escapes_or_references,
    builds_at_once_agree,
    output_that_cannot_be_written,
    a_reader_that_went_away,
    links_to_nothing,
    names_that_are_no_text,
    colour_is_wanted_or_not,
    every_command_is_in_the_manual,
    a_start_follows_no_link,
    a_start_that_was_stopped_goes_on,
    what_stands_in_the_place_of_a_directory_is_named,
}
