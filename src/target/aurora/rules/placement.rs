//! Where a job may run: its environment, dedicated hosts, and ports that need them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Announcer, Placement, PlacementRule};
use crate::rule::Context;
use crate::rule::scope::{expand, fill_in};
use crate::source::Pointer;
use crate::vocabulary::python;

crate::diagnostic::declare_codes! {
    /// The scheduler accepts jobs of certain environments only: `prod`, `devel`, `test`, and
    /// `staging` with any digits after it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "production"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "prod"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// A scheduler may be set up with others: name them as
    /// `scheduler.allowed_job_environments` in `jobc.toml`.
    UNKNOWN_ENVIRONMENT = "unknown-environment", Error, "an environment that the scheduler does not accept";

    /// The constraint `dedicated` asks for hosts that are set aside for a role. It is one value
    /// `ROLE/NAME` whose role is the job's own or `*`; the scheduler refuses a limit, several
    /// values, or another role.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// constraints = { dedicated = "ads/search" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// constraints = { dedicated = "www/search" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DEDICATED = "dedicated", Error, "a dedicated constraint that the scheduler refuses";

    /// A fixed number in `announce.portmap` needs hosts that the job does not share: two jobs on
    /// one host cannot both have it. Aurora's client wants the constraint `dedicated` beside it.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { portmap = { http = "8080" } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { portmap = { http = "8080" } }
    /// constraints = { dedicated = "www/web" }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    STATIC_PORT = "static-port", Error, "a fixed port on shared hosts";

    /// `announce.portmap` gives a port the number of another one, and that one leads back to the
    /// first, so that none has a number.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { portmap = { http = "admin", admin = "http" } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// announce = { portmap = { admin = "http" } }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    PORT_CYCLE = "port-cycle", Error, "ports that are named after each other";
}

/// The constraint that asks for hosts set aside for a role.
pub(super) const DEDICATED_CONSTRAINT: &str = "dedicated";

/// Checks the environment, the dedicated constraint and the port map.
pub(super) fn check(ctx: &mut Context<'_>) {
    environment(ctx);
    let constraints = ctx.job.constraints.as_ref();
    let dedicated = constraints.and_then(|constraints| constraints.get(DEDICATED_CONSTRAINT));
    if let Some(placement) = dedicated {
        check_dedicated(ctx, placement);
    }
    if let Some(announcer) = &ctx.job.announce
        && !ctx.hole(|at| at.key("announce"))
    {
        ports(ctx, announcer);
    }
}

fn environment(ctx: &mut Context<'_>) {
    let environment = ctx.job.environment.as_str();
    let allowed = ctx.terms.settings.scheduler().environments();
    let matches = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(prefix) => environment
            .strip_prefix(prefix)
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())),
        None => environment == *pattern,
    };
    if allowed.iter().any(matches) || ctx.hole(|at| at.key("environment")) {
        return;
    }
    let names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
    let headline = format!("the scheduler has no environment `{environment}`");
    let place = Place::value(ctx.at.key("environment"));
    let words = allowed.iter().map(|name| name.trim_end_matches('*'));
    let problem = Diagnostic::new(&UNKNOWN_ENVIRONMENT, headline, place)
        .did_you_mean(environment, words)
        .note(format!("accepted are {}", names.join(", ")))
        .note("`scheduler.allowed_job_environments` in `jobc.toml` lists those of your scheduler");
    ctx.report(problem);
}

