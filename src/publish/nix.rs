//! What only Nix can do: copy packages from its own store, and write to stores that are no
//! directories.

use std::collections::BTreeSet;
use std::error::Error;
use std::ffi::OsStr;
use std::process::Command;
use std::{fmt, io};

use crate::nix::{Messages, run};
use crate::store::{Sha256, StoreDir, StorePath};

/// The Nix of this machine.
#[derive(Debug)]
pub struct Nix {
    store_dir: StoreDir,
    /// Whether what it says while it copies is for people to see at once.
    echo: bool,
}

/// What Nix's store says of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// The path.
    pub path: StorePath,
    /// The hash of its archive, if it is known.
    pub nar_hash: Option<Sha256>,
    /// The size of its archive in bytes.
    pub nar_size: u64,
}

/// Which paths a copy is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Those that are named, and all that they refer to.
    Closures,
    /// Those that are named: what they refer to is there.
    Named,
}

impl Nix {
    /// The Nix of this machine, if it has one.
    ///
    /// # Errors
    /// If it is there and cannot be run.
    pub fn find(store_dir: &StoreDir, echo: bool) -> Result<Option<Self>, NixError> {
        let nix = Self {
            store_dir: store_dir.clone(),
            echo,
        };
        for program in ["nix-store", "nix"] {
            match nix.run(program, ["--version"]) {
                Err(NixError::Start { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    return Ok(None);
                }
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(Some(nix))
    }

    /// Which of the paths its store does not have.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub fn invalid<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p StorePath>,
    ) -> Result<BTreeSet<StorePath>, NixError> {
        let said = self.query(&["--check-validity", "--print-invalid"], paths)?;
        said.iter().map(|line| self.path(line)).collect()
    }

    /// The paths and all that they refer to, which its store has.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub fn closure<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p StorePath>,
    ) -> Result<BTreeSet<StorePath>, NixError> {
        let said = self.query(&["--query", "--requisites"], paths)?;
        said.iter().map(|line| self.path(line)).collect()
    }

    /// What its store says of the paths, which it has.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub fn look_up(&self, paths: &BTreeSet<StorePath>) -> Result<Vec<Local>, NixError> {
        let hashes = self.query(&["--query", "--hash"], paths)?;
        let sizes = self.query(&["--query", "--size"], paths)?;
        if hashes.len() != paths.len() || sizes.len() != paths.len() {
            return Err(NixError::Answer(hashes.join(" ")));
        }
        let lines = hashes.into_iter().zip(sizes);
        let read = paths.iter().zip(lines).map(|(path, (hash, size))| {
            let strange = |_| NixError::Answer(format!("{hash} {size}"));
            Ok(Local {
                path: path.clone(),
                nar_hash: Some(hash.parse().map_err(|_| NixError::Answer(hash.clone()))?),
                nar_size: size.parse().map_err(strange)?,
            })
        });
        read.collect()
    }

    /// Fetches what its store does not have, as its own settings say.
    ///
    /// # Errors
    /// If that fails.
    pub fn realise<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p StorePath>,
    ) -> Result<(), NixError> {
        self.query(&["--no-gc-warning", "--realise"], paths)
            .map(|_| ())
    }

    /// Copies paths from a store, its own if none is named, to another one.
    ///
    /// # Errors
    /// If that fails.
    pub fn copy<'p>(
        &self,
        from: Option<&str>,
        to: &str,
        paths: impl IntoIterator<Item = &'p StorePath>,
        extent: Extent,
    ) -> Result<(), NixError> {
        let mut options = vec!["--extra-experimental-features", "nix-command", "copy"];
        options.extend(from.iter().flat_map(|from| ["--from", from]));
        options.extend(["--to", to]);
        match extent {
            Extent::Named => options.push("--no-recursive"),
            // What was built here has no signature; who may write to a store needs none.
            Extent::Closures => options.push("--no-check-sigs"),
        }
        let paths = self.shown(paths);
        for some in paths.chunks(AT_ONCE) {
            let some = some.iter().map(String::as_str);
            self.run("nix", options.iter().copied().chain(some))?;
        }
        Ok(())
    }

    fn query<'p>(
        &self,
        options: &[&str],
        paths: impl IntoIterator<Item = &'p StorePath>,
    ) -> Result<Vec<String>, NixError> {
        let mut lines = Vec::new();
        for some in self.shown(paths).chunks(AT_ONCE) {
            let some = some.iter().map(String::as_str);
            let text = self.run("nix-store", options.iter().copied().chain(some))?;
            lines.extend(text.lines().map(str::to_owned));
        }
        Ok(lines)
    }

    fn shown<'p>(&self, paths: impl IntoIterator<Item = &'p StorePath>) -> Vec<String> {
        let shown = paths.into_iter();
        shown
            .map(|path| self.store_dir.display(path).to_string())
            .collect()
    }

    fn path(&self, line: &str) -> Result<StorePath, NixError> {
        let path = self.store_dir.parse(line);
        path.map_err(|_| NixError::Answer(line.to_owned()))
    }

    /// What the program prints.
    fn run<S: AsRef<OsStr>>(
        &self,
        program: &'static str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<String, NixError> {
        let messages = if self.echo && program == "nix" {
            Messages::Pass
        } else {
            Messages::Keep(KEPT)
        };
        let ended = run(Command::new(program).args(arguments), messages)
            .map_err(|source| NixError::Start { program, source })?;
        if !ended.status.success() {
            let mut messages = ended.messages.trim().to_owned();
            if ended.status.code().is_none() {
                let end = format!("it did not end by itself ({})", ended.status);
                messages = [messages, end].join("\n").trim_start().into();
            }
            return Err(NixError::Failed { program, messages });
        }
        Ok(ended.stdout)
    }
}

/// At most this many paths are given to one run, far below what systems allow.
const AT_ONCE: usize = 400;

/// So much of what a run says is kept.
const KEPT: usize = 16 * 1024;

/// Why Nix did not do what it was asked.
#[derive(Debug)]
pub enum NixError {
    /// It could not be started.
    Start {
        /// Which program.
        program: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// It failed.
    Failed {
        /// Which program.
        program: &'static str,
        /// What it said at last, unless that was seen already.
        messages: String,
    },
    /// It answered what makes no sense: this.
    Answer(String),
}

impl fmt::Display for NixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { program, source } => write!(f, "cannot run `{program}`: {source}"),
            Self::Failed { program, .. } => write!(f, "`{program}` failed"),
            Self::Answer(text) => {
                write!(
                    f,
                    "cannot understand Nix's answer `{}`",
                    text.escape_debug()
                )
            }
        }
    }
}

impl Error for NixError {}
