//! The definition as Aurora's template library sees it: structs with named fields, defaults
//! filled in, so that a `{{...}}` can walk down from a name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{
    Announcer, AppcImage, CommandLine, Container, CoordinatorSlaPolicy, CronCollisionPolicy,
    Docker, DockerImage, ExecutorConfig, FractionalSeconds, HealthCheckConfig, HealthChecker,
    HttpHealthChecker, HttpLifecycleConfig, Integer, Job, LifecycleConfig, Logger,
    LoggerDestination, LoggerMode, Mesos, Metadata, OrderConstraint, Parameter, PartitionPolicy,
    Placement, Process, ProcessName, Resources, RotatePolicy, Seconds, ShellHealthChecker, Task,
    Text, UpdateConfig, Volume, VolumeMode,
};

/// A table of the definition; none inside where the table is not written but has defaults.
#[derive(Debug, Clone, Copy)]
pub(super) enum Struct<'a> {
    Job(&'a Job),
    Task(&'a Task),
    Process(&'a Process),
    Resources(&'a Resources),
    Order(&'a OrderConstraint),
    Logger(&'a Logger),
    Rotate(&'a RotatePolicy),
    Update(Option<&'a UpdateConfig>),
    Health(Option<&'a HealthCheckConfig>),
    Checker(Option<&'a HealthChecker>),
    Http(Option<&'a HttpHealthChecker>),
    Shell(&'a ShellHealthChecker),
    Lifecycle(Option<&'a LifecycleConfig>),
    HttpLifecycle(Option<&'a HttpLifecycleConfig>),
    Announcer(&'a Announcer),
    Executor(Option<&'a ExecutorConfig>),
    Partition(&'a PartitionPolicy),
    Metadata(&'a Metadata),
    /// The table around `docker`.
    Container(&'a Docker),
    Docker(&'a Docker),
    Parameter(&'a Parameter),
    Mesos(&'a Mesos),
    DockerImage(&'a DockerImage),
    AppcImage(&'a AppcImage),
    Volume(&'a Volume),
    Coordinator(&'a CoordinatorSlaPolicy),
}

/// What a name or a step down leads to.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// Text, or anything that is written as such.
    Text(Cow<'a, str>),
    /// A command line, which may be another one once it is compiled.
    Command(&'a CommandLine),
    Struct(Struct<'a>),
    List(List<'a>),
    Map(Map<'a>),
    /// A choice of structs, which the library does not look into.
    Choice,
    /// Something that only Aurora's client can ask for.
    Foreign,
}

/// A list.
#[derive(Debug, Clone, Copy)]
pub(super) enum List<'a> {
    Processes(&'a [Process]),
    Orders(&'a [OrderConstraint]),
    Names(&'a [ProcessName]),
    Metadata(&'a [Metadata]),
    Parameters(&'a [Parameter]),
    Volumes(&'a [Volume]),
}

/// A map with keys of the author's.
#[derive(Debug, Clone, Copy)]
pub(super) enum Map<'a> {
    Placements(&'a BTreeMap<String, Placement>),
    Texts(&'a BTreeMap<String, Text>),
    /// The port map of an announcer that has none.
    Ports,
}

impl<'a> Struct<'a> {
    /// The value of the field `name`, unless it is not written and has no default.
    pub(super) fn field(self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Job(job) => job_field(job, name),
            Self::Task(task) => task_field(task, name),
            Self::Process(process) => process_field(process, name),
            Self::Resources(resources) => match name {
                "cpu" => float(resources.cpu.get()),
                "ram" => number(resources.ram.get()),
                "disk" => number(resources.disk.get()),
                "gpu" => integer(resources.gpu, 0),
                _ => None,
            },
            Self::Order(constraint) => match name {
                "order" => Some(Value::List(List::Names(&constraint.order))),
                _ => None,
            },
            Self::Logger(logger) => logger_field(logger, name),
            Self::Rotate(rotate) => match name {
                "log_size" => number(rotate.log_size.map_or(100 << 20, |size| size.get())),
                "backups" => integer(rotate.backups, 5),
                _ => None,
            },
            Self::Update(update) => update_field(update, name),
            Self::Health(health) => health_field(health, name),
            Self::Checker(checker) => match (name, checker) {
                ("http", None) => Some(Value::Struct(Self::Http(None))),
                ("http", Some(HealthChecker::Http(http))) => {
                    Some(Value::Struct(Self::Http(Some(http))))
                }
                ("shell", Some(HealthChecker::Shell(shell))) => {
                    Some(Value::Struct(Self::Shell(shell)))
                }
                _ => None,
            },
            Self::Http(http) => match name {
                "endpoint" => text_or(http.and_then(|http| http.endpoint.as_ref()), "/health"),
                "expected_response" => {
                    text_or(http.and_then(|http| http.expected_response.as_ref()), "ok")
                }
                "expected_response_code" => {
                    integer(http.and_then(|http| http.expected_response_code), 0)
                }
                _ => None,
            },
            Self::Shell(shell) => match name {
                "shell_command" => Some(Value::Command(&shell.shell_command)),
                _ => None,
            },
            Self::Lifecycle(lifecycle) => match (name, lifecycle) {
                ("http", None) => Some(Value::Struct(Self::HttpLifecycle(None))),
                ("http", Some(lifecycle)) => {
                    let http = lifecycle.http.as_ref()?;
                    Some(Value::Struct(Self::HttpLifecycle(Some(http))))
                }
                _ => None,
            },
            Self::HttpLifecycle(http) => http_lifecycle_field(http, name),
            Self::Announcer(announcer) => match name {
                "primary_port" => text_or(announcer.primary_port.as_ref(), "http"),
                "portmap" => Some(Value::Map(match &announcer.portmap {
                    Some(portmap) => Map::Texts(portmap),
                    None => Map::Ports,
                })),
                "zk_path" => text(announcer.zk_path.as_ref()?),
                _ => None,
            },
            Self::Executor(executor) => match name {
                "name" => text_or(
                    executor.and_then(|executor| executor.name.as_ref()),
                    "AuroraExecutor",
                ),
                "data" => {
                    let data = executor.and_then(|executor| executor.data.as_deref());
                    Some(Value::Text(Cow::Borrowed(data.unwrap_or_default())))
                }
                _ => None,
            },
            Self::Partition(policy) => match name {
                "reschedule" => boolean(policy.reschedule, true),
                "delay_secs" => seconds(policy.delay_secs, 0),
                _ => None,
            },
            Self::Metadata(metadata) => match name {
                "key" => text(&metadata.key),
                "value" => text(&metadata.value),
                _ => None,
            },
            Self::Container(docker) => match name {
                "docker" => Some(Value::Struct(Self::Docker(docker))),
                _ => None,
            },
            Self::Docker(docker) => match name {
                "image" => text(&docker.image),
                "parameters" => Some(Value::List(List::Parameters(
                    docker.parameters.as_deref().unwrap_or_default(),
                ))),
                _ => None,
            },
            Self::Parameter(parameter) => match name {
                "name" => text(&parameter.name),
                "value" => text(&parameter.value),
                _ => None,
            },
            Self::Mesos(mesos) => match name {
                "image" => mesos.image.as_ref().map(|_| Value::Choice),
                "volumes" => Some(Value::List(List::Volumes(
                    mesos.volumes.as_deref().unwrap_or_default(),
                ))),
                _ => None,
            },
            Self::DockerImage(image) => match name {
                "name" => text(&image.name),
                "tag" => text(&image.tag),
                _ => None,
            },
            Self::AppcImage(image) => match name {
                "name" => text(&image.name),
                "image_id" => text(&image.image_id),
                _ => None,
            },
            Self::Volume(volume) => match name {
                "container_path" => text(&volume.container_path),
                "host_path" => text(&volume.host_path),
                "mode" => word(match volume.mode {
                    VolumeMode::ReadOnly => "RO",
                    VolumeMode::ReadWrite => "RW",
                }),
                _ => None,
            },
            Self::Coordinator(policy) => match name {
                "coordinator_url" => text(&policy.coordinator_url),
                "status_key" => text_or(policy.status_key.as_ref(), "drain"),
                _ => None,
            },
        }
    }
}

fn job_field<'a>(job: &'a Job, name: &str) -> Option<Value<'a>> {
    match name {
        "cluster" => word(job.cluster.as_str()),
        "role" => word(job.role.as_str()),
        "environment" => word(job.environment.as_str()),
        "name" => word(
            job.name
                .as_ref()
                .map_or("{{task.name}}", |name| name.as_str()),
        ),
        "task" => Some(Value::Struct(Struct::Task(&job.task))),
        "instances" => integer(job.instances, 1),
        "service" => boolean(job.service, false),
        "cron_schedule" => word(job.cron_schedule.as_ref()?),
        "cron_collision_policy" => word(match job.cron_collision_policy {
            None | Some(CronCollisionPolicy::KillExisting) => "KILL_EXISTING",
            Some(CronCollisionPolicy::CancelNew) => "CANCEL_NEW",
        }),
        "contact" => text(job.contact.as_ref()?),
        "constraints" => Some(Value::Map(Map::Placements(job.constraints.as_ref()?))),
        "update_config" => Some(Value::Struct(Struct::Update(job.update_config.as_ref()))),
        "max_task_failures" => integer(job.max_task_failures, 1),
        "production" => boolean(job.production, false),
        "priority" => integer(job.priority, 0),
        "health_check_config" => {
            let health = job.health_check_config.as_ref();
            Some(Value::Struct(Struct::Health(health)))
        }
        "container" => match job.container.as_ref()? {
            Container::Docker(_) | Container::Mesos(_) => Some(Value::Choice),
        },
        "task_links" => Some(Value::Map(Map::Texts(job.task_links.as_ref()?))),
        "announce" => Some(Value::Struct(Struct::Announcer(job.announce.as_ref()?))),
        "enable_hooks" => boolean(job.enable_hooks, false),
        "lifecycle" => Some(Value::Struct(Struct::Lifecycle(job.lifecycle.as_ref()))),
        "tier" => text(job.tier.as_ref()?),
        "metadata" => Some(Value::List(List::Metadata(
            job.metadata.as_deref().unwrap_or_default(),
        ))),
        "partition_policy" => {
            let policy = job.partition_policy.as_ref()?;
            Some(Value::Struct(Struct::Partition(policy)))
        }
        "sla_policy" => job.sla_policy.as_ref().map(|_| Value::Choice),
        "executor_config" => {
            let executor = job.executor_config.as_ref();
            Some(Value::Struct(Struct::Executor(executor)))
        }
        _ => None,
    }
}

fn task_field<'a>(task: &'a Task, name: &str) -> Option<Value<'a>> {
    match name {
        "name" => text_or(task.name.as_ref(), "{{processes[0].name}}"),
        "processes" => Some(Value::List(List::Processes(&task.processes))),
        "constraints" => Some(Value::List(List::Orders(
            task.constraints.as_deref().unwrap_or_default(),
        ))),
        "resources" => Some(Value::Struct(Struct::Resources(&task.resources))),
        "max_failures" => integer(task.max_failures, 1),
        "max_concurrency" => integer(task.max_concurrency, 0),
        "finalization_wait" => seconds(task.finalization_wait, 30),
        "user" => text(task.user.as_ref()?),
        _ => None,
    }
}

fn process_field<'a>(process: &'a Process, name: &str) -> Option<Value<'a>> {
    match name {
        "name" => word(process.name.as_str()),
        "cmdline" => Some(Value::Command(&process.cmdline)),
        "max_failures" => integer(process.max_failures, 1),
        "daemon" => boolean(process.daemon, false),
        "ephemeral" => boolean(process.ephemeral, false),
        "final" => boolean(process.final_, false),
        "min_duration" => seconds(process.min_duration, 5),
        "logger" => Some(Value::Struct(Struct::Logger(process.logger.as_ref()?))),
        "resources" => {
            let resources = process.resources.as_ref()?;
            Some(Value::Struct(Struct::Resources(resources)))
        }
        _ => None,
    }
}

fn logger_field<'a>(logger: &'a Logger, name: &str) -> Option<Value<'a>> {
    match name {
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
        "rotate" => Some(Value::Struct(Struct::Rotate(logger.rotate.as_ref()?))),
        _ => None,
    }
}

fn update_field<'a>(update: Option<&'a UpdateConfig>, name: &str) -> Option<Value<'a>> {
    let get = |field: fn(&UpdateConfig) -> Option<i64>, default| {
        number(update.and_then(field).unwrap_or(default))
    };
    let flag = |field: fn(&UpdateConfig) -> Option<bool>, default| {
        boolean(update.and_then(field), default)
    };
    match name {
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
        "update_strategy" => update?.update_strategy.as_ref().map(|_| Value::Choice),
        _ => None,
    }
}

fn health_field<'a>(health: Option<&'a HealthCheckConfig>, name: &str) -> Option<Value<'a>> {
    let duration = |field: fn(&HealthCheckConfig) -> Option<FractionalSeconds>, default| {
        float(
            health
                .and_then(field)
                .map_or(default, FractionalSeconds::get),
        )
    };
    match name {
        "health_checker" => {
            let checker = health.and_then(|health| health.health_checker.as_ref());
            Some(Value::Struct(Struct::Checker(checker)))
        }
        "initial_interval_secs" => duration(|health| health.initial_interval_secs, 15.0),
        "interval_secs" => duration(|health| health.interval_secs, 10.0),
        "timeout_secs" => duration(|health| health.timeout_secs, 1.0),
        "max_consecutive_failures" => {
            integer(health.and_then(|health| health.max_consecutive_failures), 0)
        }
        "min_consecutive_successes" => integer(
            health.and_then(|health| health.min_consecutive_successes),
            1,
        ),
        _ => None,
    }
}

fn http_lifecycle_field<'a>(
    http: Option<&'a HttpLifecycleConfig>,
    name: &str,
) -> Option<Value<'a>> {
    match name {
        "port" => text_or(http.and_then(|http| http.port.as_ref()), "health"),
        "graceful_shutdown_endpoint" => text_or(
            http.and_then(|http| http.graceful_shutdown_endpoint.as_ref()),
            "/quitquitquit",
        ),
        "shutdown_endpoint" => text_or(
            http.and_then(|http| http.shutdown_endpoint.as_ref()),
            "/abortabortabort",
        ),
        "graceful_shutdown_wait_secs" => {
            seconds(http.and_then(|http| http.graceful_shutdown_wait_secs), 5)
        }
        "shutdown_wait_secs" => seconds(http.and_then(|http| http.shutdown_wait_secs), 5),
        _ => None,
    }
}

impl<'a> List<'a> {
    /// The element that `index` means: counted from 0, or, negative, from the end.
    pub(super) fn get(self, index: &str) -> Option<Value<'a>> {
        fn pick<'a, T>(items: &'a [T], index: &str) -> Option<&'a T> {
            let index: i64 = index.parse().ok()?;
            match usize::try_from(index) {
                Ok(index) => items.get(index),
                Err(_) => items
                    .len()
                    .checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
                    .and_then(|index| items.get(index)),
            }
        }
        match self {
            Self::Processes(items) => pick(items, index).map(Struct::Process).map(Value::Struct),
            Self::Orders(items) => pick(items, index).map(Struct::Order).map(Value::Struct),
            Self::Metadata(items) => pick(items, index).map(Struct::Metadata).map(Value::Struct),
            Self::Parameters(items) => pick(items, index).map(Struct::Parameter).map(Value::Struct),
            Self::Volumes(items) => pick(items, index).map(Struct::Volume).map(Value::Struct),
            Self::Names(items) => word(pick(items, index)?.as_str()),
        }
    }
}

impl<'a> Map<'a> {
    /// The value of `key`.
    pub(super) fn get(self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Placements(map) => Some(Value::Text(Cow::Owned(map.get(key)?.to_string()))),
            Self::Texts(map) => text(map.get(key)?),
            Self::Ports if key == "aurora" => word("{{primary_port}}"),
            Self::Ports => None,
        }
    }
}

fn word(word: &str) -> Option<Value<'_>> {
    Some(Value::Text(Cow::Borrowed(word)))
}

fn text(text: &Text) -> Option<Value<'_>> {
    word(text.as_str())
}

fn text_or<'a>(text: Option<&'a Text>, default: &'static str) -> Option<Value<'a>> {
    word(text.map_or(default, Text::as_str))
}

fn number<'a>(number: i64) -> Option<Value<'a>> {
    Some(Value::Text(Cow::Owned(number.to_string())))
}

fn integer<'a, const MIN: i64, const MAX: i64>(
    value: Option<Integer<MIN, MAX>>,
    default: i64,
) -> Option<Value<'a>> {
    number(value.map_or(default, Integer::get))
}

fn seconds<'a>(value: Option<Seconds>, default: i64) -> Option<Value<'a>> {
    number(value.map_or(default, Seconds::get))
}

fn boolean<'a>(value: Option<bool>, default: bool) -> Option<Value<'a>> {
    word(if value.unwrap_or(default) {
        "True"
    } else {
        "False"
    })
}

fn float<'a>(number: f64) -> Option<Value<'a>> {
    Some(Value::Text(Cow::Owned(python_float(number))))
}

/// A number as the client prints it: twelve significant digits at most, never without a point.
fn python_float(number: f64) -> String {
    const DIGITS: usize = 12;
    let scientific = format!("{number:.*e}", DIGITS - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trim = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    if (-4..11).contains(&exponent) {
        let decimals = usize::try_from(11 - exponent).unwrap_or_default();
        let fixed = format!("{number:.decimals$}");
        if !fixed.contains('.') {
            return format!("{fixed}.0");
        }
        let trimmed = trim(&fixed);
        if trimmed.contains('.') {
            trimmed
        } else {
            format!("{trimmed}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", trim(mantissa), exponent.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::python_float;

    #[test]
    fn floats_as_python_prints_them() {
        for (number, expected) in [
            (1.0, "1.0"),
            (0.5, "0.5"),
            (0.0, "0.0"),
            (1.0 / 3.0, "0.333333333333"),
            (2.0 / 3.0 * 1e6, "666666.666667"),
            (1e6, "1000000.0"),
            (123_456_789_012.0, "1.23456789012e+11"),
            (99_999_999_999.9, "99999999999.9"),
            (0.0001, "0.0001"),
            (0.000_012_5, "1.25e-05"),
            (1e-9, "1e-09"),
        ] {
            assert_eq!(python_float(number), expected);
        }
    }
}
