//! The packages that a push has to copy: those that no cache has of those that the nodes ask.

use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{
    Answer, AskError, CacheUrl, Caches, Environment, Found, Known, Location, Nodes, NotFrom,
    Patience, Verdict, Waiting,
};
use crate::diagnostic::Failure;
use crate::model::JobKey;
use crate::plan::{NeededBy, Needs};
use crate::publish::{Compared, Directory, Extent, Local, Nix, Soundness, Target};
use crate::store::{NarInfo, PublicKey, StorePath};
use crate::workspace::Workspace;

/// What Nix has to copy.
pub(crate) struct Packages {
    nix: Nix,
    /// Of these, with all that they refer to.
    roots: BTreeSet<StorePath>,
    /// What the target says of some of it, with the URL of the archive, and is of no use.
    pub(crate) stale: BTreeMap<StorePath, Option<String>>,
    /// All of it.
    pub(crate) copied: Vec<Local>,
}

impl Packages {
    /// Has Nix copy them.
    pub(crate) fn copy(&self, to: &str) -> Result<(), Failure> {
        Ok(self.nix.copy(None, to, &self.roots, Extent::Closures)?)
    }
}

/// What was found out about packages.
#[derive(Default)]
pub(crate) struct Looked {
    pub(crate) outcome: Outcome,
    /// What the target has as the lock has it, and whose paths do not follow from their contents.
    pub(crate) there: Vec<NarInfo>,
    /// How much else of this kind it has, of which nothing is known.
    pub(crate) unknown: usize,
}

/// What becomes of the packages.
#[derive(Default)]
pub(crate) enum Outcome {
    /// They are where the nodes look for them.
    #[default]
    There,
    /// Nix has to copy some.
    Copy(Packages),
    /// No cache has some of them, nor has this machine.
    Lacking(Lacking),
}

impl Outcome {
    /// What Nix has to copy; nothing may be published where a package is missing.
    pub(crate) fn into_packages(self) -> Result<Option<Packages>, Failure> {
        match self {
            Self::There => Ok(None),
            Self::Copy(packages) => Ok(Some(packages)),
            Self::Lacking(lacking) => Err(lacking.failure),
        }
    }
}

/// Packages that no cache and not this machine has.
pub(crate) struct Lacking {
    pub(crate) packages: Vec<Missing>,
    /// What to say of them.
    pub(crate) failure: Failure,
}

/// One of them.
pub(crate) struct Missing {
    pub(crate) path: StorePath,
    /// The size of its archive, if the lock knows it.
    pub(crate) nar_size: Option<u64>,
    /// The jobs that need it.
    pub(crate) by: String,
}

/// Where packages are to be.
pub(crate) struct Goal<'a> {
    pub(crate) target: &'a Target,
    /// The target, if it is a directory that is a cache already.
    pub(crate) directory: Option<&'a Directory>,
    /// What is compared of archives that are there.
    pub(crate) compared: Compared,
    pub(crate) presence: Presence,
    /// Whether nothing is to be done now.
    pub(crate) dry_run: bool,
}

/// Whether a target can be asked already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is there, or whether it is shows when it is asked.
    There,
    /// It is still to be made.
    Absent,
}

/// Looks for the packages of the jobs; what neither the target nor the nodes' caches have is copied.
pub(crate) fn packages(
    jobs: &[(JobKey, Needs)],
    goal: &Goal<'_>,
    workspace: &Workspace,
    waiting: &impl Waiting,
) -> Result<Looked, Failure> {
    let target = goal.target;
    let needed = needed(jobs);
    if needed.is_empty() {
        return Ok(Looked::default());
    }
    let store_dir = &workspace.store_dir;
    let environment = Environment::of_process();
    let asking = Asking {
        caches: Caches::new(store_dir.clone(), environment, Patience::default()),
        target: match goal.presence {
            Presence::There => itself(target),
            Presence::Absent => None,
        },
        needed,
        known: workspace.locked(),
        workspace,
        waiting,
    };
    let mut looked = Looked::default();
    // What the target has is found out without the network.
    let first = asking.ask(asking.target.iter().cloned().collect(), Vec::new())?;
    let stale = asking.sort(&first, goal, &mut looked)?;
    let missing = asking.missing(first, &stale, target)?;
    if missing.is_empty() {
        return Ok(looked);
    }
    looked.outcome = match Nix::find(store_dir, waiting.sees_nix())? {
        Some(nix) => asking.plan(nix, missing, stale, goal)?,
        None => Outcome::Lacking(asking.lacking(&missing, WITHOUT_NIX)),
    };
    Ok(looked)
}

const WITHOUT_NIX: &str = "there is no Nix here to copy it: push from a machine that has Nix and \
                           the package, or name a cache that has it in `jobc.toml`, as one of the \
                           `substituters` in `[init]` or `[nodes]`";
const NOT_HERE: &str = "the Nix store of this machine does not have it either: build or fetch it \
                        with `nix-store --realise`, or lock the package anew";

