//! The processes of an Aurora task: what realises closures, and the definition's own.
//!
//! What realises a process' closure belongs to the finalisation if the process does, and may fail if
//! the process may; it is never a daemon, since nothing may wait for one. The finalisation may not
//! wait for an ordinary process, so that it has steps of its own; it has little time, so that what it
//! needs is fetched while the ordinary processes start.
//!
//! What waits until a process is ready comes after all that the process comes after, but for ephemeral
//! processes, which Thermos lets no other wait for.

use std::collections::BTreeMap;

use crate::intent::Run;
use crate::plan::{NeededBy, Plan, Realise, Step as PlanStep, StepId, StepNames, When};
use crate::store::Sha256;
use crate::target::steps::{Edge, Kind, Step, Steps};
use crate::vocabulary::PROCESS;

use super::await_ready;
use super::texts::{CommandForm, Texts};
use super::waiting::Waiting;

/// What every name of a step that jobc adds begins with.
pub(in crate::target::aurora) const INIT: &str = "nix_init";
pub(in crate::target::aurora) const FETCH: &str = "nix_fetch";
pub(in crate::target::aurora) const AWAIT: &str = "await_ready";

/// The longest name of a process, in bytes: that of a file.
const LONGEST: usize = 255;

/// The processes of the task.
pub fn steps(plan: &Plan) -> Steps<'_> {
    let mut adding = Adding {
        plan,
        steps: Vec::new(),
        order: Vec::new(),
        ahead: Vec::new(),
        waiting: Waiting::of(plan),
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

type Waiters<'p> = Vec<(&'p StepId, &'p Run)>;

/// The processes that wait for each step that realises something.
fn waiting(plan: &Plan) -> BTreeMap<&StepId, Waiters<'_>> {
    let mut waiting: BTreeMap<&StepId, Waiters<'_>> = BTreeMap::new();
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
    waiting: Waiting,
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
        let necessity = self.necessity(waiting);
        self.realise(realise, (INIT, name), phase, necessity, waiting);
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
        let (last, ordinary): (Waiters<'p>, Waiters<'p>) =
            waiting.iter().copied().partition(|(_, run)| run.is_final());
        let has_ordinary = !ordinary.is_empty() || is_checked;
        if has_ordinary {
            let necessity = if is_checked {
                Necessity::Needed
            } else {
                self.necessity(&ordinary)
            };
            self.realise(realise, (INIT, ""), Phase::Ordinary, necessity, &ordinary);
        }
        if !last.is_empty() {
            let name = (INIT, "final");
            let necessity = self.necessity(&last);
            self.realise(realise, name, Phase::Final, necessity, &last);
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
            waits_itself: Vec::new(),
        });
    }

    fn fetch(&mut self, realise: &'p Realise, suffix: &str) {
        self.ahead.push(Step {
            name: self.name(FETCH, suffix, realise),
            kind: Kind::Fetch(realise),
            is_final: false,
            is_ephemeral: true,
            max_failures: 1,
            waits_itself: Vec::new(),
        });
    }

    fn name(&self, prefix: &str, suffix: &str, realise: &Realise) -> String {
        self.keyed(prefix, suffix, || realise.script.path.hash().to_string())
    }

    fn keyed(&self, prefix: &str, suffix: &str, hash: impl FnOnce() -> String) -> String {
        let hash = match self.plan.realisation.names {
            StepNames::Hash => Some(hash()),
            StepNames::Process => None,
        };
        step_name(prefix, suffix, hash.as_deref().map(|hash| &hash[..8]))
    }

    /// What becomes of an instance without what these wait for.
    fn necessity(&self, waiting: &[(&StepId, &Run)]) -> Necessity {
        let is_awaited = |id: &StepId| match self.plan.steps.get(id) {
            Some(PlanStep::Run(index)) => self.waiting.by_step.contains(index),
            Some(PlanStep::Realise(_)) | None => false,
        };
        // What waits until an ephemeral process is ready comes after what that one needs.
        let ephemeral = |(id, run): &(&StepId, &Run)| run.is_ephemeral() && !is_awaited(id);
        if waiting.iter().all(ephemeral) {
            Necessity::Ephemeral
        } else {
            Necessity::Needed
        }
    }

    /// A step for each process that one waits for, by the indexes of processes.
    fn await_ready(&mut self) -> BTreeMap<usize, usize> {
        let intent = &self.plan.intent;
        let mut steps = BTreeMap::new();
        for &process in &self.waiting.by_step {
            let run = &intent.runs[process];
            let Some(ready) = &run.ready else { continue };
            let name = run.name.value.to_string();
            let hash = || key_of_waiting(&await_ready::command(run, &ready.value, intent));
            steps.insert(process, self.steps.len());
            self.steps.push(Step {
                name: self.keyed(AWAIT, &name, hash),
                kind: Kind::AwaitReady(run, &ready.value),
                is_final: run.is_final(),
                is_ephemeral: false,
                max_failures: 1,
                waits_itself: Vec::new(),
            });
        }
        steps
    }

    /// Puts the definition's processes behind what is added.
    fn finish(mut self) -> Steps<'p> {
        let ahead = std::mem::take(&mut self.ahead);
        self.steps.extend(ahead);
        let awaiting = self.await_ready();
        let Self {
            plan,
            mut steps,
            order,
            ahead: _,
            waiting,
        } = self;
        let intent = &plan.intent;
        let mut indexes: BTreeMap<&StepId, usize> = BTreeMap::new();
        let texts = Texts {
            added: 0,
            commands: CommandForm::AsDefined,
        };
        let mut places = vec![0; intent.runs.len()];
        for id in &plan.sequence {
            let Some(PlanStep::Run(process)) = plan.steps.get(id) else {
                continue;
            };
            let run = &intent.runs[*process];
            let by_itself = waiting.by_itself.get(process).into_iter().flatten();
            indexes.insert(id, steps.len());
            places[*process] = steps.len();
            steps.push(Step {
                name: texts.text(&run.name.value).into_owned(),
                kind: Kind::Run(run),
                is_final: run.is_final(),
                is_ephemeral: run.is_ephemeral(),
                max_failures: match &run.max_failures {
                    Some(at) => at.value,
                    None => PROCESS.integer("max_failures"),
                },
                waits_itself: by_itself.map(|&other| &intent.runs[other]).collect(),
            });
        }
        let added = order
            .into_iter()
            .filter_map(|(before, id)| Some((before, *indexes.get(id)?)));
        let own = plan.order.iter().filter_map(|edge| {
            let before = *indexes.get(&edge.before)?;
            let after = *indexes.get(&edge.after)?;
            (edge.when == When::Succeeded).then_some((before, after))
        });
        let pairs: Vec<(usize, usize)> = added.chain(own).collect();
        let waits = Waits {
            waiting: &waiting,
            awaiting: &awaiting,
            places: &places,
        };
        let more = waits.edges(&steps, &pairs);
        let pairs = pairs.into_iter().map(|(before, after)| Edge {
            before,
            after,
            when: When::Succeeded,
        });
        let mut order: Vec<Edge> = pairs.chain(more).collect();
        order.sort_unstable();
        order.dedup();
        Steps { steps, order }
    }
}

