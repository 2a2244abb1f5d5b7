//! `jobc ready`: can the nodes get what jobs need?

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cache::{Archives, Patience};
use crate::cli::arguments::{Global, Jobs, Strictness};
use crate::cli::jobs::{find, right};
use crate::cli::readiness;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::{output, terminal};
use crate::cli::workspace::open;
use crate::compile::{Planned, Until};
use crate::query::{Search, Several};
use crate::ready;
use crate::target::Form;

/// Ask whether the nodes can get what jobs need
///
/// Asks for every store path of the jobs' closures in the binary caches that the nodes ask: those
/// of `[init]` and `[nodes]` in `jobc.toml`, not those of this machine. What has no
/// signature that the nodes trust, or a broken archive, is there and of no use to them: sign it, or
/// write it anew. Where versions of Nix differ, the strictest one counts.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct ReadyArgs {
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    /// List what is present, too
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReadyFormat,
    /// Believe servers that say they have a path, and do not ask for its archive
    ///
    /// Takes half as long. Without it, jobc asks for the head or the first bytes of each archive
    /// that a node would download, and compares its size. Directories are always looked at.
    #[arg(long)]
    pub(crate) trust_narinfo: bool,
    /// Stop asking a server the same question after this time
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = seconds
    )]
    pub(crate) timeout: u16,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// How the answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadyFormat {
    /// By what came of asking, for people
    Text,
    /// An object with `summary`, `caches` and `paths`
    Json,
}

fn seconds(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "expected a number of seconds from 1 to 65535".to_owned())
}

/// After `ready --help`.
const AFTER_HELP: &str = "\
Examples:
  jobc ready hello && aurora job create --read-json $(jobc build hello)
  jobc ready '*/*/prod/*' --format json

Exit status:
  0  all of it is there
  1  some of it is absent, of no use, or other than the lock says; definitions that are wrong are 1
     as well
  2  nothing is known to be absent, and for some of it a cache could not be asked";

pub(crate) fn run(args: &ReadyArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let search = Search::new(&workspace, &args.jobs.names)?;
    let until = Until::Checked(Form::Complete, &Planned::into_needs);
    let findings = find(&search, &until, Several::ByName, console)?;
    let mut jobs = right(findings, diagnostics, console)?;
    jobs.sort_by(|(a, _), (b, _)| a.cmp(b));
    let patience = Patience::within(Duration::from_secs(args.timeout.into()));
    let archives = if args.trust_narinfo {
        Archives::Believed
    } else {
        Archives::Asked
    };
    let caches = readiness::caches(&workspace, patience).archives(archives);
    let readiness = ready::ask(&jobs, &workspace, &caches, console)?;
    output::print(&match args.format {
        ReadyFormat::Text if args.verbose => terminal::broken(&ready::all(&readiness)),
        ReadyFormat::Text => terminal::broken(&ready::missing_and_summary(&readiness)),
        ReadyFormat::Json => ready::json(&readiness),
    })?;
    if let Some(failure) = ready::failure(&readiness) {
        console.fail(&failure);
    }
    Ok(readiness::exit(&readiness))
}
