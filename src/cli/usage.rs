//! How to tell that the command line makes no sense: in the format that it asks for, if that can be
//! read out of it.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, ValueEnum};

use crate::cli::ui::console::{Channel, Console, Manner, Warnings};
use crate::cli::ui::exit::Exit;
use crate::cli::ui::output;
use crate::diagnostic::Failure;
use crate::shell::shell_word;

use super::command_line::Cli;
use super::ui::options::MessageFormat;
use super::ui::reference;

/// The commands whose result is what they find.
const CHECKS: [&str; 2] = ["check", "validate"];
/// The options before a command that have a value in the next word.
const WITH_VALUE: [&str; 4] = ["-C", "--workspace", "--message-format", "--color"];

/// Prints what `answer` says to these arguments: help that they ask for, or what is wrong with
/// them.
pub(crate) fn answer(mut answer: clap::Error, arguments: &[OsString]) -> Exit {
    advise(&mut answer, arguments);
    let answer = &answer;
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
            // If this cannot be printed, there is no other way to tell.
            let _ = answer.print();
            console.note(&failure);
        }
        Channel::Stderr => console.fail(&failure),
    }
    console.finish(Exit::Failed)
}

/// Formats of problems; results have others.
const OF_PROBLEMS: [&str; 6] = ["text", "short", "json", "github", "sarif", "junit"];

