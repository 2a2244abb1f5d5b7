//! What the executor on the node refuses, when the task is already there: log files that are
//! rotated into nothing, health checks without time.

use crate::diagnostic::codes::{job, traps};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Bytes, FractionalSeconds, Integer, LoggerMode, Seconds};

use super::Ctx;

/// Checks the loggers of processes, the times of health checks, and the waits between runs.
pub(super) fn check(ctx: &mut Ctx<'_>) {
    rotation(ctx);
    health(ctx);
    reruns(ctx);
}

/// With many runs at once, Thermos can lose the right to write its own checkpoints.
fn reruns(ctx: &mut Ctx<'_>) {
    for (index, process) in ctx.job.task.processes.iter().enumerate() {
        if process.min_duration.map(Seconds::get) != Some(0) {
            continue;
        }
        let why = match process.max_failures.map(Integer::get) {
            _ if process.is_daemon() => "it is a daemon".to_owned(),
            Some(0) => "its `max_failures` is 0, which is no limit".to_owned(),
            Some(most) if most > 1 => format!("its `max_failures` is {most}"),
            _ => continue,
        };
        let pointer = ctx.process(index, "min_duration");
        if !ctx.hole(|_| pointer.clone()) {
            let headline = "the process is run again without a wait";
            let place = Place::value(pointer);
            let problem = Diagnostic::new(&traps::RERUN_WITHOUT_WAIT, headline, place)
                .note(why)
                .note("after some dozens of such runs Thermos can fail itself: \"Could not acquire checkpoint permission\"");
            ctx.report(problem.help("write `min_duration = 1` or more"));
        }
    }
}

fn rotation(ctx: &mut Ctx<'_>) {
    for (index, process) in ctx.job.task.processes.iter().enumerate() {
        let Some(logger) = &process.logger else {
            continue;
        };
        let (Some(LoggerMode::Rotate), Some(rotate)) = (logger.mode, &logger.rotate) else {
            continue;
        };
        for (field, number, what) in [
            ("log_size", rotate.log_size.map(Bytes::get), "bytes"),
            ("backups", rotate.backups.map(Integer::get), "old files"),
        ] {
            let pointer = ctx.process(index, "logger").key("rotate").key(field);
            if number == Some(0) && !ctx.hole(|_| pointer.clone()) {
                let headline = format!("log files are rotated into 0 {what}");
                let problem = Diagnostic::new(&job::LOG_ROTATION, headline, Place::value(pointer));
                ctx.report(problem.help("write a number above 0, or `mode = \"standard\"`"));
            }
        }
    }
}

fn health(ctx: &mut Ctx<'_>) {
    let Some(config) = &ctx.job.health_check_config else {
        return;
    };
    for (field, seconds, headline) in [
        (
            "interval_secs",
            config.interval_secs,
            "no time passes between two health checks",
        ),
        (
            "timeout_secs",
            config.timeout_secs,
            "a health check has no time to answer",
        ),
    ] {
        let pointer = ctx.at.key("health_check_config").key(field);
        let seconds = seconds.map(FractionalSeconds::get);
        if seconds.is_some_and(|seconds| seconds <= 0.0) && !ctx.hole(|_| pointer.clone()) {
            let problem = Diagnostic::new(&job::HEALTH_TIMES, headline, Place::value(pointer));
            ctx.report(problem.help("write a duration above 0"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, PROCESS, problems};
    use crate::model::Settings;

    fn check(definition: &str, expected: &[&str]) {
        let definition = format!("{JOB}{definition}");
        let found = problems(&definition, &Settings::default());
        assert_eq!(found, expected, "{definition}");
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
