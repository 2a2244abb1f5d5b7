//! The Nix of this machine, if this user can use it.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::diagnostic::MachineError;
use crate::model::{InitSettings, Integer};
use crate::nix::{Messages, run};
use crate::publish::{Compared, Directory, How, Packing, Work, objects};
use crate::resolve::import::Importer;
use crate::scratch::{Scratch, Use, remove_left};
use crate::store::{StoreDir, StorePath};

use super::wanted::Wanted;

/// A Nix that answers.
#[derive(Debug)]
pub struct UsableNix {
    nix_store: PathBuf,
    store_dir: StoreDir,
    /// What Nix notes on the way.
    scratch: Scratch,
    /// Where packages come from.
    sources: Vec<OsString>,
    shows: bool,
}

/// What Nix did not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NixTrouble {
    /// What it said, the last of it.
    pub said: String,
}

/// Seconds for a connection to a cache.
const CONNECT_TIMEOUT: i64 = 10;
/// At most this many paths are given to one run, far below what systems allow.
const AT_ONCE: usize = 400;
/// So much of what a run says is kept.
const KEPT: usize = 4 * 1024;

impl UsableNix {
    /// The Nix whose `nix-store` this is, with the caches of the settings; `shows` passes on what it
    /// says while it fetches.
    ///
    /// # Errors
    /// If there is no place for what it notes.
    pub fn new(
        nix_store: PathBuf,
        store_dir: &StoreDir,
        settings: &InitSettings,
        shows: bool,
    ) -> Result<Self, MachineError> {
        let place = env::temp_dir();
        // The next run tries again.
        let _ = remove_left(&place, Use::Nix);
        let scratch = Scratch::new(&place, Use::Nix)
            .map_err(|error| MachineError::new("cannot make a temporary directory", error))?;
        Ok(Self {
            nix_store,
            store_dir: store_dir.clone(),
            scratch,
            sources: sources(settings),
            shows,
        })
    }

    /// Which of the paths its store does not have.
    ///
    /// # Errors
    /// If it cannot be used.
    pub fn missing<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p StorePath>,
    ) -> Result<BTreeSet<StorePath>, NixTrouble> {
        let mut missing = BTreeSet::new();
        for some in self.shown(paths).chunks(AT_ONCE) {
            let mut command = self.command(&self.nix_store);
            command.args(["--check-validity", "--print-invalid"]);
            let said = self.run(command.args(some), Messages::Keep(KEPT))?;
            let lines = said
                .lines()
                .filter_map(|line| self.store_dir.parse(line).ok());
            missing.extend(lines);
        }
        Ok(missing)
    }

    /// Fetches or builds paths.
    ///
    /// # Errors
    /// If it does not get them.
    pub fn realise<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p StorePath>,
    ) -> Result<(), NixTrouble> {
        let messages = if self.shows {
            Messages::KeepAndShow(KEPT)
        } else {
            Messages::Keep(KEPT)
        };
        for some in self.shown(paths).chunks(AT_ONCE) {
            let mut command = self.command(&self.nix_store);
            command.args(&self.sources);
            command.args(["--no-gc-warning", "--realise"]);
            self.run(command.args(some), messages)?;
        }
        Ok(())
    }

    /// Adds what `wanted` has of the workspace. What it refers to is there.
    ///
    /// # Errors
    /// If something in the workspace has changed since, or Nix does not take it.
    pub fn add(&self, wanted: &Wanted, importer: &Importer) -> Result<(), NixTrouble> {
        let trouble = |error: &dyn std::fmt::Display| NixTrouble {
            said: error.to_string(),
        };
        let cache = self.scratch.path().join("cache");
        let directory = Directory::look(&cache, &self.store_dir);
        let directory = directory.map_err(|error| trouble(&error))?;
        let objects = objects([(String::new(), &wanted.own)]);
        let paths: Vec<&StorePath> = objects.iter().map(|object| object.path).collect();
        let how = How {
            importer,
            ahead: None,
            packing: Packing::None,
            compared: Compared::Size,
        };
        let shown = self.shown(paths);
        Work::new(directory, objects, None, Compared::Size)
            .and_then(|work| work.finish(&how, None, &|_| {}))
            .map_err(|error| trouble(&error))?;
        for some in shown.chunks(AT_ONCE) {
            let mut command = self.command(&self.nix_store.with_file_name("nix"));
            command.args(["--extra-experimental-features", "nix-command"]);
            command.args(["copy", "--no-recursive", "--from"]);
            command.arg(format!("file://{}", cache.display()));
            self.run(command.args(some), Messages::Keep(KEPT))?;
        }
        Ok(())
    }

    fn shown<'p>(&self, paths: impl IntoIterator<Item = &'p StorePath>) -> Vec<String> {
        let shown = |path| self.store_dir.display(path).to_string();
        paths.into_iter().map(shown).collect()
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("XDG_CACHE_HOME", self.scratch.path());
        command.env_remove("NIX_CACHE_HOME");
        // Nix dies in a home directory that it may not enter, or without any.
        let home = env::var_os("HOME").filter(|home| Path::new(home).is_dir());
        if home.is_none() {
            command.env("HOME", self.scratch.path());
        }
        command
    }

    fn run(&self, command: &mut Command, messages: Messages) -> Result<String, NixTrouble> {
        let ended = run(command, messages).map_err(|error| NixTrouble {
            said: format!("cannot run `{}`: {error}", self.nix_store.display()),
        })?;
        if ended.status.success() {
            return Ok(ended.stdout);
        }
        let said = ended.messages.trim();
        Err(NixTrouble {
            said: if said.is_empty() {
                format!("`nix-store` ended with {}", ended.status)
            } else {
                said.to_owned()
            },
        })
    }
}

/// The caches and keys that nodes use, as options.
fn sources(settings: &InitSettings) -> Vec<OsString> {
    let caches = settings.substituters.as_deref().unwrap_or_default();
    let keys = settings.trusted_public_keys.as_deref().unwrap_or_default();
    let timeout = settings
        .connect_timeout
        .map_or(CONNECT_TIMEOUT, Integer::get);
    let mut options = vec![["connect-timeout".to_owned(), timeout.to_string()]];
    if settings.only_substituters == Some(true) {
        options.push(["substituters".to_owned(), caches.join(" ")]);
    } else if !caches.is_empty() {
        options.push(["extra-substituters".to_owned(), caches.join(" ")]);
    }
    if !keys.is_empty() {
        options.push(["extra-trusted-public-keys".to_owned(), keys.join(" ")]);
    }
    let words = options.into_iter();
    words
        .flat_map(|[name, value]| ["--option".to_owned(), name, value])
        .map(OsString::from)
        .collect()
}
