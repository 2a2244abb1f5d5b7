//! `jobc completions`: a script for a shell, which asks jobc for what may stand in a command line; and
//! what jobc answers to that.

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::diagnostic::Failure;

/// Print a script that completes command lines in a shell
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// A shell that completes command lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

/// After `completions --help`.
const AFTER_HELP: &str = "\
Examples:
  jobc completions bash > ~/.local/share/bash-completion/completions/jobc
  jobc completions zsh > ~/.zfunc/_jobc
  jobc completions fish > ~/.config/fish/completions/jobc.fish";

/// The variable by which a shell's script asks, with the name of the shell.
pub(crate) const VARIABLE: &str = "JOBC_COMPLETE";

pub(crate) fn run(args: &CompletionsArgs) -> Result<Exit, Ending> {
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
