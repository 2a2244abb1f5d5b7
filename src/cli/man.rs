//! `jobc man`: the manual page, all commands on it.

use std::io;

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::Cli;
use super::exit::Exit;
use super::failure::Failure;
use super::output;

pub(super) fn run() -> Result<Exit, Failure> {
    output::print(&page()?)?;
    Ok(Exit::Done)
}

fn page() -> io::Result<String> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
