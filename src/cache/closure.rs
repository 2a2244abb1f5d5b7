//! Closures, asked of the caches of the nodes.
//!
//! Each path is asked of the caches in the order that nodes ask them in; the first one that has it
//! in a form that nodes take is where they get it. What a path refers to is asked as well, whether
//! the cache says so or it was known before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Failure;
use crate::store::narinfo::NarInfo;
use crate::store::signature::NoSignature;
use crate::store::{KeyName, PublicKey, Sha256, StorePath};

use super::archive::{Archive, Fault};
use super::caches::{Answer, Caches};
use super::error::AskError;
use super::queue::drain;
use super::trust::{Distrust, Trust, trust};
use super::url::CacheUrl;

/// What nodes ask, and what they take.
#[derive(Debug)]
pub struct Nodes {
    /// The caches, in the order that nodes ask them in; see [`Nodes::new`].
    caches: Vec<CacheUrl>,
    /// The keys whose signatures nodes trust.
    keys: Vec<PublicKey>,
    /// The cache because of which they ask none at all.
    stop: Option<(CacheUrl, AskError)>,
}

/// What is said to be a signature and cannot be read.
enum Unreadable {
    /// Nix 2.34 gets nothing from this cache.
    Here(NoSignature),
    /// Nix stops.
    Stops(NoSignature),
}

/// The most store paths that the closures of this many roots may have. That of a whole operating
/// system has some ten thousand, and packages share most of theirs; a cache that makes up references
/// would be asked for ever.
pub const fn most_paths(roots: usize) -> usize {
    const OF_ALL: usize = 100_000;
    const OF_EACH: usize = 1_000;
    roots.saturating_mul(OF_EACH).saturating_add(OF_ALL)
}

/// Caches name more store paths than closures have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyPaths {
    /// How many they may have.
    pub most: usize,
}

impl fmt::Display for TooManyPaths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most;
        write!(
            f,
            "they refer to more than {most} store paths, and no closure has so many"
        )
    }
}

impl std::error::Error for TooManyPaths {}

impl From<TooManyPaths> for Failure {
    fn from(error: TooManyPaths) -> Self {
        Self::new("the caches cannot be right about what is needed")
            .note(error.to_string())
            .help(
                "name only caches that you trust in `init.substituters`, and ask whoever runs them",
            )
    }
}

/// What is known of an object without asking a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who says so, as a message has it: `the lock`.
    pub by: &'static str,
    /// The hash of its archive.
    pub nar_hash: Sha256,
    /// The size of its archive in bytes.
    pub nar_size: u64,
    /// What it refers to, with or without itself.
    pub references: BTreeSet<StorePath>,
}

/// What came of asking for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whether nodes can get it.
    pub verdict: Verdict,
    /// What it refers to besides itself, as the lock or a cache says.
    pub references: BTreeSet<StorePath>,
    /// Whether that is known at all.
    pub references_known: bool,
}

/// Whether nodes can get a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// They can.
    Present {
        /// From where.
        cache: CacheUrl,
        /// What the cache says about it.
        info: Arc<NarInfo>,
        /// Why they take it.
        trust: Trust,
    },
    /// They would get something else than what is known.
    Differs {
        /// From where.
        cache: CacheUrl,
        /// How it differs.
        difference: Difference,
    },
    /// They cannot; what each cache said.
    Absent(Vec<(CacheUrl, NotFrom)>),
    /// No cache has it that could be asked, and these could not.
    CouldNotAsk(Vec<(CacheUrl, AskError)>),
}

/// Why nodes do not get a path from a cache that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFrom {
    /// It does not have the path.
    Absent,
    /// They would not take it.
    Distrusted(Distrust),
    /// The archive that it says to have is of no use.
    Archive {
        /// Where it is, by the narinfo.
        url: String,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// How what a cache has differs from what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// In the contents.
    NarHash {
        /// The source of what is known.
        by: &'static str,
        /// The hash of the archive as it is known.
        known: Sha256,
        /// The hash of the archive that the cache has.
        found: Sha256,
    },
    /// In the size, although the hash is the same.
    NarSize {
        /// The source of what is known.
        by: &'static str,
        /// The size of the archive as it is known.
        known: u64,
        /// The size of the archive that the cache has.
        found: u64,
    },
    /// In what it refers to.
    References {
        /// The source of what is known.
        by: &'static str,
        /// What is known and not said by the cache.
        missing: Vec<StorePath>,
        /// What is said by the cache and not known.
        unknown: Vec<StorePath>,
    },
}