fn check_dedicated(ctx: &mut Context<'_>, placement: &Placement) {
    let pointer = |at: &Pointer| at.key("constraints").key(DEDICATED_CONSTRAINT);
    if ctx.hole(pointer) || ctx.hole(|at| at.key("role")) {
        return;
    }
    let role = ctx.job.role.as_str();
    let place = Place::value(pointer(ctx.at));
    let shape = |headline: &str, place| {
        Diagnostic::new(&DEDICATED, headline, place)
            .help(format!("write one value: `{role}/NAME` or `*/NAME`"))
    };
    let values = match &placement.0 {
        PlacementRule::Limit(_) => {
            ctx.report(shape("`dedicated` cannot be a limit", place));
            return;
        }
        PlacementRule::NoneOf(_) => {
            ctx.report(shape("`dedicated` cannot be negated", place));
            return;
        }
        PlacementRule::AnyOf(values) => values,
    };
    // The scheduler is told a set of them.
    let distinct: BTreeSet<_> = values.iter().collect();
    let (Some(value), 1) = (values.first(), distinct.len()) else {
        ctx.report(shape("`dedicated` takes exactly one value", place));
        return;
    };
    let scope = ctx.scopes().job();
    let Some(bound) = expand(value.as_str(), &scope) else {
        // Where the reference is wrong, that was told.
        return;
    };
    let place = Place::text(pointer(ctx.at), value.as_str());
    match bound.split_once('/') {
        Some((owner, name)) if !name.is_empty() => {
            if owner != "*" && owner != role {
                let headline = format!("hosts dedicated to `{owner}` take no jobs of `{role}`");
                let problem = Diagnostic::new(&DEDICATED, headline, place)
                    .also(Place::value(ctx.at.key("role")), "the job's role")
                    .help(format!("write `{role}/{name}` or `*/{name}`"));
                ctx.report(problem);
            }
        }
        _ => ctx.report(shape("`dedicated` is a role and a name", place)),
    }
}

fn ports(ctx: &mut Context<'_>, announcer: &Announcer) {
    let Some(portmap) = &announcer.portmap else {
        default_ports(ctx, announcer);
        return;
    };
    let scope = ctx.scopes().job().inside(announcer);
    // Names are filled in, too; what the agent knows stays as it is written.
    let mut written: BTreeMap<String, &str> = BTreeMap::new();
    let mut bound: BTreeMap<String, String> = BTreeMap::new();
    for (name, port) in portmap {
        let filled = (fill_in(name, &scope), fill_in(port.as_str(), &scope));
        if let (Some(filled), Some(port)) = filled {
            written.insert(filled.clone(), name.as_str());
            bound.insert(filled, port);
        }
    }
    let place = |at: &Pointer, name: &str| {
        let name = written.get(name).copied().unwrap_or(name);
        Place::value(at.key("announce").key("portmap").key(name))
    };
    let dedicated = ctx
        .job
        .constraints
        .as_ref()
        .is_some_and(|constraints| constraints.contains_key(DEDICATED_CONSTRAINT));
    if !dedicated && !ctx.hole(|at| at.key("constraints").key(DEDICATED_CONSTRAINT)) {
        for (name, port) in bound.iter().filter(|(_, port)| is_number(port)) {
            let headline = format!("the fixed port `{}` needs dedicated hosts", port.trim());
            let problem = Diagnostic::new(&STATIC_PORT, headline, place(ctx.at, name))
                .help("name another port, or add the constraint `dedicated`");
            ctx.report(problem);
        }
    }
    // Which names were followed from which name: a circle is told once.
    let mut followed: BTreeMap<&str, &str> = BTreeMap::new();
    for start in bound.keys().map(String::as_str) {
        let mut name = start;
        while let Some(port) = bound.get(name).filter(|port| !is_number(port)) {
            if let Some(&from) = followed.get(name) {
                if from == start {
                    let headline = format!("the port `{name}` is named after itself");
                    let problem = Diagnostic::new(&PORT_CYCLE, headline, place(ctx.at, name))
                        .help("let one of the names be a port that a process binds");
                    ctx.report(problem);
                }
                break;
            }
            followed.insert(name, start);
            name = port;
        }
    }
}

/// Whether the client makes a number of the name of a port.
fn is_number(port: &str) -> bool {
    python::integer(port).is_some()
}

