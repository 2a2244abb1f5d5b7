//! Processes that no run of the task comes to.
//!
//! A process waits until others have *ended* with success. An author who means "until the server is
//! up" makes it wait for the process that binds the port of the service, and so for ever. An
//! ephemeral process that waits for all others is stopped when it starts: the task is over then.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Job, Process};
use crate::rule::Context;
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
    /// cmdline = "serve --port {{thermos.ports[health]}}"
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
    /// cmdline = "serve --port {{thermos.ports[health]}}"
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
pub(super) fn check(ctx: &mut Context<'_>) {
    if ctx.has_errors() || ctx.hole(|at| at.key("task")) {
        return;
    }
    all_ephemeral(ctx);
    let order = std::mem::take(&mut ctx.order);
    if !order.is_empty() {
        after_endless(ctx, &order);
        late(ctx, &order);
    }
    ctx.order = order;
}

/// A task is over as soon as nothing is left but ephemeral processes.
fn all_ephemeral(ctx: &mut Context<'_>) {
    let mut ordinary = ctx.job.task.processes.iter().filter(|it| !it.is_final());
    let first = ordinary.clone().next();
    if first.is_none() || !ordinary.all(Process::is_ephemeral) {
        return;
    }
    let index = ctx.job.task.processes.iter().position(|it| !it.is_final());
    let place = Place::value(ctx.process(index.unwrap_or(0), "ephemeral"));
    let headline = "all processes are ephemeral, so that the task is over when it starts";
    ctx.report(
        Diagnostic::new(&UNREACHABLE_PROCESS, headline, place)
            .help("let the task wait for one of them: remove its `ephemeral`"),
    );
}

/// Processes that wait for one that does not end.
fn after_endless(ctx: &mut Context<'_>, order: &BTreeSet<(usize, usize)>) {
    let processes = &ctx.job.task.processes;
    let servers = servers(ctx.job);
    let mut waits = None;
    let mut known: Option<(usize, Option<String>)> = None;
    for &(before, after) in order {
        if ctx.is_given_up() {
            return;
        }
        let why = match &known {
            Some((index, why)) if *index == before => why.clone(),
            _ => endless(ctx, before, &servers),
        };
        known = Some((before, why.clone()));
        let Some(why) = why else {
            continue;
        };
        let (first, second) = (&processes[before].name, &processes[after].name);
        let headline = format!("`{second}` never starts: it waits for the end of `{first}`, {why}");
        let waits = waits.get_or_insert_with(|| Waits::of(ctx.job));
        let place = waits.place(ctx, before, after);
        let cause = Place::value(ctx.process(before, "cmdline"));
        ctx.report(
            Diagnostic::new(&UNREACHABLE_PROCESS, headline, place)
                .also(cause, "this does not end by itself")
                .help(format!(
                    "start it beside `{first}`, and let its command wait until that is ready"
                )),
        );
    }
}

/// The processes that alone bind a port of a service that others know, with its name.
fn servers(job: &Job) -> Vec<(&str, usize)> {
    if job.service != Some(true) {
        return Vec::new();
    }
    let primary = job.announce.as_ref().map(|announcer| {
        let port = announcer.primary_port.as_ref();
        port.map_or(ANNOUNCER.text("primary_port"), |port| port.as_str())
    });
    let ports = ["health"].into_iter().chain(primary);
    let server = |port| {
        let reference = format!("{{{{thermos.ports[{port}]}}}}");
        let processes = job.task.processes.iter().enumerate();
        let mut binding = processes.filter(|(_, it)| it.cmdline.as_str().contains(&reference));
        match (binding.next(), binding.next()) {
            (Some((index, _)), None) => Some((port, index)),
            _ => None,
        }
    };
    ports.filter_map(server).collect()
}

/// Why the process does not end by itself, if that can be told.
fn endless(ctx: &Context<'_>, index: usize, servers: &[(&str, usize)]) -> Option<String> {
    let command = ctx.job.task.processes[index].cmdline.as_str();
    if let Some(last) = endless_command(command) {
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

/// Where it is written that one process waits for another.
struct Waits<'a> {
    /// By the names of the one that is waited for and of the one that waits: the first list that has them
    /// in a row, and where the second stands in it.
    orders: HashMap<(&'a str, &'a str), (usize, usize)>,
    /// The same for `after`, in which the first stands.
    afters: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Waits<'a> {
    fn of(job: &'a Job) -> Self {
        let mut orders = HashMap::new();
        for (constraint, list) in job.task.constraints.iter().flatten().enumerate() {
            for (element, pair) in list.order.windows(2).enumerate() {
                let pair = (pair[0].as_str(), pair[1].as_str());
                orders.entry(pair).or_insert((constraint, element + 1));
            }
        }
        let mut afters = HashMap::new();
        for process in &job.task.processes {
            for (element, before) in process.after.iter().flatten().enumerate() {
                let pair = (before.as_str(), process.name.as_str());
                afters.entry(pair).or_insert(element);
            }
        }
        Self { orders, afters }
    }

    fn place(&self, ctx: &Context<'_>, before: usize, after: usize) -> Place {
        let processes = &ctx.job.task.processes;
        let pair = (
            processes[before].name.as_str(),
            processes[after].name.as_str(),
        );
        if let Some(&element) = self.afters.get(&pair) {
            return Place::value(ctx.process(after, "after").index(element));
        }
        match self.orders.get(&pair) {
            Some(&(constraint, element)) => {
                let constraints = ctx.at.key("task").key("constraints");
                Place::value(constraints.index(constraint).key("order").index(element))
            }
            None => Place::value(ctx.process(after, "name")),
        }
    }
}

/// Ephemeral processes that wait for all that the task waits for.
fn late(ctx: &mut Context<'_>, order: &BTreeSet<(usize, usize)>) {
    /// At most this many steps are taken for all of them together.
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
                Diagnostic::new(&UNREACHABLE_PROCESS, headline, place)
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
