//! Nodes: a store of their own with real paths, which `unshare -m` and a bind mount over `/nix`
//! give, while the host's stays as it is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::suite::ignore;

/// Whether there is a real Nix and a namespace to use it in.
pub fn has_nix() -> bool {
    Command::new("unshare")
        .args(["-m", "sh", "-c", "nix-store --version && [ -d /nix ]"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Ends a test that takes Nix where there is none.
pub fn need_nix() {
    if !has_nix() {
        need("there is no Nix, no /nix, or no right to unshare mounts");
    }
}

/// Ends a test for what this machine lacks, unless all has to be there.
pub fn need(lack: &str) -> ! {
    let required = std::env::var("JOBC_REQUIRE_NIX").is_ok_and(|value| value == "1");
    assert!(!required, "JOBC_REQUIRE_NIX=1, and {lack}");
    ignore(lack)
}

/// A machine with an empty store, and the sandbox of a task on it.
pub struct Node {
    directory: TempDir,
    /// What `nix.conf` says besides that nothing is asked.
    conf: String,
    account: Account,
    /// Commands that are run before all others, in the namespace.
    prelude: String,
    environment: Vec<(String, String)>,
    without_home: bool,
}

/// Whose the task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// May write to the store.
    Root,
    /// Needs a daemon, and has no home.
    Nobody,
    /// Is in no list of accounts, as in containers.
    Number(u32),
}

const NOBODY: u32 = 65534;

impl Node {
    pub fn new() -> Self {
        Self::with_conf("")
    }

    /// A node on which `nix.conf` says this, too.
    pub fn with_conf(conf: &str) -> Self {
        let directory = tempfile::Builder::new().prefix("jobc-node-").tempdir();
        let directory = directory.expect("a temporary directory can be made");
        let node = Self {
            directory,
            conf: conf.to_owned(),
            account: Account::Root,
            prelude: String::new(),
            environment: Vec::new(),
            without_home: false,
        };
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(node.path(), open).expect("it is ours");
        for name in ["nix", "conf", "bin", "home", "sandbox"] {
            fs::create_dir(node.path().join(name)).expect("it can be made");
        }
        node.write_conf();
        node
    }

    fn write_conf(&self) {
        let always = "build-users-group =\nsandbox = false\nexperimental-features = nix-command\n";
        let asked =
            if self.conf.contains("\nsubstituters =") || self.conf.starts_with("substituters") {
                ""
            } else {
                "substituters =\n"
            };
        let conf = format!("{always}{asked}{}", self.conf);
        fs::write(self.path().join("conf/nix.conf"), conf).expect("it can be written");
    }

    /// Runs commands as somebody else.
    pub fn account(mut self, account: Account) -> Self {
        self.account = account;
        let owner = match account {
            Account::Root => 0,
            Account::Nobody => NOBODY,
            Account::Number(number) => number,
        };
        chown(self.sandbox(), Some(owner), None).expect("we are root");
        self
    }

    /// Runs this before all else, in the namespace.
    pub fn prelude(mut self, text: &str) -> Self {
        text.clone_into(&mut self.prelude);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without_home(mut self) -> Self {
        self.without_home = true;
        self
    }

    /// Waits take no time: `sleep` says what it was asked, and returns.
    pub fn impatient(self) -> Self {
        let sleep = self.path().join("bin/sleep");
        fs::write(&sleep, "#!/bin/sh\necho \"slept $1\" >&2\n").expect("it can be written");
        let runs = fs::Permissions::from_mode(0o755);
        fs::set_permissions(sleep, runs).expect("it is ours");
        self
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The task's directory.
    pub fn sandbox(&self) -> PathBuf {
        self.path().join("sandbox")
    }

    /// The place of a store path, seen from outside.
    pub fn outside(&self, path: &str) -> PathBuf {
        let inner = path.strip_prefix("/nix/").expect("it is a store path");
        self.path().join("nix").join(inner)
    }

    /// Runs a command in the sandbox, as Thermos would.
    pub fn run(&self, command: &str) -> Output {
        self.run_in(&["bash"], command)
    }

    pub fn run_in(&self, shell: &[&str], command: &str) -> Output {
        self.start(shell, command)
            .output()
            .expect("it can be started")
    }

    pub fn start(&self, shell: &[&str], command: &str) -> Command {
        let mut started = self.enter(&["-m"], self.account);
        started.args(shell).args(["-c", command]);
        started
    }

    /// Collects garbage, as root, who sees no processes of others: what these use is kept.
    pub fn collect(&self) {
        let alone = ["-m", "-p", "-f", "--mount-proc", "--kill-child"];
        let mut started = self.enter(&alone, Account::Root);
        succeeded(
            &started
                .arg("nix-collect-garbage")
                .output()
                .expect("started"),
        );
    }

    /// What is run as `account` in namespaces of its own: the arguments that are added to it.
    fn enter(&self, namespaces: &[&str], account: Account) -> Command {
        let mut command = Command::new("unshare");
        let enter = format!(
            "mount --bind \"$0\" /nix && cd \"$1\" && shift && {{ {}\n}} && exec \"$@\"",
            if self.prelude.is_empty() {
                ":"
            } else {
                &self.prelude
            }
        );
        command
            .args(namespaces)
            .args(["sh", "-c", &enter])
            .arg(self.path().join("nix"))
            .arg(self.sandbox());
        let number = match account {
            Account::Root => None,
            Account::Nobody => Some(NOBODY),
            Account::Number(number) => Some(number),
        };
        if let Some(number) = number {
            let reuid = format!("--reuid={number}");
            command.args(["setpriv", &reuid, "--regid=65534", "--clear-groups"]);
        }
        let bin = self.path().join("bin");
        command
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("NIX_CONF_DIR", self.path().join("conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !self.without_home {
            command.env("HOME", self.path().join("home"));
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the daemon.
    pub fn daemon(&self) -> Daemon {
        let mut command = self.enter(&["-m"], Account::Root);
        command.arg("nix-daemon").stderr(Stdio::null());
        let child = command.spawn().expect("it can be started");
        let daemon = Daemon { child };
        let socket = self.path().join("nix/var/nix/daemon-socket/socket");
        let patience = Instant::now() + Duration::from_secs(30);
        while !socket.exists() {
            assert!(Instant::now() < patience, "the daemon listens");
            std::thread::sleep(Duration::from_millis(5));
        }
        daemon
    }
}

/// A daemon, until it is dropped.
pub struct Daemon {
    child: Child,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command said, both ways.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// Fails unless a command succeeded; returns what it printed.
#[track_caller]
pub fn succeeded(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{:?}\n{}",
        output.status,
        said(output)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Fails unless a command failed with this code and said these words.
#[track_caller]
pub fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in:\n{said}");
    }
}
