//! The ports that a job declares: whether something is at them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Place, closest};
use crate::intent::{Checker, Intent, Text};
use crate::name::PortName;
use crate::rule::Context;
use crate::vocabulary::{ANNOUNCER, HTTP_LIFECYCLE_CONFIG};

crate::diagnostic::declare_codes! {
    /// A job declares a port that nothing binds or announces: no command names it, nor a file that a
    /// command expands, and neither `announce`, `lifecycle` nor the health check is about it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// ports = { http = 8080, admin = {} }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.http}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Let a process listen at it, or leave it out:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// ports = { http = 8080, admin = {} }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "serve --port ${ports.http} --admin-port ${ports.admin}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    UNUSED_PORT = "unused-port", Warn, "a port that nothing binds or announces";

    /// Two ports of a job want the same number. Only one process can listen at it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// ports = { http = 8080, admin = 8080 }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "serve --port ${ports.http} --admin-port ${ports.admin}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// ports = { http = 8080, admin = 8081 }
    ///
    /// [task]
    /// processes = [
    ///     { name = "hello", cmdline = "serve --port ${ports.http} --admin-port ${ports.admin}" },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DUPLICATE_PORT = "duplicate-port", Error, "two ports with one number";
}

/// The port that health is asked for at.
const HEALTH: &str = "health";

/// Checks the ports that the job declares.
pub(super) fn check(ctx: &mut Context<'_>, intent: &Intent) {
    if intent.ports.is_empty() {
        return;
    }
    let mut numbers: BTreeMap<u16, &PortName> = BTreeMap::new();
    for (name, at) in &intent.ports {
        let Some(number) = at.value else { continue };
        if ctx.hole(|_| at.pointer()) {
            continue;
        }
        match numbers.get(&number) {
            None => {
                numbers.insert(number, name);
            }
            Some(first) => {
                let headline =
                    format!("the ports `{first}` and `{name}` both have the number {number}");
                let place = Place::value(at.pointer());
                let problem = Diagnostic::new(&DUPLICATE_PORT, headline, place)
                    .also(
                        Place::value(intent.ports[*first].pointer()),
                        "the other one",
                    )
                    .help("give one of them another number, or `{}` for any");
                ctx.report(problem);
            }
        }
    }
    let fields = [
        "ports",
        "task",
        "announce",
        "health_check_config",
        "lifecycle",
    ];
    let made_up = fields.iter().any(|field| ctx.hole(|at| at.key(*field)));
    if !intent.expands_files && !made_up {
        for problem in unused(intent) {
            ctx.report(problem);
        }
    }
}

/// What was left out when the job was checked, if something was: the ports that nothing is at, now that
/// the files in its commands are known.
pub fn unused_with_files(intent: &Intent) -> Vec<Diagnostic> {
    if intent.ports.is_empty() || !intent.expands_files {
        return Vec::new();
    }
    unused(intent)
}

fn unused(intent: &Intent) -> Vec<Diagnostic> {
    let Some(used) = used(intent) else {
        return Vec::new();
    };
    let unused = intent
        .ports
        .iter()
        .filter(|(name, _)| !used.contains(name.as_str()));
    let problem = |(name, at): (&PortName, &crate::intent::At<Option<u16>>)| {
        let headline = format!("nothing binds or announces the port `{name}`");
        let problem = Diagnostic::new(&UNUSED_PORT, headline, Place::key(at.pointer()));
        let others = used.iter().map(|name| &**name);
        let undeclared = others.filter(|other| !intent.ports.contains_key(*other));
        match closest(name.as_str(), undeclared) {
            Some(meant) => problem.help(format!(
                "a command names `{meant}`: write `${{ports.{name}}}` there, or declare that one"
            )),
            None => problem.help(format!(
                "let a process listen at `${{ports.{name}}}`, or remove it"
            )),
        }
    };
    unused.map(problem).collect()
}

/// The names of the ports that something is at; none if not all are known.
fn used(intent: &Intent) -> Option<BTreeSet<Cow<'_, str>>> {
    let mut used = BTreeSet::new();
    let runs = intent.runs.iter();
    let mut texts: Vec<&Text> = runs
        .flat_map(|run| run.texts().chain([&run.name.value]))
        .collect();
    texts.push(&intent.task_name);
    match intent.checker() {
        Some(Checker::Shell(command)) => texts.push(&command.value),
        Some(Checker::Http { .. }) => {
            used.insert(Cow::Borrowed(HEALTH));
        }
        None if intent.health_check.is_some() => {
            used.insert(Cow::Borrowed(HEALTH));
        }
        None => {}
    }
    for text in texts {
        if !text.is_known() {
            return None;
        }
        used.extend(text.ports().into_iter().map(Cow::Borrowed));
    }
    if let Some(announce) = &intent.announce {
        let announce = &announce.value;
        used.insert(match &announce.primary_port {
            Some(port) => port.value.complete()?,
            None => Cow::Borrowed(ANNOUNCER.text("primary_port")),
        });
        for (name, port) in announce.portmap.iter().flatten() {
            used.insert(name.complete()?);
            used.insert(port.value.complete()?);
        }
    }
    if let Some(http) = intent
        .stop
        .as_ref()
        .and_then(|stop| stop.value.http.as_ref())
    {
        used.insert(match &http.port {
            Some(port) => port.value.complete()?,
            None => Cow::Borrowed(HTTP_LIFECYCLE_CONFIG.text("port")),
        });
    }
    Some(used)
}
