//! Ports that something is said about, though no process binds them; and what follows from that
//! for health.
//!
//! The processes' commands are what is known of what the node gets: an expanded file may bind
//! a port that the definition does not show.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{CommandLine, HealthChecker, Job, Text};
use crate::rule::scope::{Scope, expand, fill_in};
use crate::rule::{Context, Resolved};
use crate::source::Pointer;
use crate::template::{Address, references};
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
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[health]}}" }]
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
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[http]}}" }]
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
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[web]}}" }]
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
    /// processes = [{ name = "hello", cmdline = "serve --port {{thermos.ports[web]}}" }]
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
pub(super) fn check(ctx: &mut Context<'_>) {
    let fields = [
        "task",
        "announce",
        "health_check_config",
        "lifecycle",
        "update_config",
    ];
    let job = ctx.job;
    if !says_something(job) || fields.iter().any(|field| ctx.hole(|at| at.key(*field))) {
        return;
    }
    let commands: Vec<&str> = commands(job);
    if commands.iter().any(|text| text.contains("${expanded ")) {
        return;
    }
    for problem in problems(job, ctx.at, &commands) {
        ctx.report(problem);
    }
}

/// What was left out when the job was checked, if something was: what is said about ports that its
/// commands do not bind, now that the files in them are known.
pub(super) fn of_expanded_files(job: &mut Resolved<'_>) {
    let is_expanded = |text: &&str| text.contains("${expanded ");
    if says_something(job.job) && commands(job.job).iter().any(is_expanded) {
        for problem in problems(job.job, job.at, &job.commands) {
            job.report(problem);
        }
    }
}

/// Whether the executor checks the health of a job whose processes have these commands.
pub(super) fn checks_health(job: &Job, commands: &[&str]) -> bool {
    match checker(job) {
        Some(HealthChecker::Shell(_)) => true,
        Some(HealthChecker::Http(_)) | None => {
            Ports::of(job, commands).is_some_and(|ports| ports.has(HEALTH))
        }
    }
}

fn says_something(job: &Job) -> bool {
    let asks = job.health_check_config.is_some() || job.announce.is_some();
    asks || job.lifecycle.is_some() || job.update_config.is_some()
}

fn commands(job: &Job) -> Vec<&str> {
    let processes = job.task.processes.iter();
    processes.map(|process| process.cmdline.as_str()).collect()
}

fn checker(job: &Job) -> Option<&HealthChecker> {
    job.health_check_config.as_ref()?.health_checker.as_ref()
}

fn problems(job: &Job, at: &Pointer, commands: &[&str]) -> Vec<Diagnostic> {
    let Some(ports) = Ports::of(job, commands) else {
        return Vec::new();
    };
    let found = [
        health(job, at, &ports),
        lifecycle(job, at, &ports),
        primary_port(job, at, &ports),
        unwatched(job, at, &ports),
    ];
    found.into_iter().flatten().collect()
}

fn health(job: &Job, at: &Pointer, ports: &Ports) -> Option<Diagnostic> {
    job.health_check_config.as_ref()?;
    if matches!(checker(job), Some(HealthChecker::Shell(_))) || ports.has(HEALTH) {
        return None;
    }
    let place = Place::key(at.key("health_check_config"));
    let headline = "health is never checked: no process binds the port `health`";
    Some(
        Diagnostic::new(&NO_OP_HEALTH_CHECK, headline, place)
            .help("answer on `{{thermos.ports[health]}}`, or name the port of a process in `announce.portmap`")
            .help("or check by a command: `health_checker.shell`"),
    )
}

