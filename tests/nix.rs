//! Compiled jobs on an empty node with real Nix: `unshare -m` and a bind mount over `/nix` give a
//! store of its own with real paths, and the host's stays as it is.
//!
//! Without Nix these tests say that they were skipped, or fail if `JOBC_REQUIRE_NIX=1`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jobc::resolve::import::Importer;
use jobc::store::content_address::store_path;
use jobc::store::hash::Sha256Writer;
use jobc::store::nar::Tree;
use jobc::store::{ContentAddress, Digest, StoreDir, StorePath, StorePathName};
use serde_json::Value;

use crate::harness::Sandbox;

/// Whether there is a real Nix and a namespace to use it in; says so if not.
pub fn nix() -> bool {
    let here = Command::new("unshare")
        .args(["-m", "sh", "-c", "nix-store --version && [ -d /nix ]"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !here {
        let required = std::env::var("JOBC_REQUIRE_NIX").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "JOBC_REQUIRE_NIX=1, and there is no Nix to be had"
        );
        eprintln!("skipped: there is no Nix, no /nix, or no right to unshare mounts");
    }
    here
}

/// A node with an empty store, a cache that it asks, and the sandbox of a task.
struct Cluster {
    workspace: Sandbox,
    cache: PathBuf,
    node: PathBuf,
    sandbox: PathBuf,
}

impl Cluster {
    fn new() -> Self {
        let workspace = Sandbox::new();
        let directory = |name: &str| {
            let path = workspace.path().join(name);
            fs::create_dir(&path).expect("it can be made");
            path
        };
        let (cache, node, sandbox) = (directory("cache"), directory("node"), directory("sandbox"));
        fs::write(cache.join("nix-cache-info"), "StoreDir: /nix/store\n").expect("written");
        workspace.file(
            "jobc.toml",
            format!(
                "[init]\nsubstituters = [\"file://{}\"]\ntries = 8\n",
                cache.display()
            ),
        );
        Self {
            workspace,
            cache,
            node,
            sandbox,
        }
    }

    /// The compiled job called `name`.
    fn build(&self, name: &str) -> Value {
        let run = self.workspace.jobc(["build", "--stdout", name]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let text = run
            .stdout
            .replace("[DIR]", &self.workspace.path().display().to_string());
        serde_json::from_str(&text).expect("it is JSON")
    }

    /// Puts a tree into the cache, content-addressed and unsigned.
    fn publish(&self, path: &StorePath, nar: &[u8], references: &BTreeSet<StorePath>) {
        let Digest { hash, size } = {
            let mut hasher = Sha256Writer::new();
            hasher.update(nar);
            hasher.finish()
        };
        let store_dir = StoreDir::default();
        let mut narinfo = format!(
            "StorePath: {}\nURL: nar/{path}.nar\nCompression: none\nNarHash: {hash}\n\
             NarSize: {size}\n",
            store_dir.display(path)
        );
        let references: Vec<String> = references.iter().map(ToString::to_string).collect();
        let references = references.join(" ");
        writeln!(narinfo, "References: {references}\nCA: fixed:r:{hash}")
            .expect("strings take all");
        fs::create_dir_all(self.cache.join("nar")).expect("it can be made");
        fs::write(self.cache.join(format!("nar/{path}.nar")), nar).expect("written");
        fs::write(self.cache.join(format!("{}.narinfo", path.hash())), narinfo).expect("written");
    }

    /// Publishes a file or directory of the workspace.
    fn publish_import(&self, name: &str) {
        let store_dir = StoreDir::default();
        let importer =
            Importer::new(self.workspace.path(), store_dir, &[]).expect("the workspace is there");
        let path = self.workspace.path().join(name);
        let nar = importer
            .archive(&path, Vec::new())
            .expect("it can be archived");
        let object = importer.import(&path).expect("it can be imported");
        self.publish(&object.store_path, &nar, &BTreeSet::new());
    }

    /// Publishes the script of a process of a compiled job; its path is what the init step names.
    fn publish_script(&self, job: &Value, process: &str, references: &[&str]) {
        let store_dir = StoreDir::default();
        let command = cmdline(job, process);
        let contents = format!("#!/usr/bin/env bash\n{command}\n").into_bytes();
        let nar = Tree::Regular {
            executable: true,
            contents,
        }
        .write(Vec::new())
        .expect("written");
        let references: BTreeSet<StorePath> = references
            .iter()
            .map(|path| store_dir.parse(path).expect("it is one"))
            .collect();
        let init = cmdline(job, &init_name(job, process));
        let path = init
            .strip_prefix("p=")
            .and_then(|rest| rest.split(' ').next())
            .map(|path| store_dir.parse(path).expect("it is a store path"))
            .expect("the command begins with it");
        let mut hasher = Sha256Writer::new();
        hasher.update(&nar);
        let name: &StorePathName = path.name();
        let address = ContentAddress::Source(hasher.finish().hash);
        let computed = store_path(&store_dir, name, &address, &references).expect("a source");
        assert_eq!(path, computed, "the script is what jobc says that it is");
        self.publish(&path, &nar, &references);
    }

    /// Runs a command on the node, in the task's sandbox, as Thermos would.
    fn run(&self, shell: &[&str], command: &str) -> Output {
        self.start(shell, command)
            .output()
            .expect("it can be started")
    }

    fn start(&self, shell: &[&str], command: &str) -> Command {
        let mut started = Command::new("unshare");
        started
            .args([
                "-m",
                "sh",
                "-c",
                "mount --bind \"$0\" /nix && cd \"$1\" && shift && exec \"$@\"",
            ])
            .arg(&self.node)
            .arg(&self.sandbox)
            .args(shell)
            .args(["-c", command])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.workspace.path())
            .env("NIX_CONFIG", "substituters =\nbuild-users-group =\n")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        started
    }
}

fn cmdline(job: &Value, process: &str) -> String {
    let processes = job["task"]["processes"].as_array().expect("a list");
    let found = processes.iter().find(|found| found["name"] == process);
    let found = found.unwrap_or_else(|| panic!("there is a process `{process}`"));
    found["cmdline"].as_str().expect("a string").to_owned()
}

/// The init step that the ordering constraints put before a process.
fn init_name(job: &Value, process: &str) -> String {
    let constraints = job["task"]["constraints"].as_array().expect("a list");
    let before = constraints.iter().find(|edge| edge["order"][1] == process);
    let before = before.unwrap_or_else(|| panic!("something holds `{process}` back"));
    before["order"][0].as_str().expect("a string").to_owned()
}

/// All store paths that a command mentions, as text.
fn mentioned(command: &str) -> Vec<String> {
    let store_dir = StoreDir::default();
    let mentions = jobc::store::references::mentions(&store_dir, command.as_bytes());
    mentions
        .map(|mention| {
            let path = mention.longest().expect("a store path").store_path;
            store_dir.display(&path).to_string()
        })
        .collect()
}

const HOSTILE: &str = "a b;$(touch oops)'\"";

/// A job whose process names a package (a directory) and a file, and has an unkind name.
fn greeter() -> (Cluster, Value) {
    let cluster = Cluster::new();
    let tool = "#!/bin/sh\nread line <\"$1\"; echo \"$line, said the tool\"\n";
    cluster
        .workspace
        .file("greeter/tool/bin/say", tool)
        .file("greeter/greeting.txt", "hello\n");
    let say = cluster.workspace.path().join("greeter/tool/bin/say");
    fs::set_permissions(say, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let definition = BTreeMap::from([
        ("cluster", Value::from("devcluster")),
        ("role", Value::from("www")),
        ("environment", Value::from("devel")),
        ("name", Value::from("greeter")),
        (
            "packages",
            serde_json::json!({ "tool": { "path": "./tool" } }),
        ),
        (
            "task",
            serde_json::json!({
                "processes": [{
                    "name": HOSTILE,
                    "cmdline": "${pkgs.tool}/bin/say ${./greeting.txt}",
                }],
                "resources": { "cpu": 1, "ram": "64 MB", "disk": "64 MB" },
            }),
        ),
    ]);
    let text = serde_json::to_string(&definition).expect("it is JSON");
    cluster.workspace.file("greeter/job.json", text);
    let job = cluster.build("greeter");
    cluster.publish_import("greeter/tool");
    cluster.publish_import("greeter/greeting.txt");
    let references = mentioned(&cmdline(&job, HOSTILE));
    let references: Vec<&str> = references.iter().map(String::as_str).collect();
    cluster.publish_script(&job, HOSTILE, &references);
    (cluster, job)
}

fn succeeded(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{:?}\n{said}", output.status);
}

#[test]
fn from_definition_to_running_process() {
    if !nix() {
        return;
    }
    for shell in [&["bash"][..], &["dash"], &["busybox", "sh"]] {
        let (cluster, job) = greeter();
        let init = cmdline(&job, &init_name(&job, HOSTILE));
        let process = cmdline(&job, HOSTILE);
        assert!(
            !cluster.run(shell, &process).status.success(),
            "an empty node has nothing"
        );
        succeeded(&cluster.run(shell, &init));
        let output = cluster.run(shell, &process);
        succeeded(&output);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "hello, said the tool\n"
        );
        succeeded(&cluster.run(shell, &init));
        assert!(
            !cluster.sandbox.join("oops").exists(),
            "a name is never run"
        );
        let verify = "nix-store --verify --check-contents 2>&1";
        succeeded(&cluster.run(shell, verify));
    }
}

#[test]
fn the_sandbox_keeps_the_closure() {
    if !nix() {
        return;
    }
    let (cluster, job) = greeter();
    let shell = &["bash"][..];
    succeeded(&cluster.run(shell, &cmdline(&job, &init_name(&job, HOSTILE))));
    succeeded(&cluster.run(shell, "nix-collect-garbage"));
    succeeded(&cluster.run(shell, &cmdline(&job, HOSTILE)));
    fs::remove_dir_all(cluster.sandbox.join(".gc")).expect("the roots are in the sandbox");
    succeeded(&cluster.run(shell, "nix-collect-garbage"));
    assert!(
        !cluster.run(shell, &cmdline(&job, HOSTILE)).status.success(),
        "it was collected"
    );
}

/// Steps of one task start together; on a fresh node Nix gets in its own way.
#[test]
fn eight_at_once() {
    if !nix() {
        return;
    }
    let (cluster, job) = greeter();
    let init = cmdline(&job, &init_name(&job, HOSTILE));
    let started: Vec<_> = (0..8)
        .map(|_| {
            cluster
                .start(&["bash"], &init)
                .spawn()
                .expect("it can be started")
        })
        .collect();
    for child in started {
        succeeded(&child.wait_with_output().expect("it ends"));
    }
    succeeded(&cluster.run(&["bash"], &cmdline(&job, HOSTILE)));
}

/// A cache without the object, or with one that somebody changed, is refused in words.
#[test]
fn what_is_not_there_is_named() {
    if !nix() {
        return;
    }
    let (cluster, job) = greeter();
    let settings = fs::read_to_string(cluster.workspace.path().join("jobc.toml")).expect("written");
    cluster
        .workspace
        .file("jobc.toml", settings.replace("tries = 8", "tries = 1"));
    assert_ne!(
        job,
        cluster.build("greeter"),
        "the settings are part of the step"
    );
    let init = cmdline(&cluster.build("greeter"), &init_name(&job, HOSTILE));
    let nars = fs::read_dir(cluster.cache.join("nar")).expect("it is there");
    for nar in nars.filter_map(Result::ok) {
        if nar.file_name().to_string_lossy().contains("greeting.txt") {
            let mut contents = fs::read(nar.path()).expect("it can be read");
            let place = contents
                .windows(5)
                .position(|five| five == b"hello")
                .expect("the text");
            contents[place] = b'j';
            fs::write(nar.path(), contents).expect("it can be written");
        }
    }
    let refused = |output: &Output, words: &[&str]| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    };
    refused(
        &cluster.run(&["bash"], &init),
        &["hash mismatch", "nix_init: cannot realise"],
    );
    for narinfo in fs::read_dir(&cluster.cache)
        .expect("it is there")
        .filter_map(Result::ok)
    {
        if Path::new(&narinfo.file_name())
            .extension()
            .is_some_and(|found| found == "narinfo")
        {
            fs::remove_file(narinfo.path()).expect("it can be removed");
        }
    }
    refused(
        &cluster.run(&["bash"], &init),
        &["nix_init: cannot realise", "after 1 tries"],
    );
}

/// The compiled file is named as `builtins.toFile` would name it.
#[test]
fn compiled_files_are_named_as_by_nix() {
    if !nix() {
        return;
    }
    let cluster = Cluster::new();
    cluster.workspace.file(
        "job.toml",
        crate::harness::small_job("app", "contact = \"\u{e9}\""),
    );
    let run = cluster.workspace.jobc(["build", "app", "--print", "path"]);
    let root = cluster.workspace.path().display().to_string();
    let path = run.stdout.trim_end().replace("[DIR]", &root);
    let name = Path::new(&path)
        .file_name()
        .expect("it is a file")
        .to_string_lossy()
        .into_owned();
    let (_, object) = name.split_once('-').expect("a hash stands before the name");
    let output = Command::new("nix-instantiate")
        .args(["--eval", "-E"])
        .arg(format!(
            "builtins.toFile \"{object}\" (builtins.readFile {path})"
        ))
        .output()
        .expect("nix-instantiate can be started");
    succeeded(&output);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("\"/nix/store/{name}\"\n")
    );
}
