//! The steps of a picture, and what is in their closures.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::closure::{Known, Member, Size};
use crate::plan::{NeededBy, Plan, Script};
use crate::resolve::Lock;
use crate::store::StorePath;
use crate::target;

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "Aurora's, and each means something alone"
)]
pub struct Step {
    /// Its name in the scheduler's list of processes, as written.
    pub name: String,
    /// What it does.
    pub kind: Kind,
    /// Whether it is started again after it succeeded.
    pub is_daemon: bool,
    /// Whether the task may end without it.
    pub is_ephemeral: bool,
    /// Whether it belongs to the finalisation.
    pub is_final: bool,
    /// How many runs may fail; 0 retries for ever.
    pub max_failures: u64,
    /// The earliest turn that it can have, from 1.
    pub stage: usize,
    /// Whether it is in the longest chain.
    pub is_critical: bool,
    /// What it fetches, or what the process needs from the store.
    pub closure: Option<Contents>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "StepKind")]
pub enum Kind {
    /// Runs a process of the definition.
    Run,
    /// Realises what others need.
    Realise,
    /// Fetches ahead of time what the finalisation needs.
    Fetch,
    /// Waits until a process is ready.
    AwaitReady,
}

/// What is in a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// How much it is.
    pub size: Size,
    /// What the command itself names, sorted by name; of what hangs on that, only the size counts.
    /// A step that has a process waiting leaves this to it.
    pub items: Vec<Item>,
}

/// A store path of a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its path.
    pub path: StorePath,
    /// The size of its archive, if that is known.
    pub bytes: Option<u64>,
}

impl Step {
    pub(super) fn new(step: &target::steps::Step<'_>, sizes: &Sizes<'_>) -> Self {
        let name = step.name.clone();
        let (kind, closure) = match step.kind {
            target::steps::Kind::Run(_) => (Kind::Run, sizes.of_process(&name)),
            target::steps::Kind::Realise(realise) => {
                (Kind::Realise, Some(sizes.of_step(&realise.script)))
            }
            target::steps::Kind::Fetch(realise) => {
                (Kind::Fetch, Some(sizes.of_step(&realise.script)))
            }
            target::steps::Kind::AwaitReady(..) => (Kind::AwaitReady, None),
        };
        Self {
            name,
            kind,
            is_daemon: step.is_daemon(),
            is_ephemeral: step.is_ephemeral,
            is_final: step.is_final,
            max_failures: step.max_failures.unsigned_abs(),
            stage: 1,
            is_critical: false,
            closure,
        }
    }
}

/// What the scripts of a plan pull in.
pub(super) struct Sizes<'a> {
    known: Known<'a>,
    processes: BTreeMap<&'a str, &'a Script>,
    health_check: Option<&'a StorePath>,
}

impl<'a> Sizes<'a> {
    pub(super) fn new(plan: &'a Plan, lock: &'a Lock) -> Self {
        let mut sizes = Self {
            known: Known::new(plan, lock),
            processes: BTreeMap::new(),
            health_check: None,
        };
        for need in &plan.needs.scripts {
            match &need.by {
                NeededBy::Process(name) => {
                    sizes.processes.insert(name.as_str(), &need.script);
                }
                NeededBy::HealthCheck => sizes.health_check = Some(&need.script.path),
                NeededBy::Job => {}
            }
        }
        sizes
    }

    fn of_process(&self, name: &str) -> Option<Contents> {
        let script = self.processes.get(name)?;
        Some(Contents::of(script, &self.known))
    }

    fn of_step(&self, script: &Script) -> Contents {
        let mut contents = Contents::of(script, &self.known);
        if self.health_check != Some(&script.path) {
            contents.items.clear();
        }
        contents
    }
}

impl Contents {
    fn of(script: &Script, known: &Known<'_>) -> Self {
        let closure = known.closure(script);
        let named = |path: &&StorePath| script.references.contains(*path);
        let members = closure.members.iter().filter(|(path, _)| named(path));
        let mut items: Vec<Item> = members
            .filter(|(_, member)| !matches!(member, Member::Script(_)))
            .map(|(path, member)| Item {
                path: (*path).clone(),
                bytes: member.size(),
            })
            .collect();
        items.sort_by(|a, b| (a.path.name(), &a.path).cmp(&(b.path.name(), &b.path)));
        Self {
            size: closure.size(),
            items,
        }
    }
}
