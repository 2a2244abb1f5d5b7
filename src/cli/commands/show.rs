//! `jobc show`: everything about one job.

use clap::{Args, ValueEnum};

use crate::cli::arguments::{Global, OneJob, Strictness};
use crate::cli::jobs::planned_job;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::{output, terminal};
use crate::cli::workspace::open;
use crate::show;

/// Show everything about a job on one screen
///
/// Shows where it is defined, what it may use, its processes in their order with what they need
/// from the store, its ports and what each is for, how many seconds health checks and updates take,
/// and what only the node fills in. Sizes are those of archives, as the lock has them.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    pub(crate) job: OneJob,
    /// How it is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ShowFormat,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// How a job is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// For people
    Text,
    /// An object, as `jobc schema show` describes it
    Json,
}

/// After `show --help`.
const AFTER_HELP: &str = "\
Values that the definition does not say are marked as defaults. Times are worked out as Aurora's
executor and scheduler count: the first health check is made when the task starts, failures during
the grace period are not counted, and a window goes from checks that take no time to checks that
take their whole timeout. An update at best is one whose instances are healthy at once; it takes
longer by the time that instances take to stop, to be placed and to fetch what they need.

Examples:
  jobc show hello
  jobc show devcluster/www/prod/hello --format json";

pub(crate) fn run(args: &ShowArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let planned = planned_job(&args.job.name, &workspace, diagnostics, console)?;
    let shown = show::shown(&planned, &workspace);
    let text = match args.format {
        ShowFormat::Text => show::text(&shown, &terminal::look(global.color)),
        ShowFormat::Json => {
            let mut text = serde_json::to_string_pretty(&shown).expect("it becomes JSON");
            text.push('\n');
            text
        }
    };
    output::print_masked(&text, &show::secrets(&planned.plan))?;
    Ok(Exit::Done)
}
