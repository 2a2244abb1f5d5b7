//! `jobc graph`: a picture of one job.

use clap::{Args, ValueEnum};

use crate::cli::arguments::{Global, OneJob, Strictness};
use crate::cli::jobs::planned_job;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::{output, terminal};
use crate::cli::workspace::open;
use crate::graph::{self, Characters, Graph, Look};

/// Draw a job's processes and their order
///
/// Draws what the job's task does on a node: its processes, the steps that jobc adds before them,
/// and what waits for what. What other edges imply is not drawn. Final processes, which run when
/// all others are done, stand in a part of their own.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct GraphArgs {
    #[command(flatten)]
    pub(crate) job: OneJob,
    /// What is drawn
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: GraphFormat,
    /// Show what each process needs from the store, with sizes from the lock
    #[arg(long)]
    pub(crate) closures: bool,
    /// Draw text with ASCII only (default: where the locale has no more)
    #[arg(long)]
    pub(crate) ascii: bool,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Lines of text for a terminal
    Text,
    /// Graphviz's language, which its `dot` draws
    Dot,
    /// Mermaid's language, which Markdown on many sites draws
    Mermaid,
    /// A picture for documents and browsers, light or dark as the reader likes
    Svg,
}

/// After `graph --help`.
const AFTER_HELP: &str = "\
A step's stage is the number of steps that have to succeed before it, plus one. The longest chain
is marked where the task waits for more than that. How long steps take is unknown, so it is the
chain of most steps, and among chains of as many, the one with most bytes to fetch. Neither
ephemeral processes nor daemons count, as no task waits for them; final processes have a chain of
their own.

Examples:
  jobc graph hello
  jobc graph hello --closures
  jobc graph hello --format svg > hello.svg
  jobc graph hello --format dot | dot -Tpng -o hello.png
  jobc graph devcluster/www/prod/hello --format mermaid";

pub(crate) fn run(args: &GraphArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let planned = planned_job(&args.job.name, &workspace, diagnostics, console)?;
    let graph = Graph::new(&planned.plan, planned.target, &workspace.lock);
    let graph = if args.closures {
        graph
    } else {
        graph.without_closures()
    };
    output::print(&match args.format {
        GraphFormat::Text => graph::text(&graph, &look(args, global)),
        GraphFormat::Dot => graph::dot(&graph),
        GraphFormat::Svg => graph::svg(&graph),
        GraphFormat::Mermaid => graph::mermaid(&graph),
    })?;
    Ok(Exit::Done)
}

fn look(args: &GraphArgs, global: &Global) -> Look {
    let look = terminal::look(global.color);
    if args.ascii {
        let characters = Characters::Ascii;
        return Look { characters, ..look };
    }
    look
}
