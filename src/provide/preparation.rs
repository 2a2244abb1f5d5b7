//! What the task needs from the store, brought here before anything starts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::Failure;
use crate::diagnostic::render::{counted, visible};
use crate::model::InitSettings;
use crate::plan::{Needs, Plan};
use crate::resolve::import::Importer;
use crate::run::{Process, Task, world};
use crate::store::references::mentions;
use crate::store::{StoreDir, StorePath};
use crate::target::aurora::AddedStep;
use crate::workspace::Workspace;

use super::{NixTrouble, PrivateStore, UsableNix, Wanted};

/// Whether Nix brings what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UseOfNix {
    /// If this machine has one that can be used.
    IfUsable,
    /// No: what is not on this machine is told, and left to the task.
    Never,
}

/// Hears what happens meanwhile.
pub trait Listener {
    /// Hears what there is to know.
    fn say(&self, line: &str);

    /// Hears what may be a problem.
    fn warn(&self, failure: &Failure);

    /// Whether what Nix says may be shown as it comes.
    fn is_watched(&self) -> bool;
}

/// What a workspace has for a job.
#[derive(Debug)]
pub struct Own {
    /// What the command line calls the job.
    word: String,
    needs: Needs,
    importer: Importer,
    settings: InitSettings,
    store_dir: StoreDir,
    origin: Origin,
}

/// Where a job comes from.
#[derive(Debug)]
enum Origin {
    /// jobc compiled it, and added these steps.
    Definition(Vec<AddedStep>),
    /// A compiled file, whose other needs only its own steps know.
    File,
}

impl Own {
    /// What the workspace has for a job that it defines, by the name `word`.
    pub fn new(word: &str, plan: Plan, importer: Importer, workspace: &Workspace) -> Self {
        Self {
            word: word.to_owned(),
            importer,
            settings: workspace.settings.init.clone().unwrap_or_default(),
            store_dir: workspace.store_dir.clone(),
            origin: Origin::Definition(AddedStep::of_plan(&plan)),
            needs: plan.needs,
        }
    }

    /// Only what a compiled file names: the workspace may have changed since.
    #[must_use]
    pub fn mentioned_in(mut self, text: &str) -> Self {
        let is_named = |path: &StorePath| text.contains(&path.to_string());
        self.needs
            .scripts
            .retain(|need| is_named(&need.script.path));
        self.origin = Origin::File;
        self
    }
}

/// What a task stands on.
#[derive(Debug, Default)]
pub struct Ground {
    /// What processes see besides the machine's store.
    pub private: Option<PrivateStore>,
    /// Which of the processes are taken for done.
    pub skipped: Vec<bool>,
}

impl Ground {
    /// Of a task that brings all it needs by itself, as on a node.
    pub fn of_node(task: &Task) -> Self {
        Self {
            private: None,
            skipped: vec![false; task.processes.len()],
        }
    }
}

/// Says what nodes would need of workspaces for these jobs.
pub fn note<'o>(jobs: impl IntoIterator<Item = &'o Own>, listener: &dyn Listener) {
    let mut paths: BTreeSet<StorePath> = BTreeSet::new();
    let mut words: Vec<&str> = Vec::new();
    for own in jobs {
        let of_job = Wanted::of_processes(own.needs.clone()).own_paths();
        if !of_job.is_empty() && !words.contains(&&*own.word) {
            words.push(&own.word);
        }
        paths.extend(of_job);
    }
    if !paths.is_empty() {
        let needed = counted(paths.len(), "store path");
        listener.say(&format!(
            "a node would need {needed} of this workspace: `jobc push {} --to CACHE` publishes \
             them",
            visible::line(&words.join(" "))
        ));
    }
}