impl Nodes {
    /// Nodes that have `caches` in their settings, in this order, and trust `keys`.
    ///
    /// The caches are asked for their priorities, since nodes go by these first.
    pub fn new(urls: Vec<CacheUrl>, keys: Vec<PublicKey>, caches: &Caches) -> Self {
        let priorities = Mutex::new(BTreeMap::new());
        drain(
            caches.parallel(&urls),
            urls.iter().enumerate(),
            |(at, url)| {
                // A cache that cannot be asked is named with each path later on.
                let own = || caches.info(url).ok().and_then(|info| info.priority);
                let priority = url.priority().map(i64::try_from).and_then(Result::ok);
                let priority = priority.or_else(|| own().map(i64::from)).unwrap_or(0);
                let mut priorities = priorities.lock().unwrap_or_else(PoisonError::into_inner);
                priorities.insert(at, priority);
                Vec::new()
            },
        );
        let priorities = priorities
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<_> = urls.into_iter().zip(priorities.into_values()).collect();
        sorted.sort_by_key(|(_, priority)| *priority);
        let urls: Vec<_> = sorted.into_iter().map(|(url, _)| url).collect();
        // Nix opens all of them before it asks the first one.
        let stop = urls.iter().find_map(|url| match caches.info(url) {
            Err(error @ AskError::Info(_)) if error.stops_nix() => Some((url.clone(), error)),
            _ => None,
        });
        Self {
            caches: urls,
            keys,
            stop,
        }
    }

    /// A signature because of which nodes do not get an object from the cache that has it.
    fn unreadable_signature(&self, info: &NarInfo) -> Option<Unreadable> {
        let is_trusted = |name: &KeyName| self.keys.iter().any(|key| key.name() == name);
        let judged = info.no_signatures.iter().filter_map(|none| match none {
            NoSignature::Digits(key) | NoSignature::Length(key)
                if info.ca.is_none() && is_trusted(key) =>
            {
                Some(Unreadable::Stops(none.clone()))
            }
            NoSignature::Length(_) => None,
            NoSignature::Text | NoSignature::Digits(_) => Some(Unreadable::Here(none.clone())),
        });
        let judged: Vec<_> = judged.collect();
        let stops = |it: &Unreadable| matches!(it, Unreadable::Stops(_));
        let first = judged.iter().position(stops).unwrap_or_default();
        judged.into_iter().nth(first)
    }

    /// The caches, in the order that nodes ask them in.
    pub fn caches(&self) -> &[CacheUrl] {
        &self.caches
    }

    /// What comes of asking for one path.
    pub fn find(&self, caches: &Caches, path: &StorePath, known: Option<&Known>) -> Found {
        let verdict = self.verdict(caches, path, known);
        let mut references = known.map(|it| it.references.clone()).unwrap_or_default();
        let said = match &verdict {
            Verdict::Present { info, .. } => Some(&info.references),
            _ => None,
        };
        references.extend(said.into_iter().flatten().cloned());
        references.remove(path);
        Found {
            references_known: known.is_some() || said.is_some(),
            references,
            verdict,
        }
    }

    fn verdict(&self, caches: &Caches, path: &StorePath, known: Option<&Known>) -> Verdict {
        if let Some((cache, error)) = &self.stop {
            return Verdict::CouldNotAsk(vec![(cache.clone(), error.clone())]);
        }
        let mut not_from = Vec::new();
        let mut not_asked = Vec::new();
        for cache in &self.caches {
            let info = match caches.narinfo(cache, path.hash()) {
                Answer::Present(info) => info,
                Answer::Absent => {
                    not_from.push((cache.clone(), NotFrom::Absent));
                    continue;
                }
                Answer::CouldNotAsk(error) => {
                    not_asked.push((cache.clone(), error));
                    continue;
                }
                Answer::Stops(error) => {
                    not_asked.push((cache.clone(), error));
                    break;
                }
            };
            match self.unreadable_signature(&info) {
                Some(Unreadable::Here(cause)) => {
                    not_asked.push((cache.clone(), AskError::signature(path, cause)));
                    continue;
                }
                Some(Unreadable::Stops(cause)) => {
                    not_asked.push((cache.clone(), AskError::signature(path, cause)));
                    break;
                }
                None => {}
            }
            if info.store_path != *path {
                let file = format!("{}.narinfo", path.hash());
                let found = info.store_path.clone();
                not_asked.push((cache.clone(), AskError::OtherPath { file, found }));
                continue;
            }
            let trusted = match trust(&info, caches.store_dir(), &self.keys) {
                Err(Distrust::OtherContents) => Err(Distrust::OtherContents),
                _ if cache.is_trusted() => Ok(Trust::Cache),
                judged => judged,
            };
            let trust = match trusted {
                Ok(trust) => trust,
                Err(distrust) => {
                    not_from.push((cache.clone(), NotFrom::Distrusted(distrust)));
                    continue;
                }
            };
            match caches.archive(cache, &info) {
                Archive::There => {}
                Archive::Useless(fault) => {
                    let url = info.url.clone();
                    not_from.push((cache.clone(), NotFrom::Archive { url, fault }));
                    continue;
                }
                Archive::CouldNotAsk(error) => {
                    not_asked.push((cache.clone(), error));
                    continue;
                }
            }
            let cache = cache.clone();
            return match known.and_then(|known| Difference::between(known, &info)) {
                Some(difference) => Verdict::Differs { cache, difference },
                None => Verdict::Present { cache, info, trust },
            };
        }
        if not_asked.is_empty() {
            Verdict::Absent(not_from)
        } else {
            Verdict::CouldNotAsk(not_asked)
        }
    }