fn lifecycle(job: &Job, at: &Pointer, ports: &Ports) -> Option<Diagnostic> {
    let http = job.lifecycle.as_ref()?.http.as_ref()?;
    let pointer = at.key("lifecycle").key("http");
    let (port, place) = match &http.port {
        Some(port) => (name(job, port)?, Place::value(pointer.key("port"))),
        None => (HEALTH.to_owned(), Place::key(pointer)),
    };
    if ports.has(&port) {
        return None;
    }
    let headline = format!("nothing asks the task to stop: no process binds the port `{port}`");
    Some(
        Diagnostic::new(&NO_OP_LIFECYCLE, headline, place).help(format!(
            "answer on `{{{{thermos.ports[{port}]}}}}`, or name the port that a process binds"
        )),
    )
}

fn primary_port(job: &Job, at: &Pointer, ports: &Ports) -> Option<Diagnostic> {
    let announcer = job.announce.as_ref()?;
    let (port, place) = match &announcer.primary_port {
        Some(port) => {
            let place = Place::value(at.key("announce").key("primary_port"));
            (name(job, port)?, place)
        }
        None => (
            ANNOUNCER.text("primary_port").to_owned(),
            Place::key(at.key("announce")),
        ),
    };
    // Neither a number nor a package is a name, which is told.
    let is_told =
        CommandLine::new(&*port).has_references() || port.bytes().all(|byte| byte.is_ascii_digit());
    if ports.has(&port) || is_told {
        return None;
    }
    let headline = format!("no process binds the primary port `{port}`");
    let problem = Diagnostic::new(&UNBOUND_PRIMARY_PORT, headline, place);
    let problem = problem.did_you_mean(&port, ports.0.iter().map(String::as_str));
    Some(if problem.help.is_empty() {
        problem.help(format!(
            "listen on `{{{{thermos.ports[{port}]}}}}`, or name the port that a process binds: \
             `primary_port`"
        ))
    } else {
        problem
    })
}

/// An update that takes each instance for a good one as soon as it runs.
fn unwatched(job: &Job, at: &Pointer, ports: &Ports) -> Option<Diagnostic> {
    let watch = job.update_config.as_ref()?.watch_secs?;
    let is_checked = matches!(checker(job), Some(HealthChecker::Shell(_))) || ports.has(HEALTH);
    if watch.get() > 0 || is_checked || job.service != Some(true) {
        return None;
    }
    let place = Place::value(at.key("update_config").key("watch_secs"));
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

/// The name of a port as Aurora takes it, if that is known.
fn name(job: &Job, text: &Text) -> Option<String> {
    if text.as_str().contains("{{") {
        return expand(text.as_str(), &Scope::job(job));
    }
    Some(text.as_str().to_owned())
}

/// The names of all ports that a task has.
struct Ports(BTreeSet<String>);

impl Ports {
    /// The ports that these commands and the port map name; none if not all are known.
    fn of(job: &Job, commands: &[&str]) -> Option<Self> {
        let mut names = BTreeSet::new();
        for (index, command) in commands.iter().enumerate() {
            bound(job, index, command, &mut names)?;
        }
        let portmap = job.announce.as_ref().and_then(|it| it.portmap.as_ref());
        for (key, port) in portmap.into_iter().flatten() {
            if key.contains("{{") {
                return None;
            }
            names.insert(key.clone());
            names.insert(name(job, port)?);
        }
        Some(Self(names))
    }

    fn has(&self, port: &str) -> bool {
        self.0.contains(port)
    }
}

/// The ports that a command refers to; none if not all of its references can be filled in.
fn bound(job: &Job, index: usize, command: &str, names: &mut BTreeSet<String>) -> Option<()> {
    let mut others = false;
    for reference in references(command) {
        match reference.named() {
            Some(address) => match address.port() {
                Some(port) => {
                    names.insert(port.to_owned());
                }
                None => others = true,
            },
            None => others = true,
        }
    }
    if others {
        // The value of another reference may have one.
        let filled = fill_in(command, &Scope::process(job, index))?;
        for reference in references(&filled) {
            let port = reference.address.as_ref().and_then(Address::port);
            names.extend(port.map(str::to_owned));
        }
    }
    Some(())
}
