//! The fields of each table, with Aurora's defaults.

use std::borrow::Cow;

use crate::model::{
    Announcer, Container, CronCollisionPolicy, Docker, ExecutorConfig, FractionalSeconds,
    HealthCheckConfig, HealthChecker, HttpHealthChecker, HttpLifecycleConfig, Integer, Job, Logger,
    LoggerDestination, LoggerMode, Mesos, Process, Resources, Seconds, Task, UpdateConfig, Volume,
    VolumeMode,
};

use super::text::{boolean, float, integer, number, seconds, text, text_or, word};
use super::{List, Map, Struct, Value};

impl<'a> Struct<'a> {
    /// The value of the field `name`, unless it is not written and has no default.
    pub(in crate::check) fn field(self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Job(table) => job(table, name),
            Self::Task(table) => task(table, name),
            Self::Process(table) => process(table, name),
            Self::Resources(table) => resources(table, name),
            Self::Logger(table) => logger(table, name),
            Self::Update(table) => update(table, name),
            Self::Health(table) => health(table, name),
            Self::Http(table) => http(table, name),
            Self::HttpLifecycle(table) => http_lifecycle(table, name),
            Self::Announcer(table) => announcer(table, name),
            Self::Executor(table) => executor(table, name),
            Self::Docker(table) => docker(table, name),
            Self::Mesos(table) => mesos(table, name),
            Self::Volume(table) => volume(table, name),
            small => small.field_of_two(name),
        }
    }

    /// The same for tables with one or two fields.
    fn field_of_two(self, name: &str) -> Option<Value<'a>> {
        Some(match (self, name) {
            (Self::Order(table), "order") => Value::List(List::Names(&table.order)),
            (Self::Rotate(table), "log_size") => {
                number(table.log_size.map_or(100 << 20, crate::model::Bytes::get))
            }
            (Self::Rotate(table), "backups") => integer(table.backups, 5),
            (Self::Checker(None), "http") => Value::Struct(Self::Http(None)),
            (Self::Checker(Some(HealthChecker::Http(http))), "http") => {
                Value::Struct(Self::Http(Some(http)))
            }
            (Self::Checker(Some(HealthChecker::Shell(shell))), "shell") => {
                Value::Struct(Self::Shell(shell))
            }
            (Self::Shell(table), "shell_command") => Value::Command(&table.shell_command),
            (Self::Lifecycle(None), "http") => Value::Struct(Self::HttpLifecycle(None)),
            (Self::Lifecycle(Some(table)), "http") => {
                Value::Struct(Self::HttpLifecycle(Some(table.http.as_ref()?)))
            }
            (Self::Partition(table), "reschedule") => boolean(table.reschedule, true),
            (Self::Partition(table), "delay_secs") => seconds(table.delay_secs, 0),
            (Self::Metadata(table), "key") => text(&table.key),
            (Self::Metadata(table), "value") => text(&table.value),
            (Self::Container(docker), "docker") => Value::Struct(Self::Docker(docker)),
            (Self::Parameter(table), "name") => text(&table.name),
            (Self::Parameter(table), "value") => text(&table.value),
            (Self::DockerImage(table), "name") => text(&table.name),
            (Self::DockerImage(table), "tag") => text(&table.tag),
            (Self::AppcImage(table), "name") => text(&table.name),
            (Self::AppcImage(table), "image_id") => text(&table.image_id),
            (Self::Coordinator(table), "coordinator_url") => text(&table.coordinator_url),
            (Self::Coordinator(table), "status_key") => text_or(table.status_key.as_ref(), "drain"),
            _ => return None,
        })
    }
}

