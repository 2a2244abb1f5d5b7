//! What the scheduler's flags allow: sizes of jobs, containers, resources, tiers and executors.
//!
//! Where a flag's default would refuse a job, it is a lint as long as the settings do not say what
//! the site's scheduler does: a site with graphics processors knows of the flag.

mod codes;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::intent::{Container, Text};
use crate::rule::Intended;
use crate::source::Pointer;
use crate::vocabulary::EXECUTOR_CONFIG;

pub use codes::{
    CONTAINER_TYPE, CONTAINER_VOLUMES, DOCKER_PARAMETERS, GPU_RESOURCE, SCHEDULER_FLAG,
    UNKNOWN_EXECUTOR, UNKNOWN_TIER,
};

/// Checks a job against the flags.
pub(super) fn check(ctx: &mut Intended<'_, '_>) {
    instances(ctx);
    update_failures(ctx);
    gpu(ctx);
    container(ctx);
    tier(ctx);
    executor(ctx);
}

/// Something that a flag has to allow.
struct Need {
    flag: &'static str,
    /// What the settings say of it, if anything.
    allowed: Option<bool>,
    /// The lint for a need that the settings do not mention.
    lint: &'static Code,
    headline: String,
    place: Place,
}

impl Need {
    /// What is wrong with it, if anything is.
    fn problem(self) -> Option<Diagnostic> {
        let Self { flag, headline, .. } = self;
        Some(match self.allowed {
            Some(true) => return None,
            Some(false) => Diagnostic::new(&SCHEDULER_FLAG, headline, self.place).note(format!(
                "`scheduler.{flag}` in `jobc.toml` says what your scheduler allows"
            )),
            None => Diagnostic::new(self.lint, headline, self.place)
                .note(format!(
                    "schedulers refuse it unless their flag `-{flag}` is set"
                ))
                .help(format!(
                    "say in `jobc.toml`, as `scheduler.{flag}`, what yours allows"
                )),
        })
    }
}

fn need(ctx: &mut Intended<'_, '_>, pointer: &Pointer, need: Need) {
    if !ctx.hole(|_| pointer.clone())
        && let Some(problem) = need.problem()
    {
        ctx.report(problem);
    }
}

fn instances(ctx: &mut Intended<'_, '_>) {
    let most = ctx.settings.scheduler().most_tasks();
    let Some(at) = &ctx.intent.instances else {
        return;
    };
    let instances = at.value;
    if instances > most && !ctx.hole(|_| at.pointer()) {
        let headline = format!("{instances} instances, where a job may have {most}");
        let place = Place::value(at.pointer());
        let problem =
            Diagnostic::new(&SCHEDULER_FLAG, headline, place).help(format!("write at most {most}"));
        ctx.report(problem.note(says("max_tasks_per_job")));
    }
}

fn says(flag: &str) -> String {
    format!("`scheduler.{flag}` in `jobc.toml` says how many yours allows")
}

/// How often an update may fail; the scheduler asks when one is started.
fn update_failures(ctx: &mut Intended<'_, '_>) {
    let most = ctx.settings.scheduler().most_update_failures();
    let update = ctx.intent.update.as_ref();
    let failures = update.and_then(|update| update.value.max_per_shard_failures.as_ref());
    let Some(failures) = failures else {
        return;
    };
    let instances = ctx.intent.instance_count();
    let all = failures.value.saturating_mul(instances);
    if all > most && !ctx.hole(|_| failures.pointer()) && !ctx.hole(|at| at.key("instances")) {
        let headline = format!("an update may fail {all} times, where {most} are allowed");
        let place = Place::value(failures.pointer());
        let problem = Diagnostic::new(&SCHEDULER_FLAG, headline, place)
            .label(format!("for each of {instances} instances"))
            .help(format!("write at most {}", most / instances));
        ctx.report(problem.note(says("max_update_instance_failures")));
    }
}

fn gpu(ctx: &mut Intended<'_, '_>) {
    let resources = &ctx.intent.resources;
    if resources.value.gpu.is_none_or(|gpu| gpu == 0) {
        return;
    }
    let pointer = resources.pointer().key("gpu");
    let gpu = Need {
        flag: "allow_gpu_resource",
        allowed: ctx.settings.scheduler().allow_gpu_resource,
        lint: &GPU_RESOURCE,
        headline: "the job asks for graphics processors".to_owned(),
        place: Place::value(pointer.clone()),
    };
    need(ctx, &pointer, gpu);
}

