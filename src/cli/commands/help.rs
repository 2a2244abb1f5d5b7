//! `jobc help`: on jobc, a command, a topic, or a kind of problem.

use clap::Args;

use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::{help_layout, output, reference, topics};
use crate::diagnostic::Failure;

/// Print help on a command, a topic, or the code of a problem
#[derive(Debug, Args)]
#[command(after_help = topics::listed())]
pub(crate) struct HelpArgs {
    /// What about (default: jobc as a whole)
    #[arg(value_name = "COMMAND|TOPIC|CODE")]
    pub(crate) topic: Option<String>,
}

pub(crate) fn run(args: &HelpArgs, mut whole: clap::Command) -> Result<Exit, Ending> {
    let text = match &args.topic {
        None => help_layout::text(&mut whole),
        Some(word) => {
            let about = reference::about(word, whole.clone());
            about.ok_or_else(|| unknown(word, &whole))?
        }
    };
    output::print_as_it_is(&text)?;
    Ok(Exit::Done)
}

fn unknown(word: &str, whole: &clap::Command) -> Failure {
    let failure = Failure::new(format!("there is no help on `{word}`"));
    reference::advised(failure, word, whole)
}
