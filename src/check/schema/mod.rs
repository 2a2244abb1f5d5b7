//! The definition as Aurora's template library sees it: structs with named fields, defaults
//! filled in, so that a `{{...}}` can walk down from a name.

mod fields;
mod text;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{
    Announcer, AppcImage, CommandLine, CoordinatorSlaPolicy, Docker, DockerImage, ExecutorConfig,
    HealthCheckConfig, HealthChecker, HttpHealthChecker, HttpLifecycleConfig, Job, LifecycleConfig,
    Logger, Mesos, Metadata, OrderConstraint, Parameter, PartitionPolicy, Placement, Process,
    ProcessName, Resources, RotatePolicy, ShellHealthChecker, Task, Text, UpdateConfig, Volume,
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

impl<'a> List<'a> {
    /// The element that `index` means: counted from 0, or, negative, from the end.
    pub(super) fn get(self, index: &str) -> Option<Value<'a>> {
        fn pick<'a, T>(items: &'a [T], index: &str) -> Option<&'a T> {
            let index: isize = index.parse().ok()?;
            let from_start = match index {
                0.. => index,
                _ => index.checked_add_unsigned(items.len())?,
            };
            items.get(usize::try_from(from_start).ok()?)
        }
        let table = match self {
            Self::Processes(items) => Struct::Process(pick(items, index)?),
            Self::Orders(items) => Struct::Order(pick(items, index)?),
            Self::Metadata(items) => Struct::Metadata(pick(items, index)?),
            Self::Parameters(items) => Struct::Parameter(pick(items, index)?),
            Self::Volumes(items) => Struct::Volume(pick(items, index)?),
            Self::Names(items) => return Some(text::word(pick(items, index)?.as_str())),
        };
        Some(Value::Struct(table))
    }
}

impl<'a> Map<'a> {
    /// The value of `key`.
    pub(super) fn get(self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Placements(map) => Some(Value::Text(Cow::Owned(map.get(key)?.to_string()))),
            Self::Texts(map) => map.get(key).map(text::text),
            Self::Ports => (key == "aurora").then(|| text::word("{{primary_port}}")),
        }
    }
}
