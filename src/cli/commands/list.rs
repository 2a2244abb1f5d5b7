//! `jobc list`: the jobs there are.

use std::fmt::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::cli::arguments::{Global, Jobs, Strictness};
use crate::cli::jobs::find;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace::open;
use crate::compile::{Listed, Until};
use crate::diagnostic::render::visible;
use crate::model::Job;
use crate::query::{Search, Several, place};
use crate::source::Pointer;

/// List jobs with their files and processes
///
/// Wrong definitions cannot be listed: their problems are printed, and the exit code is 1.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// How the list is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Columns: key, place, processes
    Text,
    /// An array of objects with `key`, `file`, `line` and `processes`
    Json,
}

/// A job in JSON.
#[derive(Serialize)]
struct Item<'a> {
    key: String,
    file: &'a str,
    line: usize,
    processes: &'a [String],
}

pub(crate) fn run(args: &ListArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, mut diagnostics) = open(global, console)?;
    let search = Search::new(&workspace, &args.jobs.names)?;
    let processes = |job: &Job, _: &Pointer| {
        let processes = job.task.processes.iter();
        processes.map(|process| process.name.to_string()).collect()
    };
    let until: Until<'_, Vec<String>> = Until::Listed(&processes);
    let mut findings = find(&search, &until, Several::ByName, console)?;
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &findings.failures);
    let mut jobs: Vec<_> = findings.selected().zip(&findings.kept).collect();
    jobs.sort_by_key(|(job, _)| (&job.key, job.location.file.name()));
    output::print(&match args.format {
        ListFormat::Text => text(&jobs),
        ListFormat::Json => json(&jobs),
    })?;
    Ok(exit)
}

/// A job and the names of its processes.
type Row<'a> = (&'a Listed, &'a Vec<String>);

impl<'a> Item<'a> {
    fn new((job, processes): Row<'a>) -> Self {
        Self {
            key: job.key.to_string(),
            file: job.location.file.name(),
            line: job.line,
            processes,
        }
    }
}

fn text(jobs: &[Row<'_>]) -> String {
    let mut rows = Vec::with_capacity(jobs.len());
    for (job, processes) in jobs {
        let processes = visible::line(&processes.join(", "));
        rows.push((job.key.to_string(), place(job), processes));
    }
    let keys = rows.iter().map(|(key, _, _)| key.len()).max().unwrap_or(0);
    let places = rows.iter().map(|(_, place, _)| place.chars().count()).max();
    let places = places.unwrap_or(0);
    let mut text = String::new();
    for (key, place, processes) in rows {
        writeln!(text, "{key:keys$}  {place:places$}  {processes}").expect("a string takes all");
    }
    text
}

fn json(jobs: &[Row<'_>]) -> String {
    let items: Vec<_> = jobs.iter().map(|job| Item::new(*job)).collect();
    let mut text = serde_json::to_string_pretty(&items).expect("strings and numbers become JSON");
    text.push('\n');
    text
}
