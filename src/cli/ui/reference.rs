//! What there is to say about a word: a command, a topic, a target, or the code of a problem.

use crate::diagnostic::{Code, Failure, Kind, Level, closest};
use crate::registry::CODES;
use crate::target;

use super::{help_layout, terminal, topics};

/// What there is to say about a word, as people may write it: in any case, and a code as messages
/// have it.
pub(crate) fn about(word: &str, mut root: clap::Command) -> Option<String> {
    let word = &*plain(word);
    root.build();
    if let Some(command) = root.find_subcommand_mut(word) {
        return Some(help_layout::text(command));
    }
    let mut sections = topics::SECTIONS.iter();
    if let Some((title, text)) = sections.find(|(title, _)| topics::topic(title) == word) {
        return Some(help_layout::on_topic(title, text));
    }
    if let Some(target) = target::explained(word) {
        return Some(terminal::fitted(&target));
    }
    CODES
        .find(word)
        .map(|code| terminal::fitted(&of_code(code)))
}

/// A word without what a message has around it.
fn plain(word: &str) -> String {
    let (_, word) = word.split_once('[').unwrap_or(("", word));
    topics::topic(word.trim_end_matches(':').trim_end_matches(']').trim())
}

/// With what may have been meant by a word that there is no help on.
pub(crate) fn advised(failure: Failure, word: &str, root: &clap::Command) -> Failure {
    let topics: Vec<String> = topics::SECTIONS
        .iter()
        .map(|(title, _)| topics::topic(title))
        .collect();
    let mut words: Vec<&str> = root
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    words.extend(topics.iter().map(String::as_str));
    words.extend(target::NAMED.iter().map(|named| named.name));
    words.extend(CODES.codes().map(|code| code.id));
    match closest(&plain(word), words) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure
            .note(topics::listed())
            .help("see all commands with `jobc --help`, all codes with `jobc explain`"),
    }
}

/// What a code means, and how to be of another opinion about a lint.
pub(crate) fn of_code(code: &Code) -> String {
    let mut text = format!("{}[{}]: {}\n\n", code.severity(), code.id, code.summary);
    text.push_str(&code.prose());
    if let Kind::Lint(level) = code.kind {
        text.push_str(&opinions(code.id, level));
    }
    text
}

/// How to be of another opinion about a lint.
fn opinions(id: &str, level: Level) -> String {
    let other = match level {
        Level::Allow | Level::Deny => Level::Warn,
        Level::Warn => Level::Deny,
    };
    format!(
        "\n\
        This is a lint. Its level is `{level}` unless `jobc.toml` says `allow`, `warn` or `deny`:\n\
        \n\
        ```\n\
        [lints]\n\
        {id} = \"{other}\"\n\
        ```\n\
        \n\
        Where it is wrong about a job or a process of a definition, waive it there, and say why:\n\
        \n\
        ```\n\
        waive = {{ {id} = \"REASON\" }}\n\
        ```\n"
    )
}
