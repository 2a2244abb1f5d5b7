//! `jobc completions`: a script for a shell, which asks jobc for what may stand in a command line; and
//! what jobc answers to that.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::env::Shells;

use super::args::{Cli, CompletionsArgs, Shell};
use super::exit::Exit;
use super::output;
use crate::diagnostic::Failure;

/// The variable by which a shell's script asks, with the name of the shell.
const VARIABLE: &str = "JOBC_COMPLETE";

pub(super) fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let name = match args.shell {
        Shell::Bash => "bash",
        Shell::Elvish => "elvish",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
        Shell::Zsh => "zsh",
    };
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(name) {
        shell
            .write_registration(VARIABLE, "jobc", "jobc", "jobc", &mut script)
            .map_err(|error| Failure::new(format!("cannot write the script: {error}")))?;
    }
    output::print_as_it_is(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// Answers a shell that asks what may stand where the cursor is, if one does. Whatever is wrong, a
/// shell is told nothing about it: whoever presses a key wants no messages.
pub(super) fn answer() -> bool {
    let Some(shell) = std::env::var_os(VARIABLE).filter(|shell| !shell.is_empty()) else {
        return false;
    };
    let shell = Path::new(&shell).file_stem().unwrap_or_default();
    let shells = Shells::builtins();
    let Some(shell) = shells.completer(&shell.to_string_lossy()) else {
        return true;
    };
    let words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    let words: Vec<_> = words.collect();
    if words.is_empty() {
        return true;
    }
    let mut command = Cli::command();
    command.build();
    let current_dir = std::env::current_dir().ok();
    let mut answer = Vec::new();
    let answered = shell.write_complete(&mut command, words, current_dir.as_deref(), &mut answer);
    if answered.is_ok() {
        output::answer_shell(&answer);
    }
    true
}
