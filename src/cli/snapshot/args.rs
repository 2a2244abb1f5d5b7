//! What the command line of `jobc snapshot` may say.

use clap::Args;

use crate::cli::args::{DiffFormat, Jobs, Strictness};
use crate::cli::help;

/// Keep compiled jobs in the repository, and check that they are current
///
/// Writes each job that is not as its snapshot says to CLUSTER/ROLE/ENVIRONMENT/NAME.json in the
/// directory `snapshots` of the workspace (a setting in `[snapshots]`), and removes snapshots of
/// jobs that are no more. Commit them, and reviews show what becomes of jobs. Prints a line for each
/// file that was added, changed or removed. When anything is wrong, nothing is written. With names,
/// snapshots of other jobs are neither looked at nor removed.
#[derive(Debug, Args)]
#[command(after_long_help = help::SNAPSHOT)]
pub(in crate::cli) struct SnapshotArgs {
    #[command(flatten)]
    pub(in crate::cli) jobs: Jobs,
    /// Write nothing; print what differs, with exit code 1
    ///
    /// Snapshots are compared as `jobc diff` compares jobs: what the job was by its snapshot, and
    /// what it compiles to now. The files that are not current are listed at the end.
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// How the differences are printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        requires = "check"
    )]
    pub(in crate::cli) format: DiffFormat,
    #[command(flatten)]
    pub(in crate::cli) strictness: Strictness,
}
