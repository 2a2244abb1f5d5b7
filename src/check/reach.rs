//! Processes that no run of the task comes to.
//!
//! A process waits until others have *ended* with success. Whoever means "until the server is up"
//! waits for ever, and says so by waiting for the process that binds the port of the service. An
//! ephemeral process that waits for all others is stopped when it starts: the task is over then.

use std::collections::BTreeSet;

use crate::diagnostic::codes::traps;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::Process;
use crate::source::Pointer;

use super::Ctx;

/// Checks what waits for what; `order` has pairs of processes, the second waiting for the first.
pub(super) fn check(ctx: &mut Ctx<'_>, order: &BTreeSet<(usize, usize)>) {
    if super::has_errors(&ctx.found) || ctx.hole(|at| at.key("task")) {
        return;
    }
    all_ephemeral(ctx);
    if !order.is_empty() {
        after_endless(ctx, order);
        late(ctx, order);
    }
}

/// A task is over as soon as nothing is left but ephemeral processes.
fn all_ephemeral(ctx: &mut Ctx<'_>) {
    let mut ordinary = ctx.job.task.processes.iter().filter(|it| !it.is_final());
    let first = ordinary.clone().next();
    if first.is_none() || !ordinary.all(Process::is_ephemeral) {
        return;
    }
    let index = ctx.job.task.processes.iter().position(|it| !it.is_final());
    let place = Place::value(ctx.process(index.unwrap_or(0), "ephemeral"));
    let headline = "all processes are ephemeral, so that the task is over when it starts";
    ctx.report(
        Diagnostic::new(&traps::UNREACHABLE_PROCESS, headline, place)
            .help("let the task wait for one of them: remove its `ephemeral`"),
    );
}

/// Processes that wait for one that does not end.
fn after_endless(ctx: &mut Ctx<'_>, order: &BTreeSet<(usize, usize)>) {
    let processes = &ctx.job.task.processes;
    let mut known: Option<(usize, Option<String>)> = None;
    for &(before, after) in order {
        if ctx.is_given_up() {
            return;
        }
        let why = match &known {
            Some((index, why)) if *index == before => why.clone(),
            _ => endless(ctx, before),
        };
        known = Some((before, why.clone()));
        let Some(why) = why else {
            continue;
        };
        let (first, second) = (&processes[before].name, &processes[after].name);
        let headline = format!("`{second}` never starts: it waits for the end of `{first}`, {why}");
        let place = waiting_at(ctx, before, after);
        let cause = Place::value(ctx.process(before, "cmdline"));
        ctx.report(
            Diagnostic::new(&traps::UNREACHABLE_PROCESS, headline, place)
                .also(cause, "this does not end by itself")
                .help(format!(
                    "start it beside `{first}`, and let its command wait until that is ready"
                )),
        );
    }
}

/// Why the process does not end by itself, if that can be told.
fn endless(ctx: &Ctx<'_>, index: usize) -> Option<String> {
    let command = ctx.job.task.processes[index].cmdline.as_str();
    if let Some(last) = endless_command(command) {
        return Some(format!("which ends with `{last}`"));
    }
    if ctx.job.service != Some(true) {
        return None;
    }
    let primary = ctx.job.announce.as_ref().map(|announcer| {
        let port = announcer.primary_port.as_ref();
        port.map_or("http", |port| port.as_str())
    });
    let ports = ["health"].into_iter().chain(primary);
    let serves = |port: &&str| {
        let reference = format!("{{{{thermos.ports[{port}]}}}}");
        let binds = |process: &&Process| process.cmdline.as_str().contains(&reference);
        let processes = ctx.job.task.processes.iter();
        binds(&&ctx.job.task.processes[index]) && processes.filter(binds).count() == 1
    };
    let mut ports = ports.filter(serves);
    ports
        .next()
        .map(|port| format!("which serves the port `{port}`"))
}

