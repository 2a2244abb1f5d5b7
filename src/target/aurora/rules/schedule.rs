//! When a job runs: always, or at its times.

use crate::diagnostic::{Diagnostic, Place};
use crate::rule::Intended;

use super::cron::{self, Error, Problem};

crate::diagnostic::declare_codes! {
    /// A service runs all the time, a cron job at its times; the scheduler refuses a job that is
    /// both.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// cron_schedule = "0 4 * * *"
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
    /// cron_schedule = "0 4 * * *"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    CRON_SERVICE = "cron-service", Error, "a service with a schedule";

    /// A `cron_schedule` has five fields: minute (0-59), hour (0-23), day of the month (1-31),
    /// month (1-12 or JAN-DEC) and day of the week (0-6 or SUN-SAT; Sunday is not 7). A field is a
    /// list, with commas, of `*`, `N`, `A-B`, `*/S` and `A-B/S`, the step of the last being smaller
    /// than `B`. One of the two day fields has to be `*`, and some day has to be one of the schedule:
    /// there is no 31 February.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// cron_schedule = "0 24 * * *"
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
    /// cron_schedule = "0 0 * * *"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "echo hello" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// The times are those of the scheduler's time zone, by default GMT.
    CRON_SCHEDULE = "cron-schedule", Error, "a schedule that the scheduler does not understand";
}

/// Checks `cron_schedule`, and what does not go with it.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    let Some(schedule) = &ctx.intent.schedule.cron_schedule else {
        return;
    };
    if ctx.hole(|at| at.key("cron_schedule")) {
        return;
    }
    if let Some(service) = ctx.intent.schedule.service.as_ref().filter(|it| it.value)
        && !ctx.hole(|at| at.key("service"))
    {
        let place = Place::value(service.pointer());
        let headline = "a service cannot have a `cron_schedule`";
        let problem = Diagnostic::new(&CRON_SERVICE, headline, place)
            .also(Place::value(schedule.pointer()), "makes it a cron job")
            .help("remove one of the two");
        ctx.report(problem);
    }
    let Err(error) = cron::check(&schedule.value) else {
        return;
    };
    let headline = format!("`cron_schedule`: {error}");
    let place = match &error {
        Error::Count(_) | Error::Around => Place::value(schedule.pointer()),
        Error::Part { offset, text, .. }
        | Error::BothDays { offset, text }
        | Error::Never { offset, text } => {
            Place::within(schedule.pointer(), &schedule.value, *offset, text)
        }
    };
    let problem = Diagnostic::new(&CRON_SCHEDULE, headline, place);
    ctx.report(match error {
        Error::Count(_) => {
            problem.help("write minute, hour, day of the month, month and day of the week")
        }
        Error::Around => problem.help("remove it"),
        Error::BothDays { .. } => problem.help("write `*` for one of them"),
        Error::Never { .. } => problem
            .help("write an earlier day, or add a longer month")
            .note("the scheduler refuses a schedule that never comes"),
        Error::Part { field, text, .. } if field.is_sunday(&text) => {
            problem.help("Sunday is `0` or `SUN`")
        }
        Error::Part {
            field,
            problem: Problem::Syntax,
            ..
        } if field.has_names() => {
            problem.help("write a number, or the first three letters of the English name")
        }
        Error::Part {
            problem: Problem::Backwards,
            ..
        } => problem.help("write two ranges with a comma between them"),
        Error::Part {
            problem: Problem::Step,
            ..
        } => problem.help("write a smaller step above 0"),
        Error::Part { .. } => problem,
    });
}

#[cfg(test)]
mod tests {
    use crate::check::tests::check_fields as check;

    #[test]
    fn schedules() {
        check("cron_schedule = \"0 4 * * MON-FRI\"\nservice = false", &[]);
        check(
            "cron_schedule = \"0 4 * 4 7\"",
            &["cron-schedule '7' `cron_schedule`: `7` is no day of the week: expected 0 to 6"],
        );
        check(
            "cron_schedule = \"4 4 4 4 4\"",
            &[
                "cron-schedule '4' `cron_schedule`: one of the two day fields has to be `*`, the schedule sets both",
            ],
        );
        check(
            "cron_schedule = \"@daily\"",
            &["cron-schedule '\"@daily\"' `cron_schedule`: expected five fields, found 1"],
        );
        check(
            "cron_schedule = \"0 4 * * *\"\nservice = true",
            &["cron-service 'true' a service cannot have a `cron_schedule`"],
        );
    }
}
