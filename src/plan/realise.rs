//! The command that realises a closure on a node.
//!
//! POSIX sh that bash, dash and busybox run alike, without `{{`, which the scheduler would bind:
//! a few lines with what is realised and the settings, then the text of `realise.sh`, which is the
//! same for all. It asks the node's own Nix first. Where a daemon does not trust the job's account,
//! it refuses the job's caches; then the client downloads and the daemon only checks contents
//! (`nix copy --from`), which content-addressed objects pass without a key. What fails is tried
//! again, with growing waits. A garbage-collection root in the sandbox keeps the closure for as
//! long as the sandbox is there.

use std::fmt::Write as _;

use crate::model::{InitSettings, Integer, ProcessName, shell_word};
use crate::store::{StoreDir, StorePath, StorePathName};

/// What all commands end with, comments included.
const SHARED: &str = include_str!("realise.sh");

const DEFAULT_TRIES: i64 = 5;

/// Seconds for a connection to a cache. Nix would wait for 300, five times.
const DEFAULT_CONNECT_TIMEOUT: i64 = 10;

/// Seconds without a byte of a download. Caches that compress as they answer take their time.
const DEFAULT_STALLED_DOWNLOAD_TIMEOUT: i64 = 60;

/// What all init commands of a workspace have in common.
#[derive(Debug, Clone)]
pub struct InitCommand {
    store_dir: StoreDir,
    /// What is run before all else.
    profile: String,
    /// Text from after the line that says what is realised to the end.
    common: String,
    /// The same with a single try.
    once: String,
}

/// What keeps a closure from being collected: a link in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root<'a> {
    /// That of a process.
    Process(&'a ProcessName),
    /// That of the health check.
    HealthCheck,
    /// That of a whole job, by the job's name.
    Job(&'a str),
}

impl InitCommand {
    /// The commands for nodes with this store, by these settings.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        let tries = settings.tries.map_or(DEFAULT_TRIES, Integer::get);
        let profile = settings.profile_script.as_deref().map(|script| {
            let script = shell_word(script);
            format!("if [ -r {script} ]; then . {script}; fi\n")
        });
        Self {
            store_dir: store_dir.clone(),
            profile: profile.unwrap_or_default(),
            common: common(settings, tries),
            once: common(settings, 1),
        }
    }

    /// The command that realises `path` and keeps it by `root`.
    pub fn realise(&self, path: &StorePath, root: Root<'_>) -> String {
        self.command(path, root, &self.common)
    }

    /// The command that tries to once, without insisting.
    pub fn fetch(&self, path: &StorePath, root: Root<'_>) -> String {
        self.command(path, root, &self.once)
    }

    fn command(&self, path: &StorePath, root: Root<'_>, common: &str) -> String {
        let path = self.store_dir.display(path);
        let profile = &self.profile;
        let mut text = String::with_capacity(profile.len() + common.len() + 256);
        writeln!(text, "{profile}path={path} root=$PWD/.gc/{}", root.name())
            .expect(STRINGS_TAKE_ALL);
        text.push_str(common);
        text
    }
}

impl Root<'_> {
    /// Its name in `.gc/`. No process has one that begins with a dot.
    fn name(self) -> String {
        match self {
            Self::Process(name) => StorePathName::mangle(name.as_str()).to_string(),
            Self::HealthCheck => ".health_check".to_owned(),
            Self::Job(name) => StorePathName::mangle(name).to_string(),
        }
    }
}

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";

fn common(settings: &InitSettings, tries: i64) -> String {
    let caches = settings.substituters.as_deref().unwrap_or_default();
    let keys = settings.trusted_public_keys.as_deref().unwrap_or_default();
    let seconds =
        |setting: Option<Integer<1, 3600>>, default| setting.map_or(default, Integer::get);
    let asked = match settings.only_substituters {
        Some(true) => "substituters",
        _ if caches.is_empty() => "''",
        _ => "extra-substituters",
    };
    let mut text = String::with_capacity(SHARED.len() + 256);
    let program = settings.nix_store.as_deref().unwrap_or("nix-store");
    if let Some((directory, _)) = program.rsplit_once('/') {
        // `nix` is beside it.
        writeln!(text, "PATH={}:$PATH", shell_word(directory)).expect(STRINGS_TAKE_ALL);
    }
    writeln!(
        text,
        "nix_store={} tries={tries} asked={asked} keys={} connect={} stall={}",
        shell_word(program),
        shell_word(&keys.join(" ")),
        seconds(settings.connect_timeout, DEFAULT_CONNECT_TIMEOUT),
        seconds(
            settings.stalled_download_timeout,
            DEFAULT_STALLED_DOWNLOAD_TIMEOUT
        ),
    )
    .expect(STRINGS_TAKE_ALL);
    text.push_str("set --");
    for cache in caches {
        write!(text, " {}", shell_word(cache)).expect(STRINGS_TAKE_ALL);
    }
    for line in SHARED.lines().filter(|line| !line.starts_with('#')) {
        text.push('\n');
        text.push_str(line);
    }
    text
}
