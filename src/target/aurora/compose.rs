//! Makes a plan into the document.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::intent::{
    Announce, At, AuroraOnly, Checker, CronCollisionPolicy, Executor, HealthCheck, HttpStop,
    Intent, Labels, Limits, LogDestination, LogMode, LogRotation, Logger, PartitionPolicy,
    Precedence, Resources, Run, Schedule, Stop, Text, Update, given,
};
use crate::name::ValueName;
use crate::plan::Plan;
use crate::target::steps::{Kind, Step, Steps, When};
use crate::template::in_auroras_words;

use super::await_ready;
use super::number::Number;
use super::prelude::prelude;
use super::realise::{InitCommand, Root};
use super::steps::steps;
use super::texts::{CommandForm, Texts};
use super::{choice, document as aurora};

/// The document of the plan's job.
pub(super) fn compose(plan: &Plan) -> aurora::JobDocument<'_> {
    let steps = steps(plan);
    let is_run = |step: &&Step<'_>| matches!(step.kind, Kind::Run(_));
    let added = steps.steps.len() - steps.steps.iter().filter(is_run).count();
    let context = Context {
        texts: Texts {
            added,
            commands: CommandForm::of(&plan.intent),
        },
    };
    context.job(plan, &steps)
}

struct Context {
    texts: Texts,
}

impl Context {
    #[expect(clippy::too_many_lines, reason = "a line or two for each field")]
    fn job<'p>(&self, plan: &'p Plan, steps: &Steps<'p>) -> aurora::JobDocument<'p> {
        let Plan {
            key,
            intent,
            // `steps` has made these four into processes and constraints.
            steps: _,
            sequence: _,
            order: _,
            awaited: _,
            // The commands of steps have it.
            realisation: _,
            // Processes name what they need.
            needs: _,
            // These references are in commands, too.
            left_to_node: _,
            // Aurora finds others.
            ports: _,
        } = plan;
        let Intent {
            pointer: _,
            // The key has them.
            role: _,
            environment: _,
            task_name,
            // `steps` has them.
            runs: _,
            order: _,
            ready_order: _,
            expands_files: _,
            resources,
            limits:
                Limits {
                    max_failures,
                    max_concurrency,
                    max_task_failures,
                    finalization_wait,
                },
            user,
            // Aurora finds their numbers, and the commands name them.
            ports: _,
            schedule:
                Schedule {
                    service,
                    cron_schedule,
                    cron_collision_policy,
                },
            instances,
            health_check,
            update,
            placement,
            sla_policy,
            partition_policy,
            container,
            announce,
            stop,
            precedence:
                Precedence {
                    tier,
                    production,
                    priority,
                },
            labels:
                Labels {
                    contact,
                    labels,
                    metadata,
                    task_links,
                },
            aurora:
                AuroraOnly {
                    enable_hooks,
                    executor,
                },
            // It is refused.
            state: _,
        } = intent;
        let task = aurora::TaskDocument {
            constraints: self.constraints(steps),
            finalization_wait: given(finalization_wait.as_ref()),
            max_concurrency: given(max_concurrency.as_ref()),
            max_failures: given(max_failures.as_ref()),
            name: self.texts.text(task_name),
            processes: self.processes(plan, steps),
            resources: self::resources(&resources.value),
            user: self.texts.optional(user.as_ref()),
        };
        aurora::JobDocument {
            announce: announce.as_ref().map(|it| self.announcer(&it.value)),
            cluster: key.cluster.as_str(),
            constraints: placement.as_ref().map(|rules| {
                let rules = rules.iter();
                rules
                    .map(|(name, rule)| (in_auroras_words(name), self.texts.placement(&rule.value)))
                    .collect()
            }),
            contact: self.texts.optional(contact.as_ref()),
            container: container
                .as_ref()
                .map(|it| choice::Container::of(&it.value, &self.texts)),
            cron_collision_policy: cron_collision_policy.as_ref().map(|it| match it.value {
                CronCollisionPolicy::KillExisting => aurora::CronCollisionPolicy::KillExisting,
                CronCollisionPolicy::CancelNew => aurora::CronCollisionPolicy::CancelNew,
            }),
            cron_schedule: cron_schedule.as_ref().map(|it| it.value.as_str()),
            enable_hooks: given(enable_hooks.as_ref()),
            environment: key.environment.as_str(),
            executor_config: executor.as_ref().map(|it| {
                let Executor { name, data } = &it.value;
                aurora::ExecutorConfig {
                    data: data.as_ref().map(|data| self.texts.text(data)),
                    name: name.as_ref().map(|name| self.texts.text(name)),
                }
            }),
            health_check_config: health_check.as_ref().map(|it| self.health_check(&it.value)),
            instances: given(instances.as_ref()),
            lifecycle: stop.as_ref().map(|it| self.lifecycle(&it.value)),
            max_task_failures: given(max_task_failures.as_ref()),
            metadata: self.metadata(metadata.as_ref(), labels),
            name: key.name.as_str(),
            partition_policy: partition_policy.as_ref().map(|it| {
                let PartitionPolicy {
                    reschedule,
                    delay_secs,
                } = &it.value;
                aurora::PartitionPolicy {
                    delay_secs: given(delay_secs.as_ref()),
                    reschedule: given(reschedule.as_ref()),
                }
            }),
            priority: given(priority.as_ref()),
            production: given(production.as_ref()),
            role: key.role.as_str(),
            service: given(service.as_ref()),
            sla_policy: sla_policy
                .as_ref()
                .map(|it| choice::SlaPolicy::of(&it.value, &self.texts)),
            task,
            task_links: task_links
                .as_ref()
                .map(|links| self.texts.all(&links.value)),
            tier: self.texts.optional(tier.as_ref()),
            update_config: update.as_ref().map(|it| self::update(&it.value)),
        }
    }