/// Says which option was meant where one of the other kind was given: `--format` is how a result is
/// printed, `--message-format` how problems are.
fn advise(answer: &mut clap::Error, arguments: &[OsString]) {
    let text = |answer: &clap::Error, kind| match answer.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let option = text(answer, ContextKind::InvalidArg);
    let option = option
        .split([' ', '='])
        .next()
        .unwrap_or_default()
        .to_owned();
    let value = text(answer, ContextKind::InvalidValue);
    let mut root = Cli::command();
    root.build();
    let command = command_of(arguments, &root);
    let formats = command
        .as_deref()
        .map_or(Vec::new(), |name| formats_of(name, &root));
    let name = command.as_deref().unwrap_or("COMMAND");
    let listed = formats.join(", ");
    let tip = match (answer.kind(), &*option) {
        // Its own usage has together what excludes each other.
        (ErrorKind::ArgumentConflict, _) => {
            show_whole_usage(answer, command.as_deref(), &mut root);
            return;
        }
        (ErrorKind::InvalidSubcommand, _) => {
            let word = text(answer, ContextKind::InvalidSubcommand);
            match instead_of(&word) {
                Some(tip) => tip,
                None => return,
            }
        }
        (ErrorKind::UnknownArgument, "--format") if !formats.is_empty() => {
            format!("write it after the command: `jobc {name} --format FORMAT`")
        }
        (ErrorKind::UnknownArgument, "--format") => {
            let value = given(arguments, "--format").unwrap_or_default();
            let value = if OF_PROBLEMS.contains(&&*value) {
                value
            } else {
                "json".to_owned()
            };
            format!("how problems are printed is another option: `--message-format {value}`")
        }
        (ErrorKind::UnknownArgument, "--all") => match name {
            "show" | "graph" => format!("`jobc {name}` is for one job: name it"),
            "run" => "name the jobs, or all of them by a pattern: `jobc run '*'`".to_owned(),
            "validate" => "name files, or a directory for all that are in it".to_owned(),
            _ => return,
        },
        (ErrorKind::UnknownArgument, "-f" | "--file" | "--filename") if is_for_jobs(name) => {
            format!("name the file as it is: `jobc {name} FILE`")
        }
        (
            ErrorKind::UnknownArgument,
            "--env" | "--environment" | "--cluster" | "--role" | "--namespace" | "-e" | "-n",
        ) if is_for_jobs(name) => {
            format!("select jobs by a pattern of their keys: `jobc {name} '*/*/ENVIRONMENT/*'`")
        }
        (
            ErrorKind::UnknownArgument,
            "--strict"
            | "--Werror"
            | "--werror"
            | "--warnings-as-errors"
            | "--fail-on-warnings"
            | "-W",
        ) if has_option(&root, name, "deny-warnings") => {
            "warnings are errors with `--deny-warnings`".to_owned()
        }
        (ErrorKind::UnknownArgument, "--output") if has_option(&root, name, "out") => {
            "the directory to write into is another option: `--out DIR`".to_owned()
        }
        (ErrorKind::UnknownArgument, "--dry-run") if name == "build" => {
            "`jobc check` does all but write".to_owned()
        }
        (ErrorKind::UnknownArgument, "--no-color" | "--no-colour") => {
            "write `--color never`".to_owned()
        }
        (ErrorKind::UnknownArgument, "--cwd" | "--directory" | "--chdir" | "--root" | "-d")
            if command.is_none() || is_for_jobs(name) =>
        {
            "name the workspace with `-C DIR`".to_owned()
        }
        (ErrorKind::UnknownArgument, option)
            if option
                .strip_prefix("--")
                .is_some_and(|value| formats.iter().any(|format| format == value))
                && option != "--json" =>
        {
            let value = option.trim_start_matches('-');
            format!("write `--format {value}`")
        }
        (
            ErrorKind::UnknownArgument,
            "--json" | "-j" | "--output" | "--output-format" | "-o" | "-f",
        ) => {
            if formats.iter().any(|format| format == "json") {
                "the result is JSON with `--format json`, problems are with `--message-format json`"
                    .to_owned()
            } else {
                "problems are JSON with `--message-format json`".to_owned()
            }
        }
        (ErrorKind::UnknownArgument, option)
            if answer.get(ContextKind::SuggestedArg).is_none() && command.is_some() =>
        {
            match sisters(option, &root) {
                Some(tip) => tip,
                None => return,
            }
        }
        (ErrorKind::InvalidValue, "--format") if OF_PROBLEMS.contains(&&*value) => {
            format!("how problems are printed is another option: `--message-format {value}`")
        }
        (ErrorKind::InvalidValue, "--message-format") if formats.contains(&value) => {
            format!("how the result is printed is another option: `--format {value}`")
        }
        (ErrorKind::InvalidValue, "--message-format") if !formats.is_empty() => {
            format!(
                "how the result of `jobc {name}` is printed is another option: `--format`, which takes {listed}"
            )
        }
        _ => return,
    };
    let tip = ContextValue::StyledStrs(vec![tip.into()]);
    answer.remove(ContextKind::SuggestedArg);
    answer.remove(ContextKind::SuggestedValue);
    answer.remove(ContextKind::SuggestedSubcommand);
    show_whole_usage(answer, command.as_deref(), &mut root);
    answer.insert(ContextKind::Suggested, tip);
}

/// Shows the usage of the command as it is, and not with what was given.
fn show_whole_usage(answer: &mut clap::Error, command: Option<&str>, root: &mut clap::Command) {
    let named = command.and_then(|name| root.find_subcommand_mut(name));
    if answer.get(ContextKind::Usage).is_some()
        && let Some(command) = named
    {
        let usage = ContextValue::StyledStr(command.render_usage());
        answer.insert(ContextKind::Usage, usage);
    }
}

/// Whether a command takes jobs by their names or files.
fn is_for_jobs(command: &str) -> bool {
    const COMMANDS: [&str; 10] = [
        "build", "push", "check", "ready", "list", "show", "graph", "run", "snapshot", "validate",
    ];
    COMMANDS.contains(&command)
}

/// Whether a command has an option.
fn has_option(root: &clap::Command, command: &str, option: &str) -> bool {
    let command = root.find_subcommand(command);
    let mut options = command.into_iter().flat_map(clap::Command::get_arguments);
    options.any(|it| it.get_long() == Some(option))
}

