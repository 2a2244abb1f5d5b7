//! A Nix of a few lines of shell.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::harness::{Run, Sandbox};

use super::{DEP, OTHER, TOOL, base, definition};

/// A workspace with a Nix of its own.
pub struct Fake {
    pub sandbox: Sandbox,
}

pub const HASH: &str = "7cd4d4b906ce4be439a7799d239cbc445bee4b0d2651fa3870a963709eca5ee5";

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

impl Fake {
    pub fn new() -> Self {
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
    pub fn path(&self, path: &str, references: &[&str]) -> &Self {
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
    pub fn package(&self, system: &str, attribute: &str, path: &str) {
        let name = base(path);
        let answer = format!("[\"{path}.drv\", \"out\", \"{path}\"]");
        self.sandbox
            .file(&format!("fake/eval/{system}/{attribute}"), answer)
            .file(&format!("fake/outputs/{name}.drv!out"), format!("{path}\n"));
    }

    /// The definition's packages, as TOML.
    pub fn names(&self, packages: &str) -> &Self {
        self.sandbox.file("job.toml", definition(packages));
        self
    }

    pub fn command(&self) -> Command {
        let mut command = self.sandbox.command();
        let bin = self.sandbox.path().join("fake/bin");
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        command.arg("lock");
        command
    }

    pub fn lock(&self, arguments: &[&str]) -> Run {
        self.sandbox.finish(self.command().args(arguments))
    }

    pub fn text(&self) -> Option<String> {
        fs::read_to_string(self.sandbox.path().join("jobc.lock")).ok()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.sandbox.path().join(name)
    }

    /// What Nix was asked since the last time.
    pub fn log(&self) -> Vec<String> {
        let log = self.file("fake/log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        fs::write(log, "").expect("it can be written");
        text.lines().map(str::to_owned).collect()
    }

    /// What was evaluated since the last time.
    pub fn evaluated(&self) -> Vec<String> {
        let log = self.log().into_iter();
        log.filter_map(|line| line.strip_prefix("evaluate ").map(str::to_owned))
            .collect()
    }
}
