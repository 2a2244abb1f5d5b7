//! `jobc validate`: what is wrong with JSON for Aurora that jobc did not make.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use walkdir::WalkDir;

use crate::cli::arguments::{Global, Strictness};
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::workspace::open;
use crate::diagnostic::render::{Lines, LookedAt, counted};
use crate::diagnostic::{Diagnostic, Failure, MachineError, Report, Severity, SubjectJob};
use crate::parallel::in_parallel;
use crate::source::{SourceFile, display_name, load_stream};
use crate::validate::{self, Binding, Terms, Validated, jobs, validate};
use crate::workspace::{Workspace, readable};

/// Check Aurora JSON that jobc did not make
///
/// Reads each file as Aurora's client does with `--read-json`, one job or `{"jobs": [...]}`, and checks
/// it by the rules of `check`. Nothing that the client, the planner or the scheduler would refuse is
/// valid; what the client converts, such as a number given as a string, is a warning. What jobc adds
/// to definitions means nothing here. Of the workspace, only the settings matter.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct ValidateArgs {
    /// The files: `-` is standard input, and a directory all `.json` files in it and below
    ///
    /// Hidden files and directories are left out.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Take for an error only what Aurora's client refuses
    ///
    /// Everything else is a warning: what only the scheduler would refuse when the job is submitted,
    /// and what all let pass though it does not work.
    #[arg(long)]
    pub(crate) as_client: bool,
    /// Say what `{{NAME}}` stands for where a job does not say it itself
    ///
    /// The same as `--bind` of Aurora's client, and as often as needed: `{{NAME}}` becomes VALUE,
    /// wherever no field around it has that name. NAME is written as in a reference, `CPUS` or
    /// `cluster.zone[a]`; of several for one name the last counts.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) bind: Vec<Binding>,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// After `validate --help`.
const AFTER_HELP: &str = "\
In a format for programs, the problems are printed on standard output: see `jobc check --help`.

Exit status:
  0  all files are valid
  1  something is wrong with them
  2  a file could not be read, or the command line made no sense

Examples:
  jobc validate compiled/hello.json
  jobc validate jobs/ --message-format short
  jobc validate jobs/ --message-format junit > jobs.xml
  generate | jobc validate - --as-client
  jobc validate topology.json --bind CPUS=1.5 --bind INSTANCES=3";

/// The name of standard input.
const STDIN: &str = "-";

/// Files that are read by one thread in a row.
const ROW: usize = 16;

pub(crate) fn run(args: &ValidateArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, mut diagnostics) = open(global, console)?;
    let strictness = if args.as_client {
        validate::Strictness::AsClient
    } else {
        validate::Strictness::Full
    };
    let mut failures = Vec::new();
    let files = files(&args.files, &workspace, &mut failures);
    let progress = console.progress(files.len());
    let rows: Vec<_> = files.chunks(ROW).collect();
    let look = |path: &PathBuf| look(path, &workspace, strictness, &args.bind, console);
    let looks = in_parallel(
        &rows,
        |row| row.iter().map(look).collect::<Vec<_>>(),
        |rows| progress.done(rows * ROW),
    );
    let mut total = Validated::default();
    for outcome in looks.into_iter().flatten() {
        match outcome {
            Ok(report) => {
                if let Some(one) = report.unpack(&mut diagnostics) {
                    total.jobs += one.jobs;
                    total.processes += one.processes;
                }
            }
            Err(error) => failures.push(error.into()),
        }
    }
    let remark = format!(
        "validated {} with {} in {}",
        counted(total.jobs, "job"),
        counted_processes(total.processes),
        counted(files.len(), "file")
    );
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    let done = failures.is_empty() && !diagnostics.iter().any(wrong);
    Ok(console.close(diagnostics, Some(&*remark).filter(|_| done), &failures))
}

fn counted_processes(count: usize) -> String {
    match count {
        1 => "1 process".to_owned(),
        _ => format!("{count} processes"),
    }
}

/// The files that the command line names, each once, and why others are none.
fn files(named: &[PathBuf], workspace: &Workspace, failures: &mut Vec<Failure>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for name in named {
        let path = workspace.current_dir.join(name);
        let mut found = Vec::new();
        if name == Path::new(STDIN) {
            found.push(name.clone());
        } else if path.is_dir() {
            if let Err(failure) = search(&path, workspace, &mut found) {
                failures.push(failure);
            }
        } else {
            found.push(path);
        }
        files.extend(found.into_iter().filter(|path| seen.insert(path.clone())));
    }
    files
}

/// The JSON files of a directory, and of those in it.
fn search(
    directory: &Path,
    workspace: &Workspace,
    found: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let name = display_name(directory, &workspace.current_dir);
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let walk = WalkDir::new(directory).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(visible) {
        let entry = entry.map_err(|error| {
            let cause = error.into_io_error();
            let cause = cause.map_or_else(|| "it contains itself".to_owned(), |it| it.to_string());
            Failure::new(format!("cannot search `{name}`: {cause}"))
        })?;
        let path = entry.path();
        let is_json = path
            .extension()
            .is_some_and(|extension| extension == "json");
        if is_json && !entry.file_type().is_dir() {
            found.push(path.to_owned());
        }
    }
    if found.is_empty() {
        return Err(Failure::new(format!("no `.json` file in `{name}`")));
    }
    Ok(())
}

fn look(
    path: &Path,
    workspace: &Workspace,
    strictness: validate::Strictness,
    bindings: &[Binding],
    console: &Console,
) -> Result<Report<Validated>, MachineError> {
    let (loaded, name) = if path == Path::new(STDIN) {
        let name = "<stdin>".to_owned();
        (load_stream(io::stdin().lock(), &name), name)
    } else {
        let name = display_name(path, &workspace.current_dir);
        let mut diagnostics = Vec::new();
        let Some(file) = workspace.open_named(path)?.unpack(&mut diagnostics) else {
            return Ok(Report::failed(diagnostics));
        };
        (load_stream(file, &name), name)
    };
    let file = readable(loaded, name)?;
    if let Some(file) = file.value.as_ref().filter(|_| console.lists_jobs()) {
        console.looked_at(looked_at(file));
    }
    Ok(file.and_then(|file| {
        let terms = Terms {
            settings: &workspace.settings,
            strictness,
            registry: workspace.registry,
        };
        validate(&file, terms, bindings)
    }))
}

/// The jobs of a file, for reports that list them.
fn looked_at(file: &Arc<SourceFile>) -> Vec<LookedAt> {
    let mut lines = Lines::default();
    let index = lines.of(file);
    let looked_at = |job: SubjectJob| LookedAt {
        file: file.name().to_owned(),
        start: job.location.span.start,
        line: index.position(job.location.span.range().start).line,
        key: job.name,
    };
    jobs(file).into_iter().map(looked_at).collect()
}
