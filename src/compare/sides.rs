//! Two sides, and what changes from one to the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::Failure;
use crate::diff::{self, Comparison, Known, NotCompared, NotComparedKind};
use crate::store::StorePath;

use super::contents;
use super::side::Side;

/// Two sides.
#[derive(Debug)]
pub(crate) struct Sides {
    pub(crate) old: Side,
    pub(crate) new: Side,
    /// What there is to say of both together.
    pub(crate) notes: Vec<Failure>,
    /// What could not be read.
    pub(crate) troubles: Vec<Failure>,
    /// How many definitions say the same on both, and were not compiled.
    pub(crate) same: usize,
}

impl Sides {
    /// What is to be known of the files of both, each once.
    pub(crate) fn notes(&self) -> BTreeSet<Failure> {
        let of_sides = self.old.notes().into_iter().chain(self.new.notes());
        of_sides.chain(self.notes.iter().cloned()).collect()
    }

    /// Whether something could not be compared.
    pub(crate) fn is_partial(&self) -> bool {
        let is_wrong = |side: &Side| {
            !side.unread.is_empty() || !side.wrong.is_empty() || !side.ambiguous.is_empty()
        };
        is_wrong(&self.old) || is_wrong(&self.new) || !self.troubles.is_empty()
    }

    /// What cannot be compared, by the definitions that are why.
    fn not_compared(&self) -> Vec<NotCompared> {
        let mut hidden: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (side, other) in [(&self.old, &self.new), (&self.new, &self.old)] {
            // A key is told of once for each side, by the first that is why.
            let mut told: BTreeSet<&str> = BTreeSet::new();
            for (key, name) in &side.ambiguous {
                told.insert(key);
                hidden.entry(name).or_default().insert(key.clone());
            }
            for wrong in &side.wrong {
                let is_right = |key: &str| {
                    let job = side.jobs.get(key);
                    job.is_some_and(|job| job.definition.as_ref() == Some(&wrong.path))
                };
                let keys = wrong.declared.keys();
                let keys = keys.filter(|key| !is_right(key) && told.insert(key));
                let keys: Vec<String> = keys.map(str::to_owned).collect();
                hidden.entry(&wrong.name).or_default().extend(keys);
            }
            for (key, job) in &other.jobs {
                if !side.jobs.contains_key(key)
                    && !told.contains(key.as_str())
                    && let Some(wrong) = side.hides(key, job)
                {
                    hidden.entry(&wrong.name).or_default().insert(key.clone());
                }
            }
        }
        // A lock is told with the jobs that need it, where they are known.
        let unread = self.old.unread.iter().chain(&self.new.unread);
        let unread = unread.filter(|it| !hidden.contains_key(it.because.as_str()));
        let unread: Vec<NotCompared> = unread.cloned().collect();
        let hidden = hidden.into_iter();
        let hidden = hidden.map(|(name, jobs)| NotCompared {
            because: name.to_owned(),
            kind: NotComparedKind::Jobs,
            jobs: jobs.into_iter().collect(),
        });
        unread.into_iter().chain(hidden).collect()
    }

    /// What changes from one to the other.
    pub(crate) fn compare(&self) -> Comparison {
        let (old, new) = (&self.old, &self.new);
        let not_compared = self.not_compared();
        let hidden = not_compared.iter().flat_map(|it| &it.jobs);
        let hidden: BTreeSet<&str> = hidden.map(String::as_str).collect();
        let sources = [old.sources(), new.sources()];
        let called = |side: &Side, sources: &BTreeMap<&StorePath, &Path>| {
            let sources = sources.iter();
            sources
                .map(|(path, source)| ((*path).clone(), side.called(source)))
                .collect::<BTreeMap<_, _>>()
        };
        let imports = [called(old, &sources[0]), called(new, &sources[1])];
        let read = |side: &Side, source: &Path| contents::read(side.root.as_deref()?, source);
        let in_old = |path: &StorePath| read(old, sources[0].get(path)?);
        let in_new = |path: &StorePath| read(new, sources[1].get(path)?);
        let comparison = diff::compare(
            &old.compiled(&hidden),
            &new.compiled(&hidden),
            [
                &Known {
                    name: &old.name,
                    store_dir: &old.store_dir,
                    lock: old.lock.as_ref(),
                    imports: &imports[0],
                    contents: &in_old,
                },
                &Known {
                    name: &new.name,
                    store_dir: &new.store_dir,
                    lock: new.lock.as_ref(),
                    imports: &imports[1],
                    contents: &in_new,
                },
            ],
        );
        Comparison {
            not_compared,
            ..comparison
        }
    }
}
