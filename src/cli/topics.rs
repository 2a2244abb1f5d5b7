//! `jobc help`: on jobc, a command, a topic, or a kind of problem.

use clap::CommandFactory;

use crate::diagnostic::{Failure, closest};
use crate::registry::CODES;

use super::args::{Cli, HelpArgs};
use super::exit::Exit;
use super::{explain, help, output, terminal};

pub(super) fn run(args: &HelpArgs) -> Result<Exit, Failure> {
    let text = match &args.topic {
        None => help::text(&mut Cli::command()),
        Some(word) => about(word).ok_or_else(|| unknown(word))?,
    };
    output::print_as_it_is(&text)?;
    Ok(Exit::Done)
}

/// What there is to say about a word, as people may write it: in any case, and a code as messages
/// have it.
pub(super) fn about(word: &str) -> Option<String> {
    let word = &*plain(word);
    let mut root = Cli::command();
    root.build();
    if let Some(command) = root.find_subcommand_mut(word) {
        return Some(help::text(command));
    }
    let mut sections = help::SECTIONS.iter();
    if let Some((title, text)) = sections.find(|(title, _)| help::topic(title) == word) {
        return Some(help::on_topic(title, text));
    }
    CODES
        .find(word)
        .map(|code| terminal::fitted(&explain::one(code)))
}

/// A word without what a message has around it.
fn plain(word: &str) -> String {
    let (_, word) = word.split_once('[').unwrap_or(("", word));
    help::topic(word.trim_end_matches(':').trim_end_matches(']').trim())
}

fn unknown(word: &str) -> Failure {
    let failure = Failure::new(format!("there is no help on `{word}`"));
    advised(failure, word)
}

/// With what may have been meant by a word that there is no help on.
pub(super) fn advised(failure: Failure, word: &str) -> Failure {
    let root = Cli::command();
    let topics: Vec<String> = help::SECTIONS
        .iter()
        .map(|(title, _)| help::topic(title))
        .collect();
    let mut words: Vec<&str> = root
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    words.extend(topics.iter().map(String::as_str));
    words.extend(CODES.codes().map(|code| code.id));
    match closest(&plain(word), words) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure
            .note(help::topics())
            .help("see all commands with `jobc --help`, all codes with `jobc explain`"),
    }
}
