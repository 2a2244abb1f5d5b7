//! `jobc lock`: with a Nix that the test wrote, which says what it is told to, and with the real one
//! on packages that are made on the spot, without nixpkgs and without a network.
//!
//! Without Nix the latter say that they were skipped, or fail if `JOBC_REQUIRE_NIX=1`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::harness::{Run, Sandbox};
use crate::nix::nix;

/// A workspace with a Nix of its own.
struct Fake {
    sandbox: Sandbox,
}

const TOOL: &str = "/nix/store/gc07azg6x3r6cv3fixqx5bwxm9xd76q7-tool";
const OTHER: &str = "/nix/store/ciahnjw8xj0jcfl0z44lrmxhnqfxk1r0-other";
const DEP: &str = "/nix/store/d0q8dx14cwjdmv8lyj9gggyjrgi365rw-dep";
const NEW: &str = "/nix/store/9dh20wxf1wyl9q2xpadd0y83s0kzvl4a-tool";
const HASH: &str = "7cd4d4b906ce4be439a7799d239cbc445bee4b0d2651fa3870a963709eca5ee5";

/// Logs its arguments; says that it cannot evaluate several at once; looks up what it evaluates in
/// `eval/`, by system and attribute.
const INSTANTIATE: &str = r#"#!/bin/sh
cd "$(dirname "$0")/.." || exit 9
echo "nix-instantiate $5 $6 $7" >> log
for expression; do :; done
case $expression in *'map one wanted'*) echo '[]'; exit 1;; esac
name=$(printf %s "$expression" | sed -n 's/.*there is no attribute `\(.*\)`.*/\1/p')
echo "evaluate $name for $7" >> log
[ -e "eval/$7/$name" ] || { cat trouble 2>/dev/null || echo "error: no $name here"; exit 1; } >&2
cat "eval/$7/$name"
"#;

const NIX: &str = r#"#!/bin/sh
cd "$(dirname "$0")/.." || exit 9
for installable; do :; done
echo "nix $installable" >> log
case $installable in *packages.*|*legacyPackages.*) exit 1;; esac
echo "evaluate $installable" >> log
name=eval/x86_64-linux/$(printf %s "$installable" | tr / _)
[ -e "$name" ] || { echo "error: no $installable here" >&2; exit 1; }
cat "$name"
"#;

/// Paths are in the store if they are in `store/`; those of derivations are given in `outputs/`.
const STORE: &str = r#"#!/bin/sh
cd "$(dirname "$0")/.." || exit 9
echo "nix-store $*" >> log
case $1 in
--no-gc-warning)
    [ ! -p gate ] || { echo waiting > arrived; cat gate > /dev/null; }
    shift 3; failed=0
    for path; do
        output=outputs/$(basename "$path")
        if [ -e "$output" ]; then cat "$output"
        elif [ -e "store/$(basename "$path")" ]; then echo "$path"
        else echo "error: builder for '$path' failed" >&2; failed=1; fi
    done
    exit $failed;;
--check-validity)
    [ ! -e down ] || { echo "error: the daemon is gone" >&2; exit 1; }
    shift 2
    for path; do [ -e "store/$(basename "$path")" ] || echo "$path"; done;;
--query) shift 2; for path; do cat "store/$(basename "$path")"; done;;
--dump-db) shift; for path; do cat "registrations/$(basename "$path")"; done;;
esac
"#;

fn base(path: &str) -> &str {
    path.rsplit('/').next().expect("it has a last part")
}

