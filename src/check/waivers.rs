//! What the job and its processes waive.

use crate::diagnostic::Place;
use crate::lint;
use crate::model::Waive;
use crate::rule::{self, Context};
use crate::source::Pointer;

/// Notes all waivers of the job, before anything is said that they may be for.
pub(super) fn check(ctx: &mut Context<'_>) {
    let job = ctx.job;
    if let Some(waive) = &job.waive {
        note(ctx, waive, Pointer::clone);
    }
    for (index, process) in job.task.processes.iter().enumerate() {
        if let Some(waive) = &process.waive {
            note(ctx, waive, |at| rule::process(at, index));
        }
    }
}

fn note(ctx: &mut Context<'_>, waive: &Waive, place: impl Fn(&Pointer) -> Pointer) {
    if ctx.hole(|at| place(at).key("waive")) && waive.0.is_empty() {
        return;
    }
    let place = place(ctx.at);
    for name in waive.0.keys() {
        if ctx.is_given_up() {
            return;
        }
        match lint::find(ctx.terms.registry, name, || {
            Place::key(place.key("waive").key(name))
        }) {
            Ok(lint) => ctx.waivers.add(place.clone(), lint),
            Err(problem) => ctx.report(*problem),
        }
    }
}
