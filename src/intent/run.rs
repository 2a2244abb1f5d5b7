//! Processes of a definition, and where their output goes.

use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;

use crate::model;
use crate::name::{JobKey, VariableName};

use super::definition::Table;
use super::{At, Ready, Resources, Text};

/// Runs a process of the definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The process' name.
    pub name: At<Text>,
    /// Its command: as written, and with its references resolved once there is a plan.
    pub command: At<Text>,
    /// How many runs may fail before the process has failed; 0 retries for ever.
    pub max_failures: Option<At<i64>>,
    /// Whether it is started again after it succeeded.
    pub daemon: Option<At<bool>>,
    /// Whether the task may end without it.
    pub ephemeral: Option<At<bool>>,
    /// Whether it runs when the ordinary processes are done.
    pub is_final: Option<At<bool>>,
    /// The fewest seconds between the end of a run and the start of the next.
    pub min_duration: Option<At<i64>>,
    /// Where its output goes.
    pub logger: Option<At<Logger>>,
    /// What it may use.
    pub resources: Option<At<Resources>>,
    /// Environment variables.
    pub env: Option<BTreeMap<VariableName, At<Variable>>>,
    /// Directories that are put before `PATH`.
    pub path: Option<At<Vec<Text>>>,
    /// The directory that it starts in.
    pub directory: Option<At<Text>>,
    /// The permissions that files it makes do not get.
    pub umask: Option<At<u16>>,
    /// How much it gives way to other processes of the node, from -20 to 19.
    pub nice: Option<At<i64>>,
    /// The account that it runs as.
    pub user: Option<At<Text>>,
    /// How one knows that it is ready.
    pub ready: Option<At<Ready>>,
    /// The other jobs that it waits for.
    pub awaits: Vec<At<AwaitedJob>>,
}

/// Another job that a process waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedJob {
    /// What identifies it.
    pub key: JobKey,
    /// Whether it has to be ready, or to have succeeded.
    pub is_to_succeed: bool,
    /// Seconds to wait at most, where it is for the process to wait.
    pub within: i64,
    /// Where it takes connections once it is ready, if that is known.
    pub address: Option<Text>,
}

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// This text.
    Value(Text),
    /// What is in a file of the node at this absolute path, without newlines at its end.
    File(Text),
}

/// Where a process' output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logger {
    /// To files, to the executor's console, both or nowhere.
    pub destination: Option<LogDestination>,
    /// Whether files are rotated.
    pub mode: Option<LogMode>,
    /// How files are rotated.
    pub rotate: Option<LogRotation>,
}

/// Where output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogDestination {
    /// Into files.
    File,
    /// To the executor's own output.
    Console,
    /// Into files and to the executor's own output.
    Both,
    /// Nowhere.
    None,
}

/// Whether log files are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogMode {
    /// One file that grows.
    Standard,
    /// Files of limited size.
    Rotate,
}

/// How log files are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRotation {
    /// The bytes at which a file is closed.
    pub log_size: Option<i64>,
    /// How many closed files are kept.
    pub backups: Option<i64>,
}

impl AwaitedJob {
    /// Seconds to wait unless the definition says how many.
    pub const WITHIN: i64 = 60;

    /// The other jobs that a process waits for. Of one that is unknown something else is told.
    fn all<'m>(
        after: impl Iterator<Item = &'m model::After>,
        process: &Table<'_, '_>,
    ) -> Vec<At<Self>> {
        let list = process.part("after");
        let jobs = after.enumerate();
        let jobs = jobs.filter_map(|(index, after)| {
            let model::AfterJob {
                job,
                when,
                within,
                address,
            } = after.job()?;
            let awaited = Self {
                key: JobKey::parse(job.as_str())?,
                is_to_succeed: *when == model::When::Succeeded,
                within: within.map_or(Self::WITHIN, model::Seconds::get),
                address: address
                    .as_ref()
                    .map(|address| process.text(address.as_str())),
            };
            let table = Arc::new(list.pointer().index(index));
            Some(At::new(awaited, &table, "job"))
        });
        jobs.collect()
    }
}

