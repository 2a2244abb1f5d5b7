//! The processes of an Aurora task: what realises closures, and the definition's own.
//!
//! What realises a process' closure belongs to the finalisation if the process does, and may fail if
//! the process may; it is never a daemon, since nothing may wait for one. The finalisation may not
//! wait for an ordinary process, so that it has steps of its own; it has little time, so that what it
//! needs is fetched while the ordinary processes start.

use std::collections::BTreeMap;

use crate::intent::Run;
use crate::plan::{NeededBy, Plan, Realise, Step as PlanStep, StepId, StepNames};
use crate::store::Sha256;
use crate::target::steps::{Edge, Kind, Step, Steps};
use crate::vocabulary::PROCESS;

use super::texts::{CommandForm, Texts};

/// What every name of a step that jobc adds begins with.
pub(in crate::target::aurora) const INIT: &str = "nix_init";
pub(in crate::target::aurora) const FETCH: &str = "nix_fetch";

/// The longest name of a process, in bytes: that of a file.
const LONGEST: usize = 255;

/// The processes of the task.
pub fn steps(plan: &Plan) -> Steps<'_> {
    let mut adding = Adding {
        plan,
        steps: Vec::new(),
        order: Vec::new(),
        ahead: Vec::new(),
    };
    let waiting = waiting(plan);
    for id in &plan.sequence {
        let PlanStep::Realise(realise) = &plan.steps[id] else {
            continue;
        };
        let waiting = waiting.get(id).map_or(&[][..], Vec::as_slice);
        match &realise.by {
            NeededBy::Process(name) => adding.process(realise, name.as_str(), waiting),
            NeededBy::HealthCheck => adding.health_check(realise, waiting),
            NeededBy::Job => adding.job(realise, waiting),
        }
    }
    adding.finish()
}

type Waiting<'p> = Vec<(&'p StepId, &'p Run)>;

/// The processes that wait for each step that realises something.
fn waiting(plan: &Plan) -> BTreeMap<&StepId, Waiting<'_>> {
    let mut waiting: BTreeMap<&StepId, Waiting<'_>> = BTreeMap::new();
    for edge in &plan.order {
        if let (StepId::Realise(_), Some(run)) = (&edge.before, plan.run(&edge.after)) {
            let waiting = waiting.entry(&edge.before).or_default();
            waiting.push((&edge.after, run));
        }
    }
    waiting
}

/// A task in the making.
struct Adding<'p> {
    plan: &'p Plan,
    steps: Vec<Step<'p>>,
    /// What waits for the steps so far.
    order: Vec<(usize, &'p StepId)>,
    /// What fetches ahead of time.
    ahead: Vec<Step<'p>>,
}

/// When a step has its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Ordinary,
    Final,
}

/// What becomes of an instance without a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Necessity {
    Needed,
    Ephemeral,
}

impl<'p> Adding<'p> {
    fn process(&mut self, realise: &'p Realise, name: &str, waiting: &[(&'p StepId, &'p Run)]) {
        let phase = if waiting.iter().any(|(_, run)| run.is_final()) {
            Phase::Final
        } else {
            Phase::Ordinary
        };
        self.realise(realise, (INIT, name), phase, necessity(waiting), waiting);
        if phase == Phase::Final {
            self.fetch(realise, name);
        }
    }

    fn health_check(&mut self, realise: &'p Realise, waiting: &[(&'p StepId, &'p Run)]) {
        let (phase, necessity) = (Phase::Ordinary, Necessity::Needed);
        self.realise(realise, (INIT, "health_check"), phase, necessity, waiting);
    }

    fn job(&mut self, realise: &'p Realise, waiting: &[(&'p StepId, &'p Run)]) {
        let mut needs = self.plan.needs.scripts.iter();
        let is_checked = needs.any(|need| need.by == NeededBy::HealthCheck);
        let (last, ordinary): (Waiting<'p>, Waiting<'p>) =
            waiting.iter().copied().partition(|(_, run)| run.is_final());
        let has_ordinary = !ordinary.is_empty() || is_checked;
        if has_ordinary {
            let necessity = if is_checked {
                Necessity::Needed
            } else {
                necessity(&ordinary)
            };
            self.realise(realise, (INIT, ""), Phase::Ordinary, necessity, &ordinary);
        }
        if !last.is_empty() {
            let name = (INIT, "final");
            self.realise(realise, name, Phase::Final, necessity(&last), &last);
            if !has_ordinary {
                self.fetch(realise, "");
            }
        }
    }

