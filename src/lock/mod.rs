//! `jobc.lock` and Nix: which store paths the workspace's packages are, and which numbers its ports
//! have. Touches the world.
//!
//! Beside the pipeline: `build` reads what this writes. Packages are collected from definitions and
//! settings, evaluated, built or fetched, and written down with their closures. What is in the lock
//! stays as it is unless an update is asked for or the workspace's own files say something else
//! since, so that only what changed changes.

mod codes;
pub mod collect;
pub mod current;
mod edited;
mod evaluate;
mod expression;
pub mod file;
mod from_cache;
mod literals;
pub mod local;
mod nix;
mod ports;
mod realise;
mod registration;
pub mod text;
mod told;

use std::collections::{BTreeMap, BTreeSet};

pub use collect::{Collected, Need, Needs, collect};
pub use edited::edited;
pub use evaluate::Nixpkgs;
pub use from_cache::FromCaches;
pub use nix::Nix;
pub use ports::{NeededPorts, Unneeded};

use crate::beneath::Enclosure;
use crate::diagnostic::{Chapter, MachineError, Report, Topic};
use crate::model::PackageName;
use crate::resolve::{Lock, Packages, PathInfo, Pinned, RelativeRule};
use crate::store::{Sha256, StoreDir, StorePath};

use local::{Local, Locals};
use realise::{Resolved, Resolver, Target};

/// The problems of making and reading the lock.
pub const CODES: &[Chapter] = &[
    (
        Topic::Lock,
        &[&codes::CANNOT_RESOLVE, &codes::LOCK_OUTDATED],
    ),
    (Topic::Closures, &[&codes::CLOSURE_UNKNOWN]),
];

/// What is to become of a lock.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What the workspace names.
    pub needs: &'a Needs,
    /// What may change, if not everything.
    pub only: Option<&'a Needs>,
    /// The systems to lock for.
    pub systems: &'a BTreeSet<String>,
    /// Whether what is locked is asked for again.
    pub update: bool,
    /// The store of the nodes.
    pub store_dir: &'a StoreDir,
    /// The workspace's files, some of which say what packages are.
    pub files: &'a Enclosure,
}

/// A lock as it is to be.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The new lock.
    pub lock: Lock,
    /// The packages that may have changed and keep their store paths, because Nix was not asked.
    pub not_asked: BTreeSet<PackageName>,
}

/// The source that is asked what packages are.
#[derive(Clone, Copy)]
pub enum Asking<'a> {
    /// Nix.
    Nix {
        /// How it is run.
        nix: &'a Nix<'a>,
        /// What `<nixpkgs>` is.
        nixpkgs: &'a Nixpkgs,
        /// Is told what is done next.
        say: &'a dyn Fn(&str),
    },
    /// Binary caches, about store paths that are known.
    Caches(FromCaches<'a>),
}

/// The lock that `old` becomes. A report with an error has none.
///
/// # Errors
/// If Nix or a cache cannot be asked. With nothing to ask, neither is run.
pub fn renew(
    old: &Lock,
    request: &Request<'_>,
    asking: &Asking<'_>,
) -> Result<Report<Renewed>, MachineError> {
    let chosen = request.only.unwrap_or(request.needs);
    let mut locals = Locals::new(request.files);
    let mut targets = Vec::new();
    let mut not_asked = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for (installable, need) in &chosen.installables {
        let known = old.packages().get(installable);
        if let RelativeRule::Changed { .. } = need.rule {
            diagnostics.extend(need.rule.warning(&need.written, need.place.clone()));
        }
        let local = hash(locals.of(installable));
        let is_open = |system: &&String| match known.and_then(|systems| systems.get(*system)) {
            None => true,
            Some(_) if request.update || asking.is_given(installable) => true,
            Some(pinned) => asking.evaluates() && pinned.local != local,
        };
        let before = targets.len();
        let open = request.systems.iter().filter(is_open);
        targets.extend(open.map(|system| Target {
            installable,
            system,
            need,
        }));
        if targets.len() == before {
            not_asked.insert(need.name().clone());
        }
    }
    let store_paths = chosen.store_paths.iter();
    let store_paths: BTreeMap<&StorePath, &Need> = store_paths
        .filter(|(path, _)| request.update || old.path(path).is_none())
        .collect();
    let answers = ask(&targets, &store_paths, old, request.store_dir, asking)?;
    if answers.has_errors() {
        diagnostics.extend(answers.diagnostics);
        return Ok(Report::failed(diagnostics));
    }
    let answers = answers.unpack(&mut diagnostics).unwrap_or_default();
    let mut packages = kept(old, request);
    let mut after = Locals::new(request.files);
    for (target, path) in answers.packages {
        let systems = packages.entry(target.installable.to_owned()).or_default();
        let local = if asking.evaluates() || asking.is_given(target.installable) {
            let after = after.of(target.installable);
            let before = locals.of(target.installable);
            hash(before.map(|before| Local::seen(before, after)))
        } else {
            // Its closure alone was asked for.
            systems.get(target.system).and_then(|pinned| pinned.local)
        };
        systems.insert(target.system.to_owned(), Pinned { path, local });
    }
    let paths = together(old, answers.paths, request.update);
    let lock = assemble(packages, &paths, request)?.with_ports(old.ports().clone());
    Ok(Report::new(Renewed { lock, not_asked }, diagnostics))
}