/// The end of a command that never ends.
fn endless_command(command: &str) -> Option<&str> {
    const ENDLESS: &[&str] = &[
        "sleep infinity",
        "sleep inf",
        "tail -f /dev/null",
        "tail -F /dev/null",
    ];
    let command = command.trim_ascii_end().trim_end_matches(';');
    let last = command.rsplit([';', '\n', '&']).next()?.trim_ascii();
    let bare = last.strip_prefix("exec ").unwrap_or(last);
    ENDLESS.contains(&bare).then_some(last)
}

/// Where it is written that one process waits for another.
fn waiting_at(ctx: &Ctx<'_>, before: usize, after: usize) -> Place {
    let processes = &ctx.job.task.processes;
    let name = &processes[before].name;
    let mut afters = processes[after].after.iter().flatten();
    if let Some(element) = afters.position(|it| it == name) {
        return Place::value(ctx.process(after, "after").index(element));
    }
    let constraints = ctx.job.task.constraints.iter().flatten().enumerate();
    for (constraint, list) in constraints {
        let mut pairs = list.order.windows(2);
        let found = pairs.position(|pair| pair[0] == *name && pair[1] == processes[after].name);
        if let Some(element) = found {
            let at = |at: &Pointer| at.key("task").key("constraints").index(constraint);
            return Place::value(at(ctx.at).key("order").index(element + 1));
        }
    }
    Place::value(ctx.process(after, "name"))
}

/// Ephemeral processes that wait for all that the task waits for.
fn late(ctx: &mut Ctx<'_>, order: &BTreeSet<(usize, usize)>) {
    /// So many steps are taken for all of them together.
    const EFFORT: usize = 1_000_000;
    let processes = &ctx.job.task.processes;
    let mut effort = 0;
    let mut waits = vec![false; processes.len()];
    for &(_, after) in order {
        waits[after] = true;
    }
    for (index, process) in processes.iter().enumerate() {
        if !process.is_ephemeral() || process.is_final() || !waits[index] {
            continue;
        }
        effort += order.len() + processes.len();
        if effort > EFFORT || ctx.is_given_up() {
            return;
        }
        let waited_for = ancestors(index, order, processes.len());
        let mut awaited = processes.iter().enumerate();
        let is_awaited = |(_, it): &(usize, &Process)| !it.is_final() && !it.is_ephemeral();
        // Where there is none, that was told.
        let any = processes
            .iter()
            .any(|it| !it.is_final() && !it.is_ephemeral());
        let all = any && awaited.all(|(other, it)| !is_awaited(&(other, it)) || waited_for[other]);
        if all {
            let headline = format!(
                "`{}` is stopped when it starts: the task only waits for processes that it waits for, too",
                process.name
            );
            let place = Place::value(ctx.process(index, "ephemeral"));
            ctx.report(
                Diagnostic::new(&traps::UNREACHABLE_PROCESS, headline, place)
                    .help("remove `ephemeral`, or write `final = true` for what comes at the end"),
            );
        }
    }
}

/// Which processes the one at `index` waits for, in the end.
fn ancestors(index: usize, order: &BTreeSet<(usize, usize)>, count: usize) -> Vec<bool> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(first, second) in order {
        before[second].push(first);
    }
    let mut found = vec![false; count];
    let mut next = vec![index];
    while let Some(process) = next.pop() {
        for &first in &before[process] {
            if !found[first] {
                found[first] = true;
                next.push(first);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::endless_command;

    #[test]
    fn endless_commands() {
        let check = |command, expected| assert_eq!(endless_command(command), expected, "{command}");
        check("sleep infinity", Some("sleep infinity"));
        check(
            "run & exec tail -f /dev/null;\n",
            Some("exec tail -f /dev/null"),
        );
        check("sleep infinity & run", None);
        check("echo 'sleep infinity'", None);
        check("timeout 3 sleep infinity", None);
    }
}
