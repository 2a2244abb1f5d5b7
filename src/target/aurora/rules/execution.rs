//! What the executor on the node refuses, when the task is already there: log files that are
//! rotated into nothing, health checks without time.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{LogMode, given};
use crate::rule::Intended;

crate::diagnostic::declare_codes! {
    /// The executor closes a log file when it is `log_size` bytes long, and keeps so many `backups` of
    /// closed ones. It refuses to start a process if one of them is 0.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello", logger = { mode = "rotate", rotate = { backups = 0 } } }]
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
    /// processes = [{ name = "hello", cmdline = "echo hello", logger = { mode = "rotate", rotate = { backups = 1 } } }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    LOG_ROTATION = "log-rotation", Error, "log files that the executor refuses to rotate";

    /// Health is checked every `interval_secs`, and each check may take `timeout_secs`. The executor
    /// divides by the one, and no task answers in no time: neither is 0.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// health_check_config = { interval_secs = 0 }
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
    /// health_check_config = { interval_secs = 0.5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    HEALTH_TIMES = "health-times", Error, "health checks without time";

    /// Thermos waits `min_duration` between two runs of a process, 5 seconds unless it is given. Without
    /// a wait, a process that is run again and again can bring Thermos itself down after some dozens
    /// of runs ("Could not acquire checkpoint permission"), and the task with it. A process is run
    /// again if it is a daemon, or if its `max_failures` is 0 or above 1.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run", daemon = true, min_duration = 0 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// Give it a second at least:
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run", daemon = true, min_duration = 1 }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    RERUN_WITHOUT_WAIT = "rerun-without-wait", Warn, "a process that is run again and again without a wait";
}

/// Checks the loggers of processes, the times of health checks, and the waits between runs.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    rotation(ctx);
    health(ctx);
    reruns(ctx);
}

/// With many runs at once, Thermos can lose the right to write its own checkpoints.
fn reruns(ctx: &mut Intended<'_, '_>) {
    for run in &ctx.intent.runs {
        let Some(wait) = run.min_duration.as_ref().filter(|it| it.value == 0) else {
            continue;
        };
        let why = match given(run.max_failures.as_ref()) {
            _ if run.is_daemon() => "it is a daemon".to_owned(),
            Some(0) => "its `max_failures` is 0, which is no limit".to_owned(),
            Some(most) if most > 1 => format!("its `max_failures` is {most}"),
            _ => continue,
        };
        let pointer = wait.pointer();
        if !ctx.hole(|_| pointer.clone()) {
            let headline = "the process is run again without a wait";
            let place = Place::value(pointer);
            let problem = Diagnostic::new(&RERUN_WITHOUT_WAIT, headline, place)
                .note(why)
                .note("after some dozens of such runs Thermos can fail itself: \"Could not acquire checkpoint permission\"");
            ctx.report(problem.help("write `min_duration = 1` or more"));
        }
    }
}

fn rotation(ctx: &mut Intended<'_, '_>) {
    for logger in ctx.intent.runs.iter().filter_map(|run| run.logger.as_ref()) {
        let (Some(LogMode::Rotate), Some(rotate)) = (logger.value.mode, logger.value.rotate) else {
            continue;
        };
        for (field, number, what) in [
            ("log_size", rotate.log_size, "bytes"),
            ("backups", rotate.backups, "old files"),
        ] {
            let pointer = || logger.pointer().key("rotate").key(field);
            if number == Some(0) && !ctx.hole(|_| pointer()) {
                let headline = format!("log files are rotated into 0 {what}");
                let problem = Diagnostic::new(&LOG_ROTATION, headline, Place::value(pointer()));
                ctx.report(problem.help("write a number above 0, or `mode = \"standard\"`"));
            }
        }
    }
}

fn health(ctx: &mut Intended<'_, '_>) {
    let Some(config) = &ctx.intent.health_check else {
        return;
    };
    for (seconds, headline) in [
        (
            &config.value.interval_secs,
            "no time passes between two health checks",
        ),
        (
            &config.value.timeout_secs,
            "a health check has no time to answer",
        ),
    ] {
        if let Some(seconds) = seconds.as_ref().filter(|it| it.value <= 0.0)
            && !ctx.hole(|_| seconds.pointer())
        {
            let place = Place::value(seconds.pointer());
            let problem = Diagnostic::new(&HEALTH_TIMES, headline, place);
            ctx.report(problem.help("write a duration above 0"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, PROCESS, check_definition};

    fn check(definition: &str, expected: &[&str]) {
        check_definition(&format!("{JOB}{definition}"), expected);
    }

    #[test]
    fn rotated_logs() {
        let check = |logger: &str, expected: &[&str]| {
            let process = format!("{{ name = \"a\", cmdline = \"x\", logger = {{ {logger} }} }}");
            check(&format!("task.processes = [{process}]"), expected);
        };
        check("mode = \"rotate\"", &[]);
        check(
            "mode = \"rotate\", rotate = { log_size = \"1 B\", backups = 1 }",
            &[],
        );
        check("rotate = { log_size = 0, backups = 0 }", &[]);
        check(
            "mode = \"rotate\", rotate = { log_size = 0, backups = 0 }",
            &[
                "log-rotation '0' log files are rotated into 0 bytes",
                "log-rotation '0' log files are rotated into 0 old files",
            ],
        );
    }

    #[test]
    fn health_checks() {
        let check = |config: &str, expected: &[&str]| {
            check(
                &format!("{PROCESS}health_check_config = {{ {config} }}"),
                expected,
            );
        };
        check("interval_secs = 0.001, timeout_secs = \"1ms\"", &[]);
        check("initial_interval_secs = 0", &[]);
        check(
            "interval_secs = 0, timeout_secs = 0.0",
            &[
                "health-times '0' no time passes between two health checks",
                "health-times '0.0' a health check has no time to answer",
            ],
        );
    }
}