/// The packages, and the jobs that need each.
fn needed(jobs: &[(JobKey, Needs)]) -> BTreeMap<StorePath, String> {
    let mut needed = BTreeMap::new();
    for (key, needs) in jobs {
        // The root of a job refers to scripts alone.
        let scripts = needs.scripts.iter();
        for need in scripts.filter(|need| need.by != NeededBy::Job) {
            let references = need.script.references.iter();
            let packages = references.filter(|path| !needs.imports.contains_key(path));
            for package in packages {
                let by = || format!("{} of `{}`", need.by, key);
                needed.entry(package.clone()).or_insert_with(by);
            }
        }
    }
    needed
}

/// The target as a cache to ask, if it can be asked: signatures do not matter there.
fn itself(target: &Target) -> Option<CacheUrl> {
    let can = !matches!(target.url.location(), Location::Other(_));
    let written = target.url.written();
    let sign = if written.contains('?') { '&' } else { '?' };
    let trusted = format!("{written}{sign}trusted=1&priority=0");
    can.then(|| trusted.parse().ok()).flatten()
}

type Answers = BTreeMap<StorePath, Found>;

/// What a directory says of paths and is of no use, with the URL of the archive.
type Stale = BTreeMap<StorePath, Option<String>>;

struct Asking<'a, W> {
    caches: Caches,
    target: Option<CacheUrl>,
    needed: BTreeMap<StorePath, String>,
    known: BTreeMap<StorePath, Known>,
    workspace: &'a Workspace,
    waiting: &'a W,
}

