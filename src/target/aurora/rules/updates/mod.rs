//! How a job is replaced and what maintenance may take away; and its tier, which that depends on.

mod codes;

use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Integer, Seconds, SlaPolicy, Tier, UpdateStrategy};
use crate::rule::Context;
use crate::rule::scope::expand;
use crate::source::Pointer;
use crate::template::{by_agent, references};
use crate::vocabulary;
use std::collections::BTreeSet;

pub use codes::{
    SLA_LIMIT, SLA_POLICY, TIER_NAME, UPDATE_CONFIG, UPDATE_FAILURES, UPDATE_STRATEGY,
};

use super::placement::DEDICATED_CONSTRAINT;

/// Checks `update_config`, `sla_policy` and `tier`.
pub(super) fn check(ctx: &mut Context<'_>) {
    update_failures(ctx);
    update_start(ctx);
    sla_policy(ctx);
    tier(ctx);
}

fn update_failures(ctx: &mut Context<'_>) {
    let pointer = |at: &Pointer| at.key("update_config").key("max_total_failures");
    if ctx.hole(pointer) || ctx.hole(|at| at.key("instances")) {
        return;
    }
    let instances = ctx.job.instance_count();
    let update = ctx.job.update_config.as_ref();
    let written = update.and_then(|update| update.max_total_failures);
    let failures = written.map_or(
        vocabulary::UPDATE_CONFIG.integer("max_total_failures"),
        Integer::get,
    );
    if failures >= instances {
        let headline = format!(
            "`max_total_failures` is {failures}, but the job has {}",
            counted(instances)
        );
        let problem = Diagnostic::new(&UPDATE_FAILURES, headline, Place::value(pointer(ctx.at)))
            .help(format!("write at most {}", instances - 1));
        ctx.report(problem);
        return;
    }
    let constraints = ctx.job.constraints.as_ref();
    let dedicated =
        constraints.is_some_and(|constraints| constraints.contains_key(DEDICATED_CONSTRAINT));
    // Two percent, rounded down: whole numbers say exactly what the client's floats do.
    let least = instances / 50;
    if dedicated && failures < least {
        let headline = format!(
            "an update of {} on dedicated hosts has to tolerate {least} that fail",
            counted(instances)
        );
        let place = match written {
            Some(_) => Place::value(pointer(ctx.at)),
            None => Place::value(ctx.at.key("constraints").key(DEDICATED_CONSTRAINT)),
        };
        let problem = Diagnostic::new(&UPDATE_FAILURES, headline, place).help(format!(
            "write `update_config.max_total_failures = {least}` or more"
        ));
        ctx.report(problem);
    }
}

/// What the client refuses when it is to start an update.
fn update_start(ctx: &mut Context<'_>) {
    const SHORTEST_PULSE: i64 = 60;
    /// The API counts milliseconds in 32 bits.
    const LONGEST: i64 = i32::MAX as i64 / 1000;
    let Some(update) = &ctx.job.update_config else {
        return;
    };
    if ctx.hole(|at| at.key("update_config")) {
        return;
    }
    let place = |at: &Pointer, field: &str| Place::value(at.key("update_config").key(field));
    let pulse = update.pulse_interval_secs.map(Integer::get);
    let watch = update.watch_secs.map(Seconds::get);
    if pulse.is_some_and(|pulse| pulse < SHORTEST_PULSE) {
        let headline = format!("`pulse_interval_secs` is less than {SHORTEST_PULSE}");
        let place = place(ctx.at, "pulse_interval_secs");
        let problem = Diagnostic::new(&UPDATE_CONFIG, headline, place);
        ctx.report(problem.help(format!("write {SHORTEST_PULSE} or more")));
    }
    for (field, seconds) in [("pulse_interval_secs", pulse), ("watch_secs", watch)] {
        if seconds.is_some_and(|seconds| seconds > LONGEST) {
            let headline = format!("`{field}` is more than {LONGEST}");
            let problem = Diagnostic::new(&UPDATE_CONFIG, headline, place(ctx.at, field));
            ctx.report(problem.help(format!("write {LONGEST} or less")));
        }
    }
    if update.sla_aware == Some(true) && ctx.job.sla_policy.is_none() {
        let problem = "an update that keeps the SLA policy, of a job without one";
        let place = place(ctx.at, "sla_aware");
        let problem = Diagnostic::new(&UPDATE_CONFIG, problem, place);
        if !ctx.hole(|at| at.key("sla_policy")) {
            ctx.report(problem.help("write an `sla_policy`, or remove this"));
        }
    }
    let Some(strategy) = &update.update_strategy else {
        return;
    };
    let batches = update.batch_size.is_some_and(|size| size.get() > 1);
    let waits = update.wait_for_batch_completion == Some(true);
    for (field, given) in [
        ("batch_size", batches),
        ("wait_for_batch_completion", waits),
    ] {
        if given {
            let headline = format!("`{field}` beside an `update_strategy`");
            let strategy = Place::key(ctx.at.key("update_config").key("update_strategy"));
            let problem = Diagnostic::new(&UPDATE_CONFIG, headline, place(ctx.at, field))
                .also(strategy, "this says it, too")
                .help("write one of the two");
            ctx.report(problem);
        }
    }
    if !batches && !waits {
        update_strategy(ctx, strategy);
    }
}

