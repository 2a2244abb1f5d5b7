//! Store paths that are known already, with their closures out of binary caches: no Nix is needed.
//! Touches the world, through the caches.
//!
//! Signatures are not looked at: whether nodes take what a cache has is for nodes to say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cache::{Answer, CacheUrl, Caches, TooManyPaths, drain, most_paths};
use crate::diagnostic::{Diagnostic, MachineError, Report};
use crate::lock::codes::CANNOT_RESOLVE;
use crate::model::LockedPath;
use crate::resolve::NOT_LOCKED;
use crate::resolve::PathInfo;
use crate::store::narinfo::NarInfo;
use crate::store::{StorePath, StorePathHash};

use super::collect::Need;
use super::realise::{Resolved, Target, unknown_closure};

/// Caches that say what closures are.
#[derive(Clone, Copy)]
pub struct FromCaches<'a> {
    /// Asks them.
    pub caches: &'a Caches,
    /// Which, the first that has a path being right about it.
    pub urls: &'a [CacheUrl],
    /// The store paths of packages that were given by hand, by installable.
    pub given: &'a BTreeMap<String, StorePath>,
    /// Is told how many paths were asked for, and how many are known to be needed so far.
    pub told: &'a (dyn Fn(usize, usize) + Sync),
}

/// What the caches said of paths; none where no cache has one.
type Said = BTreeMap<StorePath, Option<Arc<NarInfo>>>;

