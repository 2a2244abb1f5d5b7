//! What `jobc push` publishes, against real Nix: the same bytes as Nix writes, packages that Nix
//! copies, and stores that only Nix can write to.
//!
//! As in `tests/nix.rs`, a bind mount over `/nix` makes a store of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jobc::store::{NarInfo, StoreDir};

use crate::harness::{Run, Sandbox};
use crate::nix::need_nix;

/// A workspace, a store of its own for the machine that publishes, and one for a node.
struct Machines {
    workspace: Sandbox,
}

const JOB: &str = r#"cluster = "devcluster"
role = "www"
environment = "devel"
name = "app"
PACKAGES
[task]
processes = [{ name = "p", cmdline = "COMMAND" }]
resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
"#;

/// A package that needs another one to run, and a third one only to be built.
const PACKAGES: &str = r#"
let
  built = name: more: script: derivation ({
    inherit name;
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" script ];
  } // more);
  needed = built "needed" { } "echo needed > $out";
  compiler = built "compiler" { } "echo compiler > $out";
in built "tool" { inherit needed compiler; } "read x < $compiler; echo $needed > $out"
"#;

impl Machines {
    fn new() -> Self {
        let workspace = Sandbox::new();
        for name in ["publisher", "node"] {
            fs::create_dir(workspace.path().join(name)).expect("it can be made");
        }
        workspace.file("w/jobc.toml", "[nodes]\nsubstituters = []\n");
        Self { workspace }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.workspace.path().join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    /// A job that runs this command.
    fn job(&self, command: &str, packages: &str) {
        let text = JOB
            .replace("COMMAND", command)
            .replace("PACKAGES", packages);
        self.workspace.file("w/app/job.toml", text);
    }

    /// Runs a script in the workspace, with the store of one machine at `/nix`.
    fn script(&self, machine: &str, script: &str) -> Output {
        Command::new("unshare")
            .args([
                "-m",
                "sh",
                "-ec",
                "mount --bind \"$0\" /nix; cd \"$1\"; eval \"$2\"",
            ])
            .arg(self.path(machine))
            .arg(self.path("w"))
            .arg(script)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.workspace.path())
            .env("jobc", env!("CARGO_BIN_EXE_jobc"))
            .env(
                "NIX_CONFIG",
                "substituters =\nbuild-users-group =\nsandbox = false\n\
                 experimental-features = nix-command\n",
            )
            .stdin(Stdio::null())
            .output()
            .expect("it can be started")
    }

    /// What a script prints that has to go well.
    fn on(&self, machine: &str, script: &str) -> String {
        let output = self.script(machine, script);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{script}: {said}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Builds the package on the machine that publishes; its path and that of what it needs.
    fn package(&self) -> (String, String) {
        self.workspace.file("w/default.nix", PACKAGES);
        let tool = self.on("publisher", "nix-build --no-out-link 2>/dev/null");
        let references = self.on("publisher", &format!("nix-store -q --references {tool}"));
        self.job(
            "cat ${pkgs.tool}",
            &format!("packages = {{ tool = \"{tool}\" }}"),
        );
        (tool, references)
    }

    /// A lock with the tool in it, with this hash.
    fn lock(&self, tool: &str, needed: &str, hash: &str) {
        let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let needed_hash = self.sri(needed);
        let size = self.on("publisher", &format!("nix-store -q --size {tool}"));
        let paths = format!(
            r#"{{"path": "{tool}", "nar_hash": "{hash}", "nar_size": {size}, "references": ["{}"]}},
            {{"path": "{needed}", "nar_hash": "{needed_hash}", "nar_size": 120, "references": []}}"#,
            base(needed)
        );
        self.workspace.file(
            "w/jobc.lock",
            format!(
                r#"{{"version": 1, "packages": [{{"installable": "tool", "system": "x86_64-linux",
                "path": "{tool}"}}], "paths": [{paths}]}}"#
            ),
        );
        self.job("cat ${pkgs.tool}", "packages = { tool = \"tool\" }");
    }

    /// The hash of a path of the publisher, as a lock has it.
    fn sri(&self, path: &str) -> String {
        let hash = self.on("publisher", &format!("nix-store -q --hash {path}"));
        self.on("publisher", &format!("nix hash to-sri {hash}"))
    }

    fn push(&self, arguments: &str) -> Run {
        let output = self.script("publisher", &format!("\"$jobc\" push app {arguments}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            status: output.status.code().expect("it is not killed"),
        }
    }

    /// The names of what a cache has.
    fn names(&self, cache: &str) -> BTreeSet<String> {
        let infos = infos(&self.path(cache));
        infos
            .iter()
            .map(|info| info.store_path.name().to_string())
            .collect()
    }
}

