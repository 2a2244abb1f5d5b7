//! Updates that Aurora takes and that come to nothing, and what is deprecated.

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{At, Precedence, Update, UpdateStrategy, given};
use crate::rule::Intended;

use super::updates::strategy_at;

crate::diagnostic::declare_codes! {
    /// `production` is deprecated in favour of `tier`, and Aurora's client says so each time. The scheduler
    /// takes `production = true` for the tier `preferred`.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// production = true
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// tier = "preferred"
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    DEPRECATED_PRODUCTION = "deprecated-production", Warn, "a job that asks for its tier by `production`";

    /// `update_config` says how a job is updated, and this one never is: the scheduler updates services
    /// alone, and refuses an update of any other job. Cron jobs are replaced by `aurora cron schedule`,
    /// others are killed and created again.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// service = true
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    FUTILE_UPDATE = "futile-update", Warn, "an update of what is never updated";

    /// An update takes all instances in one batch, because there are no more of them. So all stop
    /// together, and nothing answers until the first of the new ones is up.
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4
    /// service = true
    /// update_config = { batch_size = 5 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// ```toml
    /// cluster = "devcluster"
    /// role = "www"
    /// environment = "devel"
    /// name = "hello"
    /// instances = 4
    /// service = true
    /// update_config = { batch_size = 2 }
    ///
    /// [task]
    /// processes = [{ name = "hello", cmdline = "run" }]
    /// resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
    /// ```
    ///
    /// In a list of batches, the ones for which no instance is left are never made.
    OVERSIZED_BATCH = "oversized-batch", Warn, "a batch of more instances than the job has";
}

/// Checks how the job is updated, and `production`.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    production(ctx);
    if let Some(update) = &ctx.intent.update
        && !ctx.hole(|at| at.key("update_config"))
    {
        if update.value != Update::default() {
            of_no_service(ctx, update);
        }
        batches(ctx, update);
    }
}

fn production(ctx: &mut Intended<'_, '_>) {
    let Precedence {
        tier: None,
        production: Some(production @ At { value: true, .. }),
        ..
    } = &ctx.intent.precedence
    else {
        return;
    };
    if ctx.hole(|at| at.key("production")) || ctx.hole(|at| at.key("tier")) {
        return;
    }
    let place = Place::key(production.pointer());
    let headline = "`production` is deprecated";
    ctx.report(
        Diagnostic::new(&DEPRECATED_PRODUCTION, headline, place)
            .help("write `tier = \"preferred\"` instead, which means the same"),
    );
}

/// The scheduler updates services alone.
fn of_no_service(ctx: &mut Intended<'_, '_>, update: &At<Update>) {
    if ctx.intent.is_service() || ctx.hole(|at| at.key("service")) {
        return;
    }
    let is_cron = ctx.intent.schedule.cron_schedule.is_some();
    let place = Place::key(update.pointer());
    let headline = "the job is no service, and nothing else is updated";
    let problem = Diagnostic::new(&FUTILE_UPDATE, headline, place);
    ctx.report(if is_cron {
        problem.help("remove it: `aurora cron schedule` replaces a cron job")
    } else {
        problem.help("remove it, or write `service = true`")
    });
}

/// Batches of more instances than there are.
fn batches(ctx: &mut Intended<'_, '_>, update: &At<Update>) {
    let instances = ctx.intent.instance_count();
    // A job with one instance is all at once, whatever the batch.
    if instances == 1 || ctx.hole(|at| at.key("instances")) {
        return;
    }
    let strategy = update.value.strategy.as_ref();
    let size = match strategy.map(|it| &it.value) {
        None => given(update.value.batch_size.as_ref()),
        Some(UpdateStrategy::Queue { batch_size } | UpdateStrategy::Batch { batch_size, .. }) => {
            *batch_size
        }
        Some(UpdateStrategy::VariableBatch { batch_sizes, .. }) => {
            variable(ctx, update, batch_sizes, instances);
            return;
        }
    };
    if let Some(size) = size.filter(|size| *size > instances) {
        let table = strategy.map_or_else(|| update.pointer(), strategy_at);
        let place = Place::value(table.key("batch_size"));
        let headline =
            format!("a batch of {size} is more than all {instances} instances: they stop together");
        ctx.report(
            Diagnostic::new(&OVERSIZED_BATCH, headline, place)
                .help(format!("write less than {instances}")),
        );
    }
}

fn variable(ctx: &mut Intended<'_, '_>, update: &At<Update>, sizes: &[i64], instances: i64) {
    let mut before = 0_i64;
    for (index, size) in sizes.iter().enumerate() {
        if before >= instances {
            let strategy = update.value.strategy.as_ref();
            let table = strategy.map_or_else(|| update.pointer(), strategy_at);
            let place = table.key("batch_sizes");
            let headline = format!("no instance is left for this batch: the job has {instances}");
            ctx.report(
                Diagnostic::new(&OVERSIZED_BATCH, headline, Place::value(place.index(index)))
                    .help("remove it and those after it, or make the ones before smaller"),
            );
            return;
        }
        before = before.saturating_add(*size);
    }
}
