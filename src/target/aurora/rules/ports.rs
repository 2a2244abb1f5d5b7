//! Ports that something is said about, though no process binds them; and what follows from that
//! for health.
//!
//! The processes' commands are what is known of what the node gets: an expanded file may bind
//! a port that the definition does not show.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Checker, Intent};
use crate::rule::Intended;
use crate::target::judged::Judged;
use crate::template::port_reference;
use crate::vocabulary::{ANNOUNCER, UPDATE_CONFIG};

crate::diagnostic::declare_codes! {
    /// The definition says how health is checked, and checks go to the port named `health`, which no
    /// process binds. The executor then logs a line and takes the task for healthy, whatever happens.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config = { interval_secs = 5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Let a process answer `/health` on that port, give its name to another port in
    /// `announce.portmap`, or check by a command:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config = { interval_secs = 5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.health}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NO_OP_HEALTH_CHECK = "no-op-health-check", Warn, "a health check that nobody makes";

    /// Before a task is killed, the executor asks it to stop at the port that `lifecycle.http.port` names,
    /// `health` unless it is given. No process binds that port, so that nothing is asked and the
    /// task is killed at once.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// lifecycle = { http = { graceful_shutdown_wait_secs = 30 } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Name a port that a process binds:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// lifecycle = { http = { port = "http", graceful_shutdown_wait_secs = 30 } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.http}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    NO_OP_LIFECYCLE = "no-op-lifecycle", Warn, "requests to stop that nobody gets";

    /// Instances are announced with the port that `announce.primary_port` names, `http` unless it is
    /// given. No process binds it, and `announce.portmap` does not name it: there is nothing to connect to.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = {}
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.web}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { primary_port = "web" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.web}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNBOUND_PRIMARY_PORT = "unbound-primary-port", Warn, "an announced port that no process binds";

    /// With `watch_secs = 0`, an instance is updated as soon as it runs. That is meant for tasks whose
    /// health is checked, since they only count as running when they are healthy. Without a check, a
    /// program that crashes in its first second replaces all instances of one that worked.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// update_config = { watch_secs = 0 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// update_config = { watch_secs = 30 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNWATCHED_UPDATE = "unwatched-update", Warn, "an update that no instance can fail";
}

/// The port that health is asked for at.
const HEALTH: &str = "health";

/// Checks what is said about ports, unless a command is only known later.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    let fields = [
        "task",
        "announce",
        "health_check_config",
        "lifecycle",
        "update_config",
    ];
    let intent = ctx.intent;
    if !says_something(intent)
        || fields.iter().any(|field| ctx.hole(|at| at.key(*field)))
        || intent.expands_files
    {
        return;
    }
    for problem in problems(intent, &|port| ctx.port_reference(port)) {
        ctx.report(problem);
    }
}

/// What was left out when the job was checked, if something was: what is said about ports that its
/// commands do not bind, now that the files in them are known.
pub(super) fn of_expanded_files(ctx: &mut Judged<'_>) {
    let intent = &ctx.plan.intent;
    if intent.expands_files && says_something(intent) {
        ctx.found.extend(problems(intent, &port_reference));
    }
}

/// Whether the executor checks the health of a job.
pub(super) fn checks_health(intent: &Intent) -> bool {
    is_checked(intent, Ports::of(intent).as_ref())
}

fn is_checked(intent: &Intent, ports: Option<&Ports<'_>>) -> bool {
    match intent.checker() {
        Some(Checker::Shell(_)) => true,
        Some(Checker::Http { .. }) | None => ports.is_some_and(|ports| ports.has(HEALTH)),
    }
}

fn says_something(intent: &Intent) -> bool {
    let asks = intent.health_check.is_some() || intent.announce.is_some();
    asks || intent.stop.is_some() || intent.update.is_some()
}

/// How the number of a port is written.
type Written<'w> = &'w dyn Fn(&str) -> String;

fn problems(intent: &Intent, written: Written<'_>) -> Vec<Diagnostic> {
    let Some(ports) = Ports::of(intent) else {
        return Vec::new();
    };
    let found = [
        health(intent, &ports, written),
        lifecycle(intent, &ports, written),
        primary_port(intent, &ports, written),
        unwatched(intent, &ports),
    ];
    found.into_iter().flatten().collect()
}

