//! How a job is replaced and what maintenance may take away; and its tier, which that depends on.

mod codes;

use crate::diagnostic::{Diagnostic, Place};
use crate::intent::{At, SlaPolicy, Text, UpdateStrategy, given};
use crate::rule::Intended;
use crate::source::Pointer;
use crate::template::{by_agent, references_of_definition};
use crate::vocabulary;
use std::collections::BTreeSet;

pub use codes::{
    SLA_LIMIT, SLA_POLICY, TIER_NAME, UPDATE_CONFIG, UPDATE_FAILURES, UPDATE_STRATEGY,
};

use super::placement::DEDICATED_CONSTRAINT;

/// Checks `update_config`, `sla_policy` and `tier`.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    update_failures(ctx);
    update_start(ctx);
    sla_policy(ctx);
    tier(ctx);
}

fn update_failures(ctx: &mut Intended<'_, '_>) {
    let pointer = |at: &Pointer| at.key("update_config").key("max_total_failures");
    if ctx.hole(pointer) || ctx.hole(|at| at.key("instances")) {
        return;
    }
    let intent = ctx.intent;
    let instances = intent.instance_count();
    let update = intent.update.as_ref();
    let written = update.and_then(|update| update.value.max_total_failures.as_ref());
    let default = vocabulary::UPDATE_CONFIG.integer("max_total_failures");
    let failures = given(written).unwrap_or(default);
    if failures >= instances {
        let headline = format!(
            "`max_total_failures` is {failures}, but the job has {}",
            counted(instances)
        );
        let problem = Diagnostic::new(
            &UPDATE_FAILURES,
            headline,
            Place::value(pointer(&intent.pointer)),
        )
        .help(format!("write at most {}", instances - 1));
        ctx.report(problem);
        return;
    }
    // Two percent, rounded down: whole numbers say exactly what the client's floats do.
    let least = instances / 50;
    if let Some(dedicated) = intent.placement_by(DEDICATED_CONSTRAINT)
        && failures < least
    {
        let headline = format!(
            "an update of {} on dedicated hosts has to tolerate {least} that fail",
            counted(instances)
        );
        let place = match written {
            Some(failures) => Place::value(failures.pointer()),
            None => Place::value(dedicated.pointer()),
        };
        let problem = Diagnostic::new(&UPDATE_FAILURES, headline, place).help(format!(
            "write `update_config.max_total_failures = {least}` or more"
        ));
        ctx.report(problem);
    }
}

/// What the client refuses when it is to start an update.
fn update_start(ctx: &mut Intended<'_, '_>) {
    const SHORTEST_PULSE: i64 = 60;
    /// The API counts milliseconds in 32 bits.
    const LONGEST: i64 = i32::MAX as i64 / 1000;
    let Some(update) = ctx.intent.update.as_ref().map(|it| &it.value) else {
        return;
    };
    if ctx.hole(|at| at.key("update_config")) {
        return;
    }
    let pulse = update.pulse_interval_secs.as_ref();
    if let Some(pulse) = pulse.filter(|it| it.value < SHORTEST_PULSE) {
        let headline = format!("`pulse_interval_secs` is less than {SHORTEST_PULSE}");
        let place = Place::value(pulse.pointer());
        let problem = Diagnostic::new(&UPDATE_CONFIG, headline, place);
        ctx.report(problem.help(format!("write {SHORTEST_PULSE} or more")));
    }
    for seconds in [pulse, update.watch_secs.as_ref()].into_iter().flatten() {
        if seconds.value > LONGEST {
            let headline = format!("`{}` is more than {LONGEST}", seconds.field());
            let place = Place::value(seconds.pointer());
            let problem = Diagnostic::new(&UPDATE_CONFIG, headline, place);
            ctx.report(problem.help(format!("write {LONGEST} or less")));
        }
    }
    if let Some(aware) = update.sla_aware.as_ref().filter(|it| it.value)
        && ctx.intent.sla_policy.is_none()
        && !ctx.hole(|at| at.key("sla_policy"))
    {
        let problem = "an update that keeps the SLA policy, of a job without one";
        let place = Place::value(aware.pointer());
        let problem = Diagnostic::new(&UPDATE_CONFIG, problem, place);
        ctx.report(problem.help("write an `sla_policy`, or remove this"));
    }
    let Some(strategy) = &update.strategy else {
        return;
    };
    let batches = update.batch_size.as_ref().filter(|it| it.value > 1);
    let waits = update.wait_for_batch_completion.as_ref();
    let places = [
        batches.map(|it| (it.field(), it.pointer())),
        waits
            .filter(|it| it.value)
            .map(|it| (it.field(), it.pointer())),
    ];
    let mut is_alone = true;
    for (field, pointer) in places.into_iter().flatten() {
        is_alone = false;
        let headline = format!("`{field}` beside an `update_strategy`");
        let problem = Diagnostic::new(&UPDATE_CONFIG, headline, Place::value(pointer))
            .also(Place::key(strategy.pointer()), "this says it, too")
            .help("write one of the two");
        ctx.report(problem);
    }
    if is_alone {
        update_strategy(ctx, strategy);
    }
}

