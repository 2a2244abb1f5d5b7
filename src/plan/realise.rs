//! The command that realises a closure on a node.
//!
//! POSIX sh that bash, dash and busybox run alike, without `{{`, which the scheduler would bind.
//! It asks the node's own Nix first. Where a daemon does not trust the job's account, it refuses
//! the job's caches; then the client downloads and the daemon only checks contents
//! (`nix copy --from`), which content-addressed objects pass without a key. Nix retries little by
//! itself, and several steps at once get in each other's way on a fresh node, so that the whole is
//! tried again, with growing waits. A garbage-collection root in the sandbox keeps the closure for
//! as long as the sandbox is there.

use std::fmt::Write as _;

use crate::model::{InitSettings, shell_word};
use crate::store::{StoreDir, StorePath, StorePathName};

const DEFAULT_TRIES: i64 = 5;

/// What all init commands of a workspace have in common.
#[derive(Debug, Clone)]
pub struct InitCommand {
    store_dir: StoreDir,
    /// Text from after the first line to the end.
    common: String,
    /// The same with a single try.
    once: String,
}

impl InitCommand {
    /// The commands for nodes with this store, by these settings.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        let tries = settings
            .tries
            .map_or(DEFAULT_TRIES, crate::model::Integer::get);
        Self {
            store_dir: store_dir.clone(),
            common: common(settings, tries),
            once: common(settings, 1),
        }
    }

    /// The command that realises `path` for the process called `process`.
    pub fn realise(&self, path: &StorePath, process: &str) -> String {
        self.command(path, process, &self.common)
    }

    /// The command that tries to once, without insisting.
    pub fn fetch(&self, path: &StorePath, process: &str) -> String {
        self.command(path, process, &self.once)
    }

    fn command(&self, path: &StorePath, process: &str, common: &str) -> String {
        let path = self.store_dir.display(path);
        let root = StorePathName::mangle(process);
        let mut text = String::with_capacity(common.len() + 256);
        line(&mut text, &format!("p={path} r=$PWD/.gc/{root} n=0"));
        text.push_str(common);
        text
    }
}

fn common(settings: &InitSettings, tries: i64) -> String {
    let caches = settings.substituters.as_deref().unwrap_or_default();
    let keys = settings.trusted_public_keys.as_deref().unwrap_or_default();
    let mut text = String::new();
    if !caches.is_empty() {
        let quoted: Vec<_> = caches.iter().map(|cache| shell_word(cache)).collect();
        line(&mut text, &format!("set -- {}", quoted.join(" ")));
    }
    if let Some(script) = &settings.profile_script {
        line(&mut text, &format!("f={}", shell_word(script)));
        line(&mut text, "if [ -r \"$f\" ]; then");
        line(&mut text, "# shellcheck source=/dev/null");
        line(&mut text, ". \"$f\"; fi");
    }
    line(
        &mut text,
        "PATH=${PATH:-/usr/bin:/bin}:/nix/var/nix/profiles/default/bin:/run/current-system/sw/bin:\
         ${HOME:-/root}/.nix-profile/bin:${HOME:-/root}/.local/state/nix/profile/bin:\
         /usr/local/bin:/usr/bin:/bin; export PATH",
    );
    let program = settings.nix_store.as_deref().unwrap_or("nix-store");
    line(&mut text, &format!("s={}", shell_word(program)));
    line(
        &mut text,
        "command -v \"$s\" >/dev/null 2>&1 || { echo \"nix_init: $s not found on $(uname -n) \
         (PATH=$PATH): install Nix on this node\" >&2; exit 127; }",
    );
    let mut options = "--option narinfo-cache-negative-ttl 0".to_owned();
    if !keys.is_empty() {
        write!(
            options,
            " --option extra-trusted-public-keys {}",
            shell_word(&keys.join(" "))
        )
        .expect("writing to a string does not fail");
    }
    let root = "--add-root \"$r\" --indirect -r \"$p\" >/dev/null";
    if caches.is_empty() {
        line(&mut text, &format!("g() {{ \"$s\" {options} {root}; }}"));
    } else {
        line(
            &mut text,
            &format!("g() {{ \"$s\" --option extra-substituters \"$*\" {options} {root} && return"),
        );
        line(
            &mut text,
            &format!(
                "for c; do nix --extra-experimental-features nix-command {options} copy --from \
                 \"$c\" \"$p\" && \"$s\" {root} && return; done; return 1; }}"
            ),
        );
    }
    line(
        &mut text,
        &format!(
            "until g \"$@\"; do n=$((n+1)); [ \"$n\" -lt {tries} ] || {{ echo \"nix_init: cannot \
             realise $p from ${{*:-the default substituters}} after $n tries\" >&2; exit 1; }}; \
             echo \"nix_init: try $n failed, again in $((n*2))s\" >&2; sleep $((n*2)); done"
        ),
    );
    text.push_str(
        "[ -e \"$p\" ] || { echo \"nix_init: $p was realised but is not at its path (relocated \
         store? NIX_REMOTE=${NIX_REMOTE-})\" >&2; exit 1; }",
    );
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
