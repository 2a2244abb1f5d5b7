//! The init step's command, run by each shell that nodes have, with a `nix-store` made for the
//! purpose. What real Nix does with it is in `nix.rs`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use jobc::model::InitSettings;
use jobc::plan::Realisation;
use jobc::store::{StoreDir, StorePath};
use jobc::target::aurora::{InitCommand, Root};

use crate::harness::suite::ignore;
use crate::harness::{Sandbox, report};

pub const OBJECT: &str = "88hvv1a9ixsdxr2klz3gsvdrnyy59xp3-script";

type Shell = &'static [&'static str];

const SHELLS: [Shell; 4] = [&["sh"], &["bash"], &["dash"], &["busybox", "sh"]];

fn is_here(shell: &Shell) -> bool {
    let found = Command::new(shell[0])
        .args(&shell[1..])
        .args(["-c", ":"])
        .output();
    found.is_ok_and(|output| output.status.success())
}

/// The shells that are here; a machine has at least `sh`.
pub fn shells() -> Vec<Shell> {
    SHELLS.into_iter().filter(is_here).collect()
}

/// Ends a test that passed in the shells that are here, where others are not.
pub fn need_all_shells() {
    if let Some([shell, ..]) = SHELLS.iter().find(|shell| !is_here(shell)) {
        ignore(format!("there is no {shell}; in the others, it passed"));
    }
}

pub fn settings(text: &str) -> InitSettings {
    serde_json::from_str(text).expect("the settings are well-formed")
}

pub struct Node {
    pub sandbox: Sandbox,
    store: String,
}

impl Node {
    /// A node whose `nix-store` is this script; `sleep` takes no time and says what it was asked.
    pub fn new(nix_store: Option<&str>) -> Self {
        let sandbox = Sandbox::new();
        let store = format!("{}/store", sandbox.path().display());
        fs::create_dir(&store).expect("the store can be made");
        let node = Self { sandbox, store };
        node.program("sleep", "echo \"slept $1\" >&2");
        if let Some(script) = nix_store {
            node.program("nix-store", script);
        }
        node
    }

    pub fn program(&self, name: &str, script: &str) {
        let path = self.sandbox.path().join("bin").join(name);
        self.sandbox
            .file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }

    fn object(&self) -> String {
        format!("{}/{OBJECT}", self.store)
    }

    pub fn command(&self, settings: &InitSettings, process: &str) -> String {
        let store_dir: StoreDir = self.store.parse().expect("the directory is a store's");
        let path: StorePath = OBJECT.parse().expect("it is a store path");
        let realisation = Realisation::new(settings, &store_dir);
        InitCommand::new(&realisation).realise(&path, Root::Process(process))
    }

    pub fn run(&self, shell: &[&str], command: &str) -> Output {
        let work = self.sandbox.path().join("work dir");
        fs::create_dir_all(&work).expect("it can be made");
        Command::new(shell[0])
            .args(&shell[1..])
            .args(["-c", command])
            .current_dir(work)
            .env_clear()
            .env("NIX_STATE_DIR", self.sandbox.path().join("state"))
            .env(
                "PATH",
                format!("{}/bin:/usr/bin:/bin", self.sandbox.path().display()),
            )
            .stdin(Stdio::null())
            .output()
            .expect("the shell can be started")
    }
}

/// Runs the command in every shell on a fresh node and compares its exit code and what it says.
fn check(nix_store: Option<&str>, text: &str, process: &str, status: i32, says: &[&str]) {
    let mut failures = Vec::new();
    for shell in shells() {
        let node = Node::new(nix_store);
        let output = node.run(shell, &node.command(&settings(text), process));
        let stderr = String::from_utf8_lossy(&output.stderr);
        let said = says.iter().all(|word| stderr.contains(word));
        if output.status.code() != Some(status) || !said || !output.stdout.is_empty() {
            failures.push(format!("{shell:?}: {:?}\n{stderr}", output.status));
        }
    }
    report(&failures);
    need_all_shells();
}

/// Realises by making the file, and keeps its arguments.
const WORKS: &str = r#"
echo "$@" >>"${0%/*}/../calls"
for last; do :; done
mkdir -p "${0%/*}/../store"; : >"$last"
echo "$last"
"#;

fn works() {
    check(Some(WORKS), "{}", "web", 0, &[]);
    check(
        Some(WORKS),
        r#"{"substituters": ["https://a.example", "file:///b"]}"#,
        "web",
        0,
        &[],
    );
}