    /// What comes of asking for the closures of all `roots`.
    ///
    /// `known` tells what is known of paths. `told` is told how many paths were asked for after
    /// each, and how many are known to be needed so far.
    ///
    /// # Errors
    /// If the caches name more paths than closures have.
    pub fn closures<'k>(
        &self,
        caches: &Caches,
        roots: impl IntoIterator<Item = StorePath>,
        known: impl Fn(&StorePath) -> Option<&'k Known> + Sync,
        told: impl Fn(usize, usize) + Sync,
    ) -> Result<BTreeMap<StorePath, Found>, TooManyPaths> {
        struct Walk {
            seen: BTreeSet<StorePath>,
            found: BTreeMap<StorePath, Found>,
        }
        let roots: BTreeSet<_> = roots.into_iter().collect();
        let most = most_paths(roots.len());
        let walk = Mutex::new(Walk {
            seen: roots.clone(),
            found: BTreeMap::new(),
        });
        let is_too_large = || {
            let walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
            walk.seen.len() > most
        };
        drain(caches.parallel(&self.caches), roots, |path| {
            if is_too_large() {
                return Vec::new();
            }
            let found = self.find(caches, &path, known(&path));
            let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
            let references = found.references.iter().cloned();
            let new = references.filter(|reference| walk.seen.insert(reference.clone()));
            let new: Vec<_> = new.collect();
            walk.found.insert(path, found);
            told(walk.found.len(), walk.seen.len());
            new
        });
        let walk = walk.into_inner().unwrap_or_else(PoisonError::into_inner);
        if walk.seen.len() > most {
            return Err(TooManyPaths { most });
        }
        Ok(walk.found)
    }
}

impl AskError {
    fn signature(path: &StorePath, cause: NoSignature) -> Self {
        let file = format!("{}.narinfo", path.hash());
        Self::Signature { file, cause }
    }
}

impl Difference {
    fn between(known: &Known, info: &NarInfo) -> Option<Self> {
        let by = known.by;
        if known.nar_hash != info.nar_hash {
            return Some(Self::NarHash {
                by,
                known: known.nar_hash,
                found: info.nar_hash,
            });
        }
        if known.nar_size != info.nar_size {
            return Some(Self::NarSize {
                by,
                known: known.nar_size,
                found: info.nar_size,
            });
        }
        let besides = |a: &BTreeSet<StorePath>, b: &BTreeSet<StorePath>| {
            let besides = a.difference(b).filter(|path| **path != info.store_path);
            besides.cloned().collect::<Vec<_>>()
        };
        let missing = besides(&known.references, &info.references);
        let unknown = besides(&info.references, &known.references);
        (!missing.is_empty() || !unknown.is_empty()).then_some(Self::References {
            by,
            missing,
            unknown,
        })
    }
}

impl fmt::Display for NotFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("not there"),
            Self::Distrusted(distrust) => distrust.fmt(f),
            Self::Archive { url, fault } => write!(f, "its archive `{url}` {fault}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NarHash { by, known, found } => {
                write!(f, "its NAR hash is `{found}`, by {by} `{known}`")
            }
            Self::NarSize { by, known, found } => {
                write!(f, "its NAR has {found} bytes, by {by} {known}")
            }
            Self::References {
                by,
                missing,
                unknown,
            } => {
                let names = |paths: &[StorePath]| {
                    let names = paths.iter().map(|path| format!("`{path}`"));
                    names.collect::<Vec<_>>().join(", ")
                };
                match (&**missing, &**unknown) {
                    (missing, []) => write!(
                        f,
                        "it does not refer to {}, by {by} it does",
                        names(missing)
                    ),
                    ([], unknown) => {
                        write!(f, "it refers to {}, by {by} it does not", names(unknown))
                    }
                    (missing, unknown) => write!(
                        f,
                        "it refers to {} and not to {}, by {by} it is the other way round",
                        names(unknown),
                        names(missing)
                    ),
                }
            }
        }
    }
}
