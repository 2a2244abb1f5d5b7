//! `jobc check`: what is wrong with the definitions.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::cli::arguments::{CompileTarget, Global, Jobs, Strictness, form};
use crate::cli::jobs::find;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::workspace::open;
use crate::compare;
use crate::compile::Until;
use crate::diagnostic::render::{LookedAt, counted, visible};
use crate::diagnostic::{Diagnostic, Severity};
use crate::query::{Search, Several};

/// Check jobs without writing anything
///
/// Does all that `build` does except for writing, and says on standard error how much was checked.
/// In a format for programs, the problems are printed on standard output.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// Only jobs that may have changed since this git revision
    ///
    /// Those whose definition, settings, packages in the lock or imported files differ, in commits
    /// or only in the working tree.
    #[arg(
        long,
        value_name = "REVISION",
        conflicts_with_all = ["names", "all"],
        allow_hyphen_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(crate) changed: Option<String>,
    /// What jobs are compiled to (default: the workspace's setting `target`, or `aurora-json`)
    #[arg(long, value_name = "TARGET")]
    pub(crate) target: Option<CompileTarget>,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// After `check --help`.
const AFTER_HELP: &str = "\
Formats for programs:
  json    a line for each problem; its schema is `jobc schema messages`
  github  workflow commands. GitHub shows 10 errors and 10 warnings of a step beside the changes;
          the log of the step has all
  sarif   a SARIF 2.1.0 log; columns count code points
  junit   a JUnit report: a suite for each file, a case for each job, warnings as its output
  All of it goes to standard output, also if there are errors; what is the machine's fault and no
  definition's is in it, and on standard error as well. Names of files are relative to
  GITHUB_WORKSPACE, if that is set and the current directory is below it, or else to the current
  directory.

Examples:
  jobc check 'devcluster/*/prod/*' --deny-warnings
  jobc check --message-format github
  jobc check --message-format sarif > jobc.sarif";

pub(crate) fn run(args: &CheckArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, mut diagnostics) = open(global, console)?;
    let mut search = Search::new(&workspace, &args.jobs.names)?;
    let mut left_out = None;
    if let Some(revision) = &args.changed {
        let Some(changed) = compare::changed_since(revision, &workspace)?.unpack(&mut diagnostics)
        else {
            return Ok(console.close(diagnostics, None, &[]));
        };
        search.limit(&changed);
        left_out = Some((search.definitions.len() - changed.len(), revision));
    }
    let until: Until<'_, ()> = Until::Checked(form(args.target, &workspace), &|_| ());
    let mut findings = find(&search, &until, Several::ByName, console)?;
    diagnostics.append(&mut findings.diagnostics);
    console.looked_at(findings.selected().map(|job| LookedAt {
        file: job.location.file.name().to_owned(),
        start: job.location.span.start,
        line: job.line,
        key: job.key.to_string(),
    }));
    let remark = format!(
        "checked {} in {}",
        counted(findings.selected().count(), "job"),
        counted(findings.concerned, "file")
    );
    let remark = match left_out {
        None => remark,
        Some((count, revision)) => {
            let files = counted(count, "file");
            let revision = visible::line(revision);
            let are = if count == 1 { "is" } else { "are" };
            format!("{remark}; {files} that {are} as in `{revision}` {are} left out")
        }
    };
    // Jobs of files in which something is wrong were not checked to the end.
    let wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    let done = findings.failures.is_empty() && !diagnostics.iter().any(wrong);
    let remark = Some(&*remark).filter(|_| done);
    Ok(console.close(diagnostics, remark, &findings.failures))
}
