//! What is shown of a job, collected from its plan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::closure::{Closure, Known, Member, Size};
use crate::compile::Planned;
use crate::diagnostic::render::Lines;
use crate::graph::{Graph, Kind};
use crate::plan::{
    At, Checker, Container, CronCollisionPolicy, Image, NeededBy, Placement, Plan, Resources,
    Script, Text, given,
};

use crate::source::{self, Location, Node, Pointer, display_name};
use crate::store::StorePath;
use crate::target::aurora::rules::cron_in_words;
use crate::target::aurora::timing::{
    Groups, HealthTiming, MOST_FINALIZATION_WAIT, UpdateTiming, Window,
};
use crate::vocabulary::{
    HEALTH_CHECK_CONFIG, HTTP_HEALTH_CHECKER, HTTP_LIFECYCLE_CONFIG, JOB, RESOURCES, Struct, TASK,
    UPDATE_CONFIG,
};
use crate::workspace::Workspace;

use super::document::{self as shown, Origin, Shown, StepKind};
use super::operation;
use super::ports::{HEALTH, Ports};
use super::templates::templates;

/// How many seconds the executor waits after SIGTERM.
const KILL: u64 = 60;

/// Everything about a job.
pub fn shown(planned: &Planned, workspace: &Workspace) -> Shown {
    let plan = &planned.plan;
    let mut collect = Collect {
        planned,
        workspace,
        lines: Lines::default(),
        origins: BTreeMap::new(),
    };
    let ports = Ports::of(plan);
    let instances = collect.count(&JOB, "instances", given(plan.instances.as_ref()));
    let health_check = collect.health_check(&ports);
    let update = collect.update(instances, &health_check);
    let known = Known::new(plan, &workspace.lock);
    Shown {
        key: plan.key.to_string(),
        defined: collect.place(&planned.location),
        service: collect.boolean(&JOB, "service", given(plan.schedule.service.as_ref())),
        cron: collect.cron(),
        instances,
        resources: resources(&plan.resources.value, instances),
        contact: words(plan.labels.contact.as_ref()),
        tier: words(plan.precedence.tier.as_ref()),
        production: collect.boolean(
            &JOB,
            "production",
            given(plan.precedence.production.as_ref()),
        ),
        priority: collect.integer(&JOB, "priority", given(plan.precedence.priority.as_ref())),
        max_task_failures: collect.integer(
            &JOB,
            "max_task_failures",
            given(plan.limits.max_task_failures.as_ref()),
        ),
        placement: placement(plan),
        container: plan.container.as_ref().map(|it| container(&it.value)),
        task: collect.task(&known),
        closure: size(known.of_job().size()),
        ports: ports.list(plan),
        health_check,
        update,
        stop: collect.stop(&ports),
        sla_policy: operation::sla_policy(plan),
        partition_policy: operation::partition_policy(plan),
        metadata: operation::metadata(plan),
        task_links: operation::task_links(plan),
        zk_path: plan
            .announce
            .as_ref()
            .and_then(|announce| words(announce.value.zk_path.as_ref())),
        executor: plan
            .aurora
            .executor
            .as_ref()
            .and_then(|executor| executor.value.name.as_ref().map(Text::to_string)),
        templates: templates(planned),
        waivers: collect.waivers(),
        origins: collect.origins,
    }
}

struct Collect<'a> {
    planned: &'a Planned,
    workspace: &'a Workspace,
    lines: Lines<'a>,
    origins: BTreeMap<String, Origin>,
}

