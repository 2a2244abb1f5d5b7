//! What the command line of `jobc why` may say.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use crate::cli::help;

/// Say which jobs need a store path or package, and through what
///
/// Follows the references from each process' script, through the packages and files that its command
/// names, to the path. What packages refer to is in `jobc.lock`; of packages that it does not have
/// nothing is known, and nothing is claimed.
#[derive(Debug, Args)]
#[command(after_long_help = help::WHY)]
pub(in crate::cli) struct WhyArgs {
    /// A store path, HASH-NAME, a hash or 8 or more of its first characters, a package by its name
    /// or installable, an imported file, or a step's name such as `nix_init_server-1a2b3c4d`
    #[arg(value_name = "PATH|PACKAGE", value_parser = NonEmptyStringValueParser::new())]
    pub(in crate::cli) what: String,
    /// Ask about these jobs only (default: all); may be repeated
    #[arg(
        long = "job",
        value_name = "NAME|PATTERN",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(in crate::cli) jobs: Vec<String>,
    /// Show the chains through everything that a command names, and name all jobs
    ///
    /// Without it, there is the shortest chain from each script, and of many jobs that need the path
    /// through the same packages the first few are named.
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// How the answer is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: WhyFormat,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WhyFormat {
    /// Each chain once, for people
    Text,
    /// The document that `jobc schema why` describes
    Json,
}
