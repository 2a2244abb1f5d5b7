//! The command line: arguments in, exit code out. Touches the world.
//!
//! The result of a command goes to standard output, all of it at once and only when everything
//! went well; whatever else there is to say goes to standard error. Of commands that only check, what
//! they find is the result, when it is asked for in a format for programs.
//!
//! Leaves first: `ui` talks to the user, `arguments` is what several commands take,
//! `workspace`, `jobs`, `comparison` and `readiness` are what several commands do, `commands` has a
//! file each. Above them stand the command line as a whole and what knows all of it.

mod arguments;
mod command_line;
mod commands;
mod comparison;
mod completion;
mod jobs;
mod readiness;
mod ui;
mod usage;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::diagnostic::render::visible;

use command_line::{Cli, Command};
use commands::{
    build, check, completions, diff, explain, graph, help, init, list, lock, man, push, ready, run,
    schema, show, snapshot, validate, why,
};
use ui::console::Console;
use ui::exit::{Ending, Exit};
use ui::help_layout;

/// Runs the command of this process' arguments.
pub fn run() -> ExitCode {
    if completion::answer() {
        return ExitCode::SUCCESS;
    }
    let parsed = help_layout::fitted(Cli::command())
        .try_get_matches()
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    let mut cli = match parsed {
        Ok(cli) => cli,
        Err(answer) => {
            let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
            return usage::answer(answer, &arguments).into();
        }
    };
    let console = Console::new(
        cli.global.message_format,
        cli.global.color,
        cli.command.manner(),
    );
    if cli.global.workspace.is_none()
        && cli.command.needs_workspace()
        && let Some(below) = workspace::only_one_below()
    {
        let name = below.display().to_string();
        console.say(&format!("the workspace is `{}`", visible::line(&name)));
        cli.global.workspace = Some(below);
    }
    let exit = obey(&cli, &console).unwrap_or_else(|ending| match ending {
        Ending::Told(exit) => exit,
        Ending::Untold(failure) => {
            console.fail(&failure);
            Exit::Failed
        }
    });
    console.finish(exit).into()
}

fn obey(cli: &Cli, console: &Console) -> Result<Exit, Ending> {
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
        Command::Explain(args) => explain::run(args, &Cli::command()),
        Command::Help(args) => help::run(args, Cli::command()),
        Command::Lock(args) => lock::run(args, &cli.global, console),
        Command::Init(args) => init::run(args, console),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(&Cli::command()),
    }
}
