//! Updates that Aurora takes and that come to nothing, and what is deprecated.

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Integer, UpdateConfig, UpdateStrategy};
use crate::rule::Context;
use crate::source::Pointer;

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

    /// An update replaces so many instances at a time, and there are not as many. So all of them stop
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
pub(super) fn check(ctx: &mut Context<'_>) {
    production(ctx);
    let job = ctx.job;
    if let Some(update) = &job.update_config
        && !ctx.hole(|at| at.key("update_config"))
    {
        if *update != UpdateConfig::default() {
            of_no_service(ctx);
        }
        batches(ctx, update);
    }
}

fn production(ctx: &mut Context<'_>) {
    let job = ctx.job;
    if job.production != Some(true) || job.tier.is_some() {
        return;
    }
    if ctx.hole(|at| at.key("production")) || ctx.hole(|at| at.key("tier")) {
        return;
    }
    let place = Place::key(ctx.at.key("production"));
    let headline = "`production` is deprecated";
    ctx.report(
        Diagnostic::new(&DEPRECATED_PRODUCTION, headline, place)
            .help("write `tier = \"preferred\"` instead, which means the same"),
    );
}

/// The scheduler updates services alone.
fn of_no_service(ctx: &mut Context<'_>) {
    if ctx.job.service == Some(true) || ctx.hole(|at| at.key("service")) {
        return;
    }
    let is_cron = ctx.job.cron_schedule.is_some();
    let place = Place::key(ctx.at.key("update_config"));
    let headline = "the job is no service, and nothing else is updated";
    let problem = Diagnostic::new(&FUTILE_UPDATE, headline, place);
    ctx.report(if is_cron {
        problem.help("remove it: `aurora cron schedule` replaces a cron job")
    } else {
        problem.help("remove it, or write `service = true`")
    });
}

fn strategy_at(at: &Pointer) -> Pointer {
    at.key("update_config").key("update_strategy")
}

/// Batches of more instances than there are.
fn batches(ctx: &mut Context<'_>, update: &UpdateConfig) {
    let instances = ctx.job.instance_count();
    // A job with one instance is all at once, whatever the batch.
    if instances == 1 || ctx.hole(|at| at.key("instances")) {
        return;
    }
    let strategy = strategy_at(ctx.at);
    let (size, at) = match &update.update_strategy {
        None => (update.batch_size, ctx.at.key("update_config")),
        Some(UpdateStrategy::Queue(queue)) => (queue.batch_size, strategy.key("queue")),
        Some(UpdateStrategy::Batch(batch)) => (batch.batch_size, strategy.key("batch")),
        Some(UpdateStrategy::VariableBatch(batches)) => {
            variable(ctx, &batches.batch_sizes, instances);
            return;
        }
    };
    if let Some(size) = size.map(Integer::get)
        && size > instances
    {
        let place = Place::value(at.key("batch_size"));
        let headline =
            format!("a batch of {size} is more than all {instances} instances: they stop together");
        ctx.report(
            Diagnostic::new(&OVERSIZED_BATCH, headline, place)
                .help(format!("write less than {instances}")),
        );
    }
}

fn variable(ctx: &mut Context<'_>, sizes: &[Integer<1>], instances: i64) {
    let mut before = 0_i64;
    for (index, size) in sizes.iter().enumerate() {
        if before >= instances {
            let place = strategy_at(ctx.at).key("variable_batch").key("batch_sizes");
            let headline = format!("no instance is left for this batch: the job has {instances}");
            ctx.report(
                Diagnostic::new(&OVERSIZED_BATCH, headline, Place::value(place.index(index)))
                    .help("remove it and those after it, or make the ones before smaller"),
            );
            return;
        }
        before = before.saturating_add(size.get());
    }
}
