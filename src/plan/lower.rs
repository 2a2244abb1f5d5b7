//! A resolved job made into steps and edges.
//!
//! Each process whose command needs something from the store waits for a step that realises its
//! script. The health check is no process and cannot wait; so all ordinary processes do, and the
//! check finds what it needs when there is something to check.
//!
//! With one root for the job, one step realises an object that refers to all scripts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{self, InitSettings, Process};
use crate::resolve::{Command, ResolvedJob, Script};
use crate::store::{StoreDir, StorePathName};

use super::definition::Table;
use super::realisation::Roots;
use super::{
    Announce, At, AuroraOnly, Container, CronCollisionPolicy, Edge, Executor, HealthCheck, Labels,
    Limits, NeededBy, Needs, PartitionPolicy, Placement, Plan, Precedence, Realisation, Realise,
    Resources, Run, Schedule, SlaPolicy, Step, StepId, Stop, Text, Update,
};

/// How to lower the jobs of a workspace.
#[derive(Debug, Clone)]
pub struct Options {
    realisation: Arc<Realisation>,
    roots: Roots,
}

impl Options {
    /// The options that the settings ask for, on nodes with this store.
    pub fn new(settings: &InitSettings, store_dir: &StoreDir) -> Self {
        Self {
            realisation: Arc::new(Realisation::new(settings, store_dir)),
            roots: Roots::new(settings),
        }
    }
}

