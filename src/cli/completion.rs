//! What jobc answers to a shell that asks what may stand in a command line.

use std::ffi::OsStr;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;

use crate::registry::CODES;

use super::arguments::complete::candidates;
use super::command_line::Cli;
use super::commands::completions::VARIABLE;
use super::ui::{output, topics};

/// Answers a shell that asks what may stand where the cursor is, if one does. A shell gets no
/// messages about what is wrong: they would stand in the line that the user types.
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
    let mut command = Cli::command().mut_subcommand("help", |help| {
        help.mut_arg("topic", |topic| topic.add(ArgValueCompleter::new(helped)))
    });
    command.build();
    let current_dir = std::env::current_dir().ok();
    let mut answer = Vec::new();
    let answered = shell.write_complete(&mut command, words, current_dir.as_deref(), &mut answer);
    if answered.is_ok() {
        output::answer_shell(&answer);
    }
    true
}

/// All that there is help on.
fn helped(current: &OsStr) -> Vec<CompletionCandidate> {
    let codes = CODES
        .codes()
        .map(|code| (code.id.to_owned(), code.summary.to_owned()));
    let root = Cli::command();
    let commands = root.get_subcommands().map(|command| {
        let about = command.get_about().map(ToString::to_string);
        (command.get_name().to_owned(), about.unwrap_or_default())
    });
    let topics = topics::SECTIONS
        .iter()
        .map(|(title, _)| (topics::topic(title), (*title).to_owned()));
    candidates(current, codes.chain(commands).chain(topics).collect())
}
