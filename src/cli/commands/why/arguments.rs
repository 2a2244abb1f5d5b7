//! What may stand behind `jobc why`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cli::arguments::{Strictness, complete};
use crate::why::Extent;

/// Say which jobs need a store path or package, or why a job's steps changed
///
/// Follows the references from each process' script, through the packages and files that its command
/// names, to the path. What packages refer to is in `jobc.lock`; jobc claims nothing of packages
/// that are not in it.
///
/// With OLD, says why the steps that jobc adds to a job have other hashes than on another side:
/// which package changed, and what in its closure caused that; which file changed; which command. A
/// side is what `jobc diff` takes: a git revision, a workspace, a compiled file, or a directory of
/// snapshots. A single word that is no path or package but a job compares with HEAD.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct WhyArgs {
    /// A store path, HASH-NAME, a hash or 8 or more of its first characters, a package by its name
    /// or installable, an imported file, or a step's name such as `nix_init_server-1a2b3c4d`; or a
    /// job, by its name or key, or a pattern of these
    #[arg(
        value_name = "PATH|PACKAGE|JOB",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::packages_and_jobs)
    )]
    pub(crate) what: String,
    /// The side to compare the job with
    #[arg(value_name = "OLD", value_parser = NonEmptyStringValueParser::new(), conflicts_with = "jobs")]
    pub(crate) old: Option<String>,
    /// The side that the job is of (default: the workspace as it is)
    #[arg(value_name = "NEW", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) new: Option<String>,
    /// Ask about these jobs only (default: all); may be repeated
    #[arg(
        long = "job",
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(crate) jobs: Vec<String>,
    /// All jobs, as without `--job`
    #[arg(long, conflicts_with = "jobs")]
    pub(crate) all: bool,
    /// Show the chains through everything that a command names, and cut no list
    ///
    /// Without it, there is the shortest chain from each script, and of many jobs that need the path
    /// through the same packages the first few are named.
    #[arg(long)]
    pub(crate) full: bool,
    /// How the answer is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: WhyFormat,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhyFormat {
    /// Each chain once, for people
    Text,
    /// The document that `jobc schema why` describes, or `jobc schema why-changed`
    Json,
}

/// After `why --help`.
const AFTER_HELP: &str = "\
Examples:
  jobc why openssl
  jobc why /nix/store/HASH-glibc-2.40 --job '*/*/prod/*'
  jobc why files/server.conf --full
  jobc why web HEAD~3
  jobc why web main snapshots

Exit status:
  0  some job needs it (a warning says where more may be unknown); a job was compared, and
     what changed was told, if anything did
  1  no job needs it; definitions that are wrong are 1 as well, and what the others need is printed
  2  no job is known to need it, but what some store paths refer to is unknown; with OLD, something
     could not be compared";

impl WhyArgs {
    /// How much of what leads to a path is shown.
    pub(super) fn extent(&self) -> Extent {
        if self.full {
            Extent::Each
        } else {
            Extent::Shortest
        }
    }
}
