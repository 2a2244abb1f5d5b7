//! The init step of an account that a node's daemon does not trust, in each shell that nodes have,
//! with programs made for the purpose: `nix-store --store` crashes, as that of Nix 2.34 does.
//! What real Nix does is in `nix/daemon.rs`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::harness::report;
use crate::harness::suite::ignore;
use crate::init_command::{Node, OBJECT, need_all_shells, settings, shells};

/// Takes what is in the store or in the directory `daemon`, and nothing from the job's caches.
const NIX_STORE: &str = r#"
base=${0%/*}/..
for last; do :; done
case "$*" in *--store*) echo asked >>"$base/work dir/asked"; kill -SEGV $$ ;; esac
[ -e "$last" ] && exit
[ -e "$base/daemon/${last##*/}" ] && : >"$last" && exit
echo "error: no substituter has $last" >&2
exit 1
"#;

/// A cache is a directory; a file in it is a store path, and its lines are what that refers to.
/// `version` says which words of the command line are understood.
const NIX: &str = r#"
base=${0%/*}/.. cache='' recursive=yes verb='' format=''
for path; do :; done
while [ $# -gt 0 ]; do
case $1 in
path-info | copy) verb=$1 ;;
--from | --store) cache=${2#file://}; shift ;;
--no-recursive) recursive='' ;;
--json-format) format=$2; shift ;;
esac
shift
done
store=${path%/*} version=$(cat "$base/version")
absent() { echo "error: path '$store/$1' is not valid" >&2; exit 1; }
whole() (
[ -e "$cache/$1" ] || absent "$1"
while read -r reference; do [ "$reference" = "$1" ] || whole "$reference" || exit; done <"$cache/$1"
)
if [ "$verb" = copy ]; then
echo "copy $recursive ${path##*/}" >>"$base/work dir/copies"
[ -e "$cache/${path##*/}" ] || absent "${path##*/}"
if [ "$recursive" ]; then whole "${path##*/}" || exit; else
while read -r reference; do
[ "$store/$reference" = "$path" ] || [ -e "$store/$reference" ] || absent "$reference"
done <"$cache/${path##*/}"
fi
: >"$path"; exit
fi
case $version$format in
dies*) kill -SEGV $$ ;;
old2) echo "error: unrecognised flag '--json-format'" >&2; exit 1 ;;
later) echo "error: '--json' needs '--json-format'" >&2; exit 1 ;;
esac
list='' directory=$store/
[ "$version" = old ] || directory=''
if [ -e "$cache/${path##*/}" ]; then
while read -r reference; do list="$list${list:+,}\"$directory$reference\""; done <"$cache/${path##*/}"
echo "[{\"deriver\":\"x.drv\",\"path\":\"$path\",\"references\":[$list],\"signatures\":[\"k:A+/=\"]}]"
else
echo "[{\"path\":\"$path\",\"valid\":false}]"
fi
"#;

const TOOL: &str = "fh0kcl1b6rxxf8x372ny97cg4mycjy4z-tool-1.0?x=y";
const LIBRARY: &str = "vrpbl7p36ng3nldz0qm3j9p23rnm0np0-library+2";

/// A node whose daemon asks the cache `daemon`, and two caches of the job.
struct Untrusting {
    node: Node,
}

impl Untrusting {
    fn new(version: &str) -> Self {
        let node = Node::new(Some(NIX_STORE));
        node.program("nix", NIX);
        node.sandbox.file("version", version);
        for directory in ["a", "b", "daemon", "work dir", "state"] {
            fs::create_dir(node.sandbox.path().join(directory)).expect("it can be made");
        }
        for (directory, mode) in [(".", 0o755), ("store", 0o777), ("work dir", 0o777)] {
            let path = node.sandbox.path().join(directory);
            fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
        }
        let state = node.sandbox.path().join("state");
        fs::set_permissions(state, Permissions::from_mode(0o555)).expect("it is ours");
        Self { node }
    }

    /// Puts a store path with what it refers to into a cache.
    fn has(self, cache: &str, path: &str, references: &[&str]) -> Self {
        let lines: String = references.iter().map(|name| format!("{name}\n")).collect();
        self.node.sandbox.file(&format!("{cache}/{path}"), lines);
        self
    }

    fn run(&self, shell: &[&str], tries: u32) -> Output {
        let root = self.node.sandbox.path().display().to_string();
        let text = format!(
            r#"{{"tries": {tries}, "substituters": ["file://{root}/a", "file://{root}/b"]}}"#
        );
        let command = self.node.command(&settings(&text), "web");
        let mut all = vec![
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ];
        if !is_root() {
            all.clear();
        }
        all.extend(shell);
        self.node.run(&all, &command)
    }