impl Run {
    pub(super) fn new(process: &model::Process, index: usize, task: &Table<'_, '_>) -> Self {
        let model::Process {
            name,
            cmdline,
            max_failures,
            daemon,
            ephemeral,
            final_,
            min_duration,
            logger,
            resources,
            env,
            path,
            directory,
            umask,
            nice,
            user,
            // Of processes, the plan has it as edges.
            after,
            ready,
            // Lints have been told by now.
            waive: _,
        } = process;
        let table = task.element("processes", index, process);
        Self {
            name: table.at("name", table.text(name.as_str())),
            command: table.at("cmdline", table.text(cmdline.shared())),
            max_failures: table.optional("max_failures", max_failures.map(model::Integer::get)),
            daemon: table.optional("daemon", *daemon),
            ephemeral: table.optional("ephemeral", *ephemeral),
            is_final: table.optional("final", *final_),
            min_duration: table.optional("min_duration", min_duration.map(model::Seconds::get)),
            logger: table.optional("logger", logger.as_deref().map(Logger::from)),
            resources: table.optional("resources", resources.as_deref().map(Resources::from)),
            env: env.as_ref().map(|env| {
                let place = Arc::new(table.pointer().key("env"));
                let variables = env.iter().map(|(name, variable)| {
                    let variable = match variable {
                        model::Variable::Value(text) => Variable::Value(table.text(text.shared())),
                        model::Variable::File(model::VariableFile { file }) => {
                            Variable::File(table.text(file.shared()))
                        }
                    };
                    let at = At::new(variable, &place, name.as_str().to_owned());
                    (name.clone(), at)
                });
                variables.collect()
            }),
            path: path.as_ref().map(|path| {
                let directories = path.iter().map(|text| table.text(text.shared()));
                table.at("path", directories.collect())
            }),
            directory: directory
                .as_ref()
                .map(|text| table.at("directory", table.text(text.shared()))),
            umask: table.optional("umask", umask.map(model::Umask::get)),
            nice: table.optional("nice", nice.map(model::Integer::get)),
            user: table.optional_text("user", user.as_ref()),
            ready: table.optional(
                "ready",
                ready.as_ref().and_then(|it| Ready::new(it, &table)),
            ),
            awaits: AwaitedJob::all(after.iter().flatten(), &table),
        }
    }

    /// Sets what a value of the definition comes to.
    pub(super) fn set(&mut self, of: model::ValueOf<'_>, text: Text) {
        match of {
            model::ValueOf::Variable(name) | model::ValueOf::File(name) => {
                let at = self.env.as_mut().and_then(|env| env.get_mut(name));
                if let Some(at) = at {
                    let (Variable::Value(value) | Variable::File(value)) = &mut at.value;
                    *value = text;
                }
            }
            model::ValueOf::Path(index) => {
                let path = self.path.as_mut();
                if let Some(value) = path.and_then(|path| path.value.get_mut(index)) {
                    *value = text;
                }
            }
            model::ValueOf::Directory => {
                if let Some(at) = &mut self.directory {
                    at.value = text;
                }
            }
        }
    }

    /// The texts that it starts with, besides its command.
    pub fn values(&self) -> impl Iterator<Item = &Text> {
        let env = self.env.iter().flatten();
        let env = env.map(|(_, at)| match &at.value {
            Variable::Value(text) | Variable::File(text) => text,
        });
        let path = self.path.iter().flat_map(|path| &path.value);
        env.chain(path)
            .chain(self.directory.iter().map(|at| &at.value))
    }

    /// All texts that a node fills in for it.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        iter::once(&self.command.value).chain(self.values())
    }

    /// Whether it never ends by itself.
    pub fn is_daemon(&self) -> bool {
        self.daemon.as_ref().is_some_and(|it| it.value)
    }

    /// Whether the task may end without it.
    pub fn is_ephemeral(&self) -> bool {
        self.ephemeral.as_ref().is_some_and(|it| it.value)
    }

    /// Whether it runs when the ordinary processes are done.
    pub fn is_final(&self) -> bool {
        self.is_final.as_ref().is_some_and(|it| it.value)
    }
}

impl From<&model::Logger> for Logger {
    fn from(logger: &model::Logger) -> Self {
        let model::Logger {
            destination,
            mode,
            rotate,
        } = logger;
        Self {
            destination: destination.map(|destination| match destination {
                model::LoggerDestination::File => LogDestination::File,
                model::LoggerDestination::Console => LogDestination::Console,
                model::LoggerDestination::Both => LogDestination::Both,
                model::LoggerDestination::None => LogDestination::None,
            }),
            mode: mode.map(|mode| match mode {
                model::LoggerMode::Standard => LogMode::Standard,
                model::LoggerMode::Rotate => LogMode::Rotate,
            }),
            rotate: rotate.as_ref().map(|rotate| {
                let model::RotatePolicy { log_size, backups } = rotate;
                LogRotation {
                    log_size: log_size.map(model::Bytes::get),
                    backups: backups.map(model::Integer::get),
                }
            }),
        }
    }
}
