//! Whether the grace period of health checks is long enough for what is fetched in it.

use std::collections::HashSet;

use crate::check::ports::{self, SHORT_GRACE_PERIOD};
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{HealthCheckConfig, InitRoots};
use crate::store::StorePath;
use crate::vocabulary::HEALTH_CHECK_CONFIG;

use super::{Command, Context};

/// The grace period unless the definition gives one, in seconds.
const DEFAULT_GRACE: f64 = HEALTH_CHECK_CONFIG.float("initial_interval_secs");
/// Bytes that a node takes in per second unless the settings say how many.
const DEFAULT_BANDWIDTH: i64 = 100 << 20;
const MIB: f64 = 1_048_576.0;

impl Context<'_> {
    /// Warns if the download is likely to take longer than the job has time for.
    pub(super) fn grace_period(
        &self,
        commands: &[Command],
        check: Option<&Command>,
    ) -> Option<Diagnostic> {
        let settings = self.resolver.settings;
        if self.resolver.levels().allow(&SHORT_GRACE_PERIOD) {
            return None;
        }
        let job = self.checked.job();
        let config = job.health_check_config.as_ref();
        let grace = |config: &HealthCheckConfig| Some(config.initial_interval_secs?.get());
        let grace = config.and_then(grace);
        let (seconds, written) = (grace.unwrap_or(DEFAULT_GRACE), grace.is_some());
        let nodes = settings.nodes.as_ref();
        let bandwidth = nodes.and_then(|nodes| nodes.bandwidth);
        let bandwidth = bandwidth.map_or(DEFAULT_BANDWIDTH, |bytes| bytes.get().max(1));
        let in_time = seconds * as_float(bandwidth);
        // Most jobs have time for all that there is.
        let imported: i64 = self
            .imports
            .values()
            .map(|import| as_signed(import.nar.size))
            .fold(0, i64::saturating_add);
        if as_float(self.resolver.lock.size().saturating_add(imported)) <= in_time {
            return None;
        }
        let texts: Vec<&str> = commands.iter().map(|command| &*command.text).collect();
        if !ports::checks_health(job, &texts) {
            return None;
        }
        let init = settings.init.as_ref();
        let roots = init.and_then(|init| init.roots).unwrap_or_default();
        let processes = job.task.processes.iter();
        let needed = processes.zip(commands);
        let needed = needed.filter(|(it, _)| roots == InitRoots::Job || !it.is_final());
        let scripts = needed.map(|(_, command)| command).chain(check);
        let roots = scripts.filter_map(|command| command.script.as_ref());
        let size = self.closure_size(roots.flat_map(|script| &script.references));
        let takes = as_float(size) / as_float(bandwidth);
        if takes <= seconds {
            return None;
        }
        let pointer = self.job_pointer().key("health_check_config");
        let place = match (written, config.is_some()) {
            (true, _) => Place::value(pointer.key("initial_interval_secs")),
            (false, true) => Place::key(pointer),
            (false, false) => Place::opening(self.job_pointer().key("task")),
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

    /// The size of all archives in the closure of these paths, as far as it is known.
    fn closure_size<'p>(&'p self, roots: impl Iterator<Item = &'p StorePath>) -> i64 {
        let mut next: Vec<&StorePath> = roots.collect();
        let mut seen = HashSet::new();
        let mut size = 0_i64;
        while let Some(path) = next.pop() {
            if !seen.insert(path) {
                continue;
            }
            if let Some(info) = self.resolver.lock.path(path) {
                size = size.saturating_add(info.nar_size);
                next.extend(&info.references);
            } else if let Some(import) = self.imports.get(path) {
                size = size.saturating_add(as_signed(import.nar.size));
            }
        }
        size
    }
}

#[expect(clippy::cast_precision_loss, reason = "a message rounds it anyway")]
fn as_float(bytes: i64) -> f64 {
    bytes as f64
}

fn as_signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