/// A strategy without batches, and those that the client stumbles over.
fn update_strategy(ctx: &mut Intended<'_, '_>, strategy: &At<UpdateStrategy>) {
    let mut instead = match &strategy.value {
        UpdateStrategy::Queue { batch_size } => self::batch_size(*batch_size),
        UpdateStrategy::Batch { batch_size, .. } => {
            let size = self::batch_size(*batch_size);
            format!("{size}, wait_for_batch_completion = true")
        }
        UpdateStrategy::VariableBatch { batch_sizes, .. } => {
            if batch_sizes.is_empty() {
                let headline = "an update in batches, but of no size";
                let pointer = strategy_at(strategy).key("batch_sizes");
                let problem = Diagnostic::new(&UPDATE_CONFIG, headline, Place::value(pointer));
                ctx.report(problem.help("write at least one size"));
            }
            return;
        }
    };
    let name = strategy.value.name();
    let headline = format!("Aurora's client cannot start an update with the strategy `{name}`");
    let place = Place::key(strategy_at(strategy));
    let problem = Diagnostic::new(&UPDATE_STRATEGY, headline, place);
    instead = format!("write instead of it: `update_config = {{ {instead} }}`");
    ctx.report(problem.help(instead));
}

fn batch_size(size: Option<i64>) -> String {
    let default = vocabulary::UPDATE_CONFIG.integer("batch_size");
    format!("batch_size = {}", size.unwrap_or(default))
}

/// Where the table of a strategy stands.
pub(super) fn strategy_at(strategy: &At<UpdateStrategy>) -> Pointer {
    strategy.pointer().key(strategy.value.name())
}

fn counted(instances: i64) -> String {
    match instances {
        1 => "1 instance".to_owned(),
        _ => format!("{instances} instances"),
    }
}

fn sla_policy(ctx: &mut Intended<'_, '_>) {
    let Some(policy) = &ctx.intent.sla_policy else {
        return;
    };
    if ctx.hole(|_| policy.pointer()) {
        return;
    }
    sla_tier(ctx, policy);
    if ctx.hole(|at| at.key("instances")) {
        return;
    }
    let instances = ctx.intent.instance_count();
    let table = || policy.pointer().key(policy.value.name());
    match policy.value {
        SlaPolicy::Coordinator { .. } => {}
        SlaPolicy::Count {
            count,
            duration_secs,
        } => {
            sla_limits(ctx, instances, duration_secs, table);
            if count >= instances {
                let headline = format!(
                    "{count} of {} have to keep running, so that none can be taken",
                    counted(instances)
                );
                let place = Place::value(table().key("count"));
                let problem = Diagnostic::new(&SLA_POLICY, headline, place);
                ctx.report(problem.help(format!("write at most {}", instances - 1)));
            }
        }
        SlaPolicy::Percentage {
            percentage,
            duration_secs,
        } => {
            sla_limits(ctx, instances, duration_secs, table);
            #[expect(clippy::cast_precision_loss, reason = "32 bits are exact in a double")]
            let all = instances as f64;
            if all - all * (percentage / 100.0) < 1.0 {
                let headline = format!(
                    "{percentage} % of {} have to keep running, so that none can be taken",
                    counted(instances)
                );
                let place = Place::value(table().key("percentage"));
                let problem = Diagnostic::new(&SLA_POLICY, headline, place);
                ctx.report(
                    problem.help(format!("write less than {:.2}", (all - 1.0) / all * 100.0)),
                );
            }
        }
    }
}

