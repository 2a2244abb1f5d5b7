//! A process: one command of a task.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::vocabulary::PROCESS;

use super::fields::{table, texts};
use super::{
    After, Bytes, CommandLine, Integer, ProcessName, Ready, Resources, Seconds, Text, Umask,
    Variable, VariableName, Waive,
};

/// A command that the agent runs with `/bin/bash -c` in the task's sandbox.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::layers::process)]
pub struct Process {
    /// The name, unique in the task.
    pub name: ProcessName,
    /// The command. `${pkgs.NAME}`, `${./file}` and `${expanded ./file}` become store paths,
    /// `{{...}}` is bound by Aurora; all else reaches the shell as it is.
    pub cmdline: CommandLine,
    /// How many runs may fail before the process has failed; 0 retries for ever (default 1).
    pub max_failures: Option<Integer<0>>,
    /// Whether it is started again after it succeeded (default false).
    pub daemon: Option<bool>,
    /// Whether the task may end without it, and does not care whether it fails (default false).
    pub ephemeral: Option<bool>,
    /// Whether it runs when the ordinary processes are done (default false).
    #[serde(rename = "final")]
    pub final_: Option<bool>,
    /// The shortest time between the end of a run and the start of the next (default 5 s).
    pub min_duration: Option<Seconds>,
    /// Where its output goes.
    pub logger: Option<Box<Logger>>,
    /// What it may use; Aurora itself only enforces the task's.
    pub resources: Option<Box<Resources>>,
    /// Environment variables. `${pkgs.NAME}`, `${./file}` and `{{...}}` in values are those of commands;
    /// all else is literal. `{ file = "/run/secret" }` reads a file of the node at the start.
    pub env: Option<BTreeMap<VariableName, Variable>>,
    /// Directories that are put before `PATH`, the first one first.
    pub path: Option<Vec<CommandLine>>,
    /// The directory that it starts in (default: the sandbox).
    pub directory: Option<CommandLine>,
    /// The permissions that files it makes do not get, in octal: `"0027"`.
    pub umask: Option<Umask>,
    /// How much it gives way to other processes of the node, from -20 to 19.
    pub nice: Option<Integer<-20, 19>>,
    /// The account that it runs as, where a scheduler has one for each process.
    pub user: Option<Text>,
    /// The processes that have to succeed before this one starts: short for an `order` of each of
    /// them with this one. Of a table, `when = "ready"` waits until its process is ready instead.
    pub after: Option<Vec<After>>,
    /// How one knows that it is ready for those that wait for that.
    pub ready: Option<Ready>,
    /// Lints that are not reported for this process, each with the reason.
    pub waive: Option<Box<Waive>>,
}

table!(Process: PROCESS {
    name, cmdline, max_failures, daemon, ephemeral, final_ = "final", min_duration, logger,
    resources,
} own { env, path, directory, umask, nice, user, after, ready, waive });

impl Process {
    /// Whether it belongs to the task's finalisation.
    pub fn is_final(&self) -> bool {
        self.final_.unwrap_or(PROCESS.boolean("final"))
    }

    /// Whether the task may end without it.
    pub fn is_ephemeral(&self) -> bool {
        self.ephemeral.unwrap_or(PROCESS.boolean("ephemeral"))
    }

    /// Whether it never ends by itself.
    pub fn is_daemon(&self) -> bool {
        self.daemon.unwrap_or(PROCESS.boolean("daemon"))
    }
}

/// Where a process' output goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logger {
    /// To files, the executor's console, both or nowhere (default `file`).
    pub destination: Option<LoggerDestination>,
    /// Whether files are rotated (default `standard`: they are not).
    pub mode: Option<LoggerMode>,
    /// How files are rotated.
    pub rotate: Option<RotatePolicy>,
}

table!(Logger: LOGGER { destination, mode, rotate });

/// Where output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoggerDestination {
    /// Into files of the sandbox.
    File,
    /// To the executor's own output.
    Console,
    /// Into files and to the executor's own output.
    Both,
    /// Nowhere.
    None,
}

impl LoggerDestination {
    /// Its word in the schema.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Console => "console",
            Self::Both => "both",
            Self::None => "none",
        }
    }
}

/// Whether log files are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoggerMode {
    /// One file that grows.
    Standard,
    /// Files of limited size.
    Rotate,
}

impl LoggerMode {
    /// Its word in the schema.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Rotate => "rotate",
        }
    }
}

texts!(LoggerDestination, LoggerMode);

/// How log files are rotated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotatePolicy {
    /// The size at which a file is closed (default 100 MiB).
    pub log_size: Option<Bytes>,
    /// How many closed files are kept (default 5).
    pub backups: Option<Integer<0>>,
}

table!(RotatePolicy: ROTATE_POLICY { log_size, backups });
