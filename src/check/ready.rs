//! What is tried until a process is ready.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{self, Address, AddressError};
use crate::model::{Probe, Ready, Seconds, Text};
use crate::rule::scope::fill_in;
use crate::rule::{Context, process as process_at};
use crate::source::Pointer;
use crate::template::in_auroras_words;

crate::diagnostic::declare_codes! {
    /// A `ready` says what is tried until it works, by exactly one of three fields: a `command` that
    /// exits with 0, a `tcp` port that takes connections, or an address that answers a request by `http`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "db", cmdline = "postgres", ready = { within = "30s" } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "db", cmdline = "postgres", ready = { command = "pg_isready", within = "30s" } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Where the job's health check asks the same process, `ready = "health"` tries what that does.
    READY_PROBE = "ready-probe", Error, "a `ready` that does not say what to try, or says it twice";

    /// A probe asks an address that is none: `tcp` takes a port, or a host and a port with a colon
    /// between, `http` an address such as `:8080/healthz` or `http://localhost:8080/healthz`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "web", cmdline = "serve --port ${ports.http}", ready = { http = "/healthz" } },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [
    ///   { name = "web", cmdline = "serve --port ${ports.http}", ready = { http = ":${ports.http}/healthz" } },
    /// ]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    PROBE_ADDRESS = "probe-address", Error, "a probe of an address that is none";

    /// The times of a probe leave it none: `interval`, `timeout` and `within` are 1 second or more, and
    /// `within`, which is for all tries, is longer than the `interval` between two.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "db", cmdline = "postgres", ready = { command = "pg_isready", interval = 0 } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "db", cmdline = "postgres", ready = { command = "pg_isready", interval = 1 } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    PROBE_TIMES = "probe-times", Error, "a probe that has no time";
}

/// Checks the `ready` of all processes.
pub(super) fn check(ctx: &mut Context<'_>) {
    let job = ctx.job;
    for (index, process) in job.task.processes.iter().enumerate() {
        let Some(Ready::Probe(probe)) = &process.ready else {
            continue;
        };
        if ctx.is_given_up() {
            return;
        }
        let at = |at: &Pointer| process_at(at, index).key("ready");
        kinds(ctx, probe, at);
        times(ctx, probe, at);
        addresses(ctx, probe, index, at);
    }
}

fn kinds(ctx: &mut Context<'_>, probe: &Probe, at: impl Fn(&Pointer) -> Pointer) {
    let kinds: Vec<&str> = probe.kinds().collect();
    if kinds.len() == 1 || ctx.hole(&at) {
        return;
    }
    let pointer = at(ctx.at);
    let problem = if let [first, second, ..] = &kinds[..] {
        let headline = format!("a probe tries one thing, found `{first}` and `{second}`");
        let place = Place::key(pointer.key(*second));
        let problem = Diagnostic::new(&READY_PROBE, headline, place);
        let problem = problem.also(Place::key(pointer.key(*first)), "the other one is here");
        problem.help("remove all but one; a command may try several things")
    } else {
        let headline = "a probe does not say what to try";
        let problem = Diagnostic::new(&READY_PROBE, headline, Place::opening(pointer));
        problem.help("write `command = \"...\"`, `tcp = \"PORT\"` or `http = \":PORT/PATH\"`")
    };
    ctx.report(problem);
}

fn times(ctx: &mut Context<'_>, probe: &Probe, at: impl Fn(&Pointer) -> Pointer) {
    let fields = [
        ("interval", probe.interval),
        ("timeout", probe.timeout),
        ("within", probe.within),
    ];
    let mut is_told = false;
    for (field, seconds) in fields {
        let pointer = |p: &Pointer| at(p).key(field);
        if seconds.is_some_and(|it| it.get() < 1) && !ctx.hole(pointer) {
            is_told = true;
            let headline = format!("`{field}`: expected 1 second or more, found 0");
            let place = Place::value(pointer(ctx.at));
            let problem = Diagnostic::new(&PROBE_TIMES, headline, place);
            ctx.report(problem.help("write whole seconds, such as `\"1s\"`"));
        }
    }
    let interval = probe.interval.map_or(1, Seconds::get);
    let (within, field) = match probe.within {
        Some(within) => (within.get(), "within"),
        None => (intent::Ready::WITHIN, "interval"),
    };
    if within <= interval && !is_told && !ctx.hole(&at) {
        let headline = format!("a probe within {within} s, every {interval} s, tries only once");
        let place = Place::value(at(ctx.at).key(field));
        let problem = Diagnostic::new(&PROBE_TIMES, headline, place);
        ctx.report(
            problem.help("`within` is the time for all tries: write a longer one than `interval`"),
        );
    }
}

