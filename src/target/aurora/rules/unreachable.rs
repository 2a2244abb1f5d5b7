//! Processes that no run of the task comes to.
//!
//! A process waits until others have *ended* with success. An author who means "until the server is
//! up" makes it wait for the process that binds the port of the service, and so for ever. An
//! ephemeral process that waits for all others is stopped when it starts: the task is over then.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Intent, Piece, Run};
use crate::rule::Intended;
use crate::vocabulary::ANNOUNCER;

crate::diagnostic::declare_codes! {
    /// To wait for a process is to wait until it has *ended*, with success. A process that serves a port
    /// of the service does not end, and neither does `sleep infinity`: what waits for it never starts.
    /// (To wait for a `daemon` is an error.)
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// health_check_config = {}
    ///
    /// [task]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[task.processes]]
    /// name = "server"
    /// cmdline = "serve --port ${ports.health}"
    ///
    /// [[task.processes]]
    /// name = "warm-up"
    /// cmdline = "request-all-pages"
    /// after = ["server"]
    /// ```
    ///
    /// Start both together, and let the second one look for itself whether the first is ready:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// health_check_config = {}
    ///
    /// [task]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[task.processes]]
    /// name = "server"
    /// cmdline = "serve --port ${ports.health}"
    ///
    /// [[task.processes]]
    /// name = "warm-up"
    /// cmdline = "until request-all-pages; do sleep 1; done"
    /// ```
    ///
    /// The task is over as soon as all processes that are not `ephemeral` have ended. So an ephemeral
    /// process that waits for all of them is stopped when it starts, and a task of ephemeral processes
    /// alone is over at once.
    UNREACHABLE_PROCESS = "unreachable-process", Warn, "a process that no run of the task comes to";
}

/// Checks what waits for what.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    if ctx.has_errors() || ctx.hole(|at| at.key("task")) {
        return;
    }
    all_ephemeral(ctx);
    if !ctx.intent.order.is_empty() {
        after_endless(ctx);
        ephemeral_that_start_last(ctx);
    }
}

/// A task is over as soon as nothing is left but ephemeral processes.
fn all_ephemeral(ctx: &mut Intended<'_, '_>) {
    let mut ordinary = ctx.intent.runs.iter().filter(|it| !it.is_final());
    let first = ordinary.clone().find_map(|it| it.ephemeral.as_ref());
    let Some(first) = first.filter(|_| ordinary.all(Run::is_ephemeral)) else {
        return;
    };
    let place = Place::value(first.pointer());
    let headline = "all processes are ephemeral, so that the task is over when it starts";
    ctx.report(
        Diagnostic::new(&UNREACHABLE_PROCESS, headline, place)
            .help("let the task wait for one of them: remove its `ephemeral`"),
    );
}

/// Processes that wait for one that does not end.
fn after_endless(ctx: &mut Intended<'_, '_>) {
    let intent = ctx.intent;
    let servers = servers(intent);
    let mut known: Option<(usize, Option<String>)> = None;
    for (&(before, after), origin) in &intent.order {
        if ctx.is_given_up() {
            return;
        }
        let why = match &known {
            Some((index, why)) if *index == before => why.clone(),
            _ => endless(&intent.runs[before], before, &servers),
        };
        known = Some((before, why.clone()));
        let Some(why) = why else {
            continue;
        };
        let [first, second] = [before, after].map(|it| &intent.runs[it].name.value);
        let headline = format!("`{second}` never starts: it waits for the end of `{first}`, {why}");
        let place = Place::value(origin.pointer(&intent.pointer));
        let cause = Place::value(intent.runs[before].command.pointer());
        ctx.report(
            Diagnostic::new(&UNREACHABLE_PROCESS, headline, place)
                .also(cause, "this does not end by itself")
                .help(format!(
                    "wait until it is ready: `{{ process = \"{first}\", when = \"ready\" }}` in `after`, with a \
                     `ready` in `{first}`"
                )),
        );
    }
}

/// The processes that alone bind a port of a service that others know, with its name.
fn servers(intent: &Intent) -> Vec<(Cow<'_, str>, usize)> {
    if !intent.is_service() {
        return Vec::new();
    }
    let primary = intent.announce.as_ref().map(|announce| {
        let port = announce.value.primary_port.as_ref();
        port.map_or(ANNOUNCER.text("primary_port").into(), |it| {
            it.value.written()
        })
    });
    let ports = [Cow::Borrowed("health")].into_iter().chain(primary);
    let only_server = |port: &str| {
        let is_it = |piece: &Piece| matches!(piece, Piece::Port(name) if name == port);
        let binds = |run: &Run| run.texts().any(|text| text.pieces().iter().any(is_it));
        let runs = intent.runs.iter().enumerate();
        let mut binding = runs.filter(|(_, run)| binds(run));
        match (binding.next(), binding.next()) {
            (Some((index, _)), None) => Some(index),
            _ => None,
        }
    };
    let servers = ports.filter_map(|port| {
        let server = only_server(&port)?;
        Some((port, server))
    });
    servers.collect()
}

/// Why the process does not end by itself, if that can be told.
fn endless(run: &Run, index: usize, servers: &[(Cow<'_, str>, usize)]) -> Option<String> {
    if let Some(last) = endless_command(&run.command.value.written()) {
        return Some(format!("which ends with `{last}`"));
    }
    let mut ports = servers.iter().filter(|(_, server)| *server == index);
    ports
        .next()
        .map(|(port, _)| format!("which serves the port `{port}`"))
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

/// Ephemeral processes that wait for all that the task waits for.
fn ephemeral_that_start_last(ctx: &mut Intended<'_, '_>) {
    /// At most this many steps are taken for all of them together.
    const EFFORT: usize = 1_000_000;
    let Intent { runs, order, .. } = ctx.intent;
    let mut effort = 0;
    let mut waits = vec![false; runs.len()];
    for &(_, after) in order.keys() {
        waits[after] = true;
    }
    for (index, run) in runs.iter().enumerate() {
        let Some(ephemeral) = run.ephemeral.as_ref().filter(|it| it.value) else {
            continue;
        };
        if run.is_final() || !waits[index] {
            continue;
        }
        effort += order.len() + runs.len();
        if effort > EFFORT || ctx.is_given_up() {
            return;
        }
        let waited_for = ancestors(index, ctx.intent);
        let is_awaited = |it: &Run| !it.is_final() && !it.is_ephemeral();
        let mut awaited = runs.iter().zip(waited_for);
        // Where there is none, that was told.
        let any = runs.iter().any(is_awaited);
        let all = any && awaited.all(|(it, is_waited_for)| !is_awaited(it) || is_waited_for);
        if all {
            let headline = format!(
                "`{}` is stopped when it starts: the task only waits for processes that it waits for, too",
                run.name.value
            );
            let place = Place::value(ephemeral.pointer());
            ctx.report(
                Diagnostic::new(&UNREACHABLE_PROCESS, headline, place)
                    .help("remove `ephemeral`, or write `final = true` for what comes at the end"),
            );
        }
    }
}

/// Which processes the one at `index` waits for, in the end.
fn ancestors(index: usize, intent: &Intent) -> Vec<bool> {
    let count = intent.runs.len();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(first, second) in intent.order.keys() {
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