fn arguments() {
    let text = r#"{
        "substituters": ["https://a.example?x=$(id)", "file:///b c"],
        "trusted_public_keys": ["k-1:AAAA=", "k-2:BBBB="]
    }"#;
    for shell in shells() {
        let node = Node::new(Some(WORKS));
        let command = node.command(&settings(text), "a b;$(x)'\"{{name}}");
        assert!(!command.contains("{{"), "{command}");
        let output = node.run(shell, &command);
        assert!(output.status.success(), "{shell:?}: {output:?}");
        let calls = fs::read_to_string(node.sandbox.path().join("calls")).expect("it was called");
        let root = node.sandbox.path().join("work dir/.gc");
        let expected = format!(
            "--option extra-substituters https://a.example?x=$(id) file:///b c \
             --option extra-trusted-public-keys k-1:AAAA= k-2:BBBB= \
             --option connect-timeout 10 \
             --add-root {}/",
            root.display()
        );
        assert!(
            calls.starts_with(&expected),
            "{shell:?}:\n{calls}{expected}"
        );
        let name = calls[expected.len()..]
            .split(' ')
            .next()
            .expect("a root follows");
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        assert!(name.bytes().all(plain), "{name}");
        assert!(
            calls.ends_with(&format!("--indirect -r {}\n", node.object())),
            "{calls}"
        );
    }
    need_all_shells();
}

fn no_nix() {
    check(
        None,
        r#"{"nix_store": "no-nix-store"}"#,
        "web",
        127,
        &[
            "nix_init: no-nix-store not found on",
            "install Nix on this node",
        ],
    );
}

fn a_cache_that_recovers() {
    let flaky = format!(
        r#"n=$(cat "${{0%/*}}/../n" 2>/dev/null || echo 0); echo $((n+1)) >"${{0%/*}}/../n"
        [ "$n" -ge 2 ] || {{ echo "error: unable to download" >&2; exit 1; }}
        {WORKS}"#
    );
    check(
        Some(&flaky),
        "{}",
        "web",
        0,
        &[
            "unable to download",
            "nix_init: try 1 of 5 failed, again in 2s",
            "slept 2",
            "nix_init: try 2 of 5 failed, again in 4s",
            "slept 4",
        ],
    );
}

fn a_cache_that_does_not() {
    check(
        Some("exit 1"),
        r#"{"tries": 3}"#,
        "web",
        1,
        &[
            "slept 2",
            "slept 4",
            "nix_init: cannot realise",
            "from the default substituters after 3 tries: Nix says why above",
        ],
    );
    check(
        Some("exit 1"),
        r#"{"tries": 8}"#,
        "web",
        1,
        &[
            "slept 8",
            "slept 16",
            "slept 30\nnix_init: try 6 of 8 failed, again in 30s",
        ],
    );
    check(
        Some("exit 1"),
        r#"{"tries": 1, "substituters": ["file:///a"]}"#,
        "web",
        1,
        &["from file:///a after 1 tries"],
    );
}

/// A store that was made somewhere else: Nix says yes, and the path is not there.
fn a_relocated_store() {
    check(
        Some("exit 0"),
        "{}",
        "web",
        1,
        &["was realised but is not at its path"],
    );
}

/// Whoever may write to the store needs no daemon, and trusts itself: failing once is enough. What
/// a daemon does is in `nix/daemon.rs`.
fn no_daemon() {
    for shell in shells() {
        let node = Node::new(Some("exit 1"));
        node.program("nix", ": >\"${0%/*}/../copied\"");
        fs::create_dir(node.sandbox.path().join("state")).expect("it can be made");
        let text = r#"{"tries": 1, "substituters": ["https://a.example"]}"#;
        let output = node.run(shell, &node.command(&settings(text), "web"));
        assert_eq!(output.status.code(), Some(1), "{shell:?}: {output:?}");
        assert!(!node.sandbox.path().join("copied").exists());
    }
    need_all_shells();
}

