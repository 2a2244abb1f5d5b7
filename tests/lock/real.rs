//! With the real Nix.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::harness::{Run, Sandbox};
use crate::nix::need_nix;

use super::{TOOL, base, definition};

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
  misspelt = { one = 1; }.on;
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
        sandbox
            .file("app/job.toml", definition(packages))
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

fn real_packages() {
    need_nix();
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
    let run = real.lock(&["--check", "--message-format", "short"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let told = "`./nix/pkgs.nix` or a file it imports has changed since packages `a`, `b`, `c` were locked";
    assert_eq!(
        run.stderr.matches("[lock-outdated]").count(),
        1,
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let run = real.lock(&["--check", "--update", "--message-format", "short"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let run = real.lock(&["a"]);
    assert!(
        run.stdout.starts_with("changed ./nix/pkgs.nix#tool "),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.lines().count(), 1);
    real.lock(&[]);
    real.sandbox.file(
        "flake/flake.nix",
        FLAKE.replace("echo ${name}", "echo new ${name}"),
    );
    let run = real.lock(&["--check", "--message-format", "short"]);
    let told = "the flake `./flake` or a file it imports has changed since packages `f`, `g`, `h` were locked";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let run = real.lock(&[]);
    assert_eq!(
        run.stdout.matches("changed ./flake").count(),
        3,
        "{}",
        run.stdout
    );
    assert_eq!(real.lock(&["--check", "--update"]).status, 0);
}

/// Nix writes the lock of a flake while it is asked.
fn real_locks_of_flakes() {
    need_nix();
    let real = Real::new("a = \"./locked#tool\"");
    let dependency = real.sandbox.path().join("dependency");
    let inputs = format!(
        "{{\n  inputs.dependency = {{ url = \"path:{}\"; flake = false; }};",
        dependency.display()
    );
    let flake = FLAKE
        .replacen('{', &inputs, 1)
        .replace("{ self }", "{ self, dependency }");
    real.sandbox
        .file("dependency/file", "1")
        .file("locked/flake.nix", flake);
    let run = real.lock(&[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let flake_lock = real.sandbox.path().join("locked/flake.lock");
    let text = fs::read_to_string(flake_lock).expect("Nix wrote it");
    assert_eq!(real.lock(&["--check"]).status, 0);
    let run = real.lock(&[]);
    assert!(run.stderr.contains("is current"), "{}", run.stderr);
    real.sandbox.file("locked/flake.lock", format!("{text}\n"));
    assert_eq!(real.lock(&["--check"]).status, 1);
}

fn real_failures() {
    need_nix();
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
k = 'tool."${builtins.abort 1}"'
l = "./flake#tol"
m = "too"
n = "de"
o = "misspelt""#,
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
        "help: did you mean `tool`?",
        "help: did you mean `dep`?",
        "help: did you mean `one`?",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("Did you mean"), "{}", run.stderr);
    assert!(!run.stderr.contains("package `j`"), "{}", run.stderr);
    assert!(!real.sandbox.path().join("jobc.lock").exists());
}

/// An input-addressed store path that is given by itself, and one that nobody has.
fn real_store_paths() {
    need_nix();
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

tests! {
    real_packages,
    real_failures,
    real_store_paths,
    real_locks_of_flakes,
}