/// A strategy without batches, and those that the client stumbles over.
fn update_strategy(ctx: &mut Context<'_>, strategy: &UpdateStrategy) {
    let (name, mut instead) = match strategy {
        UpdateStrategy::Queue(queue) => ("queue", batch_size(queue.batch_size)),
        UpdateStrategy::Batch(batch) => {
            let size = batch_size(batch.batch_size);
            ("batch", format!("{size}, wait_for_batch_completion = true"))
        }
        UpdateStrategy::VariableBatch(batches) => {
            if batches.batch_sizes.is_empty() {
                let headline = "an update in batches, but of no size";
                let pointer = strategy_at(ctx.at, "variable_batch").key("batch_sizes");
                let problem = Diagnostic::new(&UPDATE_CONFIG, headline, Place::value(pointer));
                ctx.report(problem.help("write at least one size"));
            }
            return;
        }
    };
    let headline = format!("Aurora's client cannot start an update with the strategy `{name}`");
    let place = Place::key(strategy_at(ctx.at, name));
    let problem = Diagnostic::new(&UPDATE_STRATEGY, headline, place);
    instead = format!("write instead of it: `update_config = {{ {instead} }}`");
    ctx.report(problem.help(instead));
}

fn batch_size<const MIN: i64, const MAX: i64>(size: Option<Integer<MIN, MAX>>) -> String {
    format!(
        "batch_size = {}",
        size.map_or(
            vocabulary::UPDATE_CONFIG.integer("batch_size"),
            Integer::get
        )
    )
}

fn strategy_at(at: &Pointer, name: &str) -> Pointer {
    at.key("update_config").key("update_strategy").key(name)
}

fn counted(instances: i64) -> String {
    match instances {
        1 => "1 instance".to_owned(),
        _ => format!("{instances} instances"),
    }
}

fn sla_policy(ctx: &mut Context<'_>) {
    let Some(policy) = &ctx.job.sla_policy else {
        return;
    };
    let pointer = |at: &Pointer| at.key("sla_policy");
    if ctx.hole(pointer) {
        return;
    }
    sla_tier(ctx);
    if ctx.hole(|at| at.key("instances")) {
        return;
    }
    let instances = ctx.job.instance_count();
    match policy {
        SlaPolicy::Coordinator(_) => {}
        SlaPolicy::Count(policy) => {
            let pointer = |at: &Pointer| pointer(at).key("count");
            let count = policy.count.get();
            sla_limits(ctx, instances, policy.duration_secs, pointer);
            if count >= instances {
                let headline = format!(
                    "{count} of {} have to keep running, so that none can be taken",
                    counted(instances)
                );
                let place = Place::value(pointer(ctx.at).key("count"));
                let problem = Diagnostic::new(&SLA_POLICY, headline, place);
                ctx.report(problem.help(format!("write at most {}", instances - 1)));
            }
        }
        SlaPolicy::Percentage(policy) => {
            let pointer = |at: &Pointer| pointer(at).key("percentage");
            let percentage = policy.percentage.get();
            sla_limits(ctx, instances, policy.duration_secs, pointer);
            #[expect(clippy::cast_precision_loss, reason = "32 bits are exact in a double")]
            let all = instances as f64;
            if all - all * (percentage / 100.0) < 1.0 {
                let headline = format!(
                    "{percentage} % of {} have to keep running, so that none can be taken",
                    counted(instances)
                );
                let place = Place::value(pointer(ctx.at).key("percentage"));
                let problem = Diagnostic::new(&SLA_POLICY, headline, place);
                ctx.report(
                    problem.help(format!("write less than {:.2}", (all - 1.0) / all * 100.0)),
                );
            }
        }
    }
}