fn infos(cache: &Path) -> Vec<NarInfo> {
    let entries = fs::read_dir(cache).expect("there is a cache");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "narinfo")
        })
        .map(|path| {
            let text = fs::read_to_string(path).expect("it is text");
            NarInfo::parse(&text, &StoreDir::default()).expect("it is a narinfo")
        })
        .collect()
}

/// The files of a cache that say what it has, with their contents.
fn contents(cache: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = ["", "nar"]
        .into_iter()
        .flat_map(|directory| fs::read_dir(cache.join(directory)).expect("it is there"))
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.is_file() && !path.ends_with("nix-cache-info"))
        .map(|path| {
            let name = path
                .strip_prefix(cache)
                .expect("it is in there")
                .display()
                .to_string();
            (name, fs::read(path).expect("it can be read"))
        })
        .collect();
    files.sort();
    files
}

const SCRIPT: &str = "aurora-process-devcluster-www-devel-app-p";

fn the_bytes_are_those_that_nix_writes() {
    need_nix();
    let machines = Machines::new();
    machines.job("ls ${./tree} ${./hello.txt}", "");
    machines
        .workspace
        .file("w/app/hello.txt", "hello\n")
        .file("w/app/tree/a", "many words\n".repeat(50_000))
        .file("w/app/tree/b/c", "");
    machines.on("publisher", "nix-store --generate-binary-cache-key k-1 sec pub; ln -s ../a app/tree/b/link; chmod +x app/tree/a");
    let plan = machines.push(&format!("--to {} --dry-run", machines.url("none")));
    let paths: Vec<&str> = plan
        .stdout
        .lines()
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    let paths = paths.join(" ");
    for (index, parameters) in [
        "compression=none",
        "compression=none&secret-key=sec",
        "compression=zstd",
        "compression=zstd&secret-key=sec",
    ]
    .into_iter()
    .enumerate()
    {
        let ours = format!("ours{index}");
        let theirs = format!("theirs{index}");
        let run = machines.push(&format!("--to '{}?{parameters}'", machines.url(&ours)));
        assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        let (from, to) = (machines.url("ours0"), machines.url(&theirs));
        machines.on(
            "publisher",
            &format!(
                "nix-store --add app/tree app/hello.txt; nix copy --from {from} {paths}; \
                 nix copy --to '{to}?{parameters}' {paths}"
            ),
        );
        let (ours, theirs) = (
            contents(&machines.path(&ours)),
            contents(&machines.path(&theirs)),
        );
        let names = |files: &[(String, Vec<u8>)]| {
            files.iter().map(|file| file.0.clone()).collect::<Vec<_>>()
        };
        if parameters.contains("zstd") && names(&ours) != names(&theirs) {
            // Another version of the library packs in another way; what nodes make of it counts.
            eprintln!("this Nix packs in another way than jobc");
        } else {
            assert!(ours == theirs, "{parameters}");
        }
        let node = format!("node{index}");
        fs::create_dir(machines.path(&node)).expect("it can be made");
        let url = machines.url(&format!("ours{index}"));
        machines.on(
            &node,
            &format!(
                "nix-store --option substituters {url} -r {paths} && \
                 nix-store --verify --check-contents"
            ),
        );
    }
}

