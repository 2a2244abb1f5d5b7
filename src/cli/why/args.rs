//! What the command line of `jobc why` may say.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cli::args::Strictness;
use crate::cli::{complete, help};

/// Say which jobs need a store path or package, or why a job's steps changed
///
/// Follows the references from each process' script, through the packages and files that its command
/// names, to the path. What packages refer to is in `jobc.lock`; of packages that it does not have
/// nothing is known, and nothing is claimed.
///
/// With OLD, says why the steps that jobc adds to a job have other hashes than on another side: which
/// package became another one, and what in its closure is behind that; which file; which command. A
/// side is what `jobc diff` takes: a git revision, a workspace, a compiled file, or a directory of
/// snapshots. A single word that is no path or package but a job compares with HEAD.
#[derive(Debug, Args)]
#[command(after_long_help = help::WHY)]
pub(in crate::cli) struct WhyArgs {
    /// A store path, HASH-NAME, a hash or 8 or more of its first characters, a package by its name
    /// or installable, an imported file, or a step's name such as `nix_init_server-1a2b3c4d`; or a
    /// job, by its name or key, or a pattern of these
    #[arg(
        value_name = "PATH|PACKAGE|JOB",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::packages_and_jobs)
    )]
    pub(in crate::cli) what: String,
    /// The side to compare the job with
    #[arg(value_name = "OLD", value_parser = NonEmptyStringValueParser::new(), conflicts_with = "jobs")]
    pub(in crate::cli) old: Option<String>,
    /// The side that the job is of (default: the workspace as it is)
    #[arg(value_name = "NEW", value_parser = NonEmptyStringValueParser::new())]
    pub(in crate::cli) new: Option<String>,
    /// Ask about these jobs only (default: all); may be repeated
    #[arg(
        long = "job",
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(in crate::cli) jobs: Vec<String>,
    /// All jobs, as without `--job`
    #[arg(long, conflicts_with = "jobs")]
    pub(in crate::cli) all: bool,
    /// Show the chains through everything that a command names, and cut no list
    ///
    /// Without it, there is the shortest chain from each script, and of many jobs that need the path
    /// through the same packages the first few are named.
    #[arg(long)]
    pub(in crate::cli) full: bool,
    /// How the answer is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: WhyFormat,
    #[command(flatten)]
    pub(in crate::cli) strictness: Strictness,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WhyFormat {
    /// Each chain once, for people
    Text,
    /// The document that `jobc schema why` describes, or `jobc schema why-changed`
    Json,
}
