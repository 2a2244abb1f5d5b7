//! How to tell that the command line makes no sense: in the format that it asks for, as far as that
//! can be read out of it.

use std::ffi::OsString;

use clap::ValueEnum;

use super::args::{Command, MessageFormat};
use super::console::{Channel, Console, Manner, Warnings};
use super::exit::Exit;
use super::failure::Failure;
use super::output;

/// The commands whose result is what they find.
const CHECKS: [&str; 2] = ["check", "validate"];
/// The options before a command that have a value in the next word.
const WITH_VALUE: [&str; 4] = ["-C", "--workspace", "--message-format", "--color"];

/// How the command treats problems.
pub(super) fn manner(command: &Command) -> Manner {
    let (channel, denies) = match command {
        Command::Check(args) => (Channel::Stdout, args.strictness.deny_warnings),
        Command::Validate(args) => (Channel::Stdout, args.strictness.deny_warnings),
        Command::Build(args) => (Channel::Stderr, args.strictness.deny_warnings),
        _ => (Channel::Stderr, false),
    };
    let warnings = if denies {
        Warnings::Denied
    } else {
        Warnings::Allowed
    };
    Manner { channel, warnings }
}

/// Whether the command is about the jobs of a workspace.
pub(super) fn needs_workspace(command: &Command) -> bool {
    !matches!(
        command,
        Command::Init(_)
            | Command::Validate(_)
            | Command::Explain(_)
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man
    )
}

/// Prints what `answer` says to these arguments: help that they ask for, or what is wrong with
/// them.
pub(super) fn answer(answer: &clap::Error, arguments: &[OsString]) -> Exit {
    let (format, channel) = asked(arguments);
    let manner = Manner {
        channel,
        warnings: Warnings::Allowed,
    };
    let console = Console::plain(format, manner);
    let for_people = matches!(format, MessageFormat::Text | MessageFormat::Short);
    if answer.exit_code() == 0 || for_people {
        return output::answer(answer).unwrap_or_else(|failure| {
            console.fail(&failure);
            Exit::Failed
        });
    }
    let failure = failure(answer);
    match channel {
        Channel::Stdout => {
            // Nobody is left to tell where this cannot be printed.
            let _ = answer.print();
            console.note(&failure);
        }
        Channel::Stderr => console.fail(&failure),
    }
    console.finish(Exit::Failed)
}

/// What is wrong with the command line.
fn failure(answer: &clap::Error) -> Failure {
    let text = answer.render().to_string();
    let text = text.trim_end();
    let (headline, rest) = text.split_once('\n').unwrap_or((text, ""));
    let failure = Failure::new(headline.strip_prefix("error: ").unwrap_or(headline));
    match rest.trim() {
        "" => failure,
        rest => failure.note(rest),
    }
}

fn asked(arguments: &[OsString]) -> (MessageFormat, Channel) {
    let words = arguments.iter().map(|word| word.to_str().unwrap_or(""));
    let mut words = words.take_while(|&word| word != "--");
    let mut format = MessageFormat::Text;
    let mut command = None;
    while let Some(word) = words.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None if WITH_VALUE.contains(&word) => (word, words.next()),
            None => (word, None),
        };
        if option == "--message-format"
            && let Some(value) = value
        {
            format = MessageFormat::from_str(value, false).unwrap_or(format);
        } else if !word.starts_with('-') {
            command = command.or(Some(word));
        }
    }
    let channel = match command {
        Some(command) if CHECKS.contains(&command) => Channel::Stdout,
        _ => Channel::Stderr,
    };
    (format, channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let check = |line: &str, expected| {
            let arguments: Vec<_> = line.split(' ').map(OsString::from).collect();
            assert_eq!(asked(&arguments), expected, "{line}");
        };
        let (text, sarif) = (MessageFormat::Text, MessageFormat::Sarif);
        check("", (text, Channel::Stderr));
        check("build --nonsense", (text, Channel::Stderr));
        check("check --nonsense", (text, Channel::Stdout));
        check(
            "build check --message-format sarif",
            (sarif, Channel::Stderr),
        );
        check("check --message-format=sarif x", (sarif, Channel::Stdout));
        check(
            "-C build --message-format sarif check",
            (sarif, Channel::Stdout),
        );
        check("check -- --message-format sarif", (text, Channel::Stdout));
        check("check --message-format xml", (text, Channel::Stdout));
        check("check --message-format", (text, Channel::Stdout));
    }
}