fn packages_come_with_what_they_need_to_run_and_nothing_else() {
    need_nix();
    let machines = Machines::new();
    let (tool, needed) = machines.package();
    let to = format!("--to {}", machines.url("cache"));
    let plan = machines.push(&format!("{to} --dry-run"));
    let actions: Vec<_> = plan
        .stdout
        .lines()
        .map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        actions,
        [Some("copy"), Some("copy"), Some("write")],
        "{}",
        plan.stderr
    );
    for path in [&tool, &needed] {
        assert!(plan.stdout.contains(path.as_str()), "{}", plan.stdout);
    }
    assert!(!machines.path("cache").exists());
    let run = machines.push(&to);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let expected = ["needed", "tool", SCRIPT].map(str::to_owned);
    assert_eq!(machines.names("cache"), BTreeSet::from(expected));
    let run = machines.push(&to);
    assert_eq!(run.stderr, "nothing to publish: 1 object there already\n");

    // With a key, all is signed, under a name that no two versions of Nix read alike.
    machines.on(
        "publisher",
        "nix-store --generate-binary-cache-key k-1 sec pub",
    );
    let run = machines.push(&format!("--to '{}/a b' --key-file sec", machines.url("")));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let infos = infos(&machines.path("a b"));
    assert_eq!(infos.len(), 3);
    assert!(infos.iter().all(|info| info.signatures.len() == 1));

    // The closure of the script is realised on a node.
    let script = infos
        .iter()
        .find(|info| info.store_path.name().as_str() == SCRIPT);
    let script = StoreDir::default()
        .display(&script.expect("it is there").store_path)
        .to_string();
    let key = fs::read_to_string(machines.path("w/pub")).expect("it was made");
    fs::rename(machines.path("a b"), machines.path("signed")).expect("it is ours");
    machines.on(
        "node",
        &format!(
            "nix-store --option substituters {} --option trusted-public-keys '{key}' -r {script} \
             && grep -q needed {tool} && [ -e {needed} ]",
            machines.url("signed")
        ),
    );
}

/// What is there gets a signature as what is copied does, and archives that are of no use are
/// written anew.
fn packages_that_are_there_are_signed_and_mended() {
    need_nix();
    let machines = Machines::new();
    let (tool, needed) = machines.package();
    machines.lock(&tool, &needed, &machines.sri(&tool));
    machines.on(
        "publisher",
        "nix-store --generate-binary-cache-key k-1 sec pub",
    );
    let to = format!("--to {}", machines.url("cache"));
    let done = |more: &str| {
        let run = machines.push(&format!("{to} {more}"));
        assert_eq!(run.status, 0, "{more}: {}", run.stderr);
        run.stderr
    };
    done("");
    let cache = machines.path("cache");
    assert!(infos(&cache).iter().all(|info| info.signatures.is_empty()));
    let said = done("--key-file sec");
    assert_eq!(said, "signed 3\n");
    assert!(infos(&cache).iter().all(|info| info.signatures.len() == 1));
    assert_eq!(
        done("--key-file sec"),
        "nothing to publish: 1 object there already\n"
    );
    let archive = |path: &str| {
        let infos = infos(&cache);
        let found = infos
            .iter()
            .find(|info| path.ends_with(&info.store_path.to_string()));
        cache.join(&found.expect("it is there").url)
    };
    for path in [&tool, &needed] {
        let file = archive(path);
        let whole = fs::read(&file).expect("it is there");
        let middle = whole.len() / 2;
        let mut spoilt = whole.clone();
        spoilt[middle] ^= 1;
        for (damaged, option) in [
            (None, ""),
            (Some(&whole[..middle]), ""),
            (Some(&*spoilt), "--repair"),
        ] {
            match damaged {
                None => fs::remove_file(&file).expect("it is ours"),
                Some(bytes) => fs::write(&file, bytes).expect("it is ours"),
            }
            let said = done(&format!("--key-file sec {option}"));
            assert!(said.contains("copied 1 store path"), "{path}: {said}");
            assert_eq!(fs::read(archive(path)).expect("it is there"), whole);
        }
    }
    assert_eq!(
        done("--key-file sec --repair"),
        "nothing to publish: 1 object there already\n"
    );
}