/// Where what waits until processes are ready stands among the steps.
struct Waits<'w> {
    waiting: &'w Waiting,
    /// The steps that wait, by the processes that they wait for.
    awaiting: &'w BTreeMap<usize, usize>,
    /// The steps of the processes.
    places: &'w [usize],
}

impl Waits<'_> {
    /// What waits, and what that comes after; `order` is what processes come after without it.
    fn edges(&self, steps: &[Step<'_>], order: &[(usize, usize)]) -> Vec<Edge> {
        let mut edges = Vec::new();
        if self.waiting.by_step.is_empty() && self.waiting.by_itself.is_empty() {
            return edges;
        }
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &(first, second) in order {
            before.entry(second).or_default().push(first);
        }
        let mut edge = |before, after, when| {
            edges.push(Edge {
                before,
                after,
                when,
            });
        };
        let before_process = |process: usize| {
            let all = before.get(&self.places[process]).into_iter().flatten();
            all.copied()
        };
        let awaiting = |process: usize| {
            let ready = self.waiting.before(process).iter();
            ready.filter_map(|other| self.awaiting.get(other).copied())
        };
        for (&process, &step) in self.awaiting {
            edge(self.places[process], step, When::Ready);
            for other in before_process(process) {
                let is_run = matches!(steps[other].kind, Kind::Run(_));
                if !(is_run && steps[other].is_ephemeral) {
                    edge(other, step, When::Succeeded);
                }
            }
            for other in awaiting(process) {
                edge(other, step, When::Succeeded);
            }
        }
        for process in 0..self.places.len() {
            let step = self.places[process];
            let Some(own) = self.waiting.by_itself.get(&process) else {
                for other in awaiting(process) {
                    edge(other, step, When::Succeeded);
                }
                continue;
            };
            for &other in own {
                edge(self.places[other], step, When::Ready);
                for before in before_process(other) {
                    edge(before, step, When::Succeeded);
                }
                if !steps[self.places[other]].is_ephemeral {
                    for before in awaiting(other) {
                        edge(before, step, When::Succeeded);
                    }
                }
            }
        }
        edges
    }
}

/// What a step that waits is known by: a hash of its command.
pub(in crate::target::aurora) fn key_of_waiting(command: &str) -> String {
    Sha256::of(command.as_bytes()).base32()
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