fn sla_tier(ctx: &mut Context<'_>) {
    let settings = ctx.terms.settings.scheduler();
    if ctx.hole(|at| at.key("tier")) || settings.sla_aware_kill_non_prod == Some(true) {
        return;
    }
    let written = ctx.job.tier.as_ref();
    let name = match written {
        Some(tier) => match expand(tier.as_str(), &ctx.scopes().job()) {
            Some(bound) => bound,
            None => return,
        },
        None => settings.default_tier().to_owned(),
    };
    // Of an unknown tier that is told.
    if settings.tier(&name).is_none_or(Tier::is_kept) {
        return;
    }
    let (headline, place) = match written {
        Some(_) => (
            format!("a job of the tier `{name}` cannot have an SLA policy"),
            Place::value(ctx.at.key("tier")),
        ),
        None => (
            "a job without a tier cannot have an SLA policy".to_owned(),
            Place::opening(ctx.at.key("sla_policy")),
        ),
    };
    let mut tiers = settings.tiers().into_iter();
    let kept = tiers.find(|name| settings.tier(name).is_some_and(Tier::is_kept));
    let mut problem = Diagnostic::new(&SLA_POLICY, headline, place);
    if let Some(kept) = kept {
        problem = problem.help(format!(
            "write `tier = \"{kept}\"`, or another one that is not preempted"
        ));
    }
    if written.is_none() {
        problem = problem.note(format!("without one, its tier is `{name}`"));
        if ctx.job.production == Some(true) {
            problem = problem.also(
                Place::value(ctx.at.key("production")),
                "schedulers go by the tier, not by this",
            );
        }
    }
    ctx.report(problem);
}

fn sla_limits(
    ctx: &mut Context<'_>,
    instances: i64,
    duration: Seconds,
    pointer: impl Fn(&Pointer) -> Pointer,
) {
    let settings = ctx.terms.settings.scheduler();
    let least = settings.least_sla_instances();
    let longest = settings.longest_sla_duration();
    if instances < least {
        let headline = format!(
            "the policy is for jobs of at least {least} instances, this one has {instances}"
        );
        let place = Place::key(pointer(ctx.at));
        let problem = Diagnostic::new(&SLA_LIMIT, headline, place);
        ctx.report(problem.note(
            "`scheduler.min_required_instances_for_sla_check` in `jobc.toml` says what yours takes",
        ));
    }
    if duration.get() > longest {
        let headline = format!("`duration_secs` is more than {longest}");
        let place = Place::value(pointer(ctx.at).key("duration_secs"));
        let problem = Diagnostic::new(&SLA_LIMIT, headline, place);
        ctx.report(problem.help(format!("write at most {longest}")).note(
            "`scheduler.max_sla_duration_secs` in `jobc.toml` says what your scheduler takes",
        ));
    }
}

fn tier(ctx: &mut Context<'_>) {
    let Some(tier) = &ctx.job.tier else {
        return;
    };
    left_to_the_agent(ctx, tier.as_str());
    let Some(bound) = expand(tier.as_str(), &ctx.scopes().job()) else {
        return;
    };
    if !is_tier_name(&bound) {
        if ctx.hole(|at| at.key("tier")) {
            return;
        }
        let headline = format!("`{tier}` is no name of a tier");
        let place = Place::value(ctx.at.key("tier"));
        let problem = Diagnostic::new(&TIER_NAME, headline, place)
            .did_you_mean(&bound, ["preferred", "preemptible", "revocable"])
            .note("tiers have letters, digits, `_`, `-` and `.` in their names");
        ctx.report(problem);
    }
}

/// Tells of references that only the agent fills in: the scheduler refuses their braces.
fn left_to_the_agent(ctx: &mut Context<'_>, tier: &str) {
    let mut seen = BTreeSet::new();
    for reference in references(tier) {
        let is_left = reference.named().is_some_and(|it| by_agent(&it));
        if !is_left || !seen.insert(reference.text) || ctx.hole(|at| at.key("tier")) {
            continue;
        }
        let headline = format!("nobody fills in `{}` here", reference.text);
        let place = Place::within(ctx.at.key("tier"), tier, reference.offset, reference.text);
        let problem = Diagnostic::new(&TIER_NAME, headline, place);
        ctx.report(problem.help("write a name that is known when the job is submitted"));
    }
}

