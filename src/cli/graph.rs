//! `jobc graph`: a picture of one job.

use crate::graph::{self, Characters, Graph, Look};

use super::args::{Global, GraphArgs, GraphFormat};
use super::console::Console;
use super::exit::Exit;
use super::one::one;
use super::open::open;
use super::{output, terminal};
use crate::diagnostic::Failure;

pub(super) fn run(args: &GraphArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let planned = match one(&args.job, &workspace, diagnostics, console)? {
        Ok(planned) => planned,
        Err(exit) => return Ok(exit),
    };
    let graph = Graph::new(&planned.plan, &workspace.lock);
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
    let look = terminal::look(global);
    if args.ascii {
        let characters = Characters::Ascii;
        return Look { characters, ..look };
    }
    look
}
