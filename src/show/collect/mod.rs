//! What is shown of a job, collected from its plan.

mod layers;
mod steps;
mod timing;

use std::collections::{BTreeMap, BTreeSet};

use crate::closure::Known;
use crate::compile::Planned;
use crate::diagnostic::render::Lines;
use crate::intent::{At, Container, CronCollisionPolicy, Image, Placement, Resources, Text, given};
use crate::plan::Plan;

use crate::source::{self, Location, Node, Pointer};
use crate::target::aurora::rules::cron_in_words;
use crate::vocabulary::{JOB, RESOURCES, Struct};
use crate::workspace::Workspace;

use super::document::{self as shown, Origin, Shown};
use super::operation;
use super::ports::Ports;
use super::templates::templates;

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
    let instances = collect.count(&JOB, "instances", given(plan.intent.instances.as_ref()));
    let health_check = collect.health_check(&ports);
    let update = collect.update(instances, &health_check);
    let known = Known::new(plan, &workspace.lock);
    Shown {
        key: plan.key.to_string(),
        defined: collect.place(&planned.location),
        service: collect.boolean(
            &JOB,
            "service",
            given(plan.intent.schedule.service.as_ref()),
        ),
        cron: collect.cron(),
        instances,
        resources: resources(&plan.intent.resources.value, instances),
        contact: words(plan.intent.labels.contact.as_ref()),
        tier: words(plan.intent.precedence.tier.as_ref()),
        production: collect.boolean(
            &JOB,
            "production",
            given(plan.intent.precedence.production.as_ref()),
        ),
        priority: collect.integer(
            &JOB,
            "priority",
            given(plan.intent.precedence.priority.as_ref()),
        ),
        max_task_failures: collect.integer(
            &JOB,
            "max_task_failures",
            given(plan.intent.limits.max_task_failures.as_ref()),
        ),
        placement: placement(plan),
        container: plan
            .intent
            .container
            .as_ref()
            .map(|it| container(&it.value)),
        task: collect.task(&known),
        closure: known.of_job().size(),
        ports: ports.list(plan),
        health_check,
        update,
        stop: collect.stop(&ports),
        sla_policy: operation::sla_policy(plan),
        partition_policy: operation::partition_policy(plan),
        metadata: operation::metadata(plan),
        task_links: operation::task_links(plan),
        zk_path: plan
            .intent
            .announce
            .as_ref()
            .and_then(|announce| words(announce.value.zk_path.as_ref())),
        executor: plan
            .intent
            .aurora
            .executor
            .as_ref()
            .and_then(|executor| executor.value.name.as_ref().map(Text::to_string)),
        templates: templates(planned),
        waivers: collect.waivers(),
        layers: collect.layers(),
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

    /// The line of something in the definition.
    fn place(&mut self, location: &Location) -> shown::Place {
        let start = location.span.range().start;
        let file = self.planned.map.sources().of(location);
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
        let schedule = &self.plan().intent.schedule.cron_schedule.as_ref()?.value;
        let policy = given(self.plan().intent.schedule.cron_collision_policy.as_ref());
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

    fn waivers(&mut self) -> Vec<shown::Waiver> {
        let job = self.plan().intent.pointer.clone();
        let processes = job.key("task").key("processes");
        let mut waivers = self.waived_at(&job, None);
        for (index, run) in self.plan().intent.runs.iter().enumerate() {
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
                at: self.place(&self.planned.map.key(&at)),
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

fn joined(values: &[Text]) -> String {
    let values: Vec<String> = values.iter().map(Text::to_string).collect();
    values.join(", ")
}

fn placement(plan: &Plan) -> Vec<shown::Placement> {
    let rule = |(attribute, rule): (&String, &At<Placement>)| {
        let words = match &rule.value {
            Placement::Limit(limit) => match (limit, attribute.as_str()) {
                (1, attribute) => format!("at most 1 instance on each {attribute}"),
                (many, attribute) => format!("at most {many} instances on each {attribute}"),
            },
            Placement::AnyOf(values) if attribute == "dedicated" => {
                format!("hosts dedicated to {}", joined(values))
            }
            Placement::AnyOf(values) => match values.as_slice() {
                [only] => format!("{attribute} is {only}"),
                many => format!("{attribute} is one of {}", joined(many)),
            },
            Placement::NoneOf(values) => match values.as_slice() {
                [only] => format!("{attribute} is not {only}"),
                many => format!("{attribute} is none of {}", joined(many)),
            },
        };
        shown::Placement {
            attribute: attribute.clone(),
            rule: rule.value.to_string(),
            words,
        }
    };
    plan.intent.placement.iter().flatten().map(rule).collect()
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