fn sla_tier(ctx: &mut Intended<'_, '_>, policy: &At<SlaPolicy>) {
    let settings = ctx.settings.scheduler();
    if ctx.hole(|at| at.key("tier")) || settings.sla_aware_kill_non_prod == Some(true) {
        return;
    }
    let written = ctx.intent.precedence.tier.as_ref();
    let name = match written {
        Some(tier) => match tier.value.complete() {
            Some(name) => name,
            None => return,
        },
        None => settings.default_tier().into(),
    };
    let is_kept = |name: &str| Some(settings.tier(name)?.is_kept());
    // Of an unknown tier that is told.
    if is_kept(&name) != Some(false) {
        return;
    }
    let (headline, place) = match written {
        Some(tier) => (
            format!("a job of the tier `{name}` cannot have an SLA policy"),
            Place::value(tier.pointer()),
        ),
        None => (
            "a job without a tier cannot have an SLA policy".to_owned(),
            Place::opening(policy.pointer()),
        ),
    };
    let mut tiers = settings.tiers().into_iter();
    let kept = tiers.find(|name| is_kept(name) == Some(true));
    let mut problem = Diagnostic::new(&SLA_POLICY, headline, place);
    if let Some(kept) = kept {
        problem = problem.help(format!(
            "write `tier = \"{kept}\"`, or another one that is not preempted"
        ));
    }
    if written.is_none() {
        problem = problem.note(format!("without one, its tier is `{name}`"));
        let production = ctx.intent.precedence.production.as_ref();
        if let Some(production) = production.filter(|it| it.value) {
            problem = problem.also(
                Place::value(production.pointer()),
                "schedulers go by the tier, not by this",
            );
        }
    }
    ctx.report(problem);
}

fn sla_limits(
    ctx: &mut Intended<'_, '_>,
    instances: i64,
    duration: i64,
    table: impl Fn() -> Pointer,
) {
    let settings = ctx.settings.scheduler();
    let least = settings.least_sla_instances();
    let longest = settings.longest_sla_duration();
    if instances < least {
        let headline = format!(
            "the policy is for jobs of at least {least} instances, this one has {instances}"
        );
        let place = Place::key(table());
        let problem = Diagnostic::new(&SLA_LIMIT, headline, place);
        ctx.report(problem.note(
            "`scheduler.min_required_instances_for_sla_check` in `jobc.toml` says what yours takes",
        ));
    }
    if duration > longest {
        let headline = format!("`duration_secs` is more than {longest}");
        let place = Place::value(table().key("duration_secs"));
        let problem = Diagnostic::new(&SLA_LIMIT, headline, place);
        ctx.report(problem.help(format!("write at most {longest}")).note(
            "`scheduler.max_sla_duration_secs` in `jobc.toml` says what your scheduler takes",
        ));
    }
}

fn tier(ctx: &mut Intended<'_, '_>) {
    let Some(tier) = &ctx.intent.precedence.tier else {
        return;
    };
    left_to_the_agent(ctx, tier);
    let Some(bound) = tier.value.complete() else {
        return;
    };
    if !is_tier_name(&bound) {
        if ctx.hole(|_| tier.pointer()) {
            return;
        }
        let headline = format!("`{}` is no name of a tier", tier.value);
        let place = Place::value(tier.pointer());
        let problem = Diagnostic::new(&TIER_NAME, headline, place)
            .did_you_mean(&bound, ["preferred", "preemptible", "revocable"])
            .note("tiers have letters, digits, `_`, `-` and `.` in their names");
        ctx.report(problem);
    }
}

/// Tells of references that only the agent fills in: the scheduler refuses their braces.
fn left_to_the_agent(ctx: &mut Intended<'_, '_>, tier: &At<Text>) {
    let text = tier.value.written();
    let mut seen = BTreeSet::new();
    for reference in references_of_definition(&text) {
        let is_left = reference.named().is_some_and(|it| by_agent(&it));
        if !is_left || !seen.insert(reference.text) || ctx.hole(|_| tier.pointer()) {
            continue;
        }
        let headline = format!("nobody fills in `{}` here", reference.text);
        let place = Place::within(tier.pointer(), &text, reference.offset, reference.text);
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
