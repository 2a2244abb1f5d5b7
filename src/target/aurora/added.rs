//! The processes of an Aurora task that jobc added.
//!
//! Of a job that jobc compiles, the plan says which these are. Only of a compiled file that comes
//! from elsewhere are they told by their text: by the name, and by how the command begins, with the
//! path to realise and the root that keeps it.

use crate::plan::Plan;
use crate::store::references::mentions;
use crate::store::{StoreDir, StorePath};
use crate::target::steps::Kind;

use super::Table;
use super::await_ready;
use super::steps::{AWAIT, FETCH, INIT, key_of_waiting, steps};

/// A process that jobc added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedStep {
    /// Its name.
    pub name: String,
    /// Its name without the hash of what it realises.
    pub identity: String,
    /// What it realises, unless its text names no path of the nodes' store.
    pub realises: Option<StorePath>,
    /// What it tries until a process is ready, in the words of definitions, if it does.
    pub tries: Option<Table>,
}

impl AddedStep {
    /// Those of a plan, in the order written.
    pub fn of_plan(plan: &Plan) -> Vec<Self> {
        // Most jobs have none.
        if plan.needs.scripts.is_empty() && !plan.may_await() {
            return Vec::new();
        }
        let steps = steps(plan).steps.into_iter();
        let steps = steps.filter_map(|step| match step.kind {
            Kind::Run(_) => None,
            Kind::Realise(realise) | Kind::Fetch(realise) => {
                Some(Self::new(step.name, Some(realise.script.path.clone())))
            }
            Kind::AwaitReady(run, ready) => {
                let command = await_ready::command(run, ready, &plan.intent);
                Some(Self::waiting(step.name, &command))
            }
        });
        steps.collect()
    }

    /// The process of a file that comes from elsewhere, if it is one that jobc added, on nodes with
    /// this store.
    pub fn of_foreign(name: &str, command: &str, store_dir: &StoreDir) -> Option<Self> {
        let is_called = |prefix: &str| {
            let after = name.strip_prefix(prefix);
            after.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-']))
        };
        if is_called(AWAIT) && await_ready::is_command(command) {
            return Some(Self::waiting(name.to_owned(), command));
        }
        let is_named = [INIT, FETCH].into_iter().any(is_called);
        // Before that, there may be a line that reads a profile script.
        let line = command.lines().take(2).find(|line| {
            is_named && line.starts_with("path=/") && line.contains(" root=$PWD/.gc/")
        })?;
        let mention = mentions(store_dir, line.as_bytes()).next();
        let realises = mention.and_then(|mention| mention.longest().ok());
        let realises = realises.map(|found| found.store_path);
        Some(Self::new(name.to_owned(), realises))
    }

    fn new(name: String, realises: Option<StorePath>) -> Self {
        let hash = realises.as_ref().map(|path| path.hash().to_string());
        Self {
            identity: identity(&name, hash.as_deref()),
            name,
            realises,
            tries: None,
        }
    }

    /// One with this command, which waits until a process is ready.
    fn waiting(name: String, command: &str) -> Self {
        Self {
            identity: identity(&name, Some(&key_of_waiting(command))),
            name,
            realises: None,
            tries: await_ready::read(command),
        }
    }

    /// The process that it is for; none if it is for all of them.
    pub fn serves(&self) -> Option<&str> {
        [INIT, FETCH, AWAIT].iter().find_map(|prefix| {
            let rest = self.identity.strip_prefix(prefix)?;
            rest.strip_prefix('_')
        })
    }

    /// Whether something waits for it.
    pub fn is_waited_for(&self) -> bool {
        self.identity.starts_with(INIT) || self.is_waiting()
    }

    /// Whether it waits until a process is ready.
    pub fn is_waiting(&self) -> bool {
        self.identity.starts_with(AWAIT)
    }
}

/// A name without the hash at its end, if it has one.
fn identity(name: &str, hash: Option<&str>) -> String {
    let without_hash = hash.and_then(|hash| name.strip_suffix(&hash[..8])?.strip_suffix('-'));
    without_hash.unwrap_or(name).to_owned()
}