fn hash(local: Option<Local>) -> Option<Sha256> {
    local.map(|local| local.hash())
}

impl Asking<'_> {
    /// Whether what a package is comes of files, not only what its closure is.
    fn evaluates(&self) -> bool {
        matches!(self, Self::Nix { .. })
    }

    /// Whether a package's store path was given by hand.
    fn is_given(&self, installable: &str) -> bool {
        match self {
            Self::Nix { .. } => false,
            Self::Caches(asked) => asked.given.contains_key(installable),
        }
    }
}

/// Some of the names, and how many more there are.
pub fn some_names(names: &BTreeSet<PackageName>) -> String {
    let shown = names.iter().take(SHOWN);
    let shown: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// At most this many names are told.
const SHOWN: usize = 3;

fn ask<'t>(
    targets: &[Target<'t>],
    store_paths: &BTreeMap<&StorePath, &Need>,
    old: &Lock,
    store_dir: &StoreDir,
    asking: &Asking<'_>,
) -> Result<Report<Resolved<'t>>, MachineError> {
    match asking {
        Asking::Nix { nix, nixpkgs, say } => {
            let resolver = Resolver {
                nix,
                nixpkgs,
                store_dir,
                say,
            };
            resolver.resolve(targets, store_paths)
        }
        Asking::Caches(asked) => {
            let locked = |target: &Target<'_>| {
                let systems = old.packages().get(target.installable)?;
                systems.get(target.system).map(|pinned| &pinned.path)
            };
            let known = |target: &Target<'t>| {
                let given = asked.given.get(target.installable);
                (*target, given.or_else(|| locked(target)))
            };
            let known: Vec<_> = targets.iter().map(known).collect();
            asked.resolve(&known, store_paths)
        }
    }
}

/// The lock without the entries and paths that nothing needs.
///
/// # Errors
/// Never for a lock that was read: its closures are whole.
pub fn pruned(old: &Lock, request: &Request<'_>) -> Result<Lock, MachineError> {
    let paths = together(old, BTreeMap::new(), false);
    let lock = assemble(kept(old, request), &paths, request)?;
    Ok(lock.with_ports(old.ports().clone()))
}

/// The packages that stay: where only some may change, all the others.
fn kept(old: &Lock, request: &Request<'_>) -> Packages {
    let mut packages = old.packages().clone();
    if request.only.is_none() {
        packages.retain(|installable, _| request.needs.installables.contains_key(installable));
    }
    packages
}

/// What is known of paths. Of what is in both, the new is right in an update only.
fn together(
    old: &Lock,
    new: BTreeMap<StorePath, PathInfo>,
    update: bool,
) -> BTreeMap<StorePath, PathInfo> {
    let before = old.paths().map(|(path, info)| (path.clone(), info.clone()));
    let mut paths: BTreeMap<_, _> = before.collect();
    for (path, info) in new {
        if update || !paths.contains_key(&path) {
            paths.insert(path, info);
        }
    }
    paths
}

fn assemble(
    packages: Packages,
    paths: &BTreeMap<StorePath, PathInfo>,
    request: &Request<'_>,
) -> Result<Lock, MachineError> {
    let roots: BTreeSet<StorePath> = request.needs.store_paths.keys().cloned().collect();
    Lock::assemble(packages, paths, &roots).map_err(|hole| {
        let path = request.store_dir.display(&hole);
        MachineError::new(
            "a closure is not complete",
            format!("nothing is known of `{path}`"),
        )
    })
}