impl Fake {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        for (name, script) in [
            ("nix-instantiate", INSTANTIATE),
            ("nix", NIX),
            ("nix-store", STORE),
        ] {
            sandbox.file(&format!("fake/bin/{name}"), script);
            let path = sandbox.path().join(format!("fake/bin/{name}"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
        let fake = Self { sandbox };
        fake.path(DEP, &[]).path(TOOL, &[DEP]).path(OTHER, &[DEP]);
        fake.package("x86_64-linux", "tool", TOOL);
        fake.package("x86_64-linux", "flake#other", OTHER);
        fake.log();
        fake
    }

    /// A path of the store.
    fn path(&self, path: &str, references: &[&str]) -> &Self {
        let name = base(path);
        let references: String = references.iter().map(|path| format!("{path}\n")).collect();
        let count = references.lines().count() + 1;
        let text = format!("{path}\n{HASH}\n120\n\n{count}\n{path}\n{references}");
        self.sandbox
            .file(
                &format!("fake/store/{name}"),
                format!("{path}\n{references}"),
            )
            .file(&format!("fake/registrations/{name}"), text);
        self
    }

    /// What Nix says that an attribute is.
    fn package(&self, system: &str, attribute: &str, path: &str) {
        let name = base(path);
        let answer = format!("[\"{path}.drv\", \"out\", \"{path}\"]");
        self.sandbox
            .file(&format!("fake/eval/{system}/{attribute}"), answer)
            .file(&format!("fake/outputs/{name}.drv!out"), format!("{path}\n"));
    }

    /// The definition's packages, as TOML.
    fn names(&self, packages: &str) -> &Self {
        let definition = crate::harness::small_job("app", "");
        let definition = definition.replace("[task]", &format!("[packages]\n{packages}\n[task]"));
        self.sandbox.file("job.toml", definition);
        self
    }

    fn command(&self) -> Command {
        let mut command = self.sandbox.command();
        let bin = self.sandbox.path().join("fake/bin");
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        command.arg("lock");
        command
    }

    fn lock(&self, arguments: &[&str]) -> Run {
        self.sandbox.finish(self.command().args(arguments))
    }

    fn text(&self) -> Option<String> {
        fs::read_to_string(self.sandbox.path().join("jobc.lock")).ok()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.sandbox.path().join(name)
    }

    /// What Nix was asked since the last time.
    fn log(&self) -> Vec<String> {
        let log = self.file("fake/log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        fs::write(log, "").expect("it can be written");
        text.lines().map(str::to_owned).collect()
    }

    /// What was evaluated since the last time.
    fn evaluated(&self) -> Vec<String> {
        let log = self.log().into_iter();
        log.filter_map(|line| line.strip_prefix("evaluate ").map(str::to_owned))
            .collect()
    }
}

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if condition() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("waited in vain for {what}");
}

#[test]
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

#[test]
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
        ("", "`jobc.lock` is current\n")
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

#[test]
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

#[test]
fn check_compares_and_never_writes() {
    let fake = Fake::new();
    fake.names("tool = \"tool\"");
    let run = fake.lock(&["--check"]);
    assert_eq!((run.status, fake.text()), (1, None), "{}", run.stderr);
    assert!(run.stderr.contains("`jobc lock tool`"), "{}", run.stderr);
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
#[test]
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

#[test]
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
    check(&["Nix could not do its work", "the daemon is gone"]);
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

#[test]
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
#[test]
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
    assert!(
        second.stderr.contains("another `jobc lock`"),
        "{}",
        second.stderr
    );
    fs::write(&gate, "go on").expect("its Nix is waiting");
    assert!(first.wait().expect("it ends").success());
    assert!(fake.text().is_some_and(|text| text.contains("flake#other")));
    fs::remove_file(&gate).expect("it is there");
    assert_eq!(fake.lock(&["--check"]).status, 0);
}

/// A link stays a link, and so do the permissions of what it leads to.
#[test]
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

/// A workspace with a cache in a directory, and no Nix.
struct Cached {
    sandbox: Sandbox,
}

impl Cached {
    fn new(packages: &str) -> Self {
        let sandbox = Sandbox::new();
        let definition = crate::harness::small_job("app", "");
        let definition = definition.replace("[task]", &format!("[packages]\n{packages}\n[task]"));
        sandbox
            .file("job.toml", definition)
            .file("cache/nix-cache-info", "StoreDir: /nix/store\n")
            .file("other/nix-cache-info", "StoreDir: /nix/store\n");
        let cached = Self { sandbox };
        cached.narinfo("cache", TOOL, &[TOOL, DEP], 120);
        cached.narinfo("cache", OTHER, &[DEP], 120);
        cached.narinfo("other", DEP, &[], 120);
        cached
    }

    fn narinfo(&self, cache: &str, path: &str, references: &[&str], size: u64) {
        let references: Vec<&str> = references.iter().map(|path| base(path)).collect();
        let text = format!(
            "StorePath: {path}\nURL: nar/x.nar\nCompression: none\nNarHash: sha256:{}\n\
             NarSize: {size}\nReferences: {}\n",
            "04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw",
            references.join(" ")
        );
        let (hash, _) = base(path).split_once('-').expect("a hash and a name");
        self.sandbox.file(&format!("{cache}/{hash}.narinfo"), text);
    }

    fn lock(&self, arguments: &[&str], caches: &[&str]) -> Run {
        let mut command = self.sandbox.command();
        command.env("PATH", "/nowhere").arg("lock").args(arguments);
        for cache in caches {
            let directory = self.sandbox.path().join(cache);
            command
                .arg("--from-cache")
                .arg(format!("file://{}", directory.display()));
        }
        self.sandbox.finish(&mut command)
    }

    fn text(&self) -> Option<String> {
        fs::read_to_string(self.sandbox.path().join("jobc.lock")).ok()
    }
}

#[test]
fn closures_from_caches() {
    let cached = Cached::new(&format!(
        "tool = \"nixpkgs#tool\"\nother = \"nixpkgs#other\"\nliteral = \"{TOOL}\""
    ));
    let caches = ["cache", "other"];
    let run = cached.lock(&[], &caches);
    assert_eq!((run.status, cached.text()), (1, None), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("`jobc lock tool=/nix/store/HASH-NAME --from-cache URL`"),
        "{}",
        run.stderr
    );
    let (hash, _) = base(TOOL).split_once('-').expect("a hash and a name");
    for given in [TOOL, base(TOOL), hash] {
        let run = cached.lock(&[&format!("tool={given}")], &caches);
        let added = format!("added nixpkgs#tool x86_64-linux {TOOL}\n");
        assert_eq!((run.status, run.stdout), (0, added), "{}", run.stderr);
        if given != hash {
            fs::remove_file(cached.sandbox.path().join("jobc.lock")).expect("it was written");
        }
    }
    let run = cached.lock(&[&format!("nixpkgs#other={OTHER}")], &caches);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = cached.text().expect("it was written");
    let dep = base(DEP);
    assert!(
        text.contains(&format!(
            "{{\"path\": \"{TOOL}\", \"nar_hash\": \
             \"sha256-HDfQGvQL4ugGkd48w99EN3ppmvuxfGjwgJZLL9Bx/BM=\", \"nar_size\": 120, \
             \"references\": [\"{dep}\"]}}"
        )),
        "{text}"
    );
    assert_eq!(cached.lock(&["--check"], &[]).status, 0);
    assert_eq!(cached.lock(&["--check", "--update"], &caches).status, 0);
    let run = cached.lock(&["tool=/nix/store/x"], &caches);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("write a whole store path"),
        "{}",
        run.stderr
    );
    // A lie is found, and an update puts it right.
    let lie = text.replacen("HDfQ", "IDfQ", 1);
    cached.sandbox.file("jobc.lock", lie);
    let run = cached.lock(&["--check", "--update"], &caches);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("the lock lies about"), "{}", run.stderr);
    assert_eq!(cached.lock(&["--update"], &caches).status, 0);
    assert_eq!(cached.text(), Some(text));
}

