//! The ports that a job declares: whether something is at them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Place, closest, is_slip};
use crate::intent::{Checker, Intent, Text};
use crate::model::Job;
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

    /// A text names a port that the job does not declare, by nearly the name of one that it does.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// ports = { http = 8080 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.http} --status ${ports.htpp}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// ports = { http = 8080 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "serve --port ${ports.http} --status ${ports.http}" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A port need not be declared. Declare one that is really called so: `https` beside `http`.
    UNDECLARED_PORT = "undeclared-port", Warn, "a port that is not declared, with nearly the name of one that is";
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
        for (problem, near) in unused(intent) {
            // The other one is told.
            if near.is_none() {
                ctx.report(problem);
            }
        }
    }
}

/// The declared port that is meant by `name`, which is not declared.
fn meant<'n>(name: &str, declared: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let mut declared = declared;
    declared.find(|declared| is_slip(name, declared))
}

/// What is wrong with `reference`, which names the port `name` at `place`.
pub(super) fn undeclared(
    job: &Job,
    name: &str,
    reference: &str,
    place: impl FnOnce() -> Place,
) -> Option<Diagnostic> {
    let declared = job.ports.as_ref()?;
    let portmap = || job.announce.as_ref()?.portmap.as_ref();
    let is_known = |name: &str| {
        declared.keys().any(|own| own.as_str() == name)
            || portmap().is_some_and(|map| map.keys().any(|own| own.as_str() == name))
    };
    if name == HEALTH || is_known(name) {
        return None;
    }
    let meant = meant(name, declared.keys().map(PortName::as_str))?;
    let headline = format!("no port is called `{name}`");
    let problem = Diagnostic::new(&UNDECLARED_PORT, headline, place());
    let (before, after) = reference.rsplit_once(name)?;
    let meant = format!("{before}{meant}{after}");
    Some(problem.help(format!(
        "did you mean `{meant}`? If not, declare it: `ports.{name} = {{}}`"
    )))
}

/// What was left out when the job was checked, if something was: the ports that nothing is at, now that
/// the files in its commands are known.
pub fn unused_with_files(intent: &Intent) -> Vec<Diagnostic> {
    if intent.ports.is_empty() || !intent.expands_files {
        return Vec::new();
    }
    let unused = unused(intent).into_iter();
    unused.map(|(problem, _)| problem).collect()
}

/// The problems of ports that nothing is at, each with the name that is nearly the port's, if a text has one.
fn unused(intent: &Intent) -> Vec<(Diagnostic, Option<String>)> {
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
        let mut undeclared = undeclared.filter(|other| *other != HEALTH);
        let near = undeclared
            .clone()
            .find(|other| is_slip(other, name.as_str()));
        let problem = match near.or_else(|| closest(name.as_str(), &mut undeclared)) {
            Some(meant) => problem.help(format!(
                "a command names `{meant}`: write `${{ports.{name}}}` there, or declare that one"
            )),
            None => problem.help(format!(
                "let a process listen at `${{ports.{name}}}`, or remove it"
            )),
        };
        (problem, near.map(str::to_owned))
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
