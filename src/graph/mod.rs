//! A job's task as a picture: its processes, the steps that jobc adds, and their order.
//!
//! Made of a plan, drawn as text, Graphviz, Mermaid or SVG. Steps have a stage, the number of steps
//! that have to succeed before them plus one; the finalisation's follow the ordinary ones. Edges
//! that others imply are not drawn.

mod critical;
mod dot;
mod font;
mod lanes;
mod layout;
mod mermaid;
mod reduce;
mod svg;
mod text;
mod words;

use std::collections::BTreeMap;

pub use crate::target::steps::Edge;
pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;
pub(crate) use text::ascii;
pub use text::{Characters, Look, text};

use crate::closure::{Known, Member, Size};
use crate::model::timing::{FINALIZATION_WAIT, MOST_FINALIZATION_WAIT};
use crate::plan::{NeededBy, Plan, Script};
use crate::resolve::Lock;
use crate::store::StorePath;
use crate::target::{self, Target};

/// The steps of a task and what waits for what.
#[derive(Debug, Clone)]
pub struct Graph {
    /// The job's key.
    pub title: String,
    /// All steps: what jobc adds, then the definition's processes.
    pub steps: Vec<Step>,
    /// What is drawn of the order: no edge that others imply, sorted.
    pub edges: Vec<Edge>,
    /// How many steps run at a time, if that is limited.
    pub max_concurrency: Option<u64>,
    /// How many seconds the finalisation may take.
    pub finalization_wait: u64,
    /// Whether the longest chain is worth marking: whether there is anything beside it.
    pub marks_critical: bool,
}

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Runs a process of the definition.
    Run,
    /// Realises a closure, and something waits for it.
    Realise,
    /// Fetches a closure ahead of time; nothing waits for it.
    Fetch,
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

impl Graph {
    /// The picture of a plan as a target runs it, with sizes from the lock.
    pub fn new(plan: &Plan, target: Target, lock: &Lock) -> Self {
        let target::steps::Steps {
            steps,
            order: edges,
        } = target::steps(plan, target);
        let sizes = Sizes::new(plan, lock);
        let mut steps: Vec<Step> = steps.iter().map(|step| Step::new(step, &sizes)).collect();
        let order = reduce::order(steps.len(), &edges);
        stages(&mut steps, &edges, &order);
        let edges = reduce::reduced(steps.len(), edges, &order);
        let marks_critical = critical::mark(&mut steps, &edges, &order);
        let limits = &plan.limits;
        let limit = limits
            .max_concurrency
            .as_ref()
            .map(|it| it.value.unsigned_abs());
        let wait = limits.finalization_wait.as_ref().map(|it| it.value);
        Self {
            title: plan.key.to_string(),
            steps,
            edges,
            max_concurrency: limit.filter(|limit| *limit > 0),
            finalization_wait: wait
                .unwrap_or(FINALIZATION_WAIT)
                .min(MOST_FINALIZATION_WAIT)
                .unsigned_abs(),
            marks_critical,
        }
    }

    /// The same without what is in closures.
    #[must_use]
    pub fn without_closures(mut self) -> Self {
        for step in &mut self.steps {
            step.closure = None;
        }
        self
    }

    /// Whether anything belongs to the finalisation.
    pub fn has_final(&self) -> bool {
        self.steps.iter().any(|step| step.is_final)
    }

    /// The last ordinary step and the first one of the finalisation, if there are both.
    fn phases(&self) -> Option<(usize, usize)> {
        let steps = || self.steps.iter().enumerate();
        let ordinary = steps().filter(|(_, step)| !step.is_final);
        let (last, _) = ordinary.max_by_key(|(_, step)| step.stage)?;
        let (first, _) = steps().find(|(_, step)| step.is_final)?;
        Some((last, first))
    }

    /// Whether an edge is part of the longest chain.
    fn is_critical(&self, edge: Edge) -> bool {
        let steps = [edge.before, edge.after].map(|step| &self.steps[step]);
        self.marks_critical && steps.iter().all(|step| step.is_critical)
    }
}

impl Step {
    fn new(step: &target::steps::Step<'_>, sizes: &Sizes<'_>) -> Self {
        let name = step.name.clone();
        let (kind, closure) = match step.kind {
            target::steps::Kind::Run(_) => (Kind::Run, sizes.of_process(&name)),
            target::steps::Kind::Realise(realise) => {
                (Kind::Realise, Some(sizes.of_step(&realise.script)))
            }
            target::steps::Kind::Fetch(realise) => {
                (Kind::Fetch, Some(sizes.of_step(&realise.script)))
            }
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
struct Sizes<'a> {
    known: Known<'a>,
    processes: BTreeMap<&'a str, &'a Script>,
    health_check: Option<&'a StorePath>,
}

impl<'a> Sizes<'a> {
    fn new(plan: &'a Plan, lock: &'a Lock) -> Self {
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

/// Gives each step its stage, those of the finalisation after all others.
fn stages(steps: &mut [Step], edges: &[Edge], order: &[usize]) {
    let after = reduce::successors(steps.len(), edges);
    for &step in order {
        let next = steps[step].stage + 1;
        for &other in &after[step] {
            steps[other].stage = steps[other].stage.max(next);
        }
    }
    let ordinary = steps.iter().filter(|step| !step.is_final);
    let last = ordinary.map(|step| step.stage).max().unwrap_or(0);
    for step in steps.iter_mut().filter(|step| step.is_final) {
        step.stage += last;
    }
}