#[test]
fn what_caches_do_not_have() {
    let cached = Cached::new(&format!("tool = \"nixpkgs#tool\"\nliteral = \"{OTHER}\""));
    let given = format!("tool={TOOL}");
    let check = |words: &[&str], caches: &[&str], status: i32, expected: &[&str]| {
        let run = cached.lock(words, caches);
        assert_eq!(
            (run.status, cached.text()),
            (status, None),
            "{}",
            run.stderr
        );
        for words in expected {
            assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        }
    };
    check(&[&given], &[], 2, &["--from-cache URL"]);
    check(
        &["literal=x"],
        &["cache"],
        2,
        &["`literal=/nix/store/HASH-NAME`"],
    );
    check(
        &[&format!("literal={TOOL}")],
        &["cache"],
        2,
        &["by its store path already"],
    );
    check(
        &[&given],
        &["cache"],
        1,
        &[
            "[cannot-resolve-package]",
            &format!("`{DEP}` is not in"),
            "[DIR]/cache",
        ],
    );
    check(
        &["literal"],
        &["cache"],
        0,
        &["warning[closure-unknown]", DEP],
    );
    check(
        &["tool=9dh20wxf1wyl9q2xpadd0y83s0kzvl4a"],
        &["cache"],
        2,
        &["no cache has"],
    );
    check(
        &[&given],
        &["cache", "nowhere"],
        2,
        &["cannot ask", "nowhere"],
    );
    cached.narinfo("cache", DEP, &[], 1 << 60);
    check(&[&given], &["cache"], 2, &["1152921504606846976 bytes"]);
    cached
        .sandbox
        .file("cache/d0q8dx14cwjdmv8lyj9gggyjrgi365rw.narinfo", "x");
    check(
        &[&given],
        &["cache"],
        2,
        &["d0q8dx14cwjdmv8lyj9gggyjrgi365rw.narinfo"],
    );
    check(
        &[&given, "--system", "a-b", "--system", "c-d"],
        &["cache"],
        2,
        &["for one system"],
    );
    let run = cached.sandbox.jobc(["lock", "--from-cache", "gopher://x"]);
    assert_eq!(run.status, 2);
}

