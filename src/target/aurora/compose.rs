//! Makes a plan into the document.

use std::borrow::Cow;

use crate::plan::{self, CronCollisionPolicy, HealthChecker, Job, Plan, Step, Text};

use super::{choice, document as aurora};
use aurora::Number;

/// The document of the plan's job.
pub(super) fn compose(plan: &Plan) -> aurora::JobDocument<'_> {
    Context { plan }.job()
}

struct Context<'a> {
    plan: &'a Plan,
}

impl<'a> Context<'a> {
    fn job(&self) -> aurora::JobDocument<'a> {
        let plan = self.plan;
        let job: &Job = plan.job();
        let key = plan.key();
        aurora::JobDocument {
            announce: job
                .announce
                .as_ref()
                .map(|announce| self.announcer(announce)),
            cluster: key.cluster.as_str(),
            constraints: job.constraints.as_ref().map(|constraints| {
                let entries = constraints.iter();
                entries
                    .map(|(name, rule)| (name.as_str(), rule.to_string()))
                    .collect()
            }),
            contact: self.optional(job.contact.as_ref()),
            container: job
                .container
                .as_ref()
                .map(|container| self.container(container)),
            cron_collision_policy: job.cron_collision_policy.map(|policy| match policy {
                CronCollisionPolicy::KillExisting => aurora::CronCollisionPolicy::KillExisting,
                CronCollisionPolicy::CancelNew => aurora::CronCollisionPolicy::CancelNew,
            }),
            cron_schedule: job.cron_schedule.as_deref(),
            enable_hooks: job.enable_hooks,
            environment: key.environment.as_str(),
            executor_config: job
                .executor_config
                .as_ref()
                .map(|config| aurora::ExecutorConfig {
                    data: config.data.as_deref().map(|data| self.plan.text(data)),
                    name: self.optional(config.name.as_ref()),
                }),
            health_check_config: job
                .health_check_config
                .as_ref()
                .map(|config| self.health_check(config)),
            instances: job.instances.map(plan::Integer::get),
            lifecycle: job
                .lifecycle
                .as_ref()
                .map(|lifecycle| self.lifecycle(lifecycle)),
            max_task_failures: job.max_task_failures.map(plan::Integer::get),
            metadata: job.metadata.as_ref().map(|entries| {
                let convert = |entry: &'a plan::Metadata| aurora::Metadata {
                    key: self.text(&entry.key),
                    value: self.text(&entry.value),
                };
                entries.iter().map(convert).collect()
            }),
            name: key.name.as_str(),
            partition_policy: job
                .partition_policy
                .as_ref()
                .map(|policy| aurora::PartitionPolicy {
                    delay_secs: policy.delay_secs.map(plan::Seconds::get),
                    reschedule: policy.reschedule,
                }),
            priority: job.priority.map(plan::Integer::get),
            production: job.production,
            role: key.role.as_str(),
            service: job.service,
            sla_policy: job
                .sla_policy
                .as_ref()
                .map(|policy| self.sla_policy(policy)),
            task: self.task(),
            task_links: job.task_links.as_ref().map(|links| {
                links
                    .iter()
                    .map(|(name, link)| (name.as_str(), self.text(link)))
                    .collect()
            }),
            tier: self.optional(job.tier.as_ref()),
            update_config: job.update_config.as_ref().map(update),
        }
    }

    fn task(&self) -> aurora::TaskDocument<'a> {
        let plan = self.plan;
        let task = &plan.job().task;
        let name = |id| match plan.step(id) {
            Some(Step::Realise(step)) => Cow::Borrowed(step.name.as_str()),
            Some(Step::Run(run)) => self.plan.text(plan.process(run).name.as_str()),
            None => unreachable!("edges join steps of the plan"),
        };
        aurora::TaskDocument {
            constraints: plan
                .order()
                .into_iter()
                .map(|edge| aurora::Constraint {
                    order: vec![name(&edge.before), name(&edge.after)],
                })
                .collect(),
            finalization_wait: task.finalization_wait.map(plan::Seconds::get),
            max_concurrency: task.max_concurrency.map(plan::Integer::get),
            max_failures: task.max_failures.map(plan::Integer::get),
            name: plan.text(plan.task_name()),
            processes: plan
                .sequence()
                .map(|(_, step)| self.process(step))
                .collect(),
            resources: resources(&task.resources),
            user: self.optional(task.user.as_ref()),
        }
    }

    fn process(&self, step: &'a Step) -> aurora::ProcessDocument<'a> {
        match step {
            Step::Realise(step) => aurora::ProcessDocument {
                cmdline: Cow::Borrowed(&step.command),
                daemon: None,
                ephemeral: step.is_ephemeral.then_some(true),
                is_final: step.is_final.then_some(true),
                logger: None,
                max_failures: (step.max_failures != 1).then_some(step.max_failures),
                min_duration: None,
                name: Cow::Borrowed(step.name.as_str()),
                resources: None,
            },
            Step::Run(run) => {
                let process = self.plan.process(run);
                aurora::ProcessDocument {
                    cmdline: self.plan.text(&run.command),
                    daemon: process.daemon,
                    ephemeral: process.ephemeral,
                    is_final: process.final_,
                    logger: process.logger.as_deref().map(|it| Box::new(logger(it))),
                    max_failures: process.max_failures.map(plan::Integer::get),
                    min_duration: process.min_duration.map(plan::Seconds::get),
                    name: self.plan.text(process.name.as_str()),
                    resources: process
                        .resources
                        .as_deref()
                        .map(|it| Box::new(resources(it))),
                }
            }
        }
    }

    fn announcer(&self, announce: &'a plan::Announcer) -> aurora::Announcer<'a> {
        aurora::Announcer {
            portmap: announce.portmap.as_ref().map(|ports| {
                ports
                    .iter()
                    .map(|(name, port)| (name.as_str(), self.text(port)))
                    .collect()
            }),
            primary_port: self.optional(announce.primary_port.as_ref()),
            zk_path: self.optional(announce.zk_path.as_ref()),
        }
    }

    fn health_check(&self, config: &'a plan::HealthCheckConfig) -> aurora::HealthCheckConfig<'a> {
        let seconds = |value: plan::FractionalSeconds| Number(value.get());
        aurora::HealthCheckConfig {
            health_checker: config.health_checker.as_ref().map(|checker| match checker {
                HealthChecker::Http(http) => {
                    aurora::HealthChecker::Http(aurora::HttpHealthChecker {
                        endpoint: self.optional(http.endpoint.as_ref()),
                        expected_response: self.optional(http.expected_response.as_ref()),
                        expected_response_code: http.expected_response_code.map(plan::Integer::get),
                    })
                }
                HealthChecker::Shell(shell) => {
                    let command = self
                        .plan
                        .shell_command()
                        .unwrap_or(shell.shell_command.as_str());
                    aurora::HealthChecker::Shell(aurora::ShellHealthChecker {
                        shell_command: self.plan.text(command),
                    })
                }
            }),
            initial_interval_secs: config.initial_interval_secs.map(seconds),
            interval_secs: config.interval_secs.map(seconds),
            max_consecutive_failures: config.max_consecutive_failures.map(plan::Integer::get),
            min_consecutive_successes: config.min_consecutive_successes.map(plan::Integer::get),
            timeout_secs: config.timeout_secs.map(seconds),
        }
    }

    fn lifecycle(&self, lifecycle: &'a plan::LifecycleConfig) -> aurora::LifecycleConfig<'a> {
        aurora::LifecycleConfig {
            http: lifecycle
                .http
                .as_ref()
                .map(|http| aurora::HttpLifecycleConfig {
                    graceful_shutdown_endpoint: self
                        .optional(http.graceful_shutdown_endpoint.as_ref()),
                    graceful_shutdown_wait_secs: http
                        .graceful_shutdown_wait_secs
                        .map(plan::Seconds::get),
                    port: self.optional(http.port.as_ref()),
                    shutdown_endpoint: self.optional(http.shutdown_endpoint.as_ref()),
                    shutdown_wait_secs: http.shutdown_wait_secs.map(plan::Seconds::get),
                }),
        }
    }

    fn container(&self, container: &'a plan::Container) -> choice::Container<'a> {
        match container {
            plan::Container::Docker(docker) => {
                let parameters = docker.parameters.as_ref().map(|parameters| {
                    let convert = |parameter: &'a plan::Parameter| choice::Parameter {
                        name: self.text(&parameter.name),
                        value: self.text(&parameter.value),
                    };
                    parameters.iter().map(convert).collect()
                });
                let docker = choice::Docker {
                    image: self.text(&docker.image),
                    parameters,
                };
                choice::Container::Docker(choice::DockerContainer { docker })
            }
            plan::Container::Mesos(mesos) => choice::Container::Mesos(choice::Mesos {
                image: mesos.image.as_ref().map(|image| match image {
                    plan::Image::Docker(image) => choice::Image::Docker(choice::DockerImage {
                        name: self.text(&image.name),
                        tag: self.text(&image.tag),
                    }),
                    plan::Image::Appc(image) => choice::Image::Appc(choice::AppcImage {
                        image_id: self.text(&image.image_id),
                        name: self.text(&image.name),
                    }),
                }),
                volumes: mesos.volumes.as_ref().map(|volumes| {
                    let convert = |volume: &'a plan::Volume| choice::Volume {
                        container_path: self.text(&volume.container_path),
                        host_path: self.text(&volume.host_path),
                        mode: match volume.mode {
                            plan::VolumeMode::ReadOnly => choice::VolumeMode::ReadOnly,
                            plan::VolumeMode::ReadWrite => choice::VolumeMode::ReadWrite,
                        },
                    };
                    volumes.iter().map(convert).collect()
                }),
            }),
        }
    }

    fn sla_policy(&self, policy: &'a plan::SlaPolicy) -> choice::SlaPolicy<'a> {
        match policy {
            plan::SlaPolicy::Count(policy) => choice::SlaPolicy::Count(choice::CountSlaPolicy {
                count: policy.count.get(),
                duration_secs: policy.duration_secs.get(),
            }),
            plan::SlaPolicy::Percentage(policy) => {
                choice::SlaPolicy::Percentage(choice::PercentageSlaPolicy {
                    duration_secs: policy.duration_secs.get(),
                    percentage: Number(policy.percentage.get()),
                })
            }
            plan::SlaPolicy::Coordinator(policy) => {
                choice::SlaPolicy::Coordinator(choice::CoordinatorSlaPolicy {
                    coordinator_url: self.text(&policy.coordinator_url),
                    status_key: self.optional(policy.status_key.as_ref()),
                })
            }
        }
    }

    fn text(&self, text: &'a Text) -> Cow<'a, str> {
        self.plan.text(text.as_str())
    }

    fn optional(&self, text: Option<&'a Text>) -> Option<Cow<'a, str>> {
        text.map(|text| self.text(text))
    }
}

fn update(config: &plan::UpdateConfig) -> aurora::UpdateConfig {
    aurora::UpdateConfig {
        batch_size: config.batch_size.map(plan::Integer::get),
        max_per_shard_failures: config.max_per_shard_failures.map(plan::Integer::get),
        max_total_failures: config.max_total_failures.map(plan::Integer::get),
        pulse_interval_secs: config.pulse_interval_secs.map(plan::Integer::get),
        rollback_on_failure: config.rollback_on_failure,
        sla_aware: config.sla_aware,
        update_strategy: config.update_strategy.as_ref().map(update_strategy),
        wait_for_batch_completion: config.wait_for_batch_completion,
        watch_secs: config.watch_secs.map(plan::Seconds::get),
    }
}

fn update_strategy(strategy: &plan::UpdateStrategy) -> choice::UpdateStrategy {
    match strategy {
        plan::UpdateStrategy::Queue(queue) => {
            choice::UpdateStrategy::Queue(choice::QueueUpdateStrategy {
                batch_size: queue.batch_size.map(plan::Integer::get),
            })
        }
        plan::UpdateStrategy::Batch(batch) => {
            choice::UpdateStrategy::Batch(choice::BatchUpdateStrategy {
                autopause_after_batch: batch.autopause_after_batch,
                batch_size: batch.batch_size.map(plan::Integer::get),
            })
        }
        plan::UpdateStrategy::VariableBatch(batches) => {
            let sizes = batches.batch_sizes.iter().copied();
            choice::UpdateStrategy::VariableBatch(choice::VariableBatchUpdateStrategy {
                autopause_after_batch: batches.autopause_after_batch,
                batch_sizes: sizes.map(plan::Integer::get).collect(),
            })
        }
    }
}

fn resources(resources: &plan::Resources) -> aurora::Resources {
    aurora::Resources {
        cpu: Number(resources.cpu.get()),
        disk: resources.disk.get(),
        gpu: resources.gpu.map(plan::Integer::get),
        ram: resources.ram.get(),
    }
}

fn logger(logger: &plan::Logger) -> aurora::Logger {
    use plan::{LoggerDestination, LoggerMode};
    aurora::Logger {
        destination: logger.destination.map(|destination| match destination {
            LoggerDestination::File => aurora::LoggerDestination::File,
            LoggerDestination::Console => aurora::LoggerDestination::Console,
            LoggerDestination::Both => aurora::LoggerDestination::Both,
            LoggerDestination::None => aurora::LoggerDestination::None,
        }),
        mode: logger.mode.map(|mode| match mode {
            LoggerMode::Standard => aurora::LoggerMode::Standard,
            LoggerMode::Rotate => aurora::LoggerMode::Rotate,
        }),
        rotate: logger.rotate.as_ref().map(|rotate| aurora::RotatePolicy {
            backups: rotate.backups.map(plan::Integer::get),
            log_size: rotate.log_size.map(plan::Bytes::get),
        }),
    }
}