impl FromCaches<'_> {
    /// The store path with this hash, as the first cache that has it says.
    ///
    /// # Errors
    /// If a cache cannot be asked and no other has it.
    pub fn named(&self, hash: &StorePathHash) -> Result<Option<StorePath>, MachineError> {
        let found = self.ask(hash)?.map(|info| info.store_path.clone());
        Ok(found.filter(|path| path.hash() == hash))
    }

    /// What the targets and the store paths are. Those that have no answer are reported.
    pub(super) fn resolve<'t>(
        &self,
        targets: &[(Target<'t>, Option<&StorePath>)],
        store_paths: &BTreeMap<&StorePath, &Need>,
    ) -> Result<Report<Resolved<'t>>, MachineError> {
        let mut diagnostics = Vec::new();
        let mut packages = Vec::new();
        for (target, path) in targets {
            match path {
                Some(path) => packages.push((*target, (*path).clone())),
                None => diagnostics.push(nothing_known(target)),
            }
        }
        let roots: BTreeSet<StorePath> = packages
            .iter()
            .map(|(_, path)| path)
            .chain(store_paths.keys().copied())
            .cloned()
            .collect();
        let said = self.closures(roots)?;
        let mut resolved = Resolved::default();
        for (target, path) in packages {
            match closure(&said, &path) {
                Ok(closure) => {
                    resolved.paths.extend(closure);
                    resolved.packages.push((target, path));
                }
                Err(hole) => diagnostics.push(self.absent(&target, &path, &hole)),
            }
        }
        for (path, need) in store_paths {
            match closure(&said, path) {
                Ok(closure) => resolved.paths.extend(closure),
                Err(hole) => {
                    let path = self.text(path);
                    let problem = unknown_closure(&path, need);
                    diagnostics.push(problem.note(self.nowhere(&hole)));
                }
            }
        }
        Ok(Report::new(resolved, diagnostics))
    }

    /// # Errors
    /// If a cache cannot be asked, or they name more paths than closures have.
    fn closures(&self, roots: BTreeSet<StorePath>) -> Result<Said, MachineError> {
        struct Walk {
            seen: BTreeSet<StorePath>,
            said: Said,
            trouble: Option<MachineError>,
        }
        let most = most_paths(roots.len());
        let walk = Mutex::new(Walk {
            seen: roots.clone(),
            said: Said::new(),
            trouble: None,
        });
        let is_over = || {
            let walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
            walk.trouble.is_some()
        };
        drain(self.caches.parallel(self.urls), roots, |path| {
            if is_over() {
                return Vec::new();
            }
            let answer = self.ask(path.hash()).and_then(|info| {
                let refused = info.as_ref().and_then(|info| self.refuse(&path, info));
                refused.map_or(Ok(info), Err)
            });
            let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
            let info = match answer {
                Ok(info) if walk.trouble.is_none() => info,
                Ok(_) => return Vec::new(),
                // One that cannot be asked is as good as all: nothing will be written.
                Err(error) => {
                    walk.trouble.get_or_insert(error);
                    return Vec::new();
                }
            };
            let references = info.iter().flat_map(|info| info.references.iter().cloned());
            let new: Vec<_> = references
                .filter(|path| walk.seen.insert(path.clone()))
                .collect();
            walk.said.insert(path, info);
            if walk.seen.len() > most {
                let attempt = "cannot lock what these caches say";
                walk.trouble = Some(MachineError::new(attempt, TooManyPaths { most }));
                return Vec::new();
            }
            (self.told)(walk.said.len(), walk.seen.len());
            new
        });
        let walk = walk.into_inner().unwrap_or_else(PoisonError::into_inner);
        match walk.trouble {
            Some(error) => Err(error),
            None => Ok(walk.said),
        }
    }

    /// What the first cache that has it says of a path.
    fn ask(&self, hash: &StorePathHash) -> Result<Option<Arc<NarInfo>>, MachineError> {
        let mut trouble = None;
        for url in self.urls {
            match self.caches.narinfo(url, hash) {
                Answer::Present(info) => return Ok(Some(info)),
                Answer::Absent => {}
                Answer::CouldNotAsk(error) | Answer::Stops(error) => {
                    let attempt = format!("cannot ask `{url}`");
                    trouble.get_or_insert_with(|| MachineError::new(attempt, error));
                }
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    /// What no lock can have.
    fn refuse(&self, path: &StorePath, info: &NarInfo) -> Option<MachineError> {
        let cause = if info.store_path != *path {
            format!("a cache has `{}` by this hash", self.text(&info.store_path))
        } else if info.nar_size > LockedPath::MAX_NAR_SIZE as u64 {
            format!("a cache says that its archive has {} bytes", info.nar_size)
        } else {
            return None;
        };
        let attempt = format!("cannot lock `{}`", self.text(path));
        Some(MachineError::new(attempt, cause))
    }

    fn absent(&self, target: &Target<'_>, path: &StorePath, hole: &StorePath) -> Diagnostic {
        let name = target.need.name();
        let path = self.text(path);
        let headline = format!("the closure of package `{name}` is not in a cache: `{path}`");
        let place = target.need.place.clone();
        Diagnostic::new(&CANNOT_RESOLVE, headline, place).note(self.nowhere(hole))
    }

    fn nowhere(&self, hole: &StorePath) -> String {
        let urls: Vec<String> = self.urls.iter().map(|url| format!("`{url}`")).collect();
        format!("`{}` is not in {}", self.text(hole), urls.join(" or "))
    }

    fn text(&self, path: &StorePath) -> String {
        self.caches.store_dir().display(path).to_string()
    }
}

fn nothing_known(target: &Target<'_>) -> Diagnostic {
    let Target {
        installable,
        system,
        need,
    } = target;
    let name = need.name();
    let headline = format!("package `{name}` is not locked for `{system}`: `{installable}`");
    Diagnostic::new(&NOT_LOCKED, headline, need.place.clone())
        .note("caches know packages by their store paths only")
        .help(format!(
            "say which it is, `jobc lock {name}=/nix/store/HASH-NAME --from-cache URL`, or lock it \
             with Nix"
        ))
}

/// All that is known of a closure.
///
/// # Errors
/// A path that no cache has.
fn closure(said: &Said, root: &StorePath) -> Result<BTreeMap<StorePath, PathInfo>, StorePath> {
    let mut closure = BTreeMap::new();
    let mut next = vec![root];
    while let Some(path) = next.pop() {
        if closure.contains_key(path) {
            continue;
        }
        let info = said
            .get(path)
            .and_then(Option::as_ref)
            .ok_or_else(|| path.clone())?;
        let references = info
            .references
            .iter()
            .filter(|reference| *reference != path);
        let references: Vec<&StorePath> = references.collect();
        next.extend(&references);
        let info = PathInfo {
            nar_hash: info.nar_hash,
            nar_size: i64::try_from(info.nar_size).unwrap_or(i64::MAX),
            references: references.into_iter().cloned().collect(),
        };
        closure.insert(path.clone(), info);
    }
    Ok(closure)
}
