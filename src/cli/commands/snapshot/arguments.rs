//! What may stand behind `jobc snapshot`.

use clap::Args;

use crate::cli::arguments::{DiffFormat, Jobs, Strictness};

/// Keep compiled jobs in the repository, and check that they are current
///
/// Writes each job that differs from its snapshot to CLUSTER/ROLE/ENVIRONMENT/NAME.json in the
/// directory `snapshots` of the workspace (a setting in `[snapshots]`), and removes snapshots of
/// jobs that no longer exist. Commit them, and reviews show how compiled jobs change. Prints a line
/// for each file that was added, changed or removed. When anything is wrong, nothing is written. With
/// names, snapshots of other jobs are neither looked at nor removed.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct SnapshotArgs {
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// Write nothing; print what differs, with exit code 1
    ///
    /// Snapshots are compared as `jobc diff` compares jobs: what the job was by its snapshot, and
    /// what it compiles to now. The files that are not current are listed at the end.
    #[arg(long)]
    pub(crate) check: bool,
    /// How the differences are printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        requires = "check"
    )]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// After `snapshot --help`.
const AFTER_HELP: &str = "\
Line endings are LF; a checkout that made CRLF of them is current as well. Files in the directory
that are no snapshots stay, and links are not followed.

Exit status:
  0  all are current, or were written
  1  `--check`: some are not; definitions that are wrong are 1 as well
  2  the machine could not, or the command line made no sense

Examples:
  jobc snapshot
  jobc snapshot --check
  jobc snapshot hello '*/*/prod/*'";
