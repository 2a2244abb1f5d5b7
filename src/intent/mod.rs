//! What a job asks for, for whatever scheduler: each value with its place.
//!
//! It is made while a definition is checked, so that a target's rules judge it in the same run as all
//! other rules, and becomes a part of the plan. It needs nothing from the store. Fields are public, so
//! that a target takes it apart without `..`: a field that it forgets does not compile.

mod address;
mod at;
mod container;
mod definition;
mod health;
mod order;
mod placement;
mod ready;
mod requests;
mod run;
mod settings;
mod text;
mod update;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use address::{Address, AddressError, Scheme};
pub use at::{At, given};
pub use container::{Container, Image, Volume, VolumeMode};
pub use health::{Checker, HealthCheck};
pub use order::{Order, Origin};
pub use placement::{Placement, Resources};
pub use ready::{Probe, Ready};
pub use requests::{Announce, HttpStop, Stop};
pub use run::{AwaitedJob, LogDestination, LogMode, LogRotation, Logger, Run, Variable};
pub use settings::{
    AuroraOnly, CronCollisionPolicy, Executor, Labels, Limits, Precedence, Schedule,
};
pub use text::{Field, Piece, Text};
pub use update::{PartitionPolicy, SlaPolicy, Update, UpdateStrategy};

use crate::model;
use crate::name::{Environment, PortName, Role, StateName};
use crate::source::Pointer;
use crate::vocabulary::JOB;

use definition::Table;

/// What a job asks for. A field that is optional is there if the definition gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// Where its definition stands in the document.
    pub pointer: Pointer,
    /// Who owns it.
    pub role: At<Role>,
    /// The environment that it belongs to.
    pub environment: At<Environment>,
    /// The name of its task.
    pub task_name: Text,
    /// The definition's processes, in the order written.
    pub runs: Vec<Run>,
    /// Whether a command expands files on the node, so that not all of it is known as it is written.
    pub expands_files: bool,
    /// Which process (by its index) has to succeed before which other one starts, and where that is
    /// written.
    pub order: BTreeMap<(usize, usize), Origin>,
    /// Which process has to be ready before which other one starts.
    pub ready_order: BTreeMap<(usize, usize), Origin>,
    /// What one instance may use.
    pub resources: At<Resources>,
    /// How much may fail, run at once, and last.
    pub limits: Limits,
    /// The account that processes run as.
    pub user: Option<At<Text>>,
    /// When and how often instances run.
    pub schedule: Schedule,
    /// The ports that it declares, with the numbers that are wanted.
    pub ports: BTreeMap<PortName, At<Option<u16>>>,
    /// How many instances run.
    pub instances: Option<At<i64>>,
    /// How health is checked.
    pub health_check: Option<At<HealthCheck>>,
    /// How an update proceeds.
    pub update: Option<At<Update>>,
    /// What host attributes have to be.
    pub placement: Option<BTreeMap<String, At<Placement>>>,
    /// What maintenance has to leave running.
    pub sla_policy: Option<At<SlaPolicy>>,
    /// What happens to instances out of reach.
    pub partition_policy: Option<At<PartitionPolicy>>,
    /// What instances run in.
    pub container: Option<At<Container>>,
    /// Where ports are announced.
    pub announce: Option<At<Announce>>,
    /// How an instance is asked to stop.
    pub stop: Option<At<Stop>>,
    /// What may preempt the job.
    pub precedence: Precedence,
    /// What people and tools are told.
    pub labels: Labels,
    /// The directories that outlive a run.
    pub state: Option<At<Vec<StateName>>>,
    /// What only Aurora knows.
    pub aurora: AuroraOnly,
}

