//! Whether the steps that jobc adds have names of their own.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Checker, Run};
use crate::plan::{NeededBy, Plan};
use crate::source::Pointer;
use crate::target::aurora::steps::{AWAIT, FETCH, INIT, steps};
use crate::target::judged::Judged;
use crate::target::steps::{Kind, Steps};

crate::diagnostic::declare_codes! {
    /// jobc adds a step for each process that needs something from the store, and a process of the
    /// definition already has the name of such a step. Thermos keeps one of two processes with one
    /// name and drops the other without a word.
    ///
    /// Steps are called `nix_init_PROCESS-HASH8` and, for what final processes need,
    /// `nix_fetch_PROCESS-HASH8`; with the setting `init.roots = "job"`, `nix_init-HASH8`,
    /// `nix_init_final-HASH8` and `nix_fetch-HASH8`; with `init.names = "process"` without the hash. A step
    /// that waits until a process is ready is called `await_ready_PROCESS-HASH8`.
    NAME_TAKEN = "step-name-taken", Error, "a process with the name of a step that jobc adds";
}

/// Tells the names that two processes of the task would have.
pub(super) fn check(ctx: &mut Judged<'_>) {
    let plan = ctx.plan;
    // Most jobs have no step of jobc's.
    let has_none = plan.needs.scripts.is_empty() && !plan.may_await();
    if has_none || !may_be_taken(plan) {
        return;
    }
    let Steps { steps, .. } = steps(plan);
    let runs: BTreeMap<&str, &Run> = steps
        .iter()
        .filter_map(|step| match step.kind {
            Kind::Run(run) => Some((step.name.as_str(), run)),
            Kind::Realise(_) | Kind::Fetch(_) | Kind::AwaitReady(..) => None,
        })
        .collect();
    let mut added: BTreeMap<&str, Pointer> = BTreeMap::new();
    for step in &steps {
        let (place, what) = match step.kind {
            Kind::Run(_) => continue,
            Kind::Realise(realise) | Kind::Fetch(realise) => (
                place_of(&realise.by, plan, &runs),
                "the step realises what this one needs",
            ),
            Kind::AwaitReady(run, _) => {
                (run.name.pointer(), "the step waits until this one is ready")
            }
        };
        let name = step.name.as_str();
        if let Some(taken) = runs.get(name) {
            let headline = format!("process `{name}` has the name of a step that jobc adds");
            let at = Place::value(taken.name.pointer());
            ctx.found.push(
                Diagnostic::new(&NAME_TAKEN, headline, at)
                    .also(Place::value(place.clone()), what)
                    .help("give the process another name"),
            );
        }
        if let Some(other) = added.insert(name, place.clone()) {
            let headline = format!("two steps that jobc adds would be called `{name}`");
            ctx.found.push(
                Diagnostic::new(&NAME_TAKEN, headline, Place::value(other))
                    .label("one for this")
                    .also(Place::value(place), "the other one for this")
                    .help("give the process another name"),
            );
        }
    }
}

/// Whether a process is called as a step may be that jobc adds, or as makes two of those the same. The
/// steps need not be known for that, which most jobs have no such process for.
fn may_be_taken(plan: &Plan) -> bool {
    // Longer names are cut in those of steps.
    const SHORT: usize = 200;
    let mut runs = plan.sequence.iter().filter_map(|id| plan.run(id));
    runs.any(|run| {
        let name = &*run.name.value.written();
        name.len() > SHORT
            || [INIT, FETCH, AWAIT]
                .iter()
                .any(|prefix| name.starts_with(prefix))
            || matches!(name, "health_check" | "final")
    })
}

/// What a step is added for.
fn place_of(by: &NeededBy, plan: &Plan, runs: &BTreeMap<&str, &Run>) -> Pointer {
    match (by, plan.intent.checker()) {
        (NeededBy::Process(name), _) => match runs.get(name.as_str()) {
            Some(run) => run.name.pointer(),
            None => plan.intent.pointer.clone(),
        },
        (NeededBy::HealthCheck, Some(Checker::Shell(command))) => command.pointer(),
        (NeededBy::HealthCheck | NeededBy::Job, _) => plan.intent.pointer.key("name"),
    }
}