    /// The job's metadata, and its labels after it.
    fn metadata<'p>(
        &self,
        metadata: Option<&'p At<Vec<(Text, Text)>>>,
        labels: &'p BTreeMap<ValueName, At<Text>>,
    ) -> Option<Vec<aurora::Metadata<'p>>> {
        if metadata.is_none() && labels.is_empty() {
            return None;
        }
        let entries = metadata.into_iter().flat_map(|entries| &entries.value);
        let entries = entries.map(|(key, value)| aurora::Metadata {
            key: self.texts.text(key),
            value: self.texts.text(value),
        });
        let labels = labels.iter().map(|(name, value)| aurora::Metadata {
            key: name.as_str().into(),
            value: self.texts.text(&value.value),
        });
        Some(entries.chain(labels).collect())
    }

    fn constraints<'p>(&self, steps: &Steps<'p>) -> Vec<aurora::Constraint<'p>> {
        let order = steps.order.iter();
        let order = order.filter(|edge| edge.when == When::Succeeded);
        let edges = order.map(|edge| aurora::Constraint {
            order: [edge.before, edge.after]
                .map(|index| self.name(&steps.steps[index]))
                .into(),
        });
        edges.collect()
    }

    fn name<'p>(&self, step: &Step<'p>) -> Cow<'p, str> {
        match step.kind {
            Kind::Run(run) => self.texts.text(&run.name.value),
            Kind::Realise(_) | Kind::Fetch(_) | Kind::AwaitReady(..) => {
                Cow::Owned(step.name.clone())
            }
        }
    }

    fn processes<'p>(&self, plan: &'p Plan, steps: &Steps<'p>) -> Vec<aurora::ProcessDocument<'p>> {
        let mut commands = Commands::new(plan);
        let steps = steps.steps.iter();
        steps
            .map(|step| match step.kind {
                Kind::Run(run) => self.process(run, self.command(run, step, plan)),
                Kind::AwaitReady(run, ready) => {
                    let command = await_ready::command(run, ready, &plan.intent);
                    aurora::ProcessDocument {
                        // It runs again only if it was lost.
                        min_duration: Some(1),
                        ..self.added(step, command)
                    }
                }
                Kind::Realise(realise) => {
                    let root = Root::of(&realise.by, plan.key.name.as_str());
                    let command = commands.insisting().realise(&realise.script.path, root);
                    self.added(step, command)
                }
                Kind::Fetch(realise) => {
                    let root = Root::of(&realise.by, plan.key.name.as_str());
                    let command = commands.trying().realise(&realise.script.path, root);
                    self.added(step, command)
                }
            })
            .collect()
    }

    fn added<'p>(&self, step: &Step<'p>, command: String) -> aurora::ProcessDocument<'p> {
        aurora::ProcessDocument {
            cmdline: Cow::Owned(command),
            daemon: None,
            ephemeral: step.is_ephemeral.then_some(true),
            is_final: step.is_final.then_some(true),
            logger: None,
            max_failures: (step.max_failures != 1).then_some(step.max_failures),
            min_duration: None,
            name: self.name(step),
            resources: None,
        }
    }

    /// The command of a process, behind what it waits for by itself.
    fn command<'p>(&self, run: &'p Run, step: &Step<'p>, plan: &'p Plan) -> Cow<'p, str> {
        let own = self.texts.text(&run.command.value);
        let before = prelude(run);
        let own = if before.is_empty() {
            own
        } else {
            Cow::Owned(before + &own)
        };
        let waits = step.waits_itself.iter().rev();
        let own = waits.fold(own, |command, other| match &other.ready {
            Some(ready) => {
                let waiting = await_ready::command(other, &ready.value, &plan.intent);
                Cow::Owned(await_ready::in_front(&waiting, &command))
            }
            None => command,
        });
        let jobs = run.awaits.iter().rev();
        jobs.fold(own, |command, job| {
            let waiting = await_ready::of_job(&job.value);
            Cow::Owned(await_ready::in_front(&waiting, &command))
        })
    }

    fn process<'p>(&self, run: &'p Run, cmdline: Cow<'p, str>) -> aurora::ProcessDocument<'p> {
        let Run {
            name,
            // It stands behind what it waits for.
            command: _,
            max_failures,
            daemon,
            ephemeral,
            is_final,
            min_duration,
            logger,
            resources,
            // They are lines before the command.
            env: _,
            path: _,
            directory: _,
            umask: _,
            nice: _,
            // It is that of the job.
            user: _,
            // What waits for it knows how.
            ready: _,
            // Its own command waits for them.
            awaits: _,
        } = run;
        aurora::ProcessDocument {
            cmdline,
            daemon: given(daemon.as_ref()),
            ephemeral: given(ephemeral.as_ref()),
            is_final: given(is_final.as_ref()),
            logger: logger.as_ref().map(|it| Box::new(self::logger(&it.value))),
            max_failures: given(max_failures.as_ref()),
            min_duration: given(min_duration.as_ref()),
            name: self.texts.text(&name.value),
            resources: resources
                .as_ref()
                .map(|it| Box::new(self::resources(&it.value))),
        }
    }

    fn announcer<'p>(&self, announce: &'p Announce) -> aurora::Announcer<'p> {
        let Announce {
            primary_port,
            portmap,
            zk_path,
        } = announce;
        aurora::Announcer {
            portmap: portmap.as_ref().map(|ports| self.texts.all(ports)),
            primary_port: self.texts.optional(primary_port.as_ref()),
            zk_path: self.texts.optional(zk_path.as_ref()),
        }
    }

    fn health_check<'p>(&self, check: &'p HealthCheck) -> aurora::HealthCheckConfig<'p> {
        let HealthCheck {
            checker,
            initial_interval_secs,
            interval_secs,
            timeout_secs,
            max_consecutive_failures,
            min_consecutive_successes,
        } = check;
        let seconds = |at: &Option<At<f64>>| given(at.as_ref()).map(Number);
        aurora::HealthCheckConfig {
            health_checker: checker.as_ref().map(|checker| match checker {
                Checker::Http {
                    endpoint,
                    expected_response,
                    expected_response_code,
                } => aurora::HealthChecker::Http(aurora::HttpHealthChecker {
                    endpoint: self.texts.optional(endpoint.as_ref()),
                    expected_response: self.texts.optional(expected_response.as_ref()),
                    expected_response_code: given(expected_response_code.as_ref()),
                }),
                Checker::Shell(command) => {
                    aurora::HealthChecker::Shell(aurora::ShellHealthChecker {
                        shell_command: self.texts.text(&command.value),
                    })
                }
            }),
            initial_interval_secs: seconds(initial_interval_secs),
            interval_secs: seconds(interval_secs),
            max_consecutive_failures: given(max_consecutive_failures.as_ref()),
            min_consecutive_successes: given(min_consecutive_successes.as_ref()),
            timeout_secs: seconds(timeout_secs),
        }
    }

    fn lifecycle<'p>(&self, stop: &'p Stop) -> aurora::LifecycleConfig<'p> {
        let Stop { http } = stop;
        aurora::LifecycleConfig {
            http: http.as_ref().map(|http| {
                let HttpStop {
                    port,
                    graceful_shutdown_endpoint,
                    shutdown_endpoint,
                    graceful_shutdown_wait_secs,
                    shutdown_wait_secs,
                } = http;
                aurora::HttpLifecycleConfig {
                    graceful_shutdown_endpoint: self
                        .texts
                        .optional(graceful_shutdown_endpoint.as_ref()),
                    graceful_shutdown_wait_secs: given(graceful_shutdown_wait_secs.as_ref()),
                    port: self.texts.optional(port.as_ref()),
                    shutdown_endpoint: self.texts.optional(shutdown_endpoint.as_ref()),
                    shutdown_wait_secs: given(shutdown_wait_secs.as_ref()),
                }
            }),
        }
    }
}