fn addresses(ctx: &mut Context<'_>, probe: &Probe, index: usize, at: impl Fn(&Pointer) -> Pointer) {
    let tcp = probe.tcp.as_ref().map(|tcp| tcp.text().as_str());
    let http = probe.http.as_ref().map(Text::as_str);
    for (field, text) in [("tcp", tcp), ("http", http)] {
        let pointer = |p: &Pointer| at(p).key(field);
        let Some(text) = text.filter(|_| !ctx.hole(pointer)) else {
            continue;
        };
        // What names packages or files is told as that, and so is what cannot be filled in.
        let auroras = in_auroras_words(text);
        if auroras.contains("${") {
            continue;
        }
        let Some(filled) = fill_in(&auroras, &ctx.scopes().process(index)) else {
            continue;
        };
        let is_request = field == "http";
        let parsed = if is_request {
            Address::http(&filled)
        } else {
            Address::tcp(&filled)
        };
        if let Err(error) = parsed {
            let headline = format!("the address `{text}` {error}");
            let place = Place::value(pointer(ctx.at));
            let problem = Diagnostic::new(&PROBE_ADDRESS, headline, place);
            ctx.report(problem.help(match (error, is_request) {
                (AddressError::User, _) => {
                    "a probe has no account: try it by a `command`, which reads one from a file"
                }
                (AddressError::Path(_), _) => {
                    "write it as `%` and two digits, as addresses have it: a space is `%20`"
                }
                (_, true) => "write `:PORT/PATH`, or `http://HOST:PORT/PATH`",
                (_, false) => "write `PORT`, or `HOST:PORT`",
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, check_definition};

    fn check(ready: &str, expected: &[&str]) {
        let process = format!("{{ name = \"a\", cmdline = \"x\", ready = {ready} }}");
        check_definition(&format!("{JOB}task.processes = [{process}]"), expected);
    }

    #[test]
    fn what_is_tried() {
        check("{ command = \"x\" }", &[]);
        check("{ tcp = 80 }", &[]);
        check("{ tcp = \"{{thermos.ports[x]}}\", interval = \"2s\" }", &[]);
        check("{ http = \":80/{{mesos.instance}}\" }", &[]);
        check(
            "{ within = 3 }",
            &["ready-probe '{ within = 3 }' a probe does not say what to try"],
        );
        check(
            "{ command = \"x\", tcp = 80, http = \":80\" }",
            &["ready-probe 'tcp' a probe tries one thing, found `command` and `tcp`"],
        );
        check(
            "{ command = \"x {{nothing}}\" }",
            &["unbound-template '{{nothing}}' `{{nothing}}` is unknown here"],
        );
        check(
            "{ command = \" \" }",
            &["empty-command '\" \"' the command does nothing"],
        );
        check(
            "{ command = \"${expanded ./x}\" }",
            &["misplaced-expansion '${expanded ./x}' a probe has no expanded files"],
        );
    }

    #[test]
    fn times() {
        check("{ tcp = 80, interval = 2, within = 3 }", &[]);
        check(
            "{ tcp = 80, interval = 0, within = 0 }",
            &[
                "probe-times '0' `interval`: expected 1 second or more, found 0",
                "probe-times '0' `within`: expected 1 second or more, found 0",
            ],
        );
        check(
            "{ tcp = 80, within = 1 }",
            &["probe-times '1' a probe within 1 s, every 1 s, tries only once"],
        );
    }

    #[test]
    fn addresses() {
        check(
            "{ tcp = \"db\" }",
            &[
                "probe-address '\"db\"' the address `db` has a port that is no number from 1 to 65535",
            ],
        );
        check(
            "{ http = \":80/a b\" }",
            &["probe-address '\":80/a b\"' the address `:80/a b` has ' ' in its path"],
        );
        check("{ tcp = \"{{name}}:80\" }", &[]);
    }
}
