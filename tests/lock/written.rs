//! What becomes of the lock.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::nix::need_nix;

use super::fake::{Fake, HASH};
use super::{DEP, NEW, OTHER, TOOL, base};

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if condition() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("waited in vain for {what}");
}

fn what_is_written() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"\nother = \"flake#other\"");
    let run = fake.lock(&[]);
    let added = format!("added flake#other x86_64-linux {OTHER}\nadded tool x86_64-linux {TOOL}\n");
    assert_eq!((run.status, run.stdout), (0, added), "{}", run.stderr);
    assert_eq!(
        run.stderr,
        "evaluating 2 packages\nbuilding or fetching 2 packages\n\
         wrote `jobc.lock`: 2 packages, 3 paths\n"
    );
    let hash = "sha256-fNTUuQbOS+Q5p3mdI5y8RFvuSw0mUfo4cKljcJ7KXuU=";
    let (dep, rest) = (
        base(DEP),
        format!("\"nar_hash\": \"{hash}\", \"nar_size\": 120"),
    );
    let expected = format!(
        r#"{{
  "version": 1,
  "packages": [
    {{"installable": "flake#other", "system": "x86_64-linux", "path": "{OTHER}"}},
    {{"installable": "tool", "system": "x86_64-linux", "path": "{TOOL}"}}
  ],
  "paths": [
    {{"path": "{OTHER}", {rest}, "references": ["{dep}"]}},
    {{"path": "{DEP}", {rest}, "references": []}},
    {{"path": "{TOOL}", {rest}, "references": ["{dep}"]}}
  ]
}}
"#
    );
    assert_eq!(fake.text(), Some(expected));
    let log = fake.log();
    let runs = |of: &str| log.iter().filter(|line| line.starts_with(of)).count();
    assert_eq!(runs("nix-store --no-gc-warning"), 1, "{log:?}");
    assert_eq!(
        (runs("nix-store --query"), runs("nix-store --dump-db")),
        (1, 1)
    );
    let mode = fs::metadata(fake.file("jobc.lock"))
        .expect("it is there")
        .mode();
    assert_eq!(mode & 0o444, 0o444, "everybody reads it");
    let check = fake.sandbox.jobc(["check"]);
    assert!(!check.stderr.contains("error"), "{}", check.stderr);
    assert_eq!(
        fake.sandbox
            .list(".")
            .iter()
            .filter(|name| name.contains("lock-"))
            .count(),
        0
    );
}

fn only_what_changed_changes() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"");
    assert_eq!(fake.lock(&[]).status, 0);
    let inode = || {
        fs::metadata(fake.file("jobc.lock"))
            .expect("it is there")
            .ino()
    };
    let (before, first) = (fake.text(), inode());
    fake.log();
    let run = fake.lock(&[]);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        (
            "",
            "`jobc.lock` is current; Nix was not asked again about `tool`: \
             `jobc lock --update tool` asks\n"
        )
    );
    assert_eq!(
        (fake.log(), inode()),
        (Vec::new(), first),
        "nothing to do, nothing done"
    );
    // Nix has another answer now: nobody asks.
    fake.path(NEW, &[DEP]).package("x86_64-linux", "tool", NEW);
    fake.names("tool = \"tool\"\nother = \"flake#other\"");
    assert_eq!(
        fake.lock(&[]).stdout,
        format!("added flake#other x86_64-linux {OTHER}\n")
    );
    assert_eq!(fake.evaluated(), ["flake#other"]);
    // Names limit what changes, in both directions.
    fake.names("tool = \"tool\"\nthird = \"third\"");
    let run = fake.lock(&["tool"]);
    assert_eq!(
        (run.status, run.stdout.as_str(), fake.evaluated().len()),
        (0, "", 0)
    );
    let run = fake.lock(&["--update", "tool"]);
    assert_eq!(run.stdout, format!("changed tool x86_64-linux {NEW}\n"));
    assert_eq!(fake.evaluated(), ["tool for x86_64-linux"]);
    let text = fake.text().expect("it is there");
    assert!(
        text.contains("flake#other") && !text.contains(TOOL),
        "{text}"
    );
    fake.package("x86_64-linux", "tool", TOOL);
    fake.names("tool = \"tool\"");
    assert_eq!(
        fake.lock(&[]).stdout,
        format!("removed flake#other x86_64-linux {OTHER}\n")
    );
    assert_eq!(
        fake.lock(&["-u"]).stdout,
        format!("changed tool x86_64-linux {TOOL}\n")
    );
    assert_eq!(fake.text(), before);
}

