//! Waiting until a process is ready, which Thermos has no words for: what the steps that stand for it
//! cannot do.

mod codes;
mod grace;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Address, At, Checker, Intent, Origin, Probe, Ready, Run, Scheme, given};
use crate::plan::{Awaited, Plan};
use crate::rule::Intended;
use crate::target::aurora::await_ready::{Tried, tried};
use crate::target::aurora::timing::{FINALIZATION_WAIT, MOST_FINALIZATION_WAIT};
use crate::target::aurora::waiting::{MOST_BY_ITSELF, Waiting};
use crate::target::judged::Judged;
use crate::template::port_reference;
use crate::vocabulary::TASK;

pub use codes::{
    ENDLESS_DAEMON, HTTPS_PROBE, LATE_READY, PROBE_REFERENCE, READY_AFTER_END, READY_CONCURRENCY,
    READY_FAILURES, READY_HEALTH, READY_TOO_EARLY, READY_TOO_MANY,
};

pub(super) use grace::check as grace;

/// Checks what waits until others are ready, and what these try.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    if ctx.has_errors() || ctx.hole(|at| at.key("task")) {
        return;
    }
    // What nothing waits for is not tried.
    if ctx.intent.ready_order.is_empty() {
        return;
    }
    for (process, _) in awaited(ctx.intent) {
        let run = &ctx.intent.runs[process];
        if let Some(ready) = &run.ready {
            let found = [https(&ready.value), health(run, &ready.value, ctx.intent)];
            for problem in found.into_iter().flatten() {
                ctx.report(problem);
            }
        }
    }
    let waiting = Waiting::new(ctx.intent);
    after_end(ctx);
    concurrency(ctx);
    failures(ctx, &waiting);
    too_many(ctx, &waiting);
    too_early(ctx, &waiting);
    endless(ctx);
}

/// Checks what processes try for whose being ready only another job waits.
pub(super) fn of_job(ctx: &mut Judged<'_>) {
    let intent = &ctx.plan.intent;
    for process in awaited_elsewhere(ctx.plan) {
        let run = &intent.runs[process];
        if let Some(ready) = &run.ready {
            let found = [https(&ready.value), health(run, &ready.value, intent)];
            ctx.found.extend(found.into_iter().flatten());
        }
    }
}

/// The processes that no other of their job waits for, where the job as a whole is waited for.
fn awaited_elsewhere(plan: &Plan) -> Vec<usize> {
    let runs = plan.intent.runs.iter().enumerate();
    let tell = runs.filter(|(_, run)| run.ready.is_some() && !run.is_final());
    let here: BTreeSet<usize> = match plan.awaited {
        Awaited::Processes => return Vec::new(),
        Awaited::Job => awaited(&plan.intent).map(|(process, _)| process).collect(),
    };
    let elsewhere = tell.map(|(process, _)| process);
    elsewhere
        .filter(|process| !here.contains(process))
        .collect()
}

/// The processes that others wait for, each with the place of the first wait.
fn awaited(intent: &Intent) -> impl Iterator<Item = (usize, Origin)> {
    let mut seen = BTreeSet::new();
    let order = intent.ready_order.iter();
    let order = order.map(|(&(before, _), origin)| (before, *origin));
    order.filter(move |(before, _)| seen.insert(*before))
}

fn https(ready: &Ready) -> Option<Diagnostic> {
    let Probe::Http(at) = &ready.probe else {
        return None;
    };
    let text = at.value.filled_in()?;
    let address = Address::http(&text).ok()?;
    (address.scheme == Scheme::Https).then(|| {
        let headline = "a probe cannot ask by `https`: what waits has no TLS";
        Diagnostic::new(&HTTPS_PROBE, headline, Place::value(at.pointer())).help(format!(
            "ask by a program: `command = \"curl -fsS {}\"`, or only connect: `tcp = \"{}:{}\"`",
            at.value.written(),
            address.host,
            address.port
        ))
    })
}

/// What is wrong with taking over the health check.
fn health(run: &Run, ready: &Ready, intent: &Intent) -> Option<Diagnostic> {
    const PORT: &str = "health";
    if ready.probe != Probe::Health {
        return None;
    }
    let place = || {
        Place::value(
            run.ready
                .as_ref()
                .map_or_else(|| run.name.pointer(), At::pointer),
        )
    };
    let code = match intent.checker() {
        Some(Checker::Shell(_)) => return None,
        Some(Checker::Http {
            expected_response_code,
            ..
        }) => expected_response_code.as_ref(),
        None => None,
    };
    if let Some(code) = code.filter(|code| !matches!(code.value, 0 | 200..=399)) {
        let headline = format!(
            "a health check that expects the status {} says nothing about being ready",
            code.value
        );
        let problem = Diagnostic::new(&READY_HEALTH, headline, place())
            .also(Place::value(code.pointer()), "expected here")
            .help("write what to try: `ready = { http = \":PORT/PATH\" }`, whose answer is 2xx or 3xx");
        return Some(problem);
    }
    let command = &run.command.value;
    if intent.expands_files || !command.is_known() {
        return None;
    }
    let announce = intent.announce.as_ref();
    let portmap = announce.and_then(|it| it.value.portmap.as_ref());
    let mut others = portmap.into_iter().flatten();
    let alias = others.find(|(name, _)| name.as_literal() == Some(PORT));
    let alias = alias.and_then(|(_, port)| port.value.complete());
    let ports = command.ports();
    if ports.contains(&PORT) || alias.is_some_and(|alias| ports.contains(&&*alias)) {
        return None;
    }
    let headline = format!(
        "health is checked at the port `{PORT}`, which `{}` does not bind",
        run.name.value
    );
    Some(
        Diagnostic::new(&READY_HEALTH, headline, place())
            .also(
                Place::value(run.command.pointer()),
                "this binds no such port",
            )
            .help(match ports.first() {
                Some(port) => format!(
                    "say what to try: `ready = {{ http = \":{}/PATH\" }}`, or `tcp`",
                    port_reference(port)
                ),
                None => "say what to try: `ready = { command = \"...\" }`, or `tcp`, or `http`"
                    .to_owned(),
            }),
    )
}

