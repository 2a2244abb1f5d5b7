//! Waits for other jobs, of which Aurora knows nothing: a process tries for itself.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::Address;
use crate::rule::Intended;
use crate::target::aurora::coverage::ROWS;
use crate::target::coverage::{Coverage, of_choice, of_field};

crate::diagnostic::declare_codes! {
    /// A process waits for another job, and Aurora has no words for that. The process itself tries to
    /// connect where the other job is reached, for as long as `within` says (60 seconds unless given), and fails
    /// after that: whether the other job is ready in the sense of its `ready` it does not know.
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}", ready = { tcp = "${ports.sql}" } }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve", after = [{ job = "db", when = "ready", address = "db.example.org:5432" }] }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Waive it where that is enough:
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "db"
    /// ports.sql = 5432
    /// task.processes = [{ name = "db", cmdline = "serve-sql ${ports.sql}", ready = { tcp = "${ports.sql}" } }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// waive.approximated-wait = "it takes connections when it is ready"
    /// task.processes = [{ name = "web", cmdline = "serve", after = [{ job = "db", when = "ready", address = "db.example.org:5432" }] }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    APPROXIMATED_WAIT = "approximated-wait", Warn, "a wait for another job that the process does itself";

    /// A process waits for another job in a way that Aurora cannot: until the job has succeeded, or until it
    /// is ready though nothing says where it takes connections.
    ///
    /// ```toml
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "load"
    /// task.processes = [{ name = "load", cmdline = "load" }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    ///
    /// [[jobs]]
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    /// task.processes = [{ name = "web", cmdline = "serve", after = [{ job = "load", when = "succeeded" }] }]
    /// task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Let one job do both:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "web"
    ///
    /// [task]
    /// processes = [{ name = "load", cmdline = "load" }, { name = "web", cmdline = "serve", after = ["load"] }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    IMPOSSIBLE_WAIT = "impossible-wait", Error, "a wait for another job that Aurora cannot do";
}

/// What a definition has for a wait until a job has succeeded.
const SUCCEEDED: &str = "when = succeeded";
const NO_ADDRESS: &str = "nothing says where the other job takes connections: it has no `address` here, and no announcement that `[aurora] address` in `jobc.toml` looks up";

/// Tells of waits for other jobs.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    let intent = ctx.intent;
    for wait in intent.runs.iter().flat_map(|run| &run.awaits) {
        let pointer = wait.pointer();
        if ctx.hole(|_| pointer.clone()) {
            continue;
        }
        let key = &wait.value.key;
        let place = Place::value(pointer);
        if wait.value.is_to_succeed
            && let Coverage::Refused(why) = of_choice(ROWS, "Run", "awaits", SUCCEEDED)
        {
            let headline = format!("Aurora cannot carry the `job` `{SUCCEEDED}`");
            let problem = Diagnostic::new(&IMPOSSIBLE_WAIT, headline, place).note(why);
            ctx.report(problem.help("let one job do both, one process after the other"));
            continue;
        }
        let address = wait.value.address.as_ref();
        let Some(address) = address else {
            let headline = format!("Aurora cannot let a process wait for `{key}`");
            let problem = Diagnostic::new(&IMPOSSIBLE_WAIT, headline, place).note(NO_ADDRESS);
            ctx.report(problem.help("say where it takes connections: `address = \"HOST:PORT\"`"));
            continue;
        };
        let literal = address.as_literal();
        let is_address = literal.is_some_and(|text| {
            let plain = !text.contains("${") && Address::tcp(text).is_ok();
            plain && text.contains(':')
        });
        if !is_address {
            let headline = format!("`{}` is no host and port to connect to", address.written());
            let problem = Diagnostic::new(&IMPOSSIBLE_WAIT, headline, place);
            ctx.report(problem.help("write `address = \"HOST:PORT\"`"));
            continue;
        }
        if let Coverage::Approximated(how) = of_field(ROWS, "Run", "awaits") {
            let headline = format!("the process itself waits for `{key}`");
            let problem = Diagnostic::new(&APPROXIMATED_WAIT, headline, place);
            ctx.report(problem.note(how));
        }
    }
}