/// A package of a Nix file is asked for again once that file, or what it imports, is another one.
fn files_of_the_workspace() {
    let fake = Fake::new();
    fake.names("tool = \"./pkgs.nix#tool\"\nother = \"flake#other\"");
    fake.sandbox
        .file("pkgs.nix", "import ./a.nix\n")
        .file("a.nix", "1\n");
    let run = fake.lock(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let locked = fake.text().expect("it was written");
    assert_eq!(
        locked.matches("\"local\": \"sha256-").count(),
        1,
        "{locked}"
    );
    fake.log();
    let current = |about: &str| {
        let run = fake.lock(&[]);
        let told = format!("`jobc.lock` is current; Nix was not asked again about {about} asks\n");
        assert_eq!((run.status, run.stderr, fake.log()), (0, told, Vec::new()));
    };
    current("2 packages, `other`, `tool`: `jobc lock --update [PACKAGE]...`");
    let checked = |arguments: &[&str], headlines: &[&str]| {
        let before = fake.text();
        let mut all = vec!["--check", "--message-format", "short"];
        all.extend(arguments);
        let run = fake.lock(&all);
        assert_eq!(
            run.status,
            i32::from(!headlines.is_empty()),
            "{}",
            run.stderr
        );
        let told: Vec<&str> = run
            .stderr
            .lines()
            .filter(|line| line.contains("error["))
            .collect();
        assert_eq!(told.len(), headlines.len(), "{}", run.stderr);
        for headline in headlines {
            assert!(run.stderr.contains(headline), "{headline}: {}", run.stderr);
        }
        assert_eq!(fake.text(), before);
    };
    let edited = "`./pkgs.nix` or a file it imports has changed since package `tool` was locked";
    fake.sandbox.file("unrelated.nix", "1\n");
    checked(&[], &[]);
    fake.sandbox.file("a.nix", "2\n");
    checked(&[], &[edited]);
    checked(&["other"], &[]);
    assert_eq!(fake.log(), Vec::<String>::new(), "no Nix for that");
    checked(&["--update"], &[edited]);
    assert_eq!(
        fake.sandbox.jobc(["build"]).status,
        0,
        "the lock says what it is"
    );
    fake.log();

    // It may still be the same package. Others are not asked for.
    assert_eq!(fake.lock(&["other"]).status, 0);
    assert_eq!(fake.evaluated(), [""; 0]);
    let run = fake.lock(&[]);
    assert_eq!((run.status, &*run.stdout), (0, ""), "{}", run.stderr);
    assert!(run.stderr.contains("wrote `jobc.lock`"), "{}", run.stderr);
    assert_eq!(fake.evaluated(), ["tool for x86_64-linux"]);
    assert_ne!(fake.text().as_ref(), Some(&locked));
    checked(&[], &[]);

    // Nix knows better what changed.
    fake.path(NEW, &[DEP]).package("x86_64-linux", "tool", NEW);
    fake.sandbox.file("a.nix", "3\n");
    checked(&[], &[edited]);
    checked(&["--update"], &["package `tool` is not what it was"]);
    let run = fake.lock(&[]);
    assert_eq!(
        run.stdout,
        format!("changed ./pkgs.nix#tool x86_64-linux {NEW}\n")
    );
    fs::remove_file(fake.file("fake/eval/x86_64-linux/tool")).expect("it was there");
    fake.sandbox.file("a.nix", "4\n");
    checked(&["--update"], &["[cannot-resolve-package]"]);
    fake.sandbox.file("a.nix", "3\n");
    fake.log();
    current("2 packages, `other`, `tool`: `jobc lock --update [PACKAGE]...`");
}

/// Locks of an earlier jobc say nothing about files.
fn files_that_no_lock_tells_of() {
    let fake = Fake::new();
    fake.names("tool = \"./pkgs.nix#tool\"");
    fake.sandbox.file("pkgs.nix", "1\n");
    assert_eq!(fake.lock(&[]).status, 0);
    let locked = fake.text().expect("it was written");
    let (before, after) = locked.split_once(", \"local\"").expect("it is there");
    let (_, after) = after.split_once('}').expect("the entry ends");
    fake.sandbox.file("jobc.lock", format!("{before}}}{after}"));
    fake.log();
    assert_eq!(fake.lock(&["--check"]).status, 0);
    assert_eq!(fake.evaluated(), [""; 0]);
    assert_eq!(fake.lock(&[]).status, 0);
    assert_eq!(fake.evaluated(), ["tool for x86_64-linux"]);
    assert_eq!(fake.text(), Some(locked));
    let wrong = fake
        .text()
        .expect("it is there")
        .replace("\"local\": \"sha256-", "\"local\": \"");
    fake.sandbox.file("jobc.lock", wrong);
    let run = fake.lock(&["--check"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("`local` is no SHA-256"),
        "{}",
        run.stderr
    );
}

fn systems() {
    let fake = Fake::new();
    fake.package("aarch64-linux", "tool", NEW);
    fake.path(NEW, &[]);
    fake.names("tool = \"tool\"");
    let run = fake.lock(&["--system", "aarch64-linux", "--system", "x86_64-linux"]);
    assert_eq!(
        run.stdout,
        format!("added tool aarch64-linux {NEW}\nadded tool x86_64-linux {TOOL}\n")
    );
    // A system that is locked for one package is locked for the next one.
    fake.names("tool = \"tool\"\nother = \"third\"");
    fake.package("aarch64-linux", "third", OTHER);
    fake.package("x86_64-linux", "third", DEP);
    let run = fake.lock(&[]);
    assert_eq!(
        run.stdout,
        format!("added third aarch64-linux {OTHER}\nadded third x86_64-linux {DEP}\n")
    );
    let run = fake.lock(&[
        "--check",
        "--system",
        "riscv64-linux",
        "--message-format",
        "short",
    ]);
    let locked = run
        .stderr
        .lines()
        .filter(|line| line.contains("[locked-for-other-system]"));
    assert_eq!((run.status, locked.count()), (1, 2), "{}", run.stderr);
    fake.names("tool = \"tool\"");
    fake.sandbox
        .file("jobc.toml", "system = \"aarch64-linux\"\n");
    assert_eq!(fake.lock(&[]).status, 0);
    assert_eq!(fake.sandbox.jobc(["check"]).status, 0);
}

fn check_compares_and_never_writes() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"");
    let run = fake.lock(&["--check"]);
    assert_eq!((run.status, fake.text()), (1, None), "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @r#"
    error[package-not-locked]: package `tool` is not locked: `tool`
     --> job.toml:7:8
      |
    7 | tool = "tool"
      |        ^^^^^^
      |
      = help: lock it: `jobc lock tool`

    error: 1 error in 1 file
    "#);
    assert_eq!(fake.lock(&[]).status, 0);
    fake.log();
    let check = |arguments: &[&str], status: i32, words: &[&str]| {
        let before = fake.text();
        let run = fake.lock(arguments);
        assert_eq!(run.status, status, "{}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
        assert_eq!(fake.text(), before);
    };
    check(&["--check"], 0, &["`jobc.lock` is current"]);
    assert_eq!(fake.log(), Vec::<String>::new(), "no Nix for that");
    check(&["--check", "--update"], 0, &["`jobc.lock` is current"]);
    fake.path(NEW, &[DEP]).package("x86_64-linux", "tool", NEW);
    check(&["--check"], 0, &[]);
    check(
        &["--check", "--update"],
        1,
        &["[lock-outdated]", TOOL, NEW, "jobc lock --update tool"],
    );
    fake.package("x86_64-linux", "tool", TOOL);
    let lie = fake
        .text()
        .expect("it is there")
        .replacen("fNTU", "gNTU", 1);
    fake.sandbox.file("jobc.lock", lie);
    check(&["--check"], 0, &[]);
    check(
        &["--check", "--update"],
        1,
        &["the lock lies about", "sha256-gNTU", "sha256-fNTU"],
    );
    fs::remove_file(fake.file("fake/eval/x86_64-linux/tool")).expect("it was there");
    check(
        &["--check", "--update"],
        1,
        &["[cannot-resolve-package]", "no tool here"],
    );
}

/// All that fails is told in one run, and the lock stays as it was.
fn failures_leave_the_lock() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"");
    assert_eq!(fake.lock(&[]).status, 0);
    let before = fake.text();
    fake.names(
        "tool = \"tool\"\none = \"one\"\ntwo = \"flake#two\"\nbad = \"bad\"\nworse = \"worse\"\n\
         other = \"flake#other\"\nevil = \"--option\"",
    );
    for name in ["bad", "worse"] {
        let path = TOOL.replace("tool", name);
        fake.package("x86_64-linux", name, &path);
        fs::remove_file(fake.file(&format!("fake/outputs/{}.drv!out", base(&path))))
            .expect("it was there");
    }
    let run = fake.lock(&[]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    for words in [
        "Nix cannot evaluate package `one` for `x86_64-linux`: `one`",
        "error: no one here",
        "error: no flake#two here",
        "Nix cannot build or fetch package `bad`",
        "Nix cannot build or fetch package `worse`",
        "`--option` is no package",
        "error: 5 errors in 1 file",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    // Each has what is said about itself.
    assert_eq!(
        run.stderr.matches("-bad.drv!out' failed").count(),
        1,
        "{}",
        run.stderr
    );
    assert_eq!(fake.text(), before);
    let log = fake.log();
    assert!(
        !log.iter().any(|line| line.ends_with("--option")),
        "{log:?}"
    );
}

fn the_machines_fault() {
    let fake = Fake::new();
    fake.names("tool = \"gone\"");
    let check = |words: &[&str]| {
        let run = fake.lock(&[]);
        assert_eq!((run.status, fake.text()), (2, None), "{}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
    };
    fake.sandbox.file("fake/down", "");
    check(&["Nix could not evaluate `gone` of `<nixpkgs>`: the daemon is gone"]);
    fs::remove_file(fake.file("fake/down")).expect("it was there");
    fake.sandbox.file(
        "fake/trouble",
        "error: cannot write: No space left on device\n",
    );
    check(&["No space left on device"]);
    fake.names("tool = \"tool\"");
    let registrations = fake.file(&format!("fake/registrations/{}", base(TOOL)));
    fs::write(&registrations, format!("{TOOL}\nx\n")).expect("it can be written");
    check(&["cannot read what `nix-store --dump-db` says"]);
    fs::write(&registrations, format!("{TOOL}\n{HASH}\n1\n\n1\n{NEW}\n")).expect("written");
    check(&["a closure is not complete", NEW]);
    fake.package(
        "x86_64-linux",
        "tool",
        "/elsewhere/store/gc07azg6x3r6cv3fixqx5bwxm9xd76q7-tool",
    );
    check(&["is no path of the nodes' store"]);
    for program in ["nix-instantiate", "nix-store", "nix"] {
        fs::remove_file(fake.file(&format!("fake/bin/{program}"))).expect("it was there");
    }
    let bin = fake.file("fake/bin");
    let run = fake.sandbox.finish(fake.command().env("PATH", bin));
    assert_eq!(run.status, 2);
    assert_eq!(
        run.stderr,
        "evaluating 1 package\nerror: cannot run `nix-instantiate`: it is not on the PATH; \
         packages are locked with Nix, so install it\n"
    );
}

fn store_paths_have_closures_too() {
    let fake = Fake::new();
    fake.names(&format!("tool = \"{TOOL}\"\ngone = \"{NEW}\""));
    let run = fake.lock(&[]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(
        run.stderr.contains("warning[closure-unknown]"),
        "{}",
        run.stderr
    );
    let text = fake.text().expect("it is there");
    assert!(
        text.contains(TOOL) && text.contains(DEP) && !text.contains(NEW),
        "{text}"
    );
    let run = fake.lock(&["--check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    fake.path(NEW, &[]);
    assert_eq!(fake.lock(&[]).status, 0);
    assert!(fake.text().is_some_and(|text| text.contains(NEW)));
}

/// One of two is refused while the other is at work; a killed one leaves what was there.
fn two_at_once_and_a_kill() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"");
    assert_eq!(fake.lock(&[]).status, 0);
    let before = fake.text();
    fake.names("tool = \"tool\"\nother = \"flake#other\"");
    let gate = fake.file("fake/gate");
    let made = Command::new("mkfifo").arg(&gate).status();
    assert!(made.is_ok_and(|status| status.success()));
    let start = || {
        let mut command = fake.command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("it can be started");
        wait_for("Nix to be asked", || fake.file("fake/arrived").exists());
        fs::remove_file(fake.file("fake/arrived")).expect("it is there");
        child
    };
    let mut killed = start();
    killed.kill().expect("it runs");
    killed.wait().expect("it ends");
    fs::write(&gate, "go on").expect("its Nix is waiting");
    assert_eq!(fake.text(), before);
    let mut first = start();
    let second = fake.lock(&[]);
    assert_eq!((second.status, second.stdout.as_str()), (2, ""));
    assert_eq!(
        second.stderr,
        "error: cannot lock packages in `[DIR]`: another `jobc lock` is at it; wait for its end\n"
    );
    fs::write(&gate, "go on").expect("its Nix is waiting");
    assert!(first.wait().expect("it ends").success());
    assert!(fake.text().is_some_and(|text| text.contains("flake#other")));
    fs::remove_file(&gate).expect("it is there");
    assert_eq!(fake.lock(&["--check"]).status, 0);
}

/// A link stays a link, and so do the permissions of what it leads to.
fn the_file_stays_where_it_is() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"");
    fake.sandbox.file(
        "shared/lock",
        "{\"version\": 1, \"packages\": [], \"paths\": []}",
    );
    let target = fake.file("shared/lock");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).expect("it is ours");
    std::os::unix::fs::symlink("shared/lock", fake.file("jobc.lock")).expect("it can be made");
    assert_eq!(fake.lock(&[]).status, 0);
    let link = fs::symlink_metadata(fake.file("jobc.lock")).expect("it is there");
    assert!(link.is_symlink());
    assert_eq!(
        fs::metadata(target).expect("it is there").mode() & 0o777,
        0o640
    );
    assert!(fake.text().is_some_and(|text| text.contains(TOOL)));
}

/// A disk that is full: nothing is half-written, nothing is lost.
fn a_full_disk() {
    // Root is needed for the file system, as it is where Nix is tested.
    need_nix();
    let fake = Fake::new();
    fake.names("tool = \"tool\"\nunused = \"flake#other\"");
    assert_eq!(fake.lock(&[]).status, 0);
    fake.names("tool = \"tool\"");
    let script = "mount -t tmpfs -o size=8k tmpfs \"$0/full\" && cp job.toml jobc.lock full \
                  && cd full && { \"$1\" lock; s=$?; ls -A; cmp jobc.lock ../jobc.lock; exit $s; }";
    fs::create_dir(fake.file("full")).expect("it can be made");
    let run = fake.sandbox.finish(
        Command::new("unshare")
            .args(["-m", "sh", "-c", script])
            .arg(fake.sandbox.path())
            .arg(env!("CARGO_BIN_EXE_jobc"))
            .current_dir(fake.sandbox.path()),
    );
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (2, "job.toml\njobc.lock\n"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("No space left"), "{}", run.stderr);
}

tests! {
    what_is_written,
    only_what_changed_changes,
    files_of_the_workspace,
    files_that_no_lock_tells_of,
    systems,
    check_compares_and_never_writes,
    failures_leave_the_lock,
    the_machines_fault,
    store_paths_have_closures_too,
    two_at_once_and_a_kill,
    the_file_stays_where_it_is,
    a_full_disk,
}