/// A workspace, and an empty store that real Nix uses for it.
struct Real {
    sandbox: Sandbox,
}

const PACKAGES: &str = r#"{ suffix ? "", ... }:
let
  make = name: more: derivation ({
    name = name + suffix;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" "echo ${name} $dep > $out; [ -z $bin ] || echo $out > $bin" ];
  } // more);
in rec {
  dep = make "dep" { };
  tool = make "tool" { inherit dep; outputs = [ "bin" "out" ]; };
  nested."a.b\${x}" = make "nested" { };
  foreign = make "foreign" { system = "mips-linux"; };
  broken = make "broken" { args = [ "-c" "echo it broke; exit 3" ]; };
  needs = make "needs" { dep = broken; };
  thrown = throw "it was removed";
  number = 3;
}
"#;

const FLAKE: &str = r#"{
  outputs = { self }: let
    make = system: name: derivation {
      inherit name system; builder = "/bin/sh"; args = [ "-c" "echo ${name} > $out" ];
    };
  in {
    packages.x86_64-linux = { default = make "x86_64-linux" "default"; tool = make "x86_64-linux" "flake-tool"; };
    legacyPackages.x86_64-linux = { tool = throw "not this"; old.tool = make "x86_64-linux" "old-tool"; };
  };
}
"#;