fn health(intent: &Intent, ports: &Ports<'_>, written: Written<'_>) -> Option<Diagnostic> {
    let config = intent.health_check.as_ref()?;
    if is_checked(intent, Some(ports)) {
        return None;
    }
    let place = Place::key(config.pointer());
    let headline = "health is never checked: no process binds the port `health`";
    Some(
        Diagnostic::new(&NO_OP_HEALTH_CHECK, headline, place)
            .help(format!(
                "answer on `{}`, or name the port of a process in `announce.portmap`",
                written(HEALTH)
            ))
            .help("or check by a command: `health_checker.shell`"),
    )
}

fn lifecycle(intent: &Intent, ports: &Ports<'_>, written: Written<'_>) -> Option<Diagnostic> {
    let stop = intent.stop.as_ref()?;
    let (port, place) = match &stop.value.http.as_ref()?.port {
        Some(port) => (port.value.complete()?, Place::value(port.pointer())),
        None => (HEALTH.into(), Place::key(stop.pointer().key("http"))),
    };
    if ports.has(&port) {
        return None;
    }
    let headline = format!("nothing asks the task to stop: no process binds the port `{port}`");
    Some(
        Diagnostic::new(&NO_OP_LIFECYCLE, headline, place).help(format!(
            "answer on `{}`, or name the port that a process binds",
            written(&port)
        )),
    )
}

fn primary_port(intent: &Intent, ports: &Ports<'_>, written: Written<'_>) -> Option<Diagnostic> {
    let announce = intent.announce.as_ref()?;
    let (port, place) = match &announce.value.primary_port {
        Some(port) => (port.value.complete()?, Place::value(port.pointer())),
        None => (
            ANNOUNCER.text("primary_port").into(),
            Place::key(announce.pointer()),
        ),
    };
    // Neither a number nor a package is a name, which is told.
    let given = announce.value.primary_port.as_ref();
    let is_told = given.is_some_and(|it| it.value.names_packages_or_files())
        || port.bytes().all(|byte| byte.is_ascii_digit());
    if ports.has(&port) || is_told {
        return None;
    }
    let headline = format!("no process binds the primary port `{port}`");
    let problem = Diagnostic::new(&UNBOUND_PRIMARY_PORT, headline, place);
    let problem = problem.did_you_mean(&port, ports.0.iter().map(|port| &**port));
    Some(if problem.help.is_empty() {
        problem.help(format!(
            "listen on `{}`, or name the port that a process binds: `primary_port`",
            written(&port)
        ))
    } else {
        problem
    })
}

/// An update that takes each instance for a good one as soon as it runs.
fn unwatched(intent: &Intent, ports: &Ports<'_>) -> Option<Diagnostic> {
    let watch = intent.update.as_ref()?.value.watch_secs.as_ref()?;
    if watch.value > 0 || is_checked(intent, Some(ports)) || !intent.is_service() {
        return None;
    }
    let place = Place::value(watch.pointer());
    let headline = "an update takes every instance for a good one: nothing checks its health";
    Some(
        Diagnostic::new(&UNWATCHED_UPDATE, headline, place)
            .help(
                "check the task's health, or write for how many seconds an instance has to stay up",
            )
            .note(format!(
                "without `watch_secs`, it has to for {} seconds",
                UPDATE_CONFIG.integer("watch_secs")
            )),
    )
}

/// The names of all ports that a task has.
struct Ports<'i>(BTreeSet<Cow<'i, str>>);

impl<'i> Ports<'i> {
    /// The ports that the commands and the port map name; none if not all are known.
    fn of(intent: &'i Intent) -> Option<Self> {
        let mut names = BTreeSet::new();
        for run in &intent.runs {
            for text in run.texts() {
                if !text.is_known() {
                    return None;
                }
                names.extend(text.ports().into_iter().map(Cow::Borrowed));
            }
        }
        let announce = intent.announce.as_ref();
        let portmap = announce.and_then(|it| it.value.portmap.as_ref());
        for (name, port) in portmap.into_iter().flatten() {
            names.insert(Cow::Borrowed(name.as_literal()?));
            names.insert(port.value.complete()?);
        }
        Some(Self(names))
    }

    fn has(&self, port: &str) -> bool {
        self.0.contains(port)
    }
}
