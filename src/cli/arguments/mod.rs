//! Arguments that several commands take.

pub(crate) mod complete;

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::{NonEmptyStringValueParser, PossibleValue};
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cache::{CacheUrl, CacheUrlError};
use crate::cli::ui::options::{Color, MessageFormat};
use crate::cli::ui::topics;
use crate::target::{Form, NAMED, Named};
use crate::workspace::Workspace;

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Take this directory for the workspace
    ///
    /// Without it, the workspace is the nearest directory upward that has a `jobc.toml`, or else
    /// the current directory. Names on the command line stay relative to the current directory.
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
    /// How problems are printed
    ///
    /// `text` and `short` are for people and go to standard error. The others are for programs: of
    /// `check` and `validate` they are the result, and go to standard output whether there are
    /// problems or not; of other commands they go to standard error.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) message_format: MessageFormat,
    /// Whether problems are printed in colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// Which jobs a command is for, where it may be any number.
#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// The jobs: names, directories, files, keys, or patterns such as `*/*/prod/*` (default: all)
    #[arg(
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        long_help = format!("{} Without any, all jobs of the workspace.", topics::NAMES.replace('\n', " ")),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(crate) names: Vec<String>,
    /// All jobs of the workspace, as without names
    #[arg(long, conflicts_with = "names")]
    pub(crate) all: bool,
}

/// Which job a command is for, where it is for one.
#[derive(Debug, Args)]
pub(crate) struct OneJob {
    /// The job: a name, a directory, a file, or a key
    #[arg(
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        long_help = topics::NAMES.replace('\n', " "),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(crate) name: String,
}

/// How problems are judged.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Strictness {
    /// Take warnings for errors
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// What jobs are compiled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CompileTarget(&'static Named);

impl ValueEnum for CompileTarget {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<CompileTarget>> =
            LazyLock::new(|| NAMED.iter().map(CompileTarget).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name).help(self.0.summary))
    }
}

impl From<CompileTarget> for Form {
    fn from(CompileTarget(named): CompileTarget) -> Self {
        Self::Target(named.target)
    }
}

/// How changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people, in colour on a terminal
    Text,
    /// An object, as `jobc schema diff` has it
    Json,
    /// For a comment of a pull request
    Markdown,
}

/// The URL of a binary cache, with what to do where it is none.
pub(crate) fn cache(text: &str) -> Result<CacheUrl, String> {
    text.parse().map_err(|error: CacheUrlError| {
        let help = error.help().map(|help| format!("; {help}"));
        format!("{error}{}", help.unwrap_or_default())
    })
}

/// The form that jobs are compiled to: the target that was named, or that of the workspace's settings.
pub(crate) fn form(named: Option<CompileTarget>, workspace: &Workspace) -> Form {
    let by_settings = || Form::Target(workspace.settings.target.unwrap_or_default());
    named.map_or_else(by_settings, Form::from)
}