/// The commands of the steps that jobc adds, made when one is wanted.
struct Commands<'p> {
    plan: &'p Plan,
    insisting: Option<InitCommand<'p>>,
    trying: Option<InitCommand<'p>>,
}

impl<'p> Commands<'p> {
    fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            insisting: None,
            trying: None,
        }
    }

    fn insisting(&mut self) -> &InitCommand<'p> {
        let realisation = &self.plan.realisation;
        self.insisting
            .get_or_insert_with(|| InitCommand::new(realisation))
    }

    fn trying(&mut self) -> &InitCommand<'p> {
        let realisation = &self.plan.realisation;
        self.trying
            .get_or_insert_with(|| InitCommand::of_fetching(realisation))
    }
}

fn update(update: &Update) -> aurora::UpdateConfig {
    let Update {
        batch_size,
        watch_secs,
        max_per_shard_failures,
        max_total_failures,
        rollback_on_failure,
        wait_for_batch_completion,
        pulse_interval_secs,
        strategy,
        sla_aware,
    } = update;
    aurora::UpdateConfig {
        batch_size: given(batch_size.as_ref()),
        max_per_shard_failures: given(max_per_shard_failures.as_ref()),
        max_total_failures: given(max_total_failures.as_ref()),
        pulse_interval_secs: given(pulse_interval_secs.as_ref()),
        rollback_on_failure: given(rollback_on_failure.as_ref()),
        sla_aware: given(sla_aware.as_ref()),
        update_strategy: strategy
            .as_ref()
            .map(|it| choice::UpdateStrategy::of(&it.value)),
        wait_for_batch_completion: given(wait_for_batch_completion.as_ref()),
        watch_secs: given(watch_secs.as_ref()),
    }
}

fn resources(resources: &Resources) -> aurora::Resources {
    let Resources {
        cpu,
        ram,
        disk,
        gpu,
    } = *resources;
    aurora::Resources {
        cpu: Number(cpu),
        disk,
        gpu,
        ram,
    }
}

fn logger(logger: &Logger) -> aurora::Logger {
    let Logger {
        destination,
        mode,
        rotate,
    } = logger;
    aurora::Logger {
        destination: destination.map(|destination| match destination {
            LogDestination::File => aurora::LoggerDestination::File,
            LogDestination::Console => aurora::LoggerDestination::Console,
            LogDestination::Both => aurora::LoggerDestination::Both,
            LogDestination::None => aurora::LoggerDestination::None,
        }),
        mode: mode.map(|mode| match mode {
            LogMode::Standard => aurora::LoggerMode::Standard,
            LogMode::Rotate => aurora::LoggerMode::Rotate,
        }),
        rotate: rotate
            .map(|LogRotation { log_size, backups }| aurora::RotatePolicy { backups, log_size }),
    }
}
