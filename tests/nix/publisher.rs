//! A machine with Nix on which people work: jobc locks, compiles and publishes there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::Run;

use super::compiled::{Compiled, Workspace};
use super::node::{Node, succeeded};

/// The job's process.
pub const PROCESS: &str = "say";

const JOB: &str = r#"
cluster = "devcluster"
role = "www"
environment = "devel"
name = "app"
packages = { tool = "./pkgs.nix#tool" }
[task]
processes = [{ name = "say", cmdline = "${pkgs.tool}/bin/say ${./greeting.txt}" }]
resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
"#;

/// A tool that needs `words` to run, and a compiler only to be built.
const PACKAGES: &str = r##"{ ... }:
let
  built = name: more: script: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    PATH = "/usr/bin:/bin";
    args = [ "-ec" script ];
  } // more);
  words = built "words" { } "echo \"words='WORDS'\" > $out";
  compiler = built "compiler" { } "echo compiler > $out";
in {
  tool = built "tool" {
    inherit compiler;
    text = "#!/bin/sh\n. ${words}\nread greeting <\"$1\"; echo \"$greeting, $words\"";
  } "read it < $compiler; mkdir -p $out/bin; echo \"$text\" > $out/bin/say; chmod +x $out/bin/say";
}
"##;

/// The machine, with a workspace and a key, and a cache that the nodes ask.
pub struct Publisher {
    machine: Node,
    pub workspace: Workspace,
    /// What the nodes trust.
    pub key: String,
}

impl Publisher {
    /// A workspace with a job `app`, of which nothing is locked.
    pub fn new() -> Self {
        let workspace = Workspace::new("");
        workspace
            .sandbox
            .file("app/job.toml", JOB)
            .file("app/greeting.txt", "hello\n");
        let machine = Node::new();
        let mut publisher = Self {
            machine,
            workspace,
            key: String::new(),
        };
        publisher.key = publisher.make_key("test-1");
        publisher.asks(&publisher.url());
        publisher.says("one");
        publisher
    }

    /// A new key called so: the public one.
    pub fn make_key(&self, name: &str) -> String {
        let (secret, public) = (self.secret(name), self.secret(name).with_extension("pub"));
        succeeded(&self.machine.run(&format!(
            "nix-store --generate-binary-cache-key {name} '{}' '{}'",
            secret.display(),
            public.display()
        )));
        fs::read_to_string(public)
            .expect("it was made")
            .trim_end()
            .to_owned()
    }

    fn secret(&self, name: &str) -> PathBuf {
        self.machine.path().join(format!("{name}.secret"))
    }

    /// The cache, as the nodes ask for it.
    pub fn url(&self) -> String {
        format!("file://{}", self.workspace.cache.display())
    }

    /// The nodes ask this cache alone and trust the key. The init steps say so, too, since processes
    /// do not have the variable that names the node's `nix.conf`.
    pub fn asks(&self, cache: &str) {
        let more = format!(
            "trusted_public_keys = [\"{}\"]\ntries = 1\n\
             only_substituters = true\n[nodes]\nsubstituters = []",
            self.key
        );
        self.workspace.settings(cache, &more);
    }

    /// What the tool says: a dependency of it is another one.
    pub fn says(&self, words: &str) {
        let packages = PACKAGES.replace("WORDS", words);
        self.workspace.sandbox.file("pkgs.nix", packages);
    }

    /// Runs jobc where packages are built.
    pub fn jobc(&self, arguments: &[&str]) -> Run {
        self.jobc_on(&self.machine, arguments)
    }

    /// Runs jobc in the workspace on another machine.
    pub fn jobc_on(&self, machine: &Node, arguments: &[&str]) -> Run {
        let enter = "cd \"$0\" && exec \"$@\"";
        let mut command: Command = machine.start(&["sh"], enter);
        command
            .arg(self.workspace.sandbox.path())
            .arg(env!("CARGO_BIN_EXE_jobc"))
            .args(arguments);
        self.workspace.sandbox.finish(&mut command)
    }

    /// Runs what has to go well; what it prints.
    #[track_caller]
    pub fn done(&self, arguments: &[&str]) -> String {
        let run = self.jobc(arguments);
        assert_eq!(run.status, 0, "{arguments:?}: {}", run.stderr);
        run.stdout
    }

    /// Publishes the job and its package, signed by the key of this name.
    #[track_caller]
    pub fn push(&self, to: &Path, key: &str) {
        let (to, key) = (format!("file://{}", to.display()), self.secret(key));
        let key = key.display().to_string();
        self.done(&["push", "app", "--to", &to, "--key-file", &key]);
    }

    /// The compiled job.
    #[track_caller]
    pub fn build(&self) -> Compiled {
        let text = self.done(&["build", "app", "--stdout"]);
        let root = self.workspace.sandbox.path().display().to_string();
        let text = text.replace("[DIR]", &root);
        Compiled(serde_json::from_str(&text).expect("it is JSON"))
    }

    /// The version of Nix.
    pub fn version(&self) -> String {
        let said = succeeded(&self.machine.run("nix-store --version"));
        let version = said.split_whitespace().next_back();
        version.expect("it says its version").to_owned()
    }

    /// What a store path refers to, where it was built.
    pub fn references(&self, path: &str) -> Vec<String> {
        let said = succeeded(
            &self
                .machine
                .run(&format!("nix-store -q --references {path}")),
        );
        said.lines().map(str::to_owned).collect()
    }

    /// A node with nothing in its store, which trusts the key.
    pub fn node(&self) -> Node {
        Node::with_conf(&format!("trusted-public-keys = {}\n", self.key))
    }
}
