//! The command line: arguments in, exit code out. Touches the world.
//!
//! The result of a command goes to standard output, all of it at once and only when everything
//! went well; whatever else there is to say goes to standard error. Of commands that only check, what
//! they find is the result, when it is asked for in a format for programs.

mod args;
mod asking;
mod build;
mod check;
mod complete;
mod completions;
mod console;
mod diff;
mod exit;
mod explain;
mod find;
mod graph;
mod help;
mod init;
mod list;
mod lock;
mod man;
mod nodes;
mod one;
mod open;
mod output;
mod progress;
mod push;
mod ready;
mod run;
mod schema;
mod show;
mod snapshot;
mod starter;
mod summary;
mod terminal;
mod topics;
mod usage;
mod validate;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use self::args::{Cli, Command};
use self::console::Console;
use self::exit::Exit;
use crate::diagnostic::Failure;
use crate::diagnostic::render::visible;

/// Runs the command of this process' arguments.
pub fn run() -> ExitCode {
    if completions::answer() {
        return ExitCode::SUCCESS;
    }
    let parsed = help::fitted(Cli::command())
        .try_get_matches()
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    let mut cli = match parsed {
        Ok(cli) => cli,
        Err(answer) => {
            let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
            return usage::answer(answer, &arguments).into();
        }
    };
    let console = Console::new(&cli.global, usage::manner(&cli.command));
    if cli.global.workspace.is_none()
        && usage::needs_workspace(&cli.command)
        && let Some(below) = open::only_one_below()
    {
        let name = below.display().to_string();
        console.say(&format!("the workspace is `{}`", visible::line(&name)));
        cli.global.workspace = Some(below);
    }
    let exit = obey(&cli, &console).unwrap_or_else(|failure| {
        console.fail(&failure);
        Exit::Failed
    });
    console.finish(exit).into()
}

fn obey(cli: &Cli, console: &Console) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Build(args) => build::run(args, &cli.global, console),
        Command::Push(args) => push::run(args, &cli.global, console),
        Command::Check(args) => check::run(args, &cli.global, console),
        Command::Validate(args) => validate::run(args, &cli.global, console),
        Command::Ready(args) => ready::run(args, &cli.global, console),
        Command::List(args) => list::run(args, &cli.global, console),
        Command::Show(args) => show::run(args, &cli.global, console),
        Command::Diff(args) => diff::run(args, &cli.global, console),
        Command::Graph(args) => graph::run(args, &cli.global, console),
        Command::Run(args) => run::run(args, &cli.global, console),
        Command::Snapshot(args) => snapshot::run(args, &cli.global, console),
        Command::Why(args) => why::run(args, &cli.global, console),
        Command::Explain(args) => explain::run(args),
        Command::Help(args) => topics::run(args),
        Command::Lock(args) => lock::run(args, &cli.global, console),
        Command::Init(args) => init::run(args, console),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(),
    }
}