fn container(ctx: &mut Intended<'_, '_>) {
    let settings = ctx.settings.scheduler();
    let intent = ctx.intent;
    let container = intent.container.as_ref();
    let kind = match container.map(|it| &it.value) {
        Some(Container::Docker { .. }) => "DOCKER",
        Some(Container::Mesos { .. }) | None => "MESOS",
    };
    let pointer = match container {
        Some(container) => container.pointer().key(container.value.name()),
        None => intent.pointer.clone(),
    };
    let allowed = match &settings.allowed_container_types {
        None if kind == "MESOS" => Some(true),
        None => None,
        Some(types) => Some(types.iter().any(|allowed| allowed.as_str() == kind)),
    };
    let (headline, place) = match container {
        Some(_) => (
            format!("the job runs in a container of the type {kind}"),
            Place::key(pointer.clone()),
        ),
        None => (
            format!("the job has no container, so that it runs in one of the type {kind}"),
            Place::opening(pointer.clone()),
        ),
    };
    let the_type = Need {
        flag: "allowed_container_types",
        allowed,
        lint: &CONTAINER_TYPE,
        headline,
        place,
    };
    if allowed != Some(true) && !ctx.hole(|at| at.key("container")) {
        need(ctx, &pointer, the_type);
    }
    let (flag, allowed, lint, what, pointer) = match container.map(|it| &it.value) {
        Some(Container::Docker { parameters, .. }) if !is_empty(parameters.as_ref()) => (
            "allow_docker_parameters",
            settings.allow_docker_parameters,
            &DOCKER_PARAMETERS,
            "the job passes parameters to Docker",
            pointer.key("parameters"),
        ),
        Some(Container::Mesos { volumes, .. }) if !is_empty(volumes.as_ref()) => (
            "allow_container_volumes",
            settings.allow_container_volumes,
            &CONTAINER_VOLUMES,
            "the job brings directories of the host into its container",
            pointer.key("volumes"),
        ),
        _ => return,
    };
    let inside = Need {
        flag,
        allowed,
        lint,
        headline: what.to_owned(),
        place: Place::key(pointer.clone()),
    };
    need(ctx, &pointer, inside);
}

fn is_empty<T>(list: Option<&Vec<T>>) -> bool {
    list.is_none_or(Vec::is_empty)
}

fn tier(ctx: &mut Intended<'_, '_>) {
    let settings = ctx.settings.scheduler();
    let Some(tier) = &ctx.intent.precedence.tier else {
        return;
    };
    let Some(bound) = tier.value.complete() else {
        return;
    };
    if settings.tier(&bound).is_some() || !super::updates::is_tier_name(&bound) {
        return;
    }
    let pointer = tier.pointer();
    let tiers = Need {
        flag: "tier_config",
        allowed: settings.tier_config.as_ref().map(|_| false),
        lint: &UNKNOWN_TIER,
        headline: format!("the scheduler has no tier `{bound}`"),
        place: Place::value(pointer.clone()),
    };
    let names = settings.tiers();
    if let Some(problem) = tiers.problem()
        && !ctx.hole(|_| pointer.clone())
    {
        let known: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let problem = problem.did_you_mean(&bound, names.iter().copied());
        ctx.report(problem.note(format!("its tiers are {}", known.join(", "))));
    }
}

