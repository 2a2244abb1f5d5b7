//! One side of a comparison: jobs as they are in a revision, a workspace, or compiled files.
//!
//! Both sides are read together, so that definitions that say the same on both, with the same
//! settings, files and packages, need not be compiled at all.

mod compiled;
mod contents;
mod definitions;
mod mistaken;
mod reader;
mod revision;
mod same;
mod temporary;
mod wanted;
mod word;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compile::Compiled;
use crate::diagnostic::{Diagnostic, Failure, Place};
use crate::diff::{self, Comparison, JobForm, Known, NotCompared, NotComparedKind};
use crate::model::leads_to;
use crate::plan::Needs;
use crate::resolve::Lock;
use crate::source::SourceFile;
use crate::store::{StoreDir, StorePath};
use crate::workspace::Workspace;

use crate::query::declared::Declared;

use self::definitions::Wrong;
use self::revision::Checked;

pub(super) use self::mistaken::Asked;
pub(super) use self::reader::{Reach, Reader, changed_since};
pub(super) use self::wanted::Wanted;
pub(super) use self::word::Word;

/// What is compared with something else.
#[derive(Debug)]
pub(super) struct Side {
    /// What messages call it.
    pub(super) name: String,
    /// Its jobs by their keys. Where only what differs was read, those that differ.
    pub(super) jobs: BTreeMap<String, SideJob>,
    /// What its packages are; none if it has no lock.
    pub(super) lock: Option<Lock>,
    /// The store of its nodes.
    pub(super) store_dir: StoreDir,
    /// Its workspace, if it has one.
    pub(super) root: Option<PathBuf>,
    /// What of its workspace could not be read.
    unread: Vec<NotCompared>,
    /// The definitions in which something is wrong.
    wrong: Vec<Wrong>,
    /// The keys of jobs that are defined more than once, with what messages call the file that does it
    /// again.
    ambiguous: BTreeMap<String, String>,
    /// Keeps the files of a revision as long as they are looked at.
    checkout: Option<Checked>,
}

/// A job of a side.
#[derive(Debug)]
pub(super) struct SideJob {
    /// Its definition, relative to the workspace; none if nothing is known of it.
    definition: Option<PathBuf>,
    /// The compiled job.
    pub(super) form: JobForm,
    /// What its nodes need; nothing is known of it where the job was compiled by somebody else.
    pub(super) needs: Needs,
}

/// Two sides.
#[derive(Debug)]
pub(super) struct Sides {
    pub(super) old: Side,
    pub(super) new: Side,
    /// What there is to say of both together.
    pub(super) notes: Vec<Failure>,
    /// What could not be read.
    pub(super) troubles: Vec<Failure>,
    /// How many definitions say the same on both, and were not compiled.
    pub(super) same: usize,
}

impl Side {
    /// A side of jobs that were read elsewhere, or compiled in a workspace.
    pub(super) fn of_jobs(
        name: String,
        jobs: BTreeMap<String, SideJob>,
        workspace: Option<&Workspace>,
    ) -> Self {
        let store_dir = workspace.map(|workspace| workspace.store_dir.clone());
        Self {
            name,
            jobs,
            lock: workspace.map(|workspace| workspace.lock.clone()),
            store_dir: store_dir.unwrap_or_default(),
            root: workspace.map(|workspace| workspace.root.clone()),
            unread: Vec::new(),
            wrong: Vec::new(),
            ambiguous: BTreeMap::new(),
            checkout: None,
        }
    }

    /// A side of which nothing is known, because its settings are wrong.
    fn without_settings(name: String) -> Self {
        let unread = NotCompared {
            because: name.clone(),
            kind: NotComparedKind::Settings,
            jobs: Vec::new(),
        };
        Self {
            unread: vec![unread],
            ..Self::of_jobs(name, BTreeMap::new(), None)
        }
    }

    /// The imported files and directories of its jobs, and where they lie.
    fn sources(&self) -> BTreeMap<&StorePath, &Path> {
        let imports = self.jobs.values().flat_map(|job| &job.needs.imports);
        imports
            .map(|(path, import)| (path, import.source.as_path()))
            .collect()
    }

    /// What something imported is called in the workspace.
    fn called(&self, source: &Path) -> String {
        let root = self.root.as_deref().unwrap_or(Path::new(""));
        let below = source.strip_prefix(root).unwrap_or(source);
        let below = leads_to(Path::new(""), below).unwrap_or(below.to_owned());
        below.display().to_string()
    }