fn job<'a>(job: &'a Job, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "cluster" => word(job.cluster.as_str()),
        "role" => word(job.role.as_str()),
        "environment" => word(job.environment.as_str()),
        "name" => word(
            job.name
                .as_ref()
                .map_or("{{task.name}}", |name| name.as_str()),
        ),
        "task" => Value::Struct(Struct::Task(&job.task)),
        "instances" => integer(job.instances, 1),
        "service" => boolean(job.service, false),
        "cron_schedule" => word(job.cron_schedule.as_ref()?),
        "cron_collision_policy" => word(match job.cron_collision_policy {
            None | Some(CronCollisionPolicy::KillExisting) => "KILL_EXISTING",
            Some(CronCollisionPolicy::CancelNew) => "CANCEL_NEW",
        }),
        "contact" => text(job.contact.as_ref()?),
        "constraints" => Value::Map(Map::Placements(job.constraints.as_ref()?)),
        "update_config" => Value::Struct(Struct::Update(job.update_config.as_ref())),
        "max_task_failures" => integer(job.max_task_failures, 1),
        "production" => boolean(job.production, false),
        "priority" => integer(job.priority, 0),
        "health_check_config" => Value::Struct(Struct::Health(job.health_check_config.as_ref())),
        "container" => match job.container.as_ref()? {
            Container::Docker(_) | Container::Mesos(_) => Value::Choice,
        },
        "task_links" => Value::Map(Map::Texts(job.task_links.as_ref()?)),
        "announce" => Value::Struct(Struct::Announcer(job.announce.as_ref()?)),
        "enable_hooks" => boolean(job.enable_hooks, false),
        "lifecycle" => Value::Struct(Struct::Lifecycle(job.lifecycle.as_ref())),
        "tier" => text(job.tier.as_ref()?),
        "metadata" => Value::List(List::Metadata(job.metadata.as_deref().unwrap_or_default())),
        "partition_policy" => Value::Struct(Struct::Partition(job.partition_policy.as_ref()?)),
        "sla_policy" => job.sla_policy.as_ref().map(|_| Value::Choice)?,
        "executor_config" => Value::Struct(Struct::Executor(job.executor_config.as_ref())),
        _ => return None,
    })
}

fn task<'a>(task: &'a Task, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "name" => text_or(task.name.as_ref(), "{{processes[0].name}}"),
        "processes" => Value::List(List::Processes(&task.processes)),
        "constraints" => Value::List(List::Orders(
            task.constraints.as_deref().unwrap_or_default(),
        )),
        "resources" => Value::Struct(Struct::Resources(&task.resources)),
        "max_failures" => integer(task.max_failures, 1),
        "max_concurrency" => integer(task.max_concurrency, 0),
        "finalization_wait" => seconds(task.finalization_wait, 30),
        "user" => text(task.user.as_ref()?),
        _ => return None,
    })
}

fn process<'a>(process: &'a Process, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "name" => word(process.name.as_str()),
        "cmdline" => Value::Command(&process.cmdline),
        "max_failures" => integer(process.max_failures, 1),
        "daemon" => boolean(process.daemon, false),
        "ephemeral" => boolean(process.ephemeral, false),
        "final" => boolean(process.final_, false),
        "min_duration" => seconds(process.min_duration, 5),
        "logger" => Value::Struct(Struct::Logger(process.logger.as_ref()?)),
        "resources" => Value::Struct(Struct::Resources(process.resources.as_ref()?)),
        _ => return None,
    })
}

fn resources<'a>(resources: &Resources, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "cpu" => float(resources.cpu.get()),
        "ram" => number(resources.ram.get()),
        "disk" => number(resources.disk.get()),
        "gpu" => integer(resources.gpu, 0),
        _ => return None,
    })
}

fn logger<'a>(logger: &'a Logger, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "destination" => word(match logger.destination {
            None | Some(LoggerDestination::File) => "file",
            Some(LoggerDestination::Console) => "console",
            Some(LoggerDestination::Both) => "both",
            Some(LoggerDestination::None) => "none",
        }),
        "mode" => word(match logger.mode {
            None | Some(LoggerMode::Standard) => "standard",
            Some(LoggerMode::Rotate) => "rotate",
        }),
        "rotate" => Value::Struct(Struct::Rotate(logger.rotate.as_ref()?)),
        _ => return None,
    })
}

fn update<'a>(update: Option<&UpdateConfig>, name: &str) -> Option<Value<'a>> {
    let get = |field: fn(&UpdateConfig) -> Option<i64>, default| {
        number(update.and_then(field).unwrap_or(default))
    };
    let flag = |field: fn(&UpdateConfig) -> Option<bool>, default| {
        boolean(update.and_then(field), default)
    };
    Some(match name {
        "batch_size" => get(|update| update.batch_size.map(Integer::get), 1),
        "watch_secs" => get(|update| update.watch_secs.map(Seconds::get), 45),
        "max_per_shard_failures" => {
            get(|update| update.max_per_shard_failures.map(Integer::get), 0)
        }
        "max_total_failures" => get(|update| update.max_total_failures.map(Integer::get), 0),
        "rollback_on_failure" => flag(|update| update.rollback_on_failure, true),
        "wait_for_batch_completion" => flag(|update| update.wait_for_batch_completion, false),
        "sla_aware" => flag(|update| update.sla_aware, false),
        "pulse_interval_secs" => number(update?.pulse_interval_secs?.get()),
        "update_strategy" => update?.update_strategy.as_ref().map(|_| Value::Choice)?,
        _ => return None,
    })
}

