//! Whether the grace period of health checks is long enough for what waits in it.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::Intent;
use crate::plan::NeededBy;
use crate::target::aurora::rules::ports;
use crate::target::judged::Judged;
use crate::vocabulary::HEALTH_CHECK_CONFIG;

use super::LATE_READY;

/// The grace period unless the definition gives one, in seconds.
const DEFAULT_GRACE: f64 = HEALTH_CHECK_CONFIG.float("initial_interval_secs");

/// Warns if waiting may take longer than the job has time for.
pub(in crate::target::aurora::rules) fn check(ctx: &mut Judged<'_>) {
    let problem = problem(ctx);
    ctx.found.extend(problem);
}

#[expect(clippy::cast_precision_loss, reason = "a message rounds it anyway")]
fn problem(ctx: &Judged<'_>) -> Option<Diagnostic> {
    let Judged {
        plan, downloads, ..
    } = *ctx;
    let intent = &plan.intent;
    if intent.ready_order.is_empty() || ctx.levels.allow(&LATE_READY) {
        return None;
    }
    let (waits, last) = longest(intent)?;
    let config = intent.health_check.as_ref();
    let written = config.and_then(|it| it.value.initial_interval_secs.as_ref());
    let grace = written.map_or(DEFAULT_GRACE, |it| it.value);
    let size = downloads.of(&plan.needs, |by| match by {
        NeededBy::Process(name) => {
            let awaited = intent.ready_order.keys().map(|(before, _)| *before);
            let mut names = awaited.map(|process| &intent.runs[process].name.value);
            names.any(|own| own.written() == name.as_str())
        }
        NeededBy::HealthCheck | NeededBy::Job => false,
    });
    let fetching = (size as f64 / downloads.bandwidth as f64).ceil();
    let takes = waits as f64 + fetching;
    if takes <= grace || !ports::checks_health(intent) {
        return None;
    }
    let origin = intent.ready_order.get(&last)?;
    let headline = format!(
        "`{}` may wait {takes} s, and the grace period of health checks is {grace} s",
        intent.runs[last.1].name.value
    );
    let place = Place::value(origin.pointer(&intent.pointer));
    let problem = Diagnostic::new(&LATE_READY, headline, place);
    let problem = match written {
        Some(written) => problem.also(Place::value(written.pointer()), "the grace period"),
        None => problem,
    };
    let suggested = takes + DEFAULT_GRACE.min(grace);
    Some(problem.help(format!(
        "write `health_check_config.initial_interval_secs = {suggested}`, or a shorter `within` in the \
         `ready` of `{}`",
        intent.runs[last.0].name.value
    )))
}

/// How many seconds ordinary processes wait at most, after each other, and the last wait.
fn longest(intent: &Intent) -> Option<(i64, (usize, usize))> {
    let edges = || {
        let edges = intent.ready_order.keys();
        edges.filter(|(before, _)| !intent.runs[*before].is_final())
    };
    let mut after: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut left: BTreeMap<usize, usize> = BTreeMap::new();
    for &(before, waits) in edges() {
        after.entry(before).or_default().push(waits);
        *left.entry(waits).or_default() += 1;
    }
    let first = after.keys().filter(|process| !left.contains_key(process));
    let mut next: Vec<usize> = first.copied().collect();
    // When each may start.
    let mut starts: BTreeMap<usize, i64> = BTreeMap::new();
    let mut best = None;
    while let Some(process) = next.pop() {
        let ready = intent.runs[process].ready.as_ref();
        let within = ready.map_or(0, |it| it.value.within());
        let start = starts.get(&process).copied().unwrap_or(0);
        for &waits in after.get(&process).into_iter().flatten() {
            let ready = start.saturating_add(within);
            let known = starts.entry(waits).or_default();
            *known = ready.max(*known);
            if best.is_none_or(|(most, _)| ready > most) {
                best = Some((ready, (process, waits)));
            }
            if let Some(count) = left.get_mut(&waits) {
                *count -= 1;
                if *count == 0 {
                    next.push(waits);
                }
            }
        }
    }
    best
}
