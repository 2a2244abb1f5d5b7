//! Which packages the words of the command line mean, and which store paths they say these are.

use std::collections::{BTreeMap, BTreeSet};

use crate::cache::{CacheUrl, Caches};
use crate::diagnostic::{Failure, closest};
use crate::lock::{FromCaches, Need, Needs};
use crate::model::PackageName;
use crate::store::{StoreDir, StorePath, StorePathHash};

/// What the words mean.
#[derive(Debug, Default)]
pub(super) struct Selected {
    /// The packages.
    pub(super) needs: Needs,
    /// Those of which the store path was said, by installable.
    pub(super) given: BTreeMap<String, Given>,
}

/// A store path as the command line has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    Path(StorePath),
    Hash(StorePathHash),
}

/// Reads `PACKAGE` and `PACKAGE=STORE-PATH`.
pub(super) fn select(
    words: &[String],
    needs: &Needs,
    store_dir: &StoreDir,
) -> Result<Selected, Failure> {
    let mut names = BTreeSet::new();
    let mut given = BTreeMap::new();
    for word in words {
        let (name, path) = split(word, store_dir);
        let found = meant_by(&BTreeSet::from([name]), needs, store_dir);
        if found.iter().next().is_none() {
            return Err(unknown(name, needs));
        }
        names.insert(name);
        let Some(path) = path else {
            continue;
        };
        let installables: Vec<&String> = found.installables.keys().collect();
        match *installables {
            [installable] => {
                if given.insert(installable.clone(), path).is_some() {
                    return Err(Failure::new(format!(
                        "`{name}` is said to be two store paths"
                    )));
                }
            }
            [] => {
                return Err(
                    Failure::new(format!("`{name}` is given by its store path already"))
                        .help("change it where it is defined"),
                );
            }
            _ => {
                let all: Vec<String> = installables
                    .iter()
                    .map(|text| format!("`{text}`"))
                    .collect();
                return Err(Failure::new(format!("`{name}` is several packages"))
                    .note(all.join("\n"))
                    .help("name it by its installable"));
            }
        }
    }
    Ok(Selected {
        needs: meant_by(&names, needs, store_dir),
        given,
    })
}

/// The name, and the store path if there is one; a name may have `=` in it, and a path, too.
fn split<'w>(word: &'w str, store_dir: &StoreDir) -> (&'w str, Option<Given>) {
    for (at, _) in word.match_indices('=') {
        let (name, path) = (&word[..at], &word[at + 1..]);
        let parsed = store_dir.parse(path).ok().or_else(|| path.parse().ok());
        if let Some(path) = parsed {
            return (name, Some(Given::Path(path)));
        }
        if let Ok(hash) = path.parse() {
            return (name, Some(Given::Hash(hash)));
        }
    }
    (word, None)
}

fn meant_by(names: &BTreeSet<&str>, needs: &Needs, store_dir: &StoreDir) -> Needs {
    let wanted = |need: &Need, text: &str| {
        names.contains(text)
            || names.contains(need.written.as_str())
            || need.names.iter().any(|name| names.contains(name.as_str()))
    };
    needs.only(&wanted, store_dir)
}

/// The whole store paths: of a hash, caches know the rest.
pub(super) fn store_paths(
    given: &BTreeMap<String, Given>,
    caches: &Caches,
    urls: &[CacheUrl],
) -> Result<BTreeMap<String, StorePath>, Failure> {
    let asked = FromCaches {
        caches,
        urls,
        given: &BTreeMap::new(),
        told: &|_, _| {},
    };
    let mut paths = BTreeMap::new();
    for (installable, given) in given {
        let path = match given {
            Given::Path(path) => path.clone(),
            Given::Hash(hash) => asked.named(hash)?.ok_or_else(|| {
                Failure::new(format!("no cache has a store path with the hash `{hash}`"))
            })?,
        };
        paths.insert(installable.clone(), path);
    }
    Ok(paths)
}

fn unknown(word: &str, needs: &Needs) -> Failure {
    let failure = Failure::new(format!("no package to lock is called `{word}`"));
    let names = needs.iter().flat_map(|need| &need.names);
    let names: BTreeSet<&str> = names.map(PackageName::as_str).collect();
    let installables = needs.installables.keys().map(String::as_str);
    if let Some((name, _)) = word
        .split_once('=')
        .filter(|(name, _)| names.contains(name))
    {
        return failure.help(format!(
            "write a whole store path, `{name}=/nix/store/HASH-NAME`"
        ));
    }
    match closest(word, names.iter().copied().chain(installables)) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None if names.is_empty() => failure.note("no definition names a package by an installable"),
        None => {
            let names: Vec<_> = names.into_iter().take(20).collect();
            failure.note(format!("there are `{}`", names.join("`, `")))
        }
    }
}