fn health<'a>(health: Option<&'a HealthCheckConfig>, name: &str) -> Option<Value<'a>> {
    let duration = |field: fn(&HealthCheckConfig) -> Option<FractionalSeconds>, default| {
        float(
            health
                .and_then(field)
                .map_or(default, FractionalSeconds::get),
        )
    };
    let checker = health.and_then(|health| health.health_checker.as_ref());
    let failures = health.and_then(|health| health.max_consecutive_failures);
    let successes = health.and_then(|health| health.min_consecutive_successes);
    Some(match name {
        "health_checker" => Value::Struct(Struct::Checker(checker)),
        "initial_interval_secs" => duration(|health| health.initial_interval_secs, 15.0),
        "interval_secs" => duration(|health| health.interval_secs, 10.0),
        "timeout_secs" => duration(|health| health.timeout_secs, 1.0),
        "max_consecutive_failures" => integer(failures, 0),
        "min_consecutive_successes" => integer(successes, 1),
        _ => return None,
    })
}

fn http<'a>(http: Option<&'a HttpHealthChecker>, name: &str) -> Option<Value<'a>> {
    let response = http.and_then(|http| http.expected_response.as_ref());
    let code = http.and_then(|http| http.expected_response_code);
    Some(match name {
        "endpoint" => text_or(http.and_then(|http| http.endpoint.as_ref()), "/health"),
        "expected_response" => text_or(response, "ok"),
        "expected_response_code" => integer(code, 0),
        _ => return None,
    })
}

fn http_lifecycle<'a>(http: Option<&'a HttpLifecycleConfig>, name: &str) -> Option<Value<'a>> {
    let graceful = http.and_then(|http| http.graceful_shutdown_endpoint.as_ref());
    let last = http.and_then(|http| http.shutdown_endpoint.as_ref());
    Some(match name {
        "port" => text_or(http.and_then(|http| http.port.as_ref()), "health"),
        "graceful_shutdown_endpoint" => text_or(graceful, "/quitquitquit"),
        "shutdown_endpoint" => text_or(last, "/abortabortabort"),
        "graceful_shutdown_wait_secs" => {
            seconds(http.and_then(|http| http.graceful_shutdown_wait_secs), 5)
        }
        "shutdown_wait_secs" => seconds(http.and_then(|http| http.shutdown_wait_secs), 5),
        _ => return None,
    })
}

fn announcer<'a>(announcer: &'a Announcer, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "primary_port" => text_or(announcer.primary_port.as_ref(), "http"),
        "portmap" => Value::Map(announcer.portmap.as_ref().map_or(Map::Ports, Map::Texts)),
        "zk_path" => text(announcer.zk_path.as_ref()?),
        _ => return None,
    })
}

fn executor<'a>(executor: Option<&'a ExecutorConfig>, name: &str) -> Option<Value<'a>> {
    let written = executor.and_then(|executor| executor.name.as_ref());
    let data = executor.and_then(|executor| executor.data.as_deref());
    Some(match name {
        "name" => text_or(written, "AuroraExecutor"),
        "data" => Value::Text(Cow::Borrowed(data.unwrap_or_default())),
        _ => return None,
    })
}

fn docker<'a>(docker: &'a Docker, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "image" => text(&docker.image),
        "parameters" => Value::List(List::Parameters(
            docker.parameters.as_deref().unwrap_or_default(),
        )),
        _ => return None,
    })
}

fn mesos<'a>(mesos: &'a Mesos, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "image" => mesos.image.as_ref().map(|_| Value::Choice)?,
        "volumes" => Value::List(List::Volumes(mesos.volumes.as_deref().unwrap_or_default())),
        _ => return None,
    })
}

fn volume<'a>(volume: &'a Volume, name: &str) -> Option<Value<'a>> {
    Some(match name {
        "container_path" => text(&volume.container_path),
        "host_path" => text(&volume.host_path),
        "mode" => word(match volume.mode {
            VolumeMode::ReadOnly => "RO",
            VolumeMode::ReadWrite => "RW",
        }),
        _ => return None,
    })
}
