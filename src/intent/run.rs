//! Processes of a definition, and where their output goes.

use crate::model;

use super::definition::Table;
use super::{At, Resources, Text};

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
            // The plan has it as edges.
            after: _,
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
        }
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
