//! `jobc build`: compiled jobs, and where they are.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::compile::{Compiled, in_parallel};
use crate::diagnostic::{Failure, MachineError};
use crate::workspace::Workspace;
use crate::write::Destination;

use super::args::{BuildArgs, Global, Word};
use super::console::Console;
use super::exit::Exit;
use super::find::find;
use super::open::open;
use super::{output, ready};
use crate::query::{Depth, Findings, Search, Several, table};

pub(super) fn run(args: &BuildArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let depth = if args.ready {
        Depth::Keep
    } else {
        Depth::KeepText
    };
    let search = Search::new(&workspace, &args.jobs.names, depth)?.written_as(args.target);
    let mut findings = find(&search, Several::ByPattern, console)?;
    if findings.failures.is_empty() && args.stdout && findings.selected().nth(1).is_some() {
        findings.failures.push(too_many(&findings));
    }
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &findings.failures);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let mut jobs = findings.compiled;
    jobs.sort_by(|a, b| a.key.cmp(&b.key));
    if args.ready {
        let exit = ready::check(&jobs, &workspace, console)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let text = if args.stdout {
        jobs.into_iter().map(|job| job.artifact.text).collect()
    } else {
        let paths = write(&jobs, args.out.as_deref(), &workspace)?;
        lines(&jobs, &paths, args.print)
    };
    output::print_as_it_is(&text)?;
    Ok(Exit::Done)
}

fn write(
    jobs: &[Compiled],
    out: Option<&Path>,
    workspace: &Workspace,
) -> Result<Vec<PathBuf>, MachineError> {
    let destination = if let Some(directory) = out {
        Destination::new(&absolute(directory)?)?
    } else {
        let (own, store) = (workspace.own_directory(), workspace.store_directory());
        Destination::in_own(&workspace.root, &own, &store)?
    };
    let write = |job: &Compiled| destination.write(&job.artifact);
    in_parallel(jobs, write, |_| {}).into_iter().collect()
}

fn absolute(directory: &Path) -> Result<PathBuf, MachineError> {
    std::path::absolute(directory)
        .map_err(|error| MachineError::new(format!("cannot find `{}`", directory.display()), error))
}

fn lines(jobs: &[Compiled], paths: &[PathBuf], word: Option<Word>) -> String {
    let mut lines = String::new();
    for (job, path) in jobs.iter().zip(paths) {
        let (key, path) = (&job.key, path.display());
        let line = match word {
            None => writeln!(lines, "{key} {path}"),
            Some(Word::Key) => writeln!(lines, "{key}"),
            Some(Word::Path) => writeln!(lines, "{path}"),
        };
        line.expect("a string takes all");
    }
    lines
}

fn too_many(findings: &Findings) -> Failure {
    let count = findings.selected().count();
    Failure::new(format!(
        "`--stdout` is for one job, and {count} are selected"
    ))
    .note(table(findings.selected()))
    .help("name one of them by its key, or leave `--stdout` out")
}
