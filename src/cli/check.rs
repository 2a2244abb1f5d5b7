//! `jobc check`: what is wrong with the definitions.

use crate::diagnostic::render::counted;

use super::args::{CheckArgs, Global};
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::open::open;
use super::search::{Depth, Search};
use super::settle::{Many, settle};

pub(super) fn run(args: &CheckArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(console.close(diagnostics, None, &[]));
    };
    let search = Search::new(&workspace, &args.names, Depth::Compile)?;
    let mut findings = search.run(console)?;
    let failures = settle(&search, &mut findings, Many::Allowed, console)?;
    diagnostics.append(&mut findings.diagnostics);
    let remark = format!(
        "checked {} in {}",
        counted(findings.selected().count(), "job"),
        counted(findings.concerned, "file")
    );
    Ok(console.close(diagnostics, Some(&remark), &failures))
}
