//! `jobc build`: compiled jobs, and where they are.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::arguments::{CompileTarget, Global, Jobs, Strictness, form};
use crate::cli::jobs::{find, right};
use crate::cli::readiness;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::open;
use crate::compile::{Planned, Until};
use crate::diagnostic::{Failure, MachineError};
use crate::name::JobKey;
use crate::parallel::in_parallel;
use crate::plan::Needs;
use crate::query::{Findings, Search, Several, table};
use crate::target::Bundle;
use crate::workspace::Workspace;
use crate::write::{Destination, Spool, Waiting};

/// Compile jobs and print where they are
///
/// Prints a line for each job: its key and the absolute path of the compiled file, the two words
/// that Aurora's client takes. The file is named by its contents and never changes; it lies in the
/// workspace's `.jobc/store`. When anything is wrong, nothing is written and nothing printed but
/// the problems.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// What jobs are compiled to (default: the workspace's setting `target`, or `aurora-json`)
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<CompileTarget>,
    /// Print one of the two words only
    #[arg(long, value_name = "WORD")]
    pub(crate) print: Option<Word>,
    /// Ask first whether the nodes can get what the jobs need, as `ready` does
    ///
    /// Unless they can get all of it, nothing is written and nothing printed but what is missing.
    #[arg(long)]
    pub(crate) ready: bool,
    /// Print the compiled job itself and write no file
    #[arg(long, conflicts_with_all = ["print", "out"])]
    pub(crate) stdout: bool,
    /// Write into this directory
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// A word of a line that `build` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Word {
    /// The absolute path of the compiled file
    Path,
    /// The job's key, CLUSTER/ROLE/ENVIRONMENT/NAME
    Key,
}

/// After `build --help`.
const AFTER_HELP: &str = "\
Examples:
  aurora job create --read-json $(jobc build hello)
  jobc build www/job.toml --stdout
  jobc build 'devcluster/*/prod/*' --print key
  jobc build --out compiled
  aurora job create $(jobc build hello --target aurora-config)";

pub(crate) fn run(args: &BuildArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let search = Search::new(&workspace, &args.jobs.names)?;
    let spool = Spool::new(&workspace.root);
    // What nodes need takes more room than many jobs have.
    let keep = |bundle, planned: Planned| Built {
        needs: args.ready.then(|| planned.into_needs()),
        job: spool.keep(bundle),
    };
    let until = Until::Emitted(form(args.target, &workspace), &keep);
    let mut findings = find(&search, &until, Several::ByPattern, console)?;
    if findings.failures.is_empty() && args.stdout && findings.selected().nth(1).is_some() {
        findings.failures.push(too_many(&findings));
    }
    let mut jobs = right(findings, diagnostics, console)?;
    jobs.sort_by(|a, b| a.job.key().cmp(b.job.key()));
    if args.ready {
        let needs: Vec<_> = jobs.iter_mut().filter_map(|job| job.needs.take()).collect();
        let exit = readiness::require(&needs, &workspace, console)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let text = if args.stdout {
        let mut text = String::new();
        for job in &jobs {
            text.push_str(&spooled(&spool, job)?.listing());
        }
        text
    } else {
        let paths = write(&jobs, &spool, args.out.as_deref(), &workspace)?;
        lines(&jobs, &paths, args.print)
    };
    output::print_as_it_is(&text)?;
    Ok(Exit::Done)
}

/// What is kept of a compiled job.
struct Built {
    job: Waiting,
    /// What its nodes need, if they are asked for it.
    needs: Option<(JobKey, Needs)>,
}

fn write(
    jobs: &[Built],
    spool: &Spool,
    out: Option<&Path>,
    workspace: &Workspace,
) -> Result<Vec<PathBuf>, MachineError> {
    let destination = if let Some(directory) = out {
        Destination::new(&absolute(directory)?)?
    } else {
        let (own, store) = (workspace.own_directory(), workspace.store_directory());
        Destination::in_own(&workspace.root, &own, &store)?
    };
    let write = |job: &Built| {
        let bundle = spooled(spool, job)?;
        // The disk need not have room for both.
        spool.give_back(&job.job);
        destination.write(&bundle)
    };
    in_parallel(jobs, write, |_| {}).into_iter().collect()
}

fn spooled<'j>(spool: &Spool, job: &'j Built) -> Result<Cow<'j, Bundle>, MachineError> {
    let bundle = spool.bundle(&job.job);
    bundle.map_err(|error| MachineError::new("cannot read a compiled job again", error))
}

fn absolute(directory: &Path) -> Result<PathBuf, MachineError> {
    std::path::absolute(directory)
        .map_err(|error| MachineError::new(format!("cannot find `{}`", directory.display()), error))
}

fn lines(jobs: &[Built], paths: &[PathBuf], word: Option<Word>) -> String {
    let mut lines = String::new();
    for (job, path) in jobs.iter().zip(paths) {
        let (key, path) = (job.job.key(), path.display());
        let line = match word {
            None => writeln!(lines, "{key} {path}"),
            Some(Word::Key) => writeln!(lines, "{key}"),
            Some(Word::Path) => writeln!(lines, "{path}"),
        };
        line.expect("a string takes all");
    }
    lines
}

fn too_many<T>(findings: &Findings<T>) -> Failure {
    let count = findings.selected().count();
    Failure::new(format!(
        "`--stdout` is for one job, and {count} are selected"
    ))
    .note(table(findings.selected()))
    .help("name one of them by its key, or leave `--stdout` out")
}