    fn copies(&self) -> String {
        let path = self.node.sandbox.path().join("work dir/copies");
        fs::read_to_string(path).unwrap_or_default()
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("it can run");
    output.stdout == b"0\n"
}

/// Who may write to everything needs another account for these tests.
fn need_an_account() {
    let possible = !is_root() || Command::new("setpriv").arg("--version").output().is_ok();
    if !possible {
        ignore("there is no setpriv on this machine");
    }
}

/// Runs the step in every shell and compares its exit code, what it says and what was copied.
fn check(make: impl Fn() -> Untrusting, status: i32, says: &[&str], copies: &[&str]) {
    need_an_account();
    let mut failures = Vec::new();
    for shell in shells() {
        let node = make();
        let output = node.run(shell, 1);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let said = says.iter().all(|word| stderr.contains(word));
        let expected: String = copies.iter().map(|line| format!("copy {line}\n")).collect();
        let asked = node.node.sandbox.path().join("work dir/asked").exists();
        if output.status.code() != Some(status) || !said || node.copies() != expected || asked {
            let (status, copies) = (output.status, node.copies());
            failures.push(format!("{shell:?}: {status:?}\n{stderr}\n{copies}"));
        }
    }
    report(&failures);
    need_all_shells();
}

/// All versions of Nix say what a path refers to, in words of their own.
fn one_cache() {
    for version in ["old", "new", "later"] {
        check(
            || {
                Untrusting::new(version)
                    .has("a", OBJECT, &[OBJECT, TOOL])
                    .has("a", TOOL, &[LIBRARY])
                    .has("a", LIBRARY, &[LIBRARY])
            },
            0,
            &[],
            &[&format!("yes {TOOL}"), &format!(" {OBJECT}")],
        );
    }
}

/// What the daemon gets by itself is left to it.
fn packages_from_the_daemon() {
    check(
        || {
            Untrusting::new("new")
                .has("b", OBJECT, &[TOOL, LIBRARY])
                .has("daemon", TOOL, &[])
                .has("daemon", LIBRARY, &[])
        },
        0,
        &[],
        &[&format!(" {OBJECT}")],
    );
}

/// A closure that no cache has whole.
fn split_between_caches() {
    check(
        || {
            Untrusting::new("new")
                .has("a", OBJECT, &[TOOL])
                .has("b", TOOL, &[LIBRARY])
                .has("a", LIBRARY, &[])
        },
        0,
        &[],
        &[
            &format!("yes {TOOL}"),
            &format!("yes {TOOL}"),
            &format!("yes {LIBRARY}"),
            &format!(" {TOOL}"),
            &format!(" {OBJECT}"),
        ],
    );
}

/// Where nobody says what a path refers to, that is not "nothing".
fn references_that_cannot_be_learned() {
    check(
        || {
            Untrusting::new("dies")
                .has("b", OBJECT, &[TOOL])
                .has("b", TOOL, &[])
        },
        0,
        &[],
        &[&format!("yes {OBJECT}"), &format!("yes {OBJECT}")],
    );
}

fn missing() {
    check(
        || {
            Untrusting::new("new")
                .has("a", OBJECT, &[LIBRARY, TOOL])
                .has("a", LIBRARY, &[])
        },
        1,
        &[
            &format!("{TOOL}' is not valid"),
            "nix_init: cannot realise ",
            " after 1 tries: Nix says why above",
        ],
        &[
            &format!("yes {LIBRARY}"),
            &format!("yes {TOOL}"),
            &format!("yes {TOOL}"),
            &format!("yes {TOOL}"),
            &format!("yes {TOOL}"),
        ],
    );
}

/// References that lead nowhere end.
fn a_cache_that_lies() {
    need_an_account();
    let node = Untrusting::new("new")
        .has("a", OBJECT, &[TOOL])
        .has("a", TOOL, &[LIBRARY])
        .has("a", LIBRARY, &[TOOL]);
    // The whole of it cannot be copied, and going on piece by piece leads around.
    node.node
        .program("nix", &NIX.replace("whole() (", "whole() (\nexit 1"));
    let output = node.run(&["sh"], 1);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("nix_init: cannot realise "), "{stderr}");
}

/// What a cache did not have once is asked for again, even by the next run of the same step.
fn notes_of_failures() {
    need_an_account();
    for shell in shells() {
        let node = Untrusting::new("new");
        let notes_first = NIX.replace("base=", "mkdir -p \"$XDG_CACHE_HOME/nix\"; base=");
        node.node.program("nix", &notes_first);
        let output = node.run(shell, 1);
        assert_eq!(output.status.code(), Some(1), "{shell:?}: {output:?}");
        let notes = node.node.sandbox.path().join("work dir/.gc/.cache/web");
        assert!(notes.exists() && !notes.join("nix").exists(), "{shell:?}");
    }
    need_all_shells();
}

tests! {
    one_cache,
    packages_from_the_daemon,
    split_between_caches,
    references_that_cannot_be_learned,
    missing,
    a_cache_that_lies,
    notes_of_failures,
}