fn executor(ctx: &mut Intended<'_, '_>) {
    const ALWAYS_THERE: &str = EXECUTOR_CONFIG.text("name");
    let Some(executor) = &ctx.intent.aurora.executor else {
        return;
    };
    let name = executor.value.name.as_ref();
    let Some(bound) = name.and_then(Text::complete) else {
        return;
    };
    if bound == ALWAYS_THERE {
        return;
    }
    let written = ctx.settings.scheduler().custom_executor_config.as_ref();
    let pointer = executor.pointer().key("name");
    let executor = Need {
        flag: "custom_executor_config",
        allowed: written.map(|names| names.iter().any(|name| *name == bound)),
        lint: &UNKNOWN_EXECUTOR,
        headline: format!("the scheduler has no executor `{bound}`"),
        place: Place::value(pointer.clone()),
    };
    need(ctx, &pointer, executor);
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{JOB, PROCESS, problems};
    use crate::model::{Integer, SchedulerSettings, Settings, Tier, TierConfig};

    fn check(definition: &str, scheduler: &SchedulerSettings, expected: &[&str]) {
        // An inline table cannot be added to.
        let job = JOB.replace("cpu = 1,", "cpu = 1, gpu = GPU,");
        let (gpu, definition) = definition.split_once(" gpu\n").unwrap_or(("0", definition));
        let definition = format!("{}{PROCESS}{definition}", job.replace("GPU", gpu));
        let settings = Settings {
            scheduler: Some(scheduler.clone()),
            ..Settings::default()
        };
        let found = problems(&definition, &settings);
        assert_eq!(found, expected, "{definition}");
    }

    /// With the flag not written, set, and not set.
    fn switch(definition: &str, set: fn(&mut SchedulerSettings, bool), lint: &str, found: &str) {
        let mut settings = SchedulerSettings::default();
        check(definition, &settings, &[&format!("{lint} {found}")]);
        set(&mut settings, true);
        check(definition, &settings, &[]);
        set(&mut settings, false);
        check(definition, &settings, &[&format!("scheduler-flag {found}")]);
    }

    #[test]
    fn switches() {
        switch(
            "2 gpu\n",
            |settings, on| settings.allow_gpu_resource = Some(on),
            "gpu-resource",
            "'2' the job asks for graphics processors",
        );
        check("0 gpu\n", &SchedulerSettings::default(), &[]);
        switch(
            "container.mesos = { volumes = [{ container_path = \"/a\", host_path = \"/b\", mode = \"RO\" }] }",
            |settings, on| settings.allow_container_volumes = Some(on),
            "container-volumes",
            "'volumes' the job brings directories of the host into its container",
        );
        switch(
            "executor_config.name = \"{{role}}-{{environment}}\"",
            |settings, on| {
                let name = if on { "www-devel" } else { "www" };
                settings.custom_executor_config = Some(vec![name.to_owned()]);
            },
            "unknown-executor",
            "'\"{{role}}-{{environment}}\"' the scheduler has no executor `www-devel`",
        );
    }

    #[test]
    fn containers() {
        use crate::model::ContainerType::{Docker, Mesos};
        let docker =
            "container.docker = { image = \"i\", parameters = [{ name = \"a\", value = \"b\" }] }";
        let allow = |types: &[_], parameters| SchedulerSettings {
            allowed_container_types: Some(types.to_vec()),
            allow_docker_parameters: Some(parameters),
            ..SchedulerSettings::default()
        };
        check(
            docker,
            &SchedulerSettings::default(),
            &[
                "container-type 'docker' the job runs in a container of the type DOCKER",
                "docker-parameters 'parameters' the job passes parameters to Docker",
            ],
        );
        check(docker, &allow(&[Mesos, Docker], true), &[]);
        check(
            docker,
            &allow(&[Mesos], false),
            &[
                "scheduler-flag 'docker' the job runs in a container of the type DOCKER",
                "scheduler-flag 'parameters' the job passes parameters to Docker",
            ],
        );
        check(
            "",
            &allow(&[Docker], false),
            &[
                "scheduler-flag '' the job has no container, so that it runs in one of the type MESOS",
            ],
        );
        check(
            "container.docker = { image = \"i\", parameters = [] }",
            &allow(&[Docker], false),
            &[],
        );
    }

    #[test]
    fn limits() {
        let flags = SchedulerSettings::default();
        check("instances = 4000", &flags, &[]);
        check(
            "instances = 4001",
            &flags,
            &["scheduler-flag '4001' 4001 instances, where a job may have 4000"],
        );
        check(
            "instances = 4000\nupdate_config.max_per_shard_failures = 5",
            &flags,
            &[],
        );
        check(
            "instances = 4000\nupdate_config.max_per_shard_failures = 6",
            &flags,
            &["scheduler-flag '6' an update may fail 24000 times, where 20000 are allowed"],
        );
        let flags = SchedulerSettings {
            max_tasks_per_job: Integer::new(2),
            max_update_instance_failures: Integer::new(1),
            ..flags
        };
        check(
            "instances = 3\nupdate_config.max_per_shard_failures = 1",
            &flags,
            &[
                "scheduler-flag '3' 3 instances, where a job may have 2",
                "scheduler-flag '1' an update may fail 3 times, where 1 are allowed",
            ],
        );
    }

    #[test]
    fn tiers() {
        let flags = SchedulerSettings::default();
        check("tier = \"preferred\"", &flags, &[]);
        check(
            "tier = \"prefered\"",
            &flags,
            &["unknown-tier '\"prefered\"' the scheduler has no tier `prefered`"],
        );
        let tier = |preemptible, revocable| Tier {
            preemptible,
            revocable,
        };
        let tiers = [("gold", tier(false, false)), ("tin", tier(false, true))];
        let flags = SchedulerSettings {
            tier_config: Some(TierConfig {
                default: "gold".to_owned(),
                tiers: tiers.map(|(name, tier)| (name.to_owned(), tier)).into(),
            }),
            ..flags
        };
        check(
            "tier = \"preferred\"",
            &flags,
            &["scheduler-flag '\"preferred\"' the scheduler has no tier `preferred`"],
        );
        let policy = "sla_policy.coordinator.coordinator_url = \"u\"";
        check(policy, &flags, &[]);
        let tin = format!("{policy}\ntier = \"tin\"");
        check(
            &tin,
            &flags,
            &["sla-policy '\"tin\"' a job of the tier `tin` cannot have an SLA policy"],
        );
        let flags = SchedulerSettings {
            sla_aware_kill_non_prod: Some(true),
            ..flags
        };
        check(&tin, &flags, &[]);
    }
}