impl<'a> Collect<'a> {
    fn plan(&self) -> &'a Plan {
        &self.planned.plan
    }

    /// The value of a field, or Aurora's default for the last word of `field` in `of`.
    fn or<T, D>(
        &mut self,
        field: &str,
        written: Option<T>,
        of: &'static Struct,
        default: impl FnOnce(&'static Struct, &str) -> D,
    ) -> T
    where
        D: Into<T>,
    {
        written.unwrap_or_else(|| {
            self.origins.insert(field.to_owned(), Origin::Aurora);
            let name = field.rsplit('.').next().unwrap_or(field);
            default(of, name).into()
        })
    }

    fn integer(&mut self, of: &'static Struct, field: &str, written: Option<i64>) -> i64 {
        self.or(field, written, of, Struct::integer)
    }

    /// As [`Self::integer`], for what is not negative.
    fn count(&mut self, of: &'static Struct, field: &str, written: Option<i64>) -> u64 {
        self.integer(of, field, written).unsigned_abs()
    }

    fn boolean(&mut self, of: &'static Struct, field: &str, written: Option<bool>) -> bool {
        self.or(field, written, of, Struct::boolean)
    }

    fn text(&mut self, of: &'static Struct, field: &str, written: Option<String>) -> String {
        self.or(field, written, of, Struct::text)
    }

    fn place(&mut self, location: &'a Location) -> shown::Place {
        let start = location.span.range().start;
        shown::Place {
            file: location.file.name().to_owned(),
            line: self.lines.of(&location.file).position(start).line,
        }
    }

    /// The line of something in the definition.
    fn place_of(&mut self, pointer: &Pointer) -> shown::Place {
        let map = &self.planned.map;
        let location = map.key(pointer);
        let start = location.span.range().start;
        let file = map.sources().of(&location);
        shown::Place {
            file: file.name().to_owned(),
            line: self.lines.of(file).position(start).line,
        }
    }

    /// The text that the definition has at a place, with its references to packages and files.
    fn written(&self, pointer: &Pointer) -> Option<String> {
        match &self.node(pointer)?.kind {
            source::Kind::String(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn node(&self, pointer: &Pointer) -> Option<&'a Node> {
        let mut tokens = pointer.tokens().iter();
        tokens.try_fold(self.planned.map.root(), Node::step)
    }

    fn cron(&mut self) -> Option<shown::Cron> {
        let schedule = &self.plan().schedule.cron_schedule.as_ref()?.value;
        let policy = given(self.plan().schedule.cron_collision_policy.as_ref());
        let policy = policy.map(|policy| match policy {
            CronCollisionPolicy::KillExisting => "KILL_EXISTING".to_owned(),
            CronCollisionPolicy::CancelNew => "CANCEL_NEW".to_owned(),
        });
        Some(shown::Cron {
            schedule: schedule.clone(),
            words: cron_in_words(schedule).unwrap_or_default(),
            collision_policy: self.or("cron_collision_policy", policy, &JOB, Struct::text),
        })
    }

    fn task(&mut self, known: &Known<'a>) -> shown::Task {
        let limits = &self.plan().limits;
        let wait = given(limits.finalization_wait.as_ref());
        let wait = self.count(&TASK, "task.finalization_wait", wait);
        let failures = given(limits.max_failures.as_ref());
        let concurrency = given(limits.max_concurrency.as_ref());
        shown::Task {
            name: self.plan().task_name.to_string(),
            max_failures: self.count(&TASK, "task.max_failures", failures),
            max_concurrency: self.count(&TASK, "task.max_concurrency", concurrency),
            finalization_wait_secs: wait.min(MOST_FINALIZATION_WAIT.unsigned_abs()),
            steps: self.steps(known),
        }
    }

    fn steps(&mut self, known: &Known<'a>) -> Vec<shown::Step> {
        let plan = self.plan();
        let graph = Graph::new(plan, self.planned.target, &self.workspace.lock);
        let needs = plan.needs.scripts.iter();
        let scripts: BTreeMap<String, &Script> = needs
            .filter_map(|need| match &need.by {
                NeededBy::Process(name) => Some((name.to_string(), &*need.script)),
                NeededBy::HealthCheck | NeededBy::Job => None,
            })
            .collect();
        let mut after: Vec<Vec<String>> = vec![Vec::new(); graph.steps.len()];
        for edge in &graph.edges {
            after[edge.after].push(graph.steps[edge.before].name.clone());
        }
        let mut index = 0;
        let processes = plan.pointer.key("task").key("processes");
        let mut sizes = BTreeMap::new();
        let mut steps: Vec<shown::Step> = graph
            .steps
            .iter()
            .zip(after)
            .map(|(step, after)| {
                let is_process = step.kind == Kind::Run;
                let defined = is_process.then(|| {
                    index += 1;
                    let pointer = processes.index(index - 1);
                    let location = self.planned.map.opening(&pointer);
                    let start = location.span.range().start;
                    let file = self.planned.map.sources().of(&location);
                    shown::Place {
                        file: file.name().to_owned(),
                        line: self.lines.of(file).position(start).line,
                    }
                });
                let script = scripts.get(&step.name).filter(|_| is_process);
                shown::Step {
                    name: step.name.clone(),
                    kind: match step.kind {
                        Kind::Run => StepKind::Run,
                        Kind::Realise => StepKind::Realise,
                        Kind::Fetch => StepKind::Fetch,
                    },
                    stage: step.stage,
                    critical: step.is_critical,
                    is_final: step.is_final,
                    daemon: step.is_daemon,
                    ephemeral: step.is_ephemeral,
                    max_failures: step.max_failures,
                    after,
                    defined,
                    closure: script.map(|script| self.closure(script, known, &mut sizes)),
                }
            })
            .collect();
        if steps.iter().any(|step| step.kind == StepKind::Realise) {
            let init = self.workspace.settings.init.as_ref();
            let written = init.and_then(|init| init.max_failures).is_some();
            let origin = if written {
                Origin::Settings
            } else {
                Origin::Jobc
            };
            self.origins.insert("init.max_failures".to_owned(), origin);
        }
        steps.sort_by_key(|step| step.stage);
        steps
    }

    fn closure(
        &self,
        script: &'a Script,
        known: &Known<'a>,
        sizes: &mut BTreeMap<&'a StorePath, Size>,
    ) -> shown::Closure {
        let store_dir = &self.workspace.store_dir;
        let closure: Closure<'a> = known.closure(script);
        let needs = script.references.iter().filter_map(|path| {
            let member = closure.members.get(path)?;
            let imported = match member {
                Member::Import(import) => Some(self.relative(&import.source)),
                _ => None,
            };
            let whole = *sizes
                .entry(path)
                .or_insert_with(|| known.closure_of(path).size());
            Some(shown::Need {
                package: self.package(path),
                path: store_dir.display(path).to_string(),
                imported,
                bytes: member.size(),
                closure: size(whole),
            })
        });
        let mut needs: Vec<shown::Need> = needs.collect();
        let name = |need: &shown::Need| need.path.split_once('-').map(|it| it.1.to_owned());
        needs.sort_by_cached_key(|need| (name(need), need.path.clone()));
        shown::Closure {
            root: store_dir.display(&script.path).to_string(),
            size: size(closure.size()),
            needs,
        }
    }

    /// What messages call a file of the workspace.
    fn relative(&self, file: &Path) -> String {
        let plain: PathBuf = file.components().collect();
        display_name(&plain, &self.workspace.current_dir)
    }

    /// The package that a store path is.
    fn package(&self, path: &StorePath) -> Option<shown::Package> {
        let packages = &self.plan().needs.packages;
        let (name, package) = packages.iter().find(|(_, it)| it.path == *path)?;
        let key = |at: &Pointer| at.key("packages").key(name.as_str());
        let map = &self.planned.map;
        let own = [key(&self.plan().pointer), key(&Pointer::root())];
        let own = own.into_iter().find(|at| map.has(at));
        let location = match (own, &self.workspace.settings_map) {
            (Some(at), _) => map.key(&at),
            (None, Some(settings)) => settings.key(&key(&Pointer::root())),
            (None, None) => return None,
        };
        let (line, _) = location.file.line_column(location.span.range().start);
        Some(shown::Package {
            name: name.to_string(),
            source: package.source.clone(),
            declared: shown::Place {
                file: location.file.name().to_owned(),
                line,
            },
        })
    }

    fn health_check(&mut self, ports: &Ports) -> shown::HealthCheck {
        let config = self.plan().health_check.as_ref().map(|it| &it.value);
        let checker = config.and_then(|config| config.checker.as_ref());
        let (checker, target) = match checker {
            Some(Checker::Shell(command)) => ("shell", self.written(&command.pointer())),
            _ if !ports.has(HEALTH) => ("none", None),
            Some(Checker::Http { endpoint, .. }) => {
                let endpoint = words(endpoint.as_ref());
                let field = "health_check_config.health_checker.http.endpoint";
                (
                    "http",
                    Some(self.text(&HTTP_HEALTH_CHECKER, field, endpoint)),
                )
            }
            None => {
                let field = "health_check_config.health_checker".to_owned();
                self.origins.insert(field, Origin::Aurora);
                (
                    "http",
                    Some(HTTP_HEALTH_CHECKER.text("endpoint").to_owned()),
                )
            }
        };
        let of = &HEALTH_CHECK_CONFIG;
        let mut field = |name: &str, written: Option<f64>| {
            let field = format!("health_check_config.{name}");
            self.or(&field, written, of, Struct::float)
        };
        let initial = config.and_then(|it| given(it.initial_interval_secs.as_ref()));
        let initial = field("initial_interval_secs", initial);
        let interval = config.and_then(|it| given(it.interval_secs.as_ref()));
        let interval = field("interval_secs", interval);
        let timeout = config.and_then(|it| given(it.timeout_secs.as_ref()));
        let timeout = field("timeout_secs", timeout);
        let failures = config.and_then(|it| given(it.max_consecutive_failures.as_ref()));
        let field = "health_check_config.max_consecutive_failures";
        let failures = self.count(of, field, failures);
        let successes = config.and_then(|it| given(it.min_consecutive_successes.as_ref()));
        let field = "health_check_config.min_consecutive_successes";
        let successes = self.count(of, field, successes);
        // The executor divides by the interval.
        let timing = (checker != "none" && interval > 0.0).then_some(HealthTiming {
            grace: initial,
            interval,
            timeout,
            max_failures: failures,
            min_successes: successes,
        });
        shown::HealthCheck {
            checker: checker.to_owned(),
            target,
            initial_interval_secs: initial,
            interval_secs: interval,
            timeout_secs: timeout,
            max_consecutive_failures: failures,
            min_consecutive_successes: successes,
            timing: timing.map(|timing| shown::HealthTimes {
                forgiven_checks: timing.forgiven(),
                running_at_best: window(timing.healthy_at_best()),
                running_at_worst: window(timing.healthy_at_worst()),
                given_up_at_start: window(timing.never_healthy()),
                given_up_later: window(timing.turned_unhealthy()),
            }),
        }
    }

    fn update(&mut self, instances: u64, health: &shown::HealthCheck) -> Option<shown::Update> {
        if given(self.plan().schedule.service.as_ref()) != Some(true) {
            return None;
        }
        let config = self.plan().update.as_ref().map(|it| &it.value);
        let timing = UpdateTiming::new(config, instances);
        let start = health.timing.map_or(0.0, |it| it.running_at_best.earliest);
        let at_best_secs = timing.at_best(start);
        let rounds = timing.rounds();
        let (strategy, group_sizes) = match timing.groups {
            Groups::Queue(size) => ("queue", vec![size]),
            Groups::Batch(size) => ("batch", vec![size]),
            Groups::Variable(sizes) => ("variable_batch", sizes),
        };
        if config.is_none_or(|it| it.batch_size.is_none() && it.strategy.is_none()) {
            let field = "update_config.batch_size".to_owned();
            self.origins.insert(field, Origin::Aurora);
        }
        let watch = config.and_then(|it| given(it.watch_secs.as_ref()));
        let per_shard = config.and_then(|it| given(it.max_per_shard_failures.as_ref()));
        let total = config.and_then(|it| given(it.max_total_failures.as_ref()));
        let rollback = config.and_then(|it| given(it.rollback_on_failure.as_ref()));
        let pulse = config.and_then(|it| given(it.pulse_interval_secs.as_ref()));
        let sla_aware = config.and_then(|it| given(it.sla_aware.as_ref()));
        Some(shown::Update {
            strategy: strategy.to_owned(),
            group_sizes,
            rounds,
            watch_secs: self.count(&UPDATE_CONFIG, "update_config.watch_secs", watch),
            at_best_secs,
            max_per_shard_failures: self.count(
                &UPDATE_CONFIG,
                "update_config.max_per_shard_failures",
                per_shard,
            ),
            max_total_failures: self.count(
                &UPDATE_CONFIG,
                "update_config.max_total_failures",
                total,
            ),
            rollback_on_failure: self.boolean(
                &UPDATE_CONFIG,
                "update_config.rollback_on_failure",
                rollback,
            ),
            autopause: timing.pauses,
            pulse_interval_secs: pulse.map(i64::unsigned_abs),
            sla_aware: sla_aware == Some(true),
        })
    }

    fn stop(&mut self, ports: &Ports) -> shown::Stop {
        // Aurora's own default asks at `health`; an empty `lifecycle` asks nowhere.
        let lifecycle = self.plan().stop.as_ref();
        let http = lifecycle.and_then(|it| it.value.http.as_ref());
        let asks = lifecycle.is_none() || http.is_some();
        let port = http.and_then(|http| words(http.port.as_ref()));
        let port = port.unwrap_or_else(|| HTTP_LIFECYCLE_CONFIG.text("port").to_owned());
        if !asks || !ports.has(&port) {
            return shown::Stop {
                port: None,
                requests: Vec::new(),
                kill_secs: KILL,
            };
        }
        let requests = [
            (
                "graceful_shutdown_endpoint",
                http.and_then(|it| words(it.graceful_shutdown_endpoint.as_ref())),
                "graceful_shutdown_wait_secs",
                http.and_then(|it| given(it.graceful_shutdown_wait_secs.as_ref())),
            ),
            (
                "shutdown_endpoint",
                http.and_then(|it| words(it.shutdown_endpoint.as_ref())),
                "shutdown_wait_secs",
                http.and_then(|it| given(it.shutdown_wait_secs.as_ref())),
            ),
        ];
        let requests = requests.map(|(path_field, path, wait_field, wait)| {
            let field = |name: &str| format!("lifecycle.http.{name}");
            let of = &HTTP_LIFECYCLE_CONFIG;
            shown::Request {
                path: self.text(of, &field(path_field), path),
                wait_secs: self.count(of, &field(wait_field), wait),
            }
        });
        shown::Stop {
            port: Some(port),
            requests: requests.into(),
            kill_secs: KILL,
        }
    }

    fn waivers(&mut self) -> Vec<shown::Waiver> {
        let job = self.plan().pointer.clone();
        let processes = job.key("task").key("processes");
        let mut waivers = self.waived_at(&job, None);
        for (index, run) in self.plan().runs().enumerate() {
            let name = run.name.value.to_string();
            waivers.extend(self.waived_at(&processes.index(index), Some(&name)));
        }
        waivers
    }

    /// What the table at a place waives, by the names of lints.
    fn waived_at(&mut self, table: &Pointer, process: Option<&str>) -> Vec<shown::Waiver> {
        let at = table.key("waive");
        let Some(source::Kind::Mapping(entries)) = self.node(&at).map(|node| &node.kind) else {
            return Vec::new();
        };
        let lints: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        let waiver = |lint: &str| {
            let at = at.key(lint);
            Some(shown::Waiver {
                lint: lint.to_owned(),
                reason: self.written(&at)?,
                process: process.map(str::to_owned),
                at: self.place_of(&at),
            })
        };
        lints.into_iter().filter_map(waiver).collect()
    }
}

/// The text that a definition gives, as written there.
fn words(at: Option<&At<Text>>) -> Option<String> {
    at.map(|at| at.value.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "32 bits are exact in a double")]
fn resources(resources: &Resources, instances: u64) -> shown::Resources {
    let instance = shown::Amounts {
        cpu: resources.cpu,
        ram: resources.ram.unsigned_abs(),
        disk: resources.disk.unsigned_abs(),
        gpu: resources
            .gpu
            .map_or(RESOURCES.count("gpu"), i64::unsigned_abs),
    };
    let total = shown::Amounts {
        cpu: instance.cpu * instances as f64,
        ram: instance.ram.saturating_mul(instances),
        disk: instance.disk.saturating_mul(instances),
        gpu: instance.gpu.saturating_mul(instances),
    };
    shown::Resources { instance, total }
}

fn placement(plan: &Plan) -> Vec<shown::Placement> {
    let rule = |(attribute, rule): (&String, &At<Placement>)| {
        let words = match &rule.value {
            Placement::Limit(limit) => match (limit, attribute.as_str()) {
                (1, attribute) => format!("at most 1 instance on each {attribute}"),
                (many, attribute) => format!("at most {many} instances on each {attribute}"),
            },
            Placement::AnyOf(values) if attribute == "dedicated" => {
                format!("hosts dedicated to {}", values.join(", "))
            }
            Placement::AnyOf(values) => match values.as_slice() {
                [only] => format!("{attribute} is {only}"),
                many => format!("{attribute} is one of {}", many.join(", ")),
            },
            Placement::NoneOf(values) => match values.as_slice() {
                [only] => format!("{attribute} is not {only}"),
                many => format!("{attribute} is none of {}", many.join(", ")),
            },
        };
        shown::Placement {
            attribute: attribute.clone(),
            rule: rule.value.to_string(),
            words,
        }
    };
    plan.placement.iter().flatten().map(rule).collect()
}

fn container(container: &Container) -> String {
    match container {
        Container::Docker { image, .. } => format!("Docker image {image}"),
        Container::Mesos { image, .. } => match image {
            None => "Mesos container".to_owned(),
            Some(Image::Docker { name, tag }) => {
                format!("Mesos container of Docker image {name}:{tag}")
            }
            Some(Image::Appc { name, .. }) => format!("Mesos container of AppC image {name}"),
        },
    }
}

fn size(size: Size) -> shown::Size {
    shown::Size {
        paths: size.paths,
        bytes: size.bytes,
        unknown: size.unknown,
    }
}

fn window(window: Window) -> shown::Window {
    shown::Window {
        earliest: window.earliest,
        latest: window.latest,
    }
}