/// The plan of a job.
#[expect(clippy::too_many_lines, reason = "a line or two for each field")]
pub fn lower(resolved: &ResolvedJob, options: &Options) -> Plan {
    let root = match options.roots {
        Roots::Process => None,
        Roots::Job => job_root(resolved, &options.realisation.store_dir),
    };
    let checked = &resolved.checked;
    let model::Job {
        // An editor's.
        schema: _,
        // The key has them.
        cluster: _,
        role: _,
        environment: _,
        name: _,
        task,
        // The commands name their store paths by now.
        packages: _,
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
        // Lints have been told by now.
        waive: _,
    } = checked.job();
    let job = Table::of_job(checked.job(), checked.pointer().clone());
    let around_task = job.table("task", task);
    let model::Task {
        name: _,
        processes: _,
        // Part of the order.
        constraints: _,
        resources,
        max_failures,
        max_concurrency,
        finalization_wait,
        user,
    } = task;
    let Steps {
        by_id: steps,
        sequence,
        order,
    } = Steps::of(resolved, root.as_ref(), &around_task);
    let check = resolved.shell_command.as_ref();
    let schedule = cron_schedule.clone();
    let policy = cron_collision_policy.map(CronCollisionPolicy::from);
    Plan {
        key: checked.key().clone(),
        pointer: checked.pointer().clone(),
        task_name: around_task.text(checked.task_name()),
        steps,
        sequence,
        order,
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
            cron_schedule: job.optional("cron_schedule", schedule),
            cron_collision_policy: job.optional("cron_collision_policy", policy),
        },
        instances: job.optional("instances", instances.map(model::Integer::get)),
        health_check: health_check_config
            .as_ref()
            .map(|config| job.at("health_check_config", HealthCheck::new(config, check, &job))),
        update: update_config
            .as_ref()
            .map(|config| job.at("update_config", Update::new(config, &job))),
        placement: constraints.as_ref().map(|constraints| {
            let table = Arc::new(job.pointer().key("constraints"));
            let constraints = constraints.iter();
            constraints
                .map(|(attribute, placement)| {
                    let at = At::new(Placement::from(placement), &table, attribute.clone());
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
            metadata: metadata
                .as_ref()
                .map(|entries| job.at("metadata", metadata_of(entries, &job))),
            task_links: task_links
                .as_ref()
                .map(|links| job.at("task_links", job.texts("task_links", links))),
        },
        aurora: AuroraOnly {
            enable_hooks: job.optional("enable_hooks", *enable_hooks),
            executor: executor_config
                .as_ref()
                .map(|config| job.at("executor_config", Executor::new(config, &job))),
        },
        realisation: Arc::clone(&options.realisation),
        needs: Needs::of(resolved, root),
        left_to_node: resolved.left_to_node.clone(),
    }
}

fn metadata_of(entries: &[model::Metadata], job: &Table<'_, '_>) -> Vec<(Text, Text)> {
    let entries = entries.iter().enumerate();
    let entries = entries.map(|(index, entry)| {
        let model::Metadata { key, value } = entry;
        let table = job.element("metadata", index, entry);
        (table.text(key.as_str()), table.text(value.as_str()))
    });
    entries.collect()
}

/// The root of all that the job needs, if it needs something.
fn job_root(resolved: &ResolvedJob, store_dir: &StoreDir) -> Option<Arc<Script>> {
    let commands = resolved.commands.iter().chain(&resolved.shell_command);
    let scripts = commands.filter_map(|command| command.script.as_ref());
    let references: BTreeSet<_> = scripts.map(|script| script.path.clone()).collect();
    if references.is_empty() {
        return None;
    }
    let key = resolved.checked.key();
    let (role, environment) = (key.role.as_str(), key.environment.as_str());
    let parts = [
        "aurora-job",
        key.cluster.as_str(),
        role,
        environment,
        key.name.as_str(),
    ];
    let mut text = String::new();
    for path in &references {
        text.push_str(&store_dir.display(path).to_string());
        text.push('\n');
    }
    let name = StorePathName::join(&parts, "");
    Some(Arc::new(Script::new(store_dir, &name, text, references)))
}

/// Steps in the making.
#[derive(Default)]
struct Steps {
    by_id: BTreeMap<StepId, Step>,
    sequence: Vec<StepId>,
    order: BTreeSet<Edge>,
}

impl Steps {
    fn of(resolved: &ResolvedJob, root: Option<&Arc<Script>>, task: &Table<'_, '_>) -> Self {
        let mut steps = Self::default();
        match root {
            Some(root) => steps.realise_job(root, resolved),
            None => steps.realise_each(resolved),
        }
        steps.run(resolved, task);
        steps
    }

    /// A step for each process that needs something, and one for the health check.
    fn realise_each(&mut self, resolved: &ResolvedJob) {
        let processes = &resolved.checked.job().task.processes;
        for (process, command) in processes.iter().zip(&resolved.commands) {
            if let Some(script) = &command.script {
                let by = NeededBy::Process(process.name.clone());
                self.realise(script, by, [process]);
            }
        }
        let check = resolved.shell_command.as_ref();
        if let Some(script) = check.and_then(|command| command.script.as_ref()) {
            let ordinary = processes.iter().filter(|process| !process.is_final());
            self.realise(script, NeededBy::HealthCheck, ordinary);
        }
    }

    /// One step for all that need something.
    fn realise_job(&mut self, root: &Arc<Script>, resolved: &ResolvedJob) {
        let needs_something = |command: &Command| command.script.is_some();
        let is_checked = resolved.shell_command.as_ref().is_some_and(needs_something);
        let processes = resolved.checked.job().task.processes.iter();
        let waiting = processes
            .zip(&resolved.commands)
            .filter(|(process, command)| {
                needs_something(command) || is_checked && !process.is_final()
            });
        let waiting: Vec<_> = waiting.map(|(process, _)| process).collect();
        self.realise(root, NeededBy::Job, waiting);
    }

    fn realise<'p>(
        &mut self,
        script: &Arc<Script>,
        by: NeededBy,
        waiting: impl IntoIterator<Item = &'p Process>,
    ) {
        let id = StepId::Realise(*script.path.hash());
        let script = Arc::clone(script);
        for process in waiting {
            self.order.insert(Edge {
                before: id.clone(),
                after: StepId::Run(process.name.clone()),
            });
        }
        self.add(id, Step::Realise(Realise { script, by }));
    }

    fn run(&mut self, resolved: &ResolvedJob, task: &Table<'_, '_>) {
        let ResolvedJob {
            checked, commands, ..
        } = resolved;
        let processes = &checked.job().task.processes;
        for (index, (process, command)) in processes.iter().zip(commands).enumerate() {
            let run = Run::new(process, index, command, task);
            self.add(StepId::Run(process.name.clone()), Step::Run(Box::new(run)));
        }
        let id = |index: usize| StepId::Run(processes[index].name.clone());
        for &(before, after) in checked.order() {
            self.order.insert(Edge {
                before: id(before),
                after: id(after),
            });
        }
    }

    fn add(&mut self, id: StepId, step: Step) {
        self.sequence.push(id.clone());
        self.by_id.insert(id, step);
    }
}