/// Whether a tier may be called so.
pub(super) fn is_tier_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    (1..=255).contains(&name.len()) && name.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use crate::check::tests::check_fields as check;

    #[test]
    fn failures_of_updates() {
        check("instances = 3\nupdate_config.max_total_failures = 2", &[]);
        check(
            "update_config.max_total_failures = 1",
            &["update-failures '1' `max_total_failures` is 1, but the job has 1 instance"],
        );
        let dedicated = "constraints = { dedicated = \"www/x\" }\n";
        check(&format!("{dedicated}instances = 49"), &[]);
        check(
            &format!("{dedicated}instances = 50"),
            &[
                "update-failures '\"www/x\"' an update of 50 instances on dedicated hosts has to tolerate 1 that fail",
            ],
        );
        check(
            &format!("{dedicated}instances = 150\nupdate_config.max_total_failures = 2"),
            &[
                "update-failures '2' an update of 150 instances on dedicated hosts has to tolerate 3 that fail",
            ],
        );
    }

    #[test]
    fn starts_of_updates() {
        check(
            "update_config = { pulse_interval_secs = 60, watch_secs = 0 }",
            &[],
        );
        check(
            "update_config = { pulse_interval_secs = 59, watch_secs = 3000000 }",
            &[
                "update-config '59' `pulse_interval_secs` is less than 60",
                "update-config '3000000' `watch_secs` is more than 2147483",
            ],
        );
        check(
            "update_config = { batch_size = 2, wait_for_batch_completion = true, update_strategy.queue = {} }",
            &[
                "update-config '2' `batch_size` beside an `update_strategy`",
                "update-config 'true' `wait_for_batch_completion` beside an `update_strategy`",
            ],
        );
        check(
            "update_config = { batch_size = 1, update_strategy.variable_batch.batch_sizes = [1] }",
            &[],
        );
        check(
            "update_config = { sla_aware = true, update_strategy.variable_batch.batch_sizes = [] }",
            &[
                "update-config 'true' an update that keeps the SLA policy, of a job without one",
                "update-config '[]' an update in batches, but of no size",
            ],
        );
    }

    #[test]
    fn policies() {
        let check = |instances: i64, tier: &str, policy: &str, expected: &[&str]| {
            check(
                &format!("instances = {instances}\n{tier}\nsla_policy = {policy}"),
                expected,
            );
        };
        let preferred = "tier = \"preferred\"";
        let count = |count: i64| format!("{{ count = {{ count = {count}, duration_secs = 60 }} }}");
        check(20, preferred, &count(19), &[]);
        check(
            20,
            "production = true",
            &count(19),
            &[
                "sla-policy '{ count = { count = 19, duration_secs = 60 } }' a job without a tier cannot have an SLA policy",
            ],
        );
        check(
            20,
            preferred,
            &count(20),
            &["sla-policy '20' 20 of 20 instances have to keep running, so that none can be taken"],
        );
        check(
            20,
            "",
            &count(1),
            &[
                "sla-policy '{ count = { count = 1, duration_secs = 60 } }' a job without a tier cannot have an SLA policy",
            ],
        );
        check(
            20,
            "tier = \"revocable\"",
            &count(1),
            &["sla-policy '\"revocable\"' a job of the tier `revocable` cannot have an SLA policy"],
        );
        let percentage = |percentage: f64| {
            format!("{{ percentage = {{ percentage = {percentage:?}, duration_secs = 7201 }} }}")
        };
        check(
            20,
            preferred,
            &percentage(95.0),
            &["sla-limit '7201' `duration_secs` is more than 7200"],
        );
        check(
            19,
            preferred,
            &percentage(95.0),
            &[
                "sla-limit 'percentage' the policy is for jobs of at least 20 instances, this one has 19",
                "sla-limit '7201' `duration_secs` is more than 7200",
                "sla-policy '95.0' 95 % of 19 instances have to keep running, so that none can be taken",
            ],
        );
        check(
            1,
            preferred,
            "{ coordinator = { coordinator_url = \"u\" } }",
            &[],
        );
    }

    #[test]
    fn tier_names() {
        check(
            "tier = \"t-{{role}}\"",
            &["unknown-tier '\"t-{{role}}\"' the scheduler has no tier `t-www`"],
        );
        check(
            "tier = \"my tier\"",
            &["tier-name '\"my tier\"' `my tier` is no name of a tier"],
        );
        check("tier = \"\"", &["tier-name '\"\"' `` is no name of a tier"]);
    }
}