    /// What is to be known of its files.
    fn notes(&self) -> Vec<Failure> {
        let wrong = self.wrong.iter().map(|wrong| wrong.path.as_path());
        let jobs = self.jobs.values();
        let right = jobs.filter_map(|job| job.definition.as_deref());
        let definitions = wrong.chain(right).collect();
        let notes = self
            .checkout
            .as_ref()
            .map(|it| it.notes(&self.name, &definitions));
        notes.unwrap_or_default()
    }

    /// Takes what `other` has for unknown where it is not for sure absent here: because it would lie in
    /// a submodule that is not here, or in a definition that is wrong. Forgets what is wrong with other
    /// definitions than are of interest.
    fn see(&mut self, other: &Self) {
        if let Some(checkout) = &self.checkout {
            for at in checkout.lacking() {
                let is_below = |it: &Path| it.starts_with(at);
                let below = other.jobs.iter();
                let below =
                    below.filter(|(_, job)| job.definition.as_deref().is_some_and(is_below));
                let keys: BTreeSet<String> = below.map(|(key, _)| key.clone()).collect();
                if !keys.is_empty() {
                    checkout.need(at, at);
                    self.wrong.push(Wrong {
                        path: at.to_owned(),
                        name: format!("{}{}", checkout.mark(&self.name), at.display()),
                        declared: Declared::Keys(keys),
                        diagnostics: Vec::new(),
                        trouble: None,
                        is_wanted: true,
                    });
                }
            }
        }
        let jobs = &self.jobs;
        let absent = other
            .jobs
            .iter()
            .filter(|(key, _)| !jobs.contains_key(*key));
        let absent: Vec<_> = absent.collect();
        self.wrong.retain(|wrong| {
            let mut absent = absent.iter();
            wrong.is_wanted || absent.any(|(key, job)| wrong.hides(key, job.definition.as_deref()))
        });
    }

    fn forms(&self, hidden: &BTreeSet<&str>) -> BTreeMap<&str, &JobForm> {
        let jobs = self.jobs.iter();
        let jobs = jobs.map(|(key, job)| (key.as_str(), &job.form));
        jobs.filter(|(key, _)| !hidden.contains(key)).collect()
    }

    /// The definition that is wrong and may be why the job `key`, which another side has, is not here:
    /// the one that most likely has it.
    fn hides(&self, key: &str, job: &SideJob) -> Option<&Wrong> {
        let declares = |wrong: &&Wrong| wrong.declared.keys().any(|own| own == key);
        let unclear = |wrong: &&Wrong| !wrong.declared.is_clear();
        let is_same_file =
            |wrong: &&Wrong| unclear(wrong) && job.definition.as_ref() == Some(&wrong.path);
        let mentions =
            |wrong: &&Wrong| wrong.declared.is_readable() && wrong.declared.may_hold(key);
        let first = |is_why: &dyn Fn(&&Wrong) -> bool| self.wrong.iter().find(is_why);
        first(&declares)
            .or_else(|| first(&is_same_file))
            .or_else(|| first(&mentions))
            .or_else(|| first(&unclear).filter(|wrong| wrong.declared.may_hold(key)))
    }
}

impl Sides {
    /// What is to be known of the files of both, each once.
    pub(super) fn notes(&self) -> BTreeSet<Failure> {
        let of_sides = self.old.notes().into_iter().chain(self.new.notes());
        of_sides.chain(self.notes.iter().cloned()).collect()
    }

    /// Whether something could not be compared.
    pub(super) fn is_partial(&self) -> bool {
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
    pub(super) fn compare(&self) -> Comparison {
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
            &old.forms(&hidden),
            &new.forms(&hidden),
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

impl SideJob {
    /// A job that is compiled already; none if the text is none.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        Some(Self {
            definition: None,
            form: JobForm::Table(serde_json::from_str(text).ok()?),
            needs: Needs::default(),
        })
    }

    pub(super) fn of_compiled(job: Compiled) -> (String, Self) {
        let own = Self {
            definition: None,
            form: JobForm::Text(job.artifact.text),
            needs: job.needs,
        };
        (job.key.to_string(), own)
    }
}

/// With the names of files as `mark` has them.
fn marked(mut diagnostics: Vec<Diagnostic>, mark: impl Fn(&str) -> String) -> Vec<Diagnostic> {
    let mut files: BTreeMap<String, Arc<SourceFile>> = BTreeMap::new();
    for annotation in diagnostics
        .iter_mut()
        .flat_map(|problem| &mut problem.annotations)
    {
        match &mut annotation.place {
            Place::Span(location) => {
                let file = &location.file;
                let again = || SourceFile::new(mark(file.name()), file.text());
                let renamed = files.entry(file.name().to_owned()).or_insert_with(again);
                location.file = Arc::clone(renamed);
            }
            Place::File(name) => *name = mark(name),
            Place::Document(..) => {}
        }
    }
    diagnostics
}
