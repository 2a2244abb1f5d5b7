//! `jobc explain`: what a code means.

use std::fmt::Write;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cli::arguments::complete;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::{output, reference, terminal};
use crate::diagnostic::{Code, Failure, Kind, closest};
use crate::registry::CODES;

/// Explain a problem by its code
///
/// Takes what `help` takes as well.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code, as messages have it in brackets (default: list all codes)
    #[arg(value_name = "CODE", add = ArgValueCompleter::new(complete::codes))]
    pub(crate) code: Option<String>,
}

pub(crate) fn run(args: &ExplainArgs, whole: &clap::Command) -> Result<Exit, Ending> {
    let text = match &args.code {
        None => all(),
        Some(id) => match CODES.find(id) {
            Some(code) => terminal::fitted(&reference::of_code(code)),
            None => reference::about(id, whole.clone()).ok_or_else(|| unknown(id, whole))?,
        },
    };
    output::print_as_it_is(&text)?;
    Ok(Exit::Done)
}

fn all() -> String {
    let width = CODES.codes().map(|code| code.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for code in CODES.codes() {
        let Code { id, summary, .. } = code;
        let kind = match code.kind {
            Kind::Rule => "error".to_owned(),
            Kind::Lint(level) => format!("lint: {level}"),
        };
        writeln!(text, "{id:width$}  {kind:11}  {summary}").expect("a string takes all");
    }
    text
}

fn unknown(id: &str, whole: &clap::Command) -> Failure {
    let failure = Failure::new(format!("no problem has the code `{id}`"));
    match closest(id, CODES.codes().map(|code| code.id)) {
        Some(code) => failure.help(format!("did you mean `{code}`?")),
        None => reference::advised(failure, id, whole),
    }
}
