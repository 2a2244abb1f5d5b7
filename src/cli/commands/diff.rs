//! `jobc diff`: what changes in compiled jobs.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use clap_complete::engine::ArgValueCompleter;

use crate::cli::arguments::{DiffFormat, Global, Strictness, complete};
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::{comparison, workspace};
use crate::compare::{Extent, JobFilter, Operand, Purpose, Reader};

/// Show what changes in compiled jobs, and what that does to the cluster
///
/// Compares two sides job by job: the last commit with the working tree, unless others are named. A
/// side is a git revision, a workspace, a compiled file, a directory of compiled files or of
/// snapshots, or `-` for compiled jobs on standard input. Revisions are compiled from a checkout of
/// their own; the working tree and the index stay as they are.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct DiffArgs {
    /// The old side (default: HEAD)
    #[arg(value_name = "OLD", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) old: Option<String>,
    /// The new side (default: the workspace as it is)
    #[arg(value_name = "NEW", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) new: Option<String>,
    /// Only jobs of this name, key or pattern (may be repeated)
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
    /// How the changes are printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// After `diff --help`.
const AFTER_HELP: &str = "\
A word that begins with `./`, `../` or `/` is a path, and `HEAD` is the last commit. Any other word is a
revision or a path, whichever is there, and an error if both are: a branch cannot say what it is
compared with. `git:REVISION` and `path:PATH` say which.

Definitions that do not compile on one side are told, and everything else is compared.

Nothing that a git repository configures is run: no filter, no hook, no watcher. A pointer of Git LFS
stands for its content where that is in the repository or in the working tree; a file that another
filter would write is compared as git keeps it, unless the working tree has it unchanged. Where that may
matter, a warning says so. Objects that only a server has are not fetched.

What an update does is told by Aurora's rules: any difference of a task's configuration, defaults
filled in, restarts its instances; `instances` and `update_config` are no part of it.

Examples:
  jobc diff
  jobc diff main --job '*/*/prod/*'
  jobc diff v1.2 v1.3 --format markdown
  jobc diff snapshots .
  jobc build hello --stdout | jobc diff compiled/hello.json -

Exit status:
  0  no job differs
  1  some do
  2  something could not be compared, because definitions of a side are wrong or the machine could not;
     all else was compared and printed";

pub(crate) fn run(args: &DiffArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let current_dir = workspace::current_dir()?;
    let root = workspace::root(global, &current_dir)?;
    let wanted = JobFilter::new(&args.jobs)?;
    let reader = Reader {
        current_dir: &current_dir,
        root: &root,
        wanted: &wanted,
        purpose: Purpose::Side { after: "jobc diff" },
    };
    let words = [args.old.as_deref(), args.new.as_deref()];
    let [old, new] = Operand::pair(words, &root, &current_dir);
    let (sides, diagnostics) = reader.read(&old, &new, Extent::Differing)?;
    let unmatched = reader.unmatched(&old, &new)?;
    if !unmatched.is_empty() {
        console.close(diagnostics, None, &unmatched);
        return Ok(Exit::Failed);
    }
    for note in sides.notes() {
        console.warn(&note);
    }
    let comparison = sides.compare();
    comparison::print(&comparison, args.format, global)?;
    let same = match sides.same {
        0 => String::new(),
        1 => "; 1 definition is the same on both sides".to_owned(),
        same => format!("; {same} definitions are the same on both sides"),
    };
    if sides.is_partial() {
        console.close(diagnostics, None, &sides.troubles);
        if comparison.jobs.is_empty() && !comparison.is_unknown() {
            console.remark(&format!("no job differs that can be compared{same}"));
        }
        return Ok(Exit::Failed);
    }
    let exit = console.close(diagnostics, None, &[]);
    if comparison.jobs.is_empty() {
        console.remark(&format!("no job differs{same}"));
    }
    Ok(match exit {
        Exit::Done if comparison.jobs.is_empty() => Exit::Done,
        Exit::Done => Exit::Wrong,
        // What is wrong with a lock concerns no job that was compared, and yet was not looked at.
        Exit::Wrong | Exit::Failed => Exit::Failed,
    })
}