/// Brings what the processes of the task need. Where that is elsewhere than their commands say, these
/// are changed.
///
/// # Errors
/// If something is absent that Nix was to bring, or the machine cannot.
pub fn prepare(
    task: &mut Task,
    own: Option<&Own>,
    use_of_nix: UseOfNix,
    listener: &dyn Listener,
) -> Result<Ground, Failure> {
    let store_dir = match own {
        Some(own) => own.store_dir.clone(),
        None => StoreDir::default(),
    };
    let mut wanted = match own {
        Some(own) => Wanted::of_processes(own.needs.clone()),
        None => Wanted::default(),
    };
    let compiled = match own.map(|own| &own.origin) {
        Some(Origin::Definition(added)) => Some(added),
        Some(Origin::File) | None => None,
    };
    let added = match compiled {
        Some(added) => added.clone(),
        None => recognised(task, &store_dir),
    };
    // What waits until a process is ready has to wait here, too.
    let realising = added.iter().filter(|step| !step.is_waiting());
    let added: BTreeMap<&str, &AddedStep> =
        realising.map(|step| (step.name.as_str(), step)).collect();
    if compiled.is_none() {
        let known = wanted.own_paths();
        let mentioned = mentioned(task, &added, &store_dir, &known);
        wanted.packages.extend(mentioned);
    }
    let preparation = Preparation {
        own,
        store_dir: &store_dir,
        use_of_nix,
        listener,
    };
    let private = match preparation.through_nix(&mut wanted)? {
        Nix::Done => {
            let skipped = task.processes.iter().map(|process| {
                let is_there = |path: &StorePath| {
                    let path = store_dir.display(path).to_string();
                    Path::new(&path).symlink_metadata().is_ok()
                };
                let step = added.get(process.name.as_str());
                let path = step.and_then(|step| step.realises.as_ref());
                step.is_some() && compiled.is_some() && !path.is_some_and(is_there)
            });
            return Ok(Ground {
                private: None,
                skipped: skipped.collect(),
            });
        }
        Nix::Without(reason) => preparation.without_nix(&mut wanted, reason.as_deref())?,
    };
    if let Some(store) = &private
        && let Err(reason) = store.namespace()
    {
        for process in &mut task.processes {
            process.command = store.text(&process.command);
        }
        listener.say(&format!(
            "in commands, `{}` stands for `{store_dir}` where it is what the workspace has: {}",
            store.store().display(),
            visible::line(reason)
        ));
    }
    let names = task.processes.iter().map(|process| process.name.as_str());
    let skipped = names.map(|name| added.contains_key(name));
    Ok(Ground {
        private,
        skipped: skipped.collect(),
    })
}

/// The steps that jobc added to a task which comes from elsewhere.
fn recognised(task: &Task, store_dir: &StoreDir) -> Vec<AddedStep> {
    let processes = task.processes.iter();
    processes
        .filter_map(|it| AddedStep::of_foreign(&it.name, &it.command, store_dir))
        .collect()
}

/// The store paths that commands name, but for those in `known`, with who does.
fn mentioned(
    task: &Task,
    added: &BTreeMap<&str, &AddedStep>,
    store_dir: &StoreDir,
    known: &BTreeSet<StorePath>,
) -> BTreeMap<StorePath, String> {
    let mut paths = BTreeMap::new();
    let is_own = |process: &&Process| !added.contains_key(process.name.as_str());
    for process in task.processes.iter().filter(is_own) {
        for mention in mentions(store_dir, process.command.as_bytes()) {
            if known.iter().any(|path| path.hash() == mention.hash()) {
                continue;
            }
            if let Ok(found) = mention.longest() {
                paths
                    .entry(found.store_path)
                    .or_insert_with(|| format!("process `{}`", process.name));
            }
        }
    }
    paths
}

/// What came of Nix.
enum Nix {
    /// All is in the store.
    Done,
    /// It has to be done without, for this reason if there is a Nix.
    Without(Option<String>),
}

struct Preparation<'a> {
    own: Option<&'a Own>,
    store_dir: &'a StoreDir,
    use_of_nix: UseOfNix,
    listener: &'a dyn Listener,
}

