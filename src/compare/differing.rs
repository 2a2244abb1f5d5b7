//! Which definitions may compile to something else on the other side.
//!
//! A job is made of its definition, the workspace's settings, the files that it imports, and what
//! the lock says of its packages. Where all of these are the same, it is the same, and is not
//! compiled. What cannot be said counts as different.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::diagnostic::MachineError;
use crate::front;
use crate::model::{PackageSource, leads_to, locked_name};
use crate::parallel::in_parallel;
use crate::resolve::Lock;
use crate::store::StorePath;

use super::definitions::Definitions;
use super::dependencies::Candidates;
use super::job_filter::JobFilter;
use super::referring::add_referring;
use super::revision::CheckedOut;

/// What was found out of paths.
#[derive(Default)]
struct Known(Mutex<BTreeMap<PathBuf, bool>>);

impl Known {
    /// The answer, asked for once; several threads may do so at the same time.
    fn of(&self, path: &Path, ask: impl FnOnce() -> bool) -> bool {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(path) {
            return *answer;
        }
        let answer = ask();
        known().insert(path.to_owned(), answer);
        answer
    }
}

/// How two workspaces are compared.
enum Comparison<'a> {
    /// By what git says differs, with the links of both.
    Git {
        changed: BTreeSet<PathBuf>,
        sides: [&'a Definitions; 2],
        directories: Known,
    },
    /// By their files.
    Files {
        roots: [&'a Path; 2],
        known: Known,
        directories: Known,
    },
    /// Not at all.
    Nothing,
}

/// The definitions of either that may compile to something else on the other one.
pub(super) fn differing(
    old: &Definitions,
    new: &Definitions,
) -> Result<BTreeSet<PathBuf>, MachineError> {
    let all = || old.files.union(&new.files).cloned().collect();
    let comparison = Comparison::of(old, new)?;
    let is_same_setup = old.workspace.settings == new.workspace.settings;
    if matches!(comparison, Comparison::Nothing) || !is_same_setup {
        return Ok(all());
    }
    let relocked = relocked(&old.workspace.lock, &new.workspace.lock);
    let repackaged = repackaged(new, &relocked, &comparison);
    let common: Vec<&PathBuf> = old.files.intersection(&new.files).collect();
    let is_certain = relocked.is_empty() && repackaged.is_empty();
    let are_packages_where_they_were = !comparison.touches_nix();
    let texts = match &new.checked {
        Some(checked) if !comparison.is_empty() || !is_certain => {
            let untouched = common.iter().filter(|file| comparison.is_same(file));
            checked.contents(&untouched.copied().collect::<Vec<_>>())?
        }
        _ => BTreeMap::new(),
    };
    let is_same = |file: &PathBuf| {
        if !comparison.is_plain(file) || comparison.is_link(file) || !comparison.is_same(file) {
            return false;
        }
        if comparison.is_empty() && is_certain {
            return true;
        }
        let Some(source) = new.text(file, &texts) else {
            return false;
        };
        let below = file.parent().unwrap_or(Path::new(""));
        // All that it may import then lies beside it, but for what may be relative to the workspace.
        let format = new.file(file).map(|file| file.format);
        let stays = format.is_some_and(|format| front::stays_below(&source, format));
        if is_certain && stays && are_packages_where_they_were && comparison.is_same_around(below) {
            return true;
        }
        let Some(found) = new.dependencies(file, &source) else {
            // What makes no sense makes none on both sides, unless a filter would make sense of it.
            return !texts.contains_key(file);
        };
        let is_same_import_at =
            |path: &PathBuf| comparison.is_plain(path) && comparison.is_same(path);
        let is_same_import =
            |path: &PathBuf| leads_to(below, path).is_some_and(|path| is_same_import_at(&path));
        let is_same_package = |text: &String| {
            let Candidates { names, files } = Candidates::of(text, below);
            names.is_disjoint(&relocked) && files.iter().all(is_same_import_at)
        };
        found.read.iter().all(is_same_import_at)
            && found.texts.is_disjoint(&relocked)
            && found.relative.iter().all(is_same_package)
            && found.packages.is_disjoint(&repackaged)
            && found.imports.iter().all(is_same_import)
    };
    let same = in_parallel(&common, |file| is_same(file), |_| {});
    let same: BTreeSet<&PathBuf> = common
        .into_iter()
        .zip(same)
        .filter_map(|(file, same)| same.then_some(file))
        .collect();
    let mut differing: BTreeSet<PathBuf> = all();
    differing.retain(|file| !same.contains(file));
    add_referring(old, new, &mut differing)?;
    Ok(differing)
}

/// Of the definitions that are the same on both sides, those that define jobs which one of the
/// `differing` defines as well, as far as these are wanted: what becomes of such a job cannot be told from
/// one of them alone.
pub(super) fn twins(
    old: &Definitions,
    new: &Definitions,
    differing: &BTreeSet<PathBuf>,
    wanted: &JobFilter,
) -> Result<BTreeSet<PathBuf>, MachineError> {
    let same: Vec<&PathBuf> = new.files.difference(differing).collect();
    if same.is_empty() || differing.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut keys = BTreeSet::new();
    for side in [old, new] {
        let files: Vec<&PathBuf> = side.files.intersection(differing).collect();
        keys.extend(side.keys_of(&files)?);
    }
    keys.retain(|key| wanted.accepts(key));
    if keys.is_empty() {
        return Ok(BTreeSet::new());
    }
    // Of what is the same, nothing has to be read out of git where the other side is a directory.
    let side = if old.checked.is_none() { old } else { new };
    side.having(&keys, &same)
}

/// The packages of the settings, which are the same on both sides, that became others.
fn repackaged(
    new: &Definitions,
    relocked: &BTreeSet<String>,
    comparison: &Comparison<'_>,
) -> BTreeSet<String> {
    let is_same = |source: &PackageSource| match source {
        PackageSource::Reference(text) => !relocked.contains(&locked_name(text)),
        PackageSource::Local(local) => leads_to(Path::new(""), Path::new(&local.path))
            .is_some_and(|path| comparison.is_plain(&path) && comparison.is_same(&path)),
    };
    let packages = new.workspace.settings.packages.iter().flatten();
    let changed = packages.filter(|(_, source)| !is_same(source));
    changed.map(|(name, _)| name.to_string()).collect()
}

/// The installables of which two locks say something else: of what they are, or of their closures.
fn relocked(old: &Lock, new: &Lock) -> BTreeSet<String> {
    if old == new {
        return BTreeSet::new();
    }
    let all = old.installables().chain(new.installables());
    let changed = |installable: &&str| {
        // Which files said so is no part of a job.
        let of = |lock: &Lock| -> BTreeMap<String, StorePath> {
            let systems = lock.packages().get(*installable).into_iter().flatten();
            systems
                .map(|(system, pinned)| (system.clone(), pinned.path.clone()))
                .collect()
        };
        let (before, after) = (of(old), of(new));
        before != after || after.values().any(|path| !has_same_closure(old, new, path))
    };
    all.filter(changed).map(str::to_owned).collect()
}

fn has_same_closure(old: &Lock, new: &Lock, root: &StorePath) -> bool {
    let mut next = vec![root];
    let mut seen = BTreeSet::new();
    while let Some(path) = next.pop() {
        if !seen.insert(path) {
            continue;
        }
        match (old.path(path), new.path(path)) {
            (None, None) => {}
            (Some(before), Some(after)) if before == after => next.extend(&after.references),
            _ => return false,
        }
    }
    true
}

impl<'a> Comparison<'a> {
    fn of(old: &'a Definitions, new: &'a Definitions) -> Result<Self, MachineError> {
        let sides = [old, new];
        let changed = match (&old.checked, &new.checked) {
            (None, None) => {
                return Ok(Self::Files {
                    roots: [&old.workspace.root, &new.workspace.root],
                    known: Known::default(),
                    directories: Known::default(),
                });
            }
            (Some(before), Some(after)) if before.repository().is(after.repository()) => {
                match (&before.tree, &after.tree) {
                    (Some(one), Some(other)) => before.objects().changed(one, other)?,
                    _ => return Ok(Self::Nothing),
                }
            }
            (Some(revision), None) => match working_tree(revision, new)? {
                Some(changed) => changed,
                None => return Ok(Self::Nothing),
            },
            (None, Some(revision)) => match working_tree(revision, old)? {
                Some(changed) => changed,
                None => return Ok(Self::Nothing),
            },
            _ => return Ok(Self::Nothing),
        };
        Ok(Self::Git {
            changed,
            sides,
            directories: Known::default(),
        })
    }

    /// Whether nothing differs.
    fn is_empty(&self) -> bool {
        matches!(self, Self::Git { changed, .. } if changed.is_empty())
    }

    /// Whether Nix files may be on one side only, or links that lead to some.
    fn touches_nix(&self) -> bool {
        let Self::Git { changed, .. } = self else {
            return true;
        };
        let is_nix = |path: &PathBuf| path.extension().is_some_and(|it| it == "nix");
        changed
            .iter()
            .any(|path| is_nix(path) || self.is_link(path))
    }

    /// Whether it is certain that nothing differs in a directory, and that no link leads out of it.
    fn is_same_around(&self, directory: &Path) -> bool {
        let Self::Git { sides, .. } = self else {
            return false;
        };
        // What the other side has is the same there.
        let revision = sides.iter().find_map(|side| side.checked.as_ref());
        revision.is_some_and(|revision| {
            let mut below = revision.below(directory);
            self.is_same(directory) && !below.any(|path| revision.is_link(&path))
        })
    }

    /// Whether the same is at a path on both sides, or nothing is.
    fn is_same(&self, path: &Path) -> bool {
        match self {
            Self::Git { changed, .. } => {
                let above = path.ancestors().any(|above| changed.contains(above));
                let below = changed.range(path.to_owned()..).next();
                !above && !below.is_some_and(|below| below.starts_with(path))
            }
            Self::Files { roots, known, .. } => known.of(path, || {
                is_same_file(&roots[0].join(path), &roots[1].join(path))
            }),
            Self::Nothing => false,
        }
    }

    /// Whether no link leads to what is at a path.
    fn is_plain(&self, path: &Path) -> bool {
        let (Self::Git { directories, .. } | Self::Files { directories, .. }) = self else {
            return false;
        };
        let Some(directory) = path.parent() else {
            return true;
        };
        directories.of(directory, || {
            !directory.ancestors().any(|above| self.is_link(above))
        })
    }

    /// Whether a side has a link at a path.
    fn is_link(&self, path: &Path) -> bool {
        let is_there = |root: &Path| {
            !path.as_os_str().is_empty()
                && fs::symlink_metadata(root.join(path)).is_ok_and(|found| found.is_symlink())
        };
        match self {
            Self::Git { sides, .. } => sides.iter().any(|side| match &side.checked {
                Some(checked) => checked.is_link(path),
                None => is_there(&side.workspace.root),
            }),
            Self::Files { roots, .. } => roots.iter().any(|root| is_there(root)),
            Self::Nothing => false,
        }
    }
}

/// What differs between a revision and a directory, if that is its working tree.
fn working_tree(
    revision: &CheckedOut,
    directory: &Definitions,
) -> Result<Option<BTreeSet<PathBuf>>, MachineError> {
    let is_its = revision.is_of(&directory.workspace.root)?;
    match &revision.commit {
        Some(commit) if is_its && revision.tree.is_some() => {
            Ok(Some(revision.objects().changed_since(commit)?))
        }
        _ => Ok(None),
    }
}

/// Whether two files or directories have the same in them.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let mut open = vec![(one.to_owned(), other.to_owned())];
    while let Some((one, other)) = open.pop() {
        let (Ok(first), Ok(second)) = (fs::symlink_metadata(&one), fs::symlink_metadata(&other))
        else {
            return !one.exists() && !other.exists();
        };
        let is_same = if first.is_file() && second.is_file() {
            let runs = |found: &fs::Metadata| found.permissions().mode() & 0o100;
            runs(&first) == runs(&second)
                && first.len() == second.len()
                && first.len() < LARGE
                && matches!((fs::read(&one), fs::read(&other)), (Ok(a), Ok(b)) if a == b)
        } else if first.is_symlink() && second.is_symlink() {
            matches!((fs::read_link(&one), fs::read_link(&other)), (Ok(a), Ok(b)) if a == b)
        } else if first.is_dir() && second.is_dir() {
            let (Some(names), Some(others)) = (names(&one), names(&other)) else {
                return false;
            };
            let pairs = names.iter().map(|name| (one.join(name), other.join(name)));
            open.extend(pairs);
            names == others
        } else {
            false
        };
        if !is_same {
            return false;
        }
    }
    true
}

/// Larger files are not read twice to find out.
const LARGE: u64 = 64 * 1024 * 1024;

fn names(directory: &Path) -> Option<BTreeSet<std::ffi::OsString>> {
    let entries = fs::read_dir(directory).ok()?;
    entries
        .map(|entry| entry.ok().map(|entry| entry.file_name()))
        .collect()
}
