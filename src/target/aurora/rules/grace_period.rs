//! Whether the grace period of health checks is long enough for what is fetched in it.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{HealthCheckConfig, InitRoots};
use crate::rule::Resolved;
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
/// Bytes that a node takes in per second unless the settings say how many.
const DEFAULT_BANDWIDTH: i64 = 100 << 20;
const MIB: f64 = 1_048_576.0;

/// Warns if the download is likely to take longer than the job has time for.
pub(super) fn check(job: &mut Resolved<'_>) {
    let problem = problem(job);
    job.found.extend(problem);
}

fn problem(resolved: &Resolved<'_>) -> Option<Diagnostic> {
    if resolved.allows(&SHORT_GRACE_PERIOD) {
        return None;
    }
    let Resolved {
        job, at, settings, ..
    } = *resolved;
    let config = job.health_check_config.as_ref();
    let grace = |config: &HealthCheckConfig| Some(config.initial_interval_secs?.get());
    let grace = config.and_then(grace);
    let (seconds, written) = (grace.unwrap_or(DEFAULT_GRACE), grace.is_some());
    let nodes = settings.nodes.as_ref();
    let bandwidth = nodes.and_then(|nodes| nodes.bandwidth);
    let bandwidth = bandwidth.map_or(DEFAULT_BANDWIDTH, |bytes| bytes.get().max(1));
    let in_time = seconds * as_float(bandwidth);
    // Most jobs have time for all that there is.
    if as_float(resolved.largest_closure) <= in_time
        || !ports::checks_health(job, &resolved.commands)
    {
        return None;
    }
    let init = settings.init.as_ref();
    let roots = init.and_then(|init| init.roots).unwrap_or_default();
    let processes = job.task.processes.iter().enumerate();
    let needed = processes.filter(|(_, it)| roots == InitRoots::Job || !it.is_final());
    let needed: Vec<usize> = needed.map(|(index, _)| index).collect();
    let size = (resolved.closure_of)(&needed);
    let takes = as_float(size) / as_float(bandwidth);
    if takes <= seconds {
        return None;
    }
    let pointer = at.key("health_check_config");
    let place = match (written, config.is_some()) {
        (true, _) => Place::value(pointer.key("initial_interval_secs")),
        (false, true) => Place::key(pointer),
        (false, false) => Place::opening(at.key("task")),
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
