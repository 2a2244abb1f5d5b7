//! One side of a comparison: jobs as they are in a revision, a workspace, or compiled files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::Failure;
use crate::diff::{ComparedJob, NotCompared, NotComparedKind};
use crate::model::leads_to;
use crate::query::declared::Declared;
use crate::resolve::Lock;
use crate::store::{StoreDir, StorePath};
use crate::workspace::Workspace;

use super::revision::CheckedOut;
use super::wrong_definition::WrongDefinition;

/// What is compared with something else.
#[derive(Debug)]
pub(crate) struct Side {
    /// What messages call it.
    pub(crate) name: String,
    /// Its jobs by their keys. Where only what differs was read, those that differ.
    pub(crate) jobs: BTreeMap<String, SideJob>,
    /// What its packages are; none if it has no lock.
    pub(crate) lock: Option<Lock>,
    /// The store of its nodes.
    pub(crate) store_dir: StoreDir,
    /// Its workspace, if it has one.
    pub(crate) root: Option<PathBuf>,
    /// What of its workspace could not be read.
    pub(super) unread: Vec<NotCompared>,
    /// The definitions in which something is wrong.
    pub(super) wrong: Vec<WrongDefinition>,
    /// The keys of jobs that are defined more than once, with what messages call the file that does it
    /// again.
    pub(super) ambiguous: BTreeMap<String, String>,
    /// Keeps the files of a revision as long as they are looked at.
    pub(super) checkout: Option<CheckedOut>,
}

/// A job of a side.
#[derive(Debug)]
pub(crate) struct SideJob {
    /// Its definition, relative to the workspace; none if nothing is known of it.
    pub(super) definition: Option<PathBuf>,
    /// The compiled job.
    pub(crate) compiled: ComparedJob,
}

/// A job of which nothing else is known.
impl From<ComparedJob> for SideJob {
    fn from(compiled: ComparedJob) -> Self {
        Self {
            definition: None,
            compiled,
        }
    }
}

impl Side {
    /// A side of jobs that were read elsewhere, or compiled in a workspace.
    pub(crate) fn of_jobs(
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
    pub(super) fn without_settings(name: String) -> Self {
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
    pub(super) fn sources(&self) -> BTreeMap<&StorePath, &Path> {
        let needs = self.jobs.values().filter_map(|job| job.compiled.needs());
        let imports = needs.flat_map(|needs| &needs.imports);
        imports
            .map(|(path, import)| (path, import.source.as_path()))
            .collect()
    }

    /// What something imported is called in the workspace.
    pub(super) fn called(&self, source: &Path) -> String {
        let root = self.root.as_deref().unwrap_or(Path::new(""));
        let below = source.strip_prefix(root).unwrap_or(source);
        let below = leads_to(Path::new(""), below).unwrap_or(below.to_owned());
        below.display().to_string()
    }

    /// What is to be known of its files.
    pub(super) fn notes(&self) -> Vec<Failure> {
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
    pub(super) fn take_for_unknown(&mut self, other: &Self) {
        if let Some(checkout) = &self.checkout {
            for at in checkout.lacking() {
                let is_below = |it: &Path| it.starts_with(at);
                let below = other.jobs.iter();
                let below =
                    below.filter(|(_, job)| job.definition.as_deref().is_some_and(is_below));
                let keys: BTreeSet<String> = below.map(|(key, _)| key.clone()).collect();
                if !keys.is_empty() {
                    checkout.need(at, at);
                    self.wrong.push(WrongDefinition {
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

    pub(super) fn compiled(&self, hidden: &BTreeSet<&str>) -> BTreeMap<&str, &ComparedJob> {
        let jobs = self.jobs.iter();
        let jobs = jobs.map(|(key, job)| (key.as_str(), &job.compiled));
        jobs.filter(|(key, _)| !hidden.contains(key)).collect()
    }

    /// The definition that is wrong and may be why the job `key`, which another side has, is not here:
    /// the one that most likely has it.
    pub(super) fn hides(&self, key: &str, job: &SideJob) -> Option<&WrongDefinition> {
        let declares = |wrong: &&WrongDefinition| wrong.declared.keys().any(|own| own == key);
        let unclear = |wrong: &&WrongDefinition| !wrong.declared.is_clear();
        let is_same_file = |wrong: &&WrongDefinition| {
            unclear(wrong) && job.definition.as_ref() == Some(&wrong.path)
        };
        let mentions =
            |wrong: &&WrongDefinition| wrong.declared.is_readable() && wrong.declared.may_hold(key);
        let first = |is_why: &dyn Fn(&&WrongDefinition) -> bool| self.wrong.iter().find(is_why);
        first(&declares)
            .or_else(|| first(&is_same_file))
            .or_else(|| first(&mentions))
            .or_else(|| first(&unclear).filter(|wrong| wrong.declared.may_hold(key)))
    }
}