/// Which command was meant by a word that is none: what other programs call it, or a word that there
/// is help on.
fn instead_of(word: &str) -> Option<String> {
    let command = match word {
        "compile" | "make" | "render" | "template" | "generate" | "export" => "build",
        "lint" | "verify" | "test" => "check",
        "create" | "new" => "init",
        "inspect" | "describe" | "info" | "cat" => "show",
        "plan" | "changes" => "diff",
        "publish" | "upload" | "copy" => "push",
        "update" | "upgrade" | "pin" => "lock",
        "exec" | "start" | "up" => "run",
        "jobs" | "ls" | "get" => "list",
        "tree" | "dot" => "graph",
        "completion" => "completions",
        "apply" | "deploy" | "submit" | "switch" => {
            return Some(
                "Aurora's client starts what jobc compiles: `aurora job create --read-json $(jobc build \
                 JOB)`"
                    .to_owned(),
            );
        }
        "status" | "ps" | "logs" | "stop" | "kill" | "restart" | "rm" | "delete" | "destroy"
        | "down" | "rollback" | "job" | "scale" => {
            return Some(
                "jobs that run are the matter of Aurora's client: `aurora job`".to_owned(),
            );
        }
        "convert" | "import" => {
            return Some(
                "jobc translates no other program's files: `jobc init` writes a definition to start \
                 from"
                    .to_owned(),
            );
        }
        "clean" | "gc" | "prune" => {
            return Some("compiled jobs lie in `.jobc/store`: remove what you like".to_owned());
        }
        "version" => return Some("write `jobc --version`".to_owned()),
        _ => {
            let help = format!("there is help on it: `jobc help {}`", shell_word(word));
            return reference::about(word, Cli::command()).map(|_| help);
        }
    };
    Some(format!("that is called `jobc {command}` here"))
}

/// Which commands have an option that this one has not.
fn sisters(option: &str, root: &clap::Command) -> Option<String> {
    let long = option.strip_prefix("--")?;
    let has = |command: &&clap::Command| {
        let mut options = command.get_arguments();
        options.any(|it| it.get_long() == Some(long) && !it.is_hide_set())
    };
    let commands = root.get_subcommands().filter(has);
    let names: Vec<_> = commands.map(|it| format!("`{}`", it.get_name())).collect();
    (!names.is_empty()).then(|| format!("it is an option of {}", names.join(", ")))
}

/// The values of `--format` of a command.
fn formats_of(command: &str, root: &clap::Command) -> Vec<String> {
    let command = root.find_subcommand(command);
    let mut options = command.into_iter().flat_map(clap::Command::get_opts);
    let format = options.find(|option| option.get_long() == Some("format"));
    let values = format
        .map(clap::Arg::get_possible_values)
        .unwrap_or_default();
    values
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect()
}

/// The value that an option has.
fn given(arguments: &[OsString], option: &str) -> Option<String> {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word == option {
            return words.next().map(str::to_owned);
        }
        let value = word
            .strip_prefix(option)
            .and_then(|rest| rest.strip_prefix('='));
        if let Some(value) = value {
            return Some(value.to_owned());
        }
    }
    None
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

/// The command, as far as it can be told: the first word that is one.
fn command_of(arguments: &[OsString], root: &clap::Command) -> Option<String> {
    let mut words = arguments.iter().filter_map(|word| word.to_str());
    let command = words.find_map(|word| root.find_subcommand(word));
    command.map(|command| command.get_name().to_owned())
}

fn asked(arguments: &[OsString]) -> (MessageFormat, Channel) {
    let (format, command) = read(arguments);
    let channel = match command.as_deref() {
        Some(command) if CHECKS.contains(&command) => Channel::Stdout,
        _ => Channel::Stderr,
    };
    (format, channel)
}

fn read(arguments: &[OsString]) -> (MessageFormat, Option<String>) {
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
            command = command.or(Some(word.to_owned()));
        }
    }
    (format, command)
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