impl<W: Waiting> Asking<'_, W> {
    /// Sorts what the target has: what the key is to sign, and what is of no use.
    fn sort(
        &self,
        first: &Answers,
        goal: &Goal<'_>,
        looked: &mut Looked,
    ) -> Result<Stale, Failure> {
        let mut stale = Stale::new();
        let Some(directory) = goal.directory else {
            return Ok(stale);
        };
        for (path, found) in first {
            match &found.verdict {
                Verdict::Present { info, .. } => {
                    if goal.compared == Compared::Contents
                        && directory.soundness(info)? == Soundness::Broken
                    {
                        stale.insert(path.clone(), Some(info.url.clone()));
                    } else if info.ca.is_none() && self.known.contains_key(path) {
                        looked.there.push(NarInfo::clone(info));
                    } else if info.ca.is_none() {
                        looked.unknown += 1;
                    }
                }
                Verdict::Absent(reasons) => {
                    let url = reasons.iter().find_map(|(_, why)| match why {
                        NotFrom::Archive { url, .. } => Some(url.clone()),
                        NotFrom::Absent | NotFrom::Distrusted(_) => None,
                    });
                    let lies = reasons
                        .iter()
                        .any(|(_, why)| matches!(why, NotFrom::Distrusted(_)));
                    if url.is_some() || lies {
                        stale.insert(path.clone(), url);
                    }
                }
                Verdict::CouldNotAsk(reasons) => {
                    let malformed = |(_, error): &(CacheUrl, AskError)| {
                        matches!(
                            error,
                            AskError::Malformed { .. }
                                | AskError::Signature { .. }
                                | AskError::OtherPath { .. }
                        )
                    };
                    if reasons.iter().any(malformed) {
                        stale.insert(path.clone(), None);
                    }
                }
                Verdict::Differs { .. } => {}
            }
        }
        Ok(stale)
    }

    /// The packages that are known to be missing in the target.
    fn missing(&self, first: Answers, stale: &Stale, target: &Target) -> Result<Answers, Failure> {
        let is_missing = |path: &StorePath, found: &Found| {
            !matches!(found.verdict, Verdict::Present { .. }) || stale.contains_key(path)
        };
        let mut first = first;
        first.retain(|path, found| is_missing(path, found));
        if first.is_empty() || target.directory().is_none() {
            // Nix keeps what it writes closed, whatever other caches have.
            return Ok(first);
        }
        let urls = self.workspace.substituters()?;
        let keys = self.workspace.trusted_public_keys()?;
        let urls = self.target.iter().cloned().chain(urls).collect();
        let mut second = self.ask(urls, keys)?;
        // What another cache has as well is mended here all the same, if that was asked for.
        let broken = |path: &StorePath| {
            let was = first.get(path).map(|found| &found.verdict);
            matches!(was, Some(Verdict::Present { .. }))
        };
        second.retain(|path, found| {
            !matches!(found.verdict, Verdict::Present { .. }) || broken(path)
        });
        Ok(second)
    }

    fn ask(&self, urls: Vec<CacheUrl>, keys: Vec<PublicKey>) -> Result<Answers, Failure> {
        let known = &self.known;
        let needed = self.needed.keys();
        let found = self.waiting.while_asking(&self.caches, |tell| {
            let nodes = Nodes::new(urls, keys, &self.caches);
            nodes.closures(&self.caches, needed.cloned(), |path| known.get(path), tell)
        });
        let found = found?;
        let store_dir = &self.workspace.store_dir;
        for (path, found) in &found {
            if let Verdict::Differs { cache, difference } = &found.verdict {
                let path = store_dir.display(path);
                return Err(Failure::new(format!("`{path}` is not what the lock says"))
                    .note(format!("in `{cache}`, {difference}"))
                    .help(LIES));
            }
        }
        Ok(found)
    }

    /// What Nix is to copy of what is missing.
    fn plan(
        &self,
        nix: Nix,
        missing: Answers,
        mut stale: Stale,
        goal: &Goal<'_>,
    ) -> Result<Outcome, Failure> {
        let invalid = nix.invalid(missing.keys())?;
        let to_directory = goal.target.directory().is_some();
        if to_directory && !invalid.is_empty() {
            let mut lacking = missing;
            lacking.retain(|path, _| invalid.contains(path));
            return Ok(Outcome::Lacking(self.lacking(&lacking, NOT_HERE)));
        }
        // Nix may know where to fetch it, and copies nothing else.
        let mut fetched = Vec::new();
        if goal.dry_run {
            let known = invalid.iter().map(|path| Local {
                path: path.clone(),
                nar_hash: self.known.get(path).map(|known| known.nar_hash),
                nar_size: self.known.get(path).map_or(0, |known| known.nar_size),
            });
            fetched.extend(known);
        } else if !invalid.is_empty() {
            nix.realise(&invalid)?;
        }
        let roots: BTreeSet<_> = missing.into_keys().collect();
        let valid = roots
            .iter()
            .filter(|path| !goal.dry_run || !invalid.contains(*path));
        let mut copied = nix.look_up(&nix.closure(valid)?)?;
        for local in &copied {
            self.compare(local)?;
        }
        copied.extend(fetched);
        copied.retain(|local| stale.contains_key(&local.path) || !self.is_there(&local.path));
        let paths: BTreeSet<_> = copied.iter().map(|local| &local.path).collect();
        stale.retain(|path, _| paths.contains(path));
        Ok(Outcome::Copy(Packages {
            nix,
            roots,
            stale,
            copied,
        }))
    }

    /// Refuses what is not what was locked.
    fn compare(&self, local: &Local) -> Result<(), Failure> {
        match (self.known.get(&local.path), local.nar_hash) {
            (Some(known), Some(found)) if known.nar_hash != found => {
                let path = self.workspace.store_dir.display(&local.path);
                Err(Failure::new(format!("`{path}` is not what the lock says"))
                    .note(format!(
                        "in the Nix store of this machine, its NAR hash is `{}`, by the lock \
                             `{}`",
                        found, known.nar_hash
                    ))
                    .help(LIES))
            }
            _ => Ok(()),
        }
    }

    fn is_there(&self, path: &StorePath) -> bool {
        self.target.as_ref().is_some_and(|target| {
            matches!(self.caches.narinfo(target, path.hash()), Answer::Present(_))
        })
    }

    fn lacking(&self, missing: &Answers, help: &str) -> Lacking {
        let packages = missing.keys().map(|path| Missing {
            path: path.clone(),
            nar_size: self.known.get(path).map(|known| known.nar_size),
            by: self
                .needed
                .get(path)
                .map_or("a package that is needed", String::as_str)
                .to_owned(),
        });
        Lacking {
            packages: packages.collect(),
            failure: self.refuse(missing, help),
        }
    }

    /// What is missing, who needs it, and who was asked.
    fn refuse(&self, missing: &Answers, help: &str) -> Failure {
        let store_dir = &self.workspace.store_dir;
        let mut failure = match missing.len() {
            1 => Failure::new("no cache that the nodes ask has a store path that they need"),
            count => Failure::new(format!(
                "no cache that the nodes ask has {count} store paths that they need"
            )),
        };
        for (path, found) in missing.iter().take(MOST) {
            let mut note = format!("`{}`", store_dir.display(path));
            if let Some(by) = self.needed.get(path) {
                note.push_str(&format!(", which {by} needs"));
            }
            let said: Vec<String> = match &found.verdict {
                Verdict::Absent(caches) => caches
                    .iter()
                    .map(|(cache, why)| format!("\n  `{cache}`: {why}"))
                    .collect(),
                Verdict::CouldNotAsk(caches) => caches
                    .iter()
                    .map(|(cache, error)| format!("\n  `{cache}`: could not be asked: {error}"))
                    .collect(),
                Verdict::Present { .. } | Verdict::Differs { .. } => Vec::new(),
            };
            note.push_str(&said.concat());
            failure = failure.note(note);
        }
        if missing.len() > MOST {
            failure = failure.note(format!("and {} more", missing.len() - MOST));
        }
        failure.help(help)
    }
}

const LIES: &str = "nothing was published; lock the package anew with `jobc lock`, or find out who \
                    changed it";

/// The most store paths that a message lists.
const MOST: usize = 20;