impl Real {
    fn new(packages: &str) -> Self {
        let sandbox = Sandbox::new();
        let definition = crate::harness::small_job("app", "");
        let definition = definition.replace("[task]", &format!("[packages]\n{packages}\n[task]"));
        sandbox
            .file("app/job.toml", definition)
            .file("jobc.toml", "nixpkgs = \"./nix\"\n")
            .file("nix/default.nix", PACKAGES)
            .file("nix/pkgs.nix", PACKAGES)
            .file("flake/flake.nix", FLAKE)
            .file("store/.keep", "");
        // They count how often they are run.
        for program in ["nix", "nix-instantiate", "nix-store"] {
            let script = format!(
                "#!/bin/sh\necho {program} >> \"${{0%/*}}/log\"\nPATH=/usr/local/bin:/usr/bin:/bin exec {program} \"$@\"\n"
            );
            sandbox.file(&format!("bin/{program}"), script);
            let path = sandbox.path().join(format!("bin/{program}"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
        Self { sandbox }
    }

    fn lock(&self, arguments: &[&str]) -> Run {
        let path = self.sandbox.path();
        let mut command = Command::new("unshare");
        command
            .args(["-m", "sh", "-c"])
            .arg("mount --bind \"$0/store\" /nix && cd \"$0\" && exec \"$@\"")
            .arg(path)
            .arg(env!("CARGO_BIN_EXE_jobc"))
            .arg("lock")
            .args(arguments)
            .env_clear()
            .env("PATH", format!("{}/bin:/usr/bin:/bin", path.display()))
            .env("HOME", path)
            .env(
                "NIX_CONFIG",
                "substituters =\nbuild-users-group =\nsandbox = false\n",
            )
            .stdin(Stdio::null());
        self.sandbox.finish(&mut command)
    }

    fn runs(&self, program: &str) -> usize {
        let log = fs::read_to_string(self.sandbox.path().join("bin/log")).expect("it was written");
        log.lines().filter(|line| *line == program).count()
    }

    /// What Nix says of a path, in a lock's words.
    fn asked(&self, path: &str) -> String {
        let ask = "mount --bind \"$0/store\" /nix && nix-store -q --hash \"$1\" && \
                   nix-store -q --size \"$1\" && nix-store -q --references \"$1\"";
        let output = Command::new("unshare")
            .args(["-m", "sh", "-c", ask])
            .arg(self.sandbox.path())
            .arg(path)
            .output()
            .expect("it can be started");
        String::from_utf8(output.stdout).expect("it is text")
    }
}

#[test]
fn real_packages() {
    if !nix() {
        return;
    }
    let real = Real::new(
        r#"a = "./nix/pkgs.nix#tool"
b = "./nix/pkgs.nix#tool^out"
c = './nix/pkgs.nix#nested."a.b${x}"'
d = "dep"
e = "tool^bin"
f = "./flake#tool"
g = "./flake#old.tool"
h = "./flake""#,
    );
    let run = real.lock(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let lines: Vec<(&str, &str)> = run
        .stdout
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let (_, name) = base(words[3]).split_once('-').expect("a hash and a name");
            (words[1], name)
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("./flake", "default"),
            ("./flake#old.tool", "old-tool"),
            ("./flake#tool", "flake-tool"),
            ("./nix/pkgs.nix#nested.\"a.b${x}\"", "nested"),
            ("./nix/pkgs.nix#tool", "tool-bin"),
            ("./nix/pkgs.nix#tool^out", "tool"),
            ("dep", "dep"),
            ("tool^bin", "tool-bin"),
        ]
    );
    // One evaluation for the file, one for `<nixpkgs>`, and of the flake its two sets and the
    // default package; then the build, the closure, and what is known of it.
    assert_eq!(
        ["nix-instantiate", "nix", "nix-store"].map(|program| real.runs(program)),
        [2, 3, 3]
    );
    let text = fs::read_to_string(real.sandbox.path().join("jobc.lock")).expect("it was written");
    let lock: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let paths = lock["paths"].as_array().expect("a list");
    assert_eq!(paths.len(), 7, "{text}");
    for entry in paths {
        let path = entry["path"].as_str().expect("a path");
        let hash: jobc::store::Sha256 = entry["nar_hash"]
            .as_str()
            .and_then(|hash| hash.parse().ok())
            .expect("a hash");
        let mut expected = format!("sha256:{}\n{}\n", hash.base32(), entry["nar_size"]);
        for reference in entry["references"].as_array().expect("a list") {
            expected += &format!("/nix/store/{}\n", reference.as_str().expect("a name"));
        }
        assert_eq!(real.asked(path), expected, "{path}");
    }
    let run = real.lock(&["--check", "--update"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let changed = PACKAGES.replace("echo $out > $bin", "echo $out $out > $bin");
    real.sandbox.file("nix/pkgs.nix", changed);
    assert_eq!(real.lock(&["--check"]).status, 0);
    let run = real.lock(&["--check", "--update", "--message-format", "short"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let run = real.lock(&["--update", "a"]);
    assert!(
        run.stdout.starts_with("changed ./nix/pkgs.nix#tool "),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn real_failures() {
    if !nix() {
        return;
    }
    let real = Real::new(
        r#"a = "broken"
b = "needs"
c = "thrown"
d = "number"
e = "nowhere.to.be"
f = "foreign"
g = "tool^man"
h = "./flake#nothing"
i = "./nowhere.nix"
j = "dep"
k = 'tool."${builtins.abort 1}"'"#,
    );
    let run = real.lock(&[]);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    for words in [
        "package `a`",
        "it broke",
        "package `b`",
        "package `c`",
        "it was removed",
        "package `d`",
        "it is no derivation",
        "there is no attribute `nowhere.to.be`",
        "package `f`",
        "'mips-linux'",
        "it has no output `man`, only `bin`, `out`",
        "does not provide attribute",
        "nowhere.nix",
        r#"there is no attribute `tool."${builtins.abort 1}"`"#,
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("package `j`"), "{}", run.stderr);
    assert!(!real.sandbox.path().join("jobc.lock").exists());
}

/// An input-addressed store path that is given by itself, and one that nobody has.
#[test]
fn real_store_paths() {
    if !nix() {
        return;
    }
    let real = Real::new("a = \"dep\"");
    let run = real.lock(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let path = run.stdout.trim_end().rsplit(' ').next().expect("a path");
    let definition =
        fs::read_to_string(real.sandbox.path().join("app/job.toml")).expect("it is there");
    let literal = definition.replace("a = \"dep\"", &format!("a = \"{path}\"\nb = \"{TOOL}\""));
    real.sandbox.file("app/job.toml", literal);
    let run = real.lock(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.stdout, format!("removed dep x86_64-linux {path}\n"));
    assert!(
        run.stderr.contains("warning[closure-unknown]"),
        "{}",
        run.stderr
    );
    let text = fs::read_to_string(real.sandbox.path().join("jobc.lock")).expect("it was written");
    assert!(text.contains(path) && !text.contains(TOOL), "{text}");
}