/// Without a port map, the port `aurora` is the primary one.
fn default_ports(ctx: &mut Context<'_>, announcer: &Announcer) {
    let Some(port) = &announcer.primary_port else {
        return;
    };
    let scope = ctx.scopes().job().inside(announcer);
    let Some(port) = expand(port.as_str(), &scope) else {
        return;
    };
    let place = Place::value(ctx.at.key("announce").key("primary_port"));
    if port == "aurora" {
        let headline = "the port `aurora` is named after itself";
        let problem = Diagnostic::new(&PORT_CYCLE, headline, place)
            .note("without a `portmap`, the primary port is announced as `aurora`, too")
            .help("write a `portmap`: `portmap = {}`");
        ctx.report(problem);
    } else if is_number(&port) {
        let headline = format!("the fixed port `{}` needs dedicated hosts", port.trim());
        let dedicated = ctx.job.constraints.as_ref();
        if !dedicated.is_some_and(|constraints| constraints.contains_key(DEDICATED_CONSTRAINT)) {
            let problem = Diagnostic::new(&STATIC_PORT, headline, place)
                .note("without a `portmap`, the primary port is announced as `aurora`, too")
                .help("give the port a name");
            ctx.report(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, PROCESS, check_fields as check, problems};
    use crate::model::{SchedulerSettings, Settings};

    #[test]
    fn environments() {
        let check = |environment: &str, allowed: Option<&[&str]>, expected: &[&str]| {
            let definition = format!("{JOB}{PROCESS}").replace("devel", environment);
            let names = |all: &[&str]| all.iter().map(ToString::to_string).collect();
            let settings = Settings {
                scheduler: Some(SchedulerSettings {
                    allowed_job_environments: allowed.map(names),
                    ..SchedulerSettings::default()
                }),
                ..Settings::default()
            };
            assert_eq!(problems(&definition, &settings), expected, "{environment}");
        };
        for fine in ["prod", "test", "staging", "staging12"] {
            check(fine, None, &[]);
        }
        for wrong in ["production", "staging-1", "Prod"] {
            let expected = format!(
                "unknown-environment '\"{wrong}\"' the scheduler has no environment `{wrong}`"
            );
            check(wrong, None, &[&expected]);
        }
        check("live", Some(&["live"]), &[]);
        check(
            "prod",
            Some(&["live*"]),
            &["unknown-environment '\"prod\"' the scheduler has no environment `prod`"],
        );
    }

    #[test]
    fn dedicated_hosts() {
        let check = |value: &str, expected: &[&str]| {
            check(
                &format!("constraints = {{ dedicated = {value} }}"),
                expected,
            );
        };
        check("\"www/db\"", &[]);
        check("\"*/db\"", &[]);
        check("\"www/db,www/db\"", &[]);
        check("{ any_of = [\"{{role}}/db\"] }", &[]);
        check(
            "\"ads/db\"",
            &["dedicated 'ads/db' hosts dedicated to `ads` take no jobs of `www`"],
        );
        check(
            "\"{{cluster}}/db\"",
            &["dedicated '{{cluster}}/db' hosts dedicated to `devcluster` take no jobs of `www`"],
        );
        check(
            "\"www\"",
            &["dedicated 'www' `dedicated` is a role and a name"],
        );
        check(
            "\"www/a,www/b\"",
            &["dedicated '\"www/a,www/b\"' `dedicated` takes exactly one value"],
        );
        check(
            "\"!www/a\"",
            &["dedicated '\"!www/a\"' `dedicated` cannot be negated"],
        );
        check(
            "\"limit:1\"",
            &["dedicated '\"limit:1\"' `dedicated` cannot be a limit"],
        );
    }

    #[test]
    fn ports() {
        let check = |announce: &str, expected: &[&str]| {
            check(&format!("announce = {{ {announce} }}"), expected);
        };
        check("", &[]);
        check(
            "primary_port = \"http\", portmap = { a = \"http\", b = \"a\" }",
            &[],
        );
        check(
            "portmap = { a = \"80\", b = \" +81 \", c = \"{{instances}}\", d = \"a\" }",
            &[
                "static-port '\"80\"' the fixed port `80` needs dedicated hosts",
                "static-port '\" +81 \"' the fixed port `+81` needs dedicated hosts",
                "static-port '\"{{instances}}\"' the fixed port `1` needs dedicated hosts",
            ],
        );
        check(
            "portmap = { a = \"b\", b = \"c\", c = \"b\", d = \"d\", e = \"x\" }",
            &[
                "port-cycle '\"c\"' the port `b` is named after itself",
                "port-cycle '\"d\"' the port `d` is named after itself",
            ],
        );
        check(
            "primary_port = \"aurora\"",
            &["port-cycle '\"aurora\"' the port `aurora` is named after itself"],
        );
        check("primary_port = \"aurora\", portmap = {}", &[]);
    }
}
