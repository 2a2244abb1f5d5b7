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

use crate::plan::{NeededBy, OtherCaches, Realisation};
use crate::shell::shell_word;
use crate::store::{StorePath, StorePathName};

/// What all commands end with, comments included.
const SHARED: &str = include_str!("realise.sh");

/// What all commands of a workspace that realise something have in common.
#[derive(Debug, Clone)]
pub struct InitCommand<'r> {
    realisation: &'r Realisation,
    /// What is run before all else.
    profile: String,
    /// Text from after the line that says what is realised to the end.
    common: String,
}

/// What keeps a closure from being collected: a link in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root<'a> {
    /// That of a process, by its name.
    Process(&'a str),
    /// That of the health check.
    HealthCheck,
    /// That of a whole job, by the job's name.
    Job(&'a str),
}

impl<'r> InitCommand<'r> {
    /// The commands of nodes that realise closures like this.
    pub fn new(realisation: &'r Realisation) -> Self {
        Self::with_tries(realisation, realisation.tries)
    }

    /// The commands that try once, without insisting.
    pub fn of_fetching(realisation: &'r Realisation) -> Self {
        Self::with_tries(realisation, 1)
    }

    fn with_tries(realisation: &'r Realisation, tries: i64) -> Self {
        let profile = realisation.profile_script.as_deref().map(|script| {
            let script = shell_word(script);
            format!("if [ -r {script} ]; then . {script}; fi\n")
        });
        Self {
            realisation,
            profile: profile.unwrap_or_default(),
            common: common(realisation, tries),
        }
    }

    /// The command that realises `path` and keeps it by `root`.
    pub fn realise(&self, path: &StorePath, root: Root<'_>) -> String {
        let Self {
            realisation,
            profile,
            common,
        } = self;
        let path = realisation.store_dir.display(path);
        let mut text = String::with_capacity(profile.len() + common.len() + 256);
        writeln!(text, "{profile}path={path} root=$PWD/.gc/{}", root.name())
            .expect(STRINGS_TAKE_ALL);
        text.push_str(common);
        text
    }
}

impl<'a> Root<'a> {
    /// The root of what `by` needs, of the job with this name.
    pub(super) fn of(by: &'a NeededBy, job: &'a str) -> Self {
        match by {
            NeededBy::Process(name) => Self::Process(name.as_str()),
            NeededBy::HealthCheck => Self::HealthCheck,
            NeededBy::Job => Self::Job(job),
        }
    }

    /// Its name in `.gc/`. No process has one that begins with a dot.
    fn name(self) -> String {
        match self {
            Self::Process(name) | Self::Job(name) => StorePathName::mangle(name).to_string(),
            Self::HealthCheck => ".health_check".to_owned(),
        }
    }
}

const STRINGS_TAKE_ALL: &str = "writing to a string does not fail";

fn common(realisation: &Realisation, tries: i64) -> String {
    let Realisation {
        // A command says what it realises.
        store_dir: _,
        // These are about steps.
        names: _,
        max_failures: _,
        tries: _,
        caches,
        others,
        keys,
        connect_timeout,
        stalled_download_timeout,
        // It comes first.
        profile_script: _,
        nix_store,
    } = realisation;
    let asked = match others {
        OtherCaches::Ignored => "substituters",
        OtherCaches::Asked if caches.is_empty() => "''",
        OtherCaches::Asked => "extra-substituters",
    };
    let mut text = String::with_capacity(SHARED.len() + 256);
    let program = nix_store.as_deref().unwrap_or("nix-store");
    if let Some((directory, _)) = program.rsplit_once('/') {
        // `nix` is beside it.
        writeln!(text, "PATH={}:$PATH", shell_word(directory)).expect(STRINGS_TAKE_ALL);
    }
    writeln!(
        text,
        "nix_store={} tries={tries} asked={asked} keys={} connect={connect_timeout} stall={stalled_download_timeout}",
        shell_word(program),
        shell_word(&keys.join(" ")),
    )
    .expect(STRINGS_TAKE_ALL);
    text.push_str("set --");
    for cache in caches {
        write!(text, " {}", shell_word(cache)).expect(STRINGS_TAKE_ALL);
    }
    let mut is_wanted = true;
    for line in SHARED.lines() {
        match line {
            "#+caches" => is_wanted = !caches.is_empty(),
            "#-caches" => is_wanted = true,
            _ if is_wanted && !line.starts_with('#') => {
                text.push('\n');
                text.push_str(line);
            }
            _ => {}
        }
    }
    text
}