/// What `nix-store` is told by its environment and its arguments.
pub fn settings_for_nix() {
    const TELLS: &str = r#"
        echo "$@" >"${0%/*}/../told"
        echo "home $HOME" >>"${0%/*}/../told"
        echo "cache $XDG_CACHE_HOME" >>"${0%/*}/../told"
        echo "$NIX_CONFIG" >>"${0%/*}/../told"
        for last; do :; done; : >"$last""#;
    let tell = |text: &str, shell: &[&str]| {
        let node = Node::new(Some(TELLS));
        fs::create_dir(node.sandbox.path().join("state")).expect("it can be made");
        let output = node.run(shell, &node.command(&settings(text), "web"));
        assert!(output.status.success(), "{shell:?}: {output:?}");
        let told = fs::read_to_string(node.sandbox.path().join("told")).expect("it was called");
        told.replace(&node.sandbox.path().display().to_string(), "[DIR]")
    };
    for shell in shells() {
        let told = tell("{}", shell);
        assert!(told.starts_with("--option connect-timeout 10 --add-root [DIR]/work dir/.gc/web "));
        assert!(told.contains("\nhome [DIR]/work dir\ncache [DIR]/work dir/.gc/.cache/web\n"));
        assert!(told.contains("\nstalled-download-timeout = 60\n"), "{told}");
        let told = tell(
            r#"{"connect_timeout": 3, "stalled_download_timeout": 4}"#,
            shell,
        );
        assert!(told.starts_with("--option connect-timeout 3 "), "{told}");
        assert!(told.contains("\nstalled-download-timeout = 4\n"), "{told}");
        let only = r#"{"only_substituters": true, "substituters": ["file:///a", "file:///b"]}"#;
        let told = tell(only, shell);
        assert!(
            told.starts_with("--option substituters file:///a file:///b --option"),
            "{told}"
        );
        let told = tell(r#"{"only_substituters": true}"#, shell);
        assert!(
            told.starts_with("--option substituters  --option"),
            "{told}"
        );
    }
    need_all_shells();
}

/// A sandbox in which nothing can be made is named, before anything is downloaded.
fn no_place_for_roots() {
    for shell in shells() {
        let node = Node::new(Some(WORKS));
        node.sandbox.file("work dir/.gc", "a file");
        let output = node.run(shell, &node.command(&settings("{}"), "web"));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{shell:?}: {stderr}");
        assert!(
            stderr.contains("the sandbox has to be writable"),
            "{stderr}"
        );
        assert!(!node.sandbox.path().join("calls").exists());
    }
    need_all_shells();
}

fn a_profile_script() {
    for shell in shells() {
        let node = Node::new(None);
        let hidden = node.sandbox.path().join("hidden nix");
        fs::create_dir(&hidden).expect("it can be made");
        node.program("my-nix-store", WORKS);
        fs::rename(
            node.sandbox.path().join("bin/my-nix-store"),
            hidden.join("my-nix-store"),
        )
        .expect("it can be moved");
        let profile = node.sandbox.path().join("it's a profile.sh");
        fs::write(&profile, format!("PATH=\"$PATH:{}\"\n", hidden.display())).expect("written");
        let text = format!(
            r#"{{"profile_script": "{}", "nix_store": "my-nix-store"}}"#,
            profile.display()
        );
        let output = node.run(shell, &node.command(&settings(&text), "web"));
        assert!(output.status.success(), "{shell:?}: {output:?}");
        let missing = r#"{"profile_script": "/nonexistent/profile.sh", "tries": 1}"#;
        let node = Node::new(Some(WORKS));
        let output = node.run(shell, &node.command(&settings(missing), "web"));
        assert!(output.status.success(), "{shell:?}: {output:?}");
    }
    need_all_shells();
}

fn shellcheck_is_content() {
    if !Path::new("/usr/bin/shellcheck").exists() {
        ignore("there is no shellcheck on this machine");
    }
    let all = r#"{
        "substituters": ["https://a.example", "file:///b c"],
        "trusted_public_keys": ["k-1:AAAA="],
        "profile_script": "/etc/profile.d/nix.sh"
    }"#;
    let mut failures = Vec::new();
    for text in ["{}", all] {
        let node = Node::new(None);
        let path = node.sandbox.path().join("init.sh");
        let command = node.command(&settings(text), "web");
        fs::write(&path, &command).expect("it can be written");
        for dialect in ["sh", "bash", "dash"] {
            let output = Command::new("shellcheck")
                // A profile script is on the node.
                .args(["-s", dialect, "-e", "SC1091"])
                .arg(&path)
                .output();
            let output = output.expect("shellcheck can be started");
            if !output.status.success() {
                failures.push(String::from_utf8_lossy(&output.stdout).into_owned());
            }
        }
    }
    report(&failures);
}

tests! {
    works,
    arguments,
    no_nix,
    a_cache_that_recovers,
    a_cache_that_does_not,
    a_relocated_store,
    no_daemon,
    settings_for_nix,
    no_place_for_roots,
    a_profile_script,
    shellcheck_is_content,
}