impl Preparation<'_> {
    /// Brings all of it into the machine's store, where Nix can.
    fn through_nix(&self, wanted: &mut Wanted) -> Result<Nix, Failure> {
        let nix_store = match self.use_of_nix {
            UseOfNix::IfUsable => world::nix_store(),
            UseOfNix::Never => None,
        };
        let Some(nix_store) = nix_store else {
            return Ok(Nix::Without(None));
        };
        let settings = self.own.map(|own| own.settings.clone());
        let nix = UsableNix::new(
            nix_store,
            self.store_dir,
            &settings.unwrap_or_default(),
            self.listener.is_watched(),
        )?;
        let own = wanted.own_paths();
        let missing = match nix.missing(own.iter().chain(wanted.packages.keys())) {
            Ok(missing) => missing,
            Err(NixTrouble { said }) => return Ok(Nix::Without(Some(said))),
        };
        let absent: BTreeSet<&StorePath> = wanted
            .packages
            .keys()
            .filter(|path| missing.contains(path))
            .collect();
        // Of a compiled file, the steps know better where to get them.
        let is_known = self
            .own
            .is_some_and(|own| matches!(own.origin, Origin::Definition(_)));
        if is_known
            && !absent.is_empty()
            && let Err(NixTrouble { said }) = nix.realise(absent.iter().copied())
        {
            let what = counted(absent.len(), "store path");
            let failure = Failure::new(format!("Nix cannot fetch {what} that the job needs"));
            return Err(failure
                .note(self.listed(&absent, wanted))
                .note(said)
                .help("publish what is absent, or name a cache in `init.substituters`"));
        }
        wanted.without(|path| !missing.contains(path));
        if let Some(own) = self.own
            && !wanted.own_paths().is_empty()
            && let Err(NixTrouble { said }) = nix.add(wanted, &own.importer)
        {
            return Ok(Nix::Without(Some(said)));
        }
        // Where Nix keeps its store elsewhere, nothing is at its path.
        if own.iter().all(|path| self.is_there(path)) {
            return Ok(Nix::Done);
        }
        let reason = "its store is not at the path of the nodes' store".to_owned();
        Ok(Nix::Without(Some(reason)))
    }

    /// Puts what the workspace has beside the machine's store, if it is not there already.
    fn without_nix(
        &self,
        wanted: &mut Wanted,
        reason: Option<&str>,
    ) -> Result<Option<PrivateStore>, Failure> {
        let absent: BTreeSet<&StorePath> = wanted
            .packages
            .keys()
            .filter(|path| !self.is_there(path))
            .collect();
        if !absent.is_empty() {
            let what = counted(absent.len(), "store path");
            let are = if absent.len() == 1 { "is" } else { "are" };
            if self.use_of_nix == UseOfNix::Never {
                let headline = format!("{what} that commands name {are} not on this machine");
                let warning = Failure::new(headline).note(self.listed(&absent, wanted));
                self.listener.warn(&warning);
            } else {
                let headline = format!(
                    "{what} that the job needs {are} not on this machine, and no Nix can fetch {}",
                    if absent.len() == 1 { "it" } else { "them" }
                );
                let failure = Failure::new(headline).note(self.listed(&absent, wanted));
                return Err(match reason {
                    Some(said) => failure
                        .note(format!("Nix says: {said}"))
                        .help("let this user use Nix"),
                    None => failure.help("install Nix"),
                }
                .help("run the job all the same with `--realise never`"));
            }
        }
        wanted.without(|path| self.is_there(path));
        // Commands name files, not scripts.
        match self.own {
            Some(own) if !wanted.own.imports.is_empty() => {
                let store = PrivateStore::new(wanted, &own.importer, self.store_dir)?;
                Ok(Some(store))
            }
            _ => Ok(None),
        }
    }

    fn is_there(&self, path: &StorePath) -> bool {
        let path = self.store_dir.display(path).to_string();
        Path::new(&path).symlink_metadata().is_ok()
    }

    /// Paths and who needs them.
    fn listed(&self, paths: &BTreeSet<&StorePath>, wanted: &Wanted) -> String {
        /// At most this many are listed.
        const MOST: usize = 20;
        let mut lines: Vec<String> = Vec::new();
        for path in paths.iter().take(MOST) {
            let by = wanted.packages.get(*path).map_or("", String::as_str);
            let mut packages = wanted.own.packages.iter();
            let name = packages.find(|(_, package)| package.path == **path);
            let name = name.map_or(String::new(), |(name, _)| format!("package `{name}` of "));
            lines.push(format!("{}: {name}{by}", self.store_dir.display(path)));
        }
        if paths.len() > MOST {
            lines.push(format!("and {} more", paths.len() - MOST));
        }
        lines.join("\n")
    }
}