    fn realise(
        &mut self,
        realise: &'p Realise,
        (prefix, suffix): (&str, &str),
        phase: Phase,
        necessity: Necessity,
        waiting: &[(&'p StepId, &'p Run)],
    ) {
        let index = self.steps.len();
        self.order
            .extend(waiting.iter().map(|(id, _)| (index, *id)));
        self.steps.push(Step {
            name: self.name(prefix, suffix, realise),
            kind: Kind::Realise(realise),
            is_final: phase == Phase::Final,
            is_ephemeral: necessity == Necessity::Ephemeral,
            max_failures: self.plan.realisation.max_failures,
        });
    }

    fn fetch(&mut self, realise: &'p Realise, suffix: &str) {
        self.ahead.push(Step {
            name: self.name(FETCH, suffix, realise),
            kind: Kind::Fetch(realise),
            is_final: false,
            is_ephemeral: true,
            max_failures: 1,
        });
    }

    fn name(&self, prefix: &str, suffix: &str, realise: &Realise) -> String {
        let hash = match self.plan.realisation.names {
            StepNames::Hash => Some(realise.script.path.hash().to_string()),
            StepNames::Process => None,
        };
        step_name(prefix, suffix, hash.as_deref().map(|hash| &hash[..8]))
    }

    /// Puts the definition's processes behind what is added.
    fn finish(self) -> Steps<'p> {
        let Self {
            plan,
            mut steps,
            order,
            ahead,
        } = self;
        steps.extend(ahead);
        let mut indexes: BTreeMap<&StepId, usize> = BTreeMap::new();
        let texts = Texts {
            added: 0,
            commands: CommandForm::AsDefined,
        };
        for id in &plan.sequence {
            if let Some(run) = plan.run(id) {
                indexes.insert(id, steps.len());
                steps.push(Step {
                    name: texts.text(&run.name.value).into_owned(),
                    kind: Kind::Run(run),
                    is_final: run.is_final(),
                    is_ephemeral: run.is_ephemeral(),
                    max_failures: match &run.max_failures {
                        Some(at) => at.value,
                        None => PROCESS.integer("max_failures"),
                    },
                });
            }
        }
        let added = order
            .into_iter()
            .filter_map(|(before, id)| Some((before, *indexes.get(id)?)));
        let own = plan.order.iter().filter_map(|edge| {
            let before = *indexes.get(&edge.before)?;
            Some((before, *indexes.get(&edge.after)?))
        });
        let edges = added.chain(own);
        let mut order: Vec<Edge> = edges
            .map(|(before, after)| Edge { before, after })
            .collect();
        order.sort_unstable();
        Steps { steps, order }
    }
}

fn necessity(waiting: &[(&StepId, &Run)]) -> Necessity {
    if waiting.iter().all(|(_, run)| run.is_ephemeral()) {
        Necessity::Ephemeral
    } else {
        Necessity::Needed
    }
}

/// `PREFIX[_SUFFIX][-HASH]` in at most [`LONGEST`] bytes.
fn step_name(prefix: &str, suffix: &str, hash: Option<&str>) -> String {
    let prefix = if suffix.is_empty() {
        prefix.to_owned()
    } else {
        format!("{prefix}_")
    };
    let hash = hash.map_or(String::new(), |hash| format!("-{hash}"));
    let room = LONGEST - prefix.len() - hash.len();
    if suffix.len() <= room {
        return format!("{prefix}{suffix}{hash}");
    }
    let mark = &Sha256::of(suffix.as_bytes()).base32()[..8];
    let mut end = room - 1 - mark.len();
    while !suffix.is_char_boundary(end) {
        end -= 1;
    }
    format!("{prefix}{}-{mark}{hash}", &suffix[..end])
}