/// Final processes that wait longer than all final processes may take.
fn after_end(ctx: &mut Intended<'_, '_>) {
    let intent = ctx.intent;
    let wait = given(intent.limits.finalization_wait.as_ref());
    let wait = wait
        .unwrap_or(FINALIZATION_WAIT)
        .min(MOST_FINALIZATION_WAIT);
    let of_final = awaited(intent).filter(|(process, _)| intent.runs[*process].is_final());
    for (process, origin) in of_final {
        let run = &intent.runs[process];
        let Some(ready) = run.ready.as_ref().map(|it| &it.value) else {
            continue;
        };
        let within = ready.within();
        if within < wait {
            continue;
        }
        let place = match &ready.within {
            Some(within) => Place::value(within.pointer()),
            None => Place::value(origin.pointer(&intent.pointer)),
        };
        let headline = format!(
            "`{}` may take {within} s to get ready, and the finalisation ends after {wait} s",
            run.name.value
        );
        let help = match wait / 2 {
            0 => "write a longer `task.finalization_wait`".to_owned(),
            half => {
                let field = match ready.probe {
                    Probe::Health => "replace `\"health\"` by a table with",
                    _ => "write in its `ready`:",
                };
                format!("{field} `within = \"{half}s\"`")
            }
        };
        let problem = Diagnostic::new(&READY_AFTER_END, headline, place).help(help);
        ctx.report(match &intent.limits.finalization_wait {
            Some(at) if at.value > MOST_FINALIZATION_WAIT => problem.note(format!(
                "Aurora never waits longer than {MOST_FINALIZATION_WAIT} s"
            )),
            Some(_) => problem,
            None => problem.note(format!(
                "without `finalization_wait`, Aurora waits {FINALIZATION_WAIT} s"
            )),
        });
    }
}

/// Whether what waits has room beside what it waits for.
fn concurrency(ctx: &mut Intended<'_, '_>) {
    let intent = ctx.intent;
    let Some(limit) = intent.limits.max_concurrency.as_ref() else {
        return;
    };
    if limit.value == 0 {
        return;
    }
    let awaited: BTreeSet<usize> = awaited(intent).map(|(process, _)| process).collect();
    for is_final in [false, true] {
        let of_phase = |process: &&usize| intent.runs[**process].is_final() == is_final;
        let first = awaited.iter().find(of_phase);
        let Some(first) = first else { continue };
        let runs = intent.runs.iter().enumerate();
        let runs = runs.filter(|(_, run)| run.is_final() == is_final);
        let lasting = runs.filter(|(index, run)| run.is_daemon() || awaited.contains(index));
        let needed = i64::try_from(lasting.count())
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        if limit.value >= needed {
            continue;
        }
        let what = match limit.value {
            1 => "1 process runs".to_owned(),
            many => format!("{many} processes run"),
        };
        let headline = format!(
            "{what} at a time, and what waits until `{}` is ready takes {needed}",
            intent.runs[*first].name.value
        );
        let origin = intent
            .ready_order
            .iter()
            .find(|((before, _), _)| before == first);
        let problem = Diagnostic::new(&READY_CONCURRENCY, headline, Place::value(limit.pointer()));
        let problem = match origin {
            Some((_, origin)) => {
                problem.also(Place::value(origin.pointer(&intent.pointer)), "this waits")
            }
            None => problem,
        };
        ctx.report(
            problem
                .help(format!(
                    "write `max_concurrency = {needed}` or more, or remove it"
                ))
                .note(
                    "what is waited for keeps running, and so do daemons; what waits is one more",
                ),
        );
    }
}

