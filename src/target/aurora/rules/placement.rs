//! Where a job may run: its environment, dedicated hosts, and ports that need them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{Announce, At, Placement, Text};
use crate::rule::Intended;
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
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    environment(ctx);
    if let Some(placement) = ctx.intent.placement_by(DEDICATED_CONSTRAINT) {
        check_dedicated(ctx, placement);
    }
    if let Some(announce) = &ctx.intent.announce
        && !ctx.hole(|_| announce.pointer())
    {
        ports(ctx, &announce.value);
    }
}

fn environment(ctx: &mut Intended<'_, '_>) {
    let written = &ctx.intent.environment;
    let environment = written.value.as_str();
    let allowed = ctx.settings.scheduler().environments();
    let matches = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(prefix) => environment
            .strip_prefix(prefix)
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())),
        None => environment == *pattern,
    };
    if allowed.iter().any(matches) || ctx.hole(|_| written.pointer()) {
        return;
    }
    let names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
    let headline = format!("the scheduler has no environment `{environment}`");
    let place = Place::value(written.pointer());
    let words = allowed.iter().map(|name| name.trim_end_matches('*'));
    let problem = Diagnostic::new(&UNKNOWN_ENVIRONMENT, headline, place)
        .did_you_mean(environment, words)
        .note(format!("accepted are {}", names.join(", ")))
        .note("`scheduler.allowed_job_environments` in `jobc.toml` lists those of your scheduler");
    ctx.report(problem);
}

fn check_dedicated(ctx: &mut Intended<'_, '_>, placement: &At<Placement>) {
    let owner = &ctx.intent.role;
    if ctx.hole(|_| placement.pointer()) || ctx.hole(|_| owner.pointer()) {
        return;
    }
    let role = owner.value.as_str();
    let place = Place::value(placement.pointer());
    let shape = |headline: &str, place| {
        Diagnostic::new(&DEDICATED, headline, place)
            .help(format!("write one value: `{role}/NAME` or `*/NAME`"))
    };
    let values = match &placement.value {
        Placement::Limit(_) => {
            ctx.report(shape("`dedicated` cannot be a limit", place));
            return;
        }
        Placement::NoneOf(_) => {
            ctx.report(shape("`dedicated` cannot be negated", place));
            return;
        }
        Placement::AnyOf(values) => values,
    };
    // The scheduler is told a set of them.
    let distinct: BTreeSet<_> = values.iter().map(|value| value.written()).collect();
    let (Some(value), 1) = (values.first(), distinct.len()) else {
        ctx.report(shape("`dedicated` takes exactly one value", place));
        return;
    };
    let Some(bound) = value.complete() else {
        // Where the reference is wrong, that was told.
        return;
    };
    let place = Place::text(placement.pointer(), value.written());
    match bound.split_once('/') {
        Some((owner, name)) if !name.is_empty() => {
            if owner != "*" && owner != role {
                let headline = format!("hosts dedicated to `{owner}` take no jobs of `{role}`");
                let problem = Diagnostic::new(&DEDICATED, headline, place)
                    .also(Place::value(ctx.intent.role.pointer()), "the job's role")
                    .help(format!("write `{role}/{name}` or `*/{name}`"));
                ctx.report(problem);
            }
        }
        _ => ctx.report(shape("`dedicated` is a role and a name", place)),
    }
}

fn ports(ctx: &mut Intended<'_, '_>, announce: &Announce) {
    let Some(portmap) = &announce.portmap else {
        default_ports(ctx, announce);
        return;
    };
    // Names are filled in, too; what the agent knows stays as it is written.
    let mut bound: BTreeMap<Cow<'_, str>, (Cow<'_, str>, &At<Text>)> = BTreeMap::new();
    for (name, at) in portmap {
        if let (Some(name), Some(port)) = (name.filled_in(), at.value.filled_in()) {
            bound.insert(name, (port, at));
        }
    }
    let is_dedicated = ctx.intent.placement_by(DEDICATED_CONSTRAINT).is_some();
    if !is_dedicated && !ctx.hole(|at| at.key("constraints").key(DEDICATED_CONSTRAINT)) {
        for (port, at) in bound.values().filter(|(port, _)| is_number(port)) {
            let headline = format!("the fixed port `{}` needs dedicated hosts", port.trim());
            let problem = Diagnostic::new(&STATIC_PORT, headline, Place::value(at.pointer()))
                .help("name another port, or add the constraint `dedicated`");
            ctx.report(problem);
        }
    }
    // Which names were followed from which name: a circle is told once.
    let mut followed: BTreeMap<&str, &str> = BTreeMap::new();
    for start in bound.keys() {
        let mut name = &**start;
        while let Some((port, at)) = bound.get(name).filter(|(port, _)| !is_number(port)) {
            if let Some(&from) = followed.get(name) {
                if from == start {
                    let headline = format!("the port `{name}` is named after itself");
                    let place = Place::value(at.pointer());
                    let problem = Diagnostic::new(&PORT_CYCLE, headline, place)
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
fn default_ports(ctx: &mut Intended<'_, '_>, announce: &Announce) {
    let Some(primary) = &announce.primary_port else {
        return;
    };
    let Some(port) = primary.value.complete() else {
        return;
    };
    let place = Place::value(primary.pointer());
    if port == "aurora" {
        let headline = "the port `aurora` is named after itself";
        let problem = Diagnostic::new(&PORT_CYCLE, headline, place)
            .note("without a `portmap`, the primary port is announced as `aurora`, too")
            .help("write a `portmap`: `portmap = {}`");
        ctx.report(problem);
    } else if is_number(&port) {
        let headline = format!("the fixed port `{}` needs dedicated hosts", port.trim());
        if ctx.intent.placement_by(DEDICATED_CONSTRAINT).is_none() {
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
