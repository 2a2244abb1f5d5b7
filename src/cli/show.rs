//! `jobc show`: everything about one job.

use crate::show;

use super::args::{Global, ShowArgs, ShowFormat};
use super::console::Console;
use super::exit::Exit;
use super::one::one;
use super::open::open;
use super::{output, terminal};
use crate::diagnostic::Failure;

pub(super) fn run(args: &ShowArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let planned = match one(&args.job, &workspace, diagnostics, console)? {
        Ok(planned) => planned,
        Err(exit) => return Ok(exit),
    };
    let shown = show::shown(&planned, &workspace);
    output::print(&match args.format {
        ShowFormat::Text => show::text(&shown, &terminal::look(global)),
        ShowFormat::Json => {
            let mut text = serde_json::to_string_pretty(&shown).expect("it becomes JSON");
            text.push('\n');
            text
        }
    })?;
    Ok(Exit::Done)
}