/// Whether the task fails when a wait does.
fn failures(ctx: &mut Intended<'_, '_>, waiting: &Waiting) {
    let intent = ctx.intent;
    let Some(bears) = intent.limits.max_failures.as_ref() else {
        return;
    };
    let of_step = awaited(intent).find(|(process, _)| waiting.by_step.contains(process));
    let Some((process, origin)) = of_step.filter(|_| bears.value != TASK.integer("max_failures"))
    else {
        return;
    };
    let name = &intent.runs[process].name.value;
    let headline = match bears.value {
        0 => format!("the task bears that `{name}` never gets ready, and may hang for ever"),
        many => format!(
            "the task bears {} before it fails, and may hang for ever when `{name}` never gets ready",
            if many == 2 {
                "1 failure".to_owned()
            } else {
                format!("{} failures", many - 1)
            }
        ),
    };
    let problem = Diagnostic::new(&READY_FAILURES, headline, Place::value(bears.pointer()))
        .also(Place::value(origin.pointer(&intent.pointer)), "this waits")
        .help("remove `max_failures` of the task: the first failure ends it then")
        .note("a process may have its own `max_failures`: how many of its runs may fail");
    ctx.report(problem);
}

/// Ephemeral processes that would have to wait for too many others by themselves.
fn too_many(ctx: &mut Intended<'_, '_>, waiting: &Waiting) {
    let intent = ctx.intent;
    for (&process, own) in &waiting.by_itself {
        if own.len() <= MOST_BY_ITSELF {
            continue;
        }
        let mut order = intent.ready_order.iter();
        let Some((_, origin)) = order.find(|((_, after), _)| *after == process) else {
            continue;
        };
        let headline = format!(
            "`{}` is ephemeral, and waits for more than {MOST_BY_ITSELF} others to be ready",
            intent.runs[process].name.value
        );
        let place = Place::value(origin.pointer(&intent.pointer));
        ctx.report(
            Diagnostic::new(&READY_TOO_MANY, headline, place)
                .help("let an ordinary process wait for them, and this one come `after` that"),
        );
        if ctx.is_given_up() {
            return;
        }
    }
}

/// Steps that cannot come after all that the process comes after.
fn too_early(ctx: &mut Intended<'_, '_>, waiting: &Waiting) {
    let intent = ctx.intent;
    for (&(before, after), origin) in &intent.order {
        let [first, second] = [before, after].map(|it| &intent.runs[it]);
        if !waiting.by_step.contains(&after) || !first.is_ephemeral() || ctx.is_given_up() {
            continue;
        }
        let headline = format!(
            "the time for `{}` to get ready begins before `{}` is done",
            second.name.value, first.name.value
        );
        let place = Place::value(origin.pointer(&intent.pointer));
        let problem = Diagnostic::new(&READY_TOO_EARLY, headline, place);
        let problem = match &first.ephemeral {
            Some(ephemeral) => problem.also(
                Place::value(ephemeral.pointer()),
                "Thermos lets nothing wait for this but what is ephemeral, too",
            ),
            None => problem,
        };
        ctx.report(problem.help(format!(
            "remove `ephemeral` of `{}`, or write a `within` that has room for it",
            first.name.value
        )));
    }
}

/// Daemons without which the task would end.
fn endless(ctx: &mut Intended<'_, '_>) {
    let intent = ctx.intent;
    if intent.is_service() {
        return;
    }
    for (process, origin) in awaited(intent) {
        let run = &intent.runs[process];
        let Some(daemon) = run.daemon.as_ref().filter(|it| it.value) else {
            continue;
        };
        if run.is_ephemeral() || run.is_final() {
            continue;
        }
        let headline = format!(
            "the task never ends: it waits for the daemon `{}`, and the job is no service",
            run.name.value
        );
        let problem = Diagnostic::new(&ENDLESS_DAEMON, headline, Place::value(daemon.pointer()))
            .also(
                Place::value(origin.pointer(&intent.pointer)),
                "this only waits until it is ready",
            )
            .help(format!(
                "write `ephemeral = true` in `{}`: it is ended when the others are done",
                run.name.value
            ))
            .help("or write `service = true` in the job, if it is to run for ever");
        ctx.report(problem);
    }
}

/// Probes of a plan that cannot be filled in, or come to no address.
pub(super) fn filled_in(ctx: &mut Judged<'_>) {
    let intent = &ctx.plan.intent;
    let here = awaited(intent).map(|(process, _)| process);
    for process in here.chain(awaited_elsewhere(ctx.plan)) {
        let run = &intent.runs[process];
        let Some(ready) = &run.ready else { continue };
        let is_fine = match tried(run, &ready.value, intent) {
            Some(Tried::Command(..)) => true,
            Some(Tried::Tcp(address)) => Address::tcp(&address).is_ok(),
            Some(Tried::Http(address)) => Address::http(&address).is_ok(),
            None => false,
        };
        if is_fine {
            continue;
        }
        let pointer = match &ready.value.probe {
            Probe::Health => ready.pointer(),
            Probe::Command(at) | Probe::Tcp(at) | Probe::Http(at) => at.pointer(),
        };
        let headline = format!(
            "what `{}` tries to find out whether it is ready is not known",
            run.name.value
        );
        ctx.found.push(
            Diagnostic::new(&PROBE_REFERENCE, headline, Place::value(pointer))
                .help("write the value itself in the place of the reference"),
        );
    }
}