impl Intent {
    /// What the job at `pointer` asks for; `order` is what its lists of processes come to.
    #[expect(clippy::too_many_lines, reason = "a line or two for each field")]
    pub fn new(written: &model::Job, pointer: &Pointer, order: Order) -> Self {
        let model::Job {
            // An editor's.
            schema: _,
            // The job's key has them.
            cluster: _,
            name: _,
            role,
            environment,
            task,
            // Commands name them.
            packages: _,
            ports,
            instances,
            service,
            cron_schedule,
            cron_collision_policy,
            contact,
            constraints,
            update_config,
            max_task_failures,
            production,
            priority,
            health_check_config,
            container,
            task_links,
            announce,
            enable_hooks,
            lifecycle,
            tier,
            metadata,
            partition_policy,
            sla_policy,
            executor_config,
            state,
            // Texts have them filled in.
            vars: _,
            labels,
            // What lints are told is no matter of schedulers.
            waive: _,
        } = written;
        let job = Table::of_job(written, pointer.clone());
        let around_task = job.table("task", task);
        let model::Task {
            name: _,
            processes,
            // Part of the order.
            constraints: _,
            resources,
            max_failures,
            max_concurrency,
            finalization_wait,
            user,
        } = task;
        let runs = processes.iter().enumerate();
        let policy = cron_collision_policy.map(CronCollisionPolicy::from);
        Self {
            pointer: pointer.clone(),
            role: job.at("role", role.clone()),
            environment: job.at("environment", environment.clone()),
            task_name: around_task.text(task.called()),
            runs: runs
                .map(|(index, process)| Run::new(process, index, &around_task))
                .collect(),
            expands_files: (processes.iter()).any(|process| process.cmdline.expands_files()),
            order: order.succeeded,
            ready_order: order.ready,
            resources: around_task.at("resources", Resources::from(resources)),
            limits: Limits {
                max_failures: around_task
                    .optional("max_failures", max_failures.map(model::Integer::get)),
                max_concurrency: around_task
                    .optional("max_concurrency", max_concurrency.map(model::Integer::get)),
                max_task_failures: job.optional(
                    "max_task_failures",
                    max_task_failures.map(model::Integer::get),
                ),
                finalization_wait: around_task.optional(
                    "finalization_wait",
                    finalization_wait.map(model::Seconds::get),
                ),
            },
            user: around_task.optional_text("user", user.as_ref()),
            schedule: Schedule {
                service: job.optional("service", *service),
                cron_schedule: job.optional("cron_schedule", cron_schedule.clone()),
                cron_collision_policy: job.optional("cron_collision_policy", policy),
            },
            ports: job.ports(ports.as_ref()),
            instances: job.optional("instances", instances.map(model::Integer::get)),
            health_check: health_check_config
                .as_ref()
                .map(|config| job.at("health_check_config", HealthCheck::new(config, &job))),
            update: update_config
                .as_ref()
                .map(|config| job.at("update_config", Update::new(config, &job))),
            placement: constraints.as_ref().map(|constraints| {
                let table = Arc::new(job.pointer().key("constraints"));
                let constraints = constraints.iter();
                constraints
                    .map(|(attribute, placement)| {
                        let placement = Placement::new(placement, &job);
                        let at = At::new(placement, &table, attribute.clone());
                        (attribute.clone(), at)
                    })
                    .collect()
            }),
            sla_policy: sla_policy
                .as_ref()
                .map(|policy| job.at("sla_policy", SlaPolicy::new(policy, &job))),
            partition_policy: partition_policy
                .as_ref()
                .map(|policy| job.at("partition_policy", PartitionPolicy::new(policy, &job))),
            container: container
                .as_ref()
                .map(|container| job.at("container", Container::new(container, &job))),
            announce: announce
                .as_ref()
                .map(|announcer| job.at("announce", Announce::new(announcer, &job))),
            stop: lifecycle
                .as_ref()
                .map(|lifecycle| job.at("lifecycle", Stop::new(lifecycle, &job))),
            precedence: Precedence {
                tier: job.optional_text("tier", tier.as_ref()),
                production: job.optional("production", *production),
                priority: job.optional("priority", priority.map(model::Integer::get)),
            },
            labels: Labels {
                contact: job.optional_text("contact", contact.as_ref()),
                labels: job.labels(labels.as_ref()),
                metadata: metadata
                    .as_ref()
                    .map(|entries| job.at("metadata", settings::metadata(entries, &job))),
                task_links: task_links
                    .as_ref()
                    .map(|links| job.at("task_links", job.texts("task_links", links))),
            },
            state: state
                .as_ref()
                .map(|state| job.at("state", state.keys().cloned().collect())),
            aurora: AuroraOnly {
                enable_hooks: job.optional("enable_hooks", *enable_hooks),
                executor: executor_config
                    .as_ref()
                    .map(|config| job.at("executor_config", Executor::new(config, &job))),
            },
        }
    }

    /// The same with the commands that those of `written`, the job that it was made of, come to: for each
    /// process its own, its values in their order, and that of its probe; and that of the health check.
    #[must_use]
    pub fn with_commands<'t>(
        mut self,
        written: &model::Job,
        commands: impl IntoIterator<Item = (&'t Arc<str>, &'t [Arc<str>], Option<&'t Arc<str>>)>,
        check: Option<&Arc<str>>,
    ) -> Self {
        let job = Table::of_job(written, self.pointer.clone());
        let task = job.table("task", &written.task);
        let processes = written.task.processes.iter().enumerate();
        let runs = self.runs.iter_mut().zip(processes).zip(commands);
        for ((run, (index, process)), (command, values, probe)) in runs {
            let table = || task.element("processes", index, process);
            // Most texts are as written, and large jobs have many of them.
            if process.cmdline.as_str() != &**command {
                run.command.value = table().compiled(Arc::clone(command));
            }
            for ((of, written), value) in process.values().zip(values) {
                if written.as_str() != &**value {
                    run.set(of, table().compiled(Arc::clone(value)));
                }
            }
            if let (Some(ready), Some(probe)) = (&mut run.ready, probe) {
                ready.value.try_by(probe, &table());
            }
        }
        let health = self.health_check.as_mut().map(|it| &mut it.value);
        if let (Some(health), Some(config), Some(command)) =
            (health, &written.health_check_config, check)
        {
            health.check_by(command, config, &job);
        }
        self
    }

    /// How many instances run.
    pub fn instance_count(&self) -> i64 {
        given(self.instances.as_ref()).unwrap_or(JOB.integer("instances"))
    }

    /// The names of the ports that it declares.
    pub fn declared_ports(&self) -> impl Iterator<Item = &str> {
        self.ports.keys().map(PortName::as_str)
    }

    /// Whether an instance that ended is started again.
    pub fn is_service(&self) -> bool {
        given(self.schedule.service.as_ref()) == Some(true)
    }

    /// How health is checked, if the definition says how.
    pub fn checker(&self) -> Option<&Checker> {
        self.health_check.as_ref()?.value.checker.as_ref()
    }

    /// What the host attribute `name` has to be.
    pub fn placement_by(&self, name: &str) -> Option<&At<Placement>> {
        self.placement.as_ref()?.get(name)
    }
}
