//! Whether the grace period of health checks is long enough for what is fetched in it.

use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{NeededBy, StepId};
use crate::target::judged::Judged;
use crate::vocabulary::HEALTH_CHECK_CONFIG;

use super::ports;

crate::diagnostic::declare_codes! {
    /// Health checks begin when the task does, and the first thing that it does is to fetch its closure.
    /// What `initial_interval_secs` (15 seconds unless it is given) leaves of the grace period is all
    /// that the program has for itself: with too little, every new instance fails on a node that does
    /// not have the closure yet, and an update fails with it.
    ///
    /// The size of the closure is known from `jobc.lock`; how fast nodes take it in is the setting
    /// `nodes.bandwidth` in `jobc.toml`, 100 MB a second unless it is given. Closures that the lock does
    /// not have count as nothing.
    SHORT_GRACE_PERIOD = "short-grace-period", Warn, "a grace period that a download is likely to outlast";
}

/// The grace period unless the definition gives one, in seconds.
const DEFAULT_GRACE: f64 = HEALTH_CHECK_CONFIG.float("initial_interval_secs");
const MIB: f64 = 1_048_576.0;

/// Warns if the download is likely to take longer than the job has time for.
pub(super) fn check(ctx: &mut Judged<'_>) {
    let problem = problem(ctx);
    ctx.found.extend(problem);
}

fn problem(ctx: &Judged<'_>) -> Option<Diagnostic> {
    if ctx.levels.allow(&SHORT_GRACE_PERIOD) {
        return None;
    }
    let Judged {
        plan, downloads, ..
    } = *ctx;
    let config = plan.intent.health_check.as_ref();
    let written = config.and_then(|it| it.value.initial_interval_secs.as_ref());
    let seconds = written.map_or(DEFAULT_GRACE, |it| it.value);
    let bandwidth = downloads.bandwidth;
    let in_time = seconds * as_float(bandwidth);
    // Most jobs have time for all that there is.
    if as_float(downloads.at_most(&plan.needs)) <= in_time || !ports::checks_health(&plan.intent) {
        return None;
    }
    let mut scripts = plan.needs.scripts.iter();
    // One step fetches all, for final processes too.
    let at_once = scripts.any(|need| need.by == NeededBy::Job);
    let size = downloads.of(&plan.needs, |by| match by {
        NeededBy::Process(name) => {
            let run = plan.run(&StepId::Run(name.clone()));
            at_once || run.is_some_and(|run| !run.is_final())
        }
        NeededBy::HealthCheck => true,
        NeededBy::Job => false,
    });
    let takes = as_float(size) / as_float(bandwidth);
    if takes <= seconds {
        return None;
    }
    let place = match (written, config) {
        (Some(written), _) => Place::value(written.pointer()),
        (None, Some(config)) => Place::key(config.pointer()),
        (None, None) => Place::opening(plan.intent.pointer.key("task")),
    };
    let headline = format!(
        "the grace period of {seconds} s is over before the closure of {:.1} MiB is there",
        as_float(size) / MIB
    );
    let suggested = (takes + seconds).ceil();
    Some(
        Diagnostic::new(&SHORT_GRACE_PERIOD, headline, place)
            .help(format!(
                "write `health_check_config.initial_interval_secs = {suggested}`: {} s for the \
                 download, and as long as now for the rest",
                takes.ceil()
            ))
            .note(format!(
                "nodes are taken to fetch {:.1} MiB a second, see `nodes.bandwidth` in `jobc.toml`",
                as_float(bandwidth) / MIB
            )),
    )
}

#[expect(clippy::cast_precision_loss, reason = "a message rounds it anyway")]
fn as_float(bytes: i64) -> f64 {
    bytes as f64
}