fn what_nodes_get_elsewhere_is_not_copied() {
    need_nix();
    let machines = Machines::new();
    let (tool, _) = machines.package();
    let upstream = machines.url("upstream");
    machines.on(
        "publisher",
        &format!(
            "nix-store --generate-binary-cache-key k-1 sec pub; \
             nix copy --to '{upstream}?secret-key=sec' {tool}"
        ),
    );
    let key = fs::read_to_string(machines.path("w/pub")).expect("it was made");
    let settings = |key: &str| {
        let text =
            format!("[nodes]\nsubstituters = [\"{upstream}\"]\ntrusted_public_keys = [{key}]\n");
        machines.workspace.file("w/jobc.toml", text);
    };
    let without_nix = |cache: &str| {
        let to = machines.url(cache);
        machines.script(
            "node",
            &format!("export PATH=; \"$jobc\" push app --to {to}"),
        )
    };
    settings("");
    let output = without_nix("none");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for words in [
        &*format!("`{tool}`, which process `p` of `devcluster/www/devel/app` needs"),
        "signed by `k-1`, which the nodes do not trust",
        "there is no Nix here to copy it",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!machines.path("none").exists());
    settings(&format!("\"{key}\""));
    assert!(without_nix("cache").status.success());
    assert_eq!(machines.names("cache"), BTreeSet::from([SCRIPT.to_owned()]));
    assert_eq!(
        machines
            .push(&format!("--to {}", machines.url("with")))
            .status,
        0
    );
    assert_eq!(machines.names("with"), BTreeSet::from([SCRIPT.to_owned()]));
}

fn a_lock_that_lies_is_refused_and_what_is_nowhere_is_named() {
    need_nix();
    let machines = Machines::new();
    let (tool, needed) = machines.package();
    let to = format!("--to {}", machines.url("cache"));
    let truth = machines.sri(&tool);
    let lie = machines.sri(&needed);
    machines.lock(&tool, &needed, &lie);
    let run = machines.push(&to);
    let shown = |sri: &str| {
        sri.parse::<jobc::store::Sha256>()
            .expect("it is one")
            .to_string()
    };
    let refused = |run: &Run| {
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        for words in [
            &*tool,
            "is not what the lock says",
            &shown(&truth),
            &shown(&lie),
        ] {
            assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        }
    };
    refused(&run);
    assert!(!machines.path("cache").exists());
    // A cache that has it is compared, too.
    machines.on(
        "publisher",
        &format!("nix copy --to {} {tool}", machines.url("cache")),
    );
    let before = contents(&machines.path("cache"));
    refused(&machines.push(&to));
    assert_eq!(contents(&machines.path("cache")), before);
    machines.lock(&tool, &needed, &truth);
    assert_eq!(machines.push(&to).status, 0);

    // On a machine that never had it.
    let other = machines.url("other");
    let output = machines.script("node", &format!("\"$jobc\" push app --to {other}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for words in [&*tool, &*needed, "does not have it either"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!machines.path("other").exists());
}

fn other_stores_are_written_by_nix() {
    need_nix();
    let machines = Machines::new();
    let (tool, needed) = machines.package();
    machines.job(
        "cat ${pkgs.tool} ${./hello.txt}",
        &format!("packages = {{ tool = \"{tool}\" }}"),
    );
    machines.workspace.file("w/app/hello.txt", "hello\n");
    let store = machines.path("store").display().to_string();
    for to in [
        format!("local?root={store}"),
        format!("local?root={store}2"),
    ] {
        for _ in 0..2 {
            let run = machines.push(&format!("--to '{to}'"));
            assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        }
        let root = to.trim_start_matches("local?root=");
        let all = machines.on("publisher", &format!("nix path-info --store {root} --all"));
        let all: BTreeSet<&str> = all.lines().collect();
        assert_eq!(all.len(), 4, "{all:?}");
        assert!(all.contains(&*tool) && all.contains(&*needed), "{all:?}");
    }
    let output = machines.script(
        "node",
        &format!("export PATH=; \"$jobc\" push app --to 'local?root={store}'"),
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("there is no Nix to write to"), "{said}");
}

tests! {
    the_bytes_are_those_that_nix_writes,
    packages_come_with_what_they_need_to_run_and_nothing_else,
    packages_that_are_there_are_signed_and_mended,
    what_nodes_get_elsewhere_is_not_copied,
    a_lock_that_lies_is_refused_and_what_is_nowhere_is_named,
    other_stores_are_written_by_nix,
}
