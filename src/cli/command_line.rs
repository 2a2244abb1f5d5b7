//! The whole command line: a command with its arguments, and what every command takes.

use clap::{Parser, Subcommand};

use super::arguments::{Global, Strictness};
use super::commands::build::BuildArgs;
use super::commands::check::CheckArgs;
use super::commands::completions::CompletionsArgs;
use super::commands::diff::DiffArgs;
use super::commands::explain::ExplainArgs;
use super::commands::graph::GraphArgs;
use super::commands::help::HelpArgs;
use super::commands::init::InitArgs;
use super::commands::list::ListArgs;
use super::commands::lock::LockArgs;
use super::commands::push::PushArgs;
use super::commands::ready::ReadyArgs;
use super::commands::run::RunArgs;
use super::commands::schema::SchemaArgs;
use super::commands::show::ShowArgs;
use super::commands::snapshot::SnapshotArgs;
use super::commands::validate::ValidateArgs;
use super::commands::why::WhyArgs;
use super::ui::console::{Channel, Manner, Warnings};
use super::ui::topics;

/// Compiles job definitions into Apache Aurora's JSON, packages pinned by Nix store path
#[derive(Debug, Parser)]
#[command(
    name = "jobc",
    version,
    long_about = topics::ABOUT,
    after_help = topics::SHORT,
    after_long_help = topics::long(),
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Build(BuildArgs),
    Push(PushArgs),
    Check(CheckArgs),
    Validate(ValidateArgs),
    Ready(ReadyArgs),
    List(ListArgs),
    Show(ShowArgs),
    Diff(DiffArgs),
    Why(WhyArgs),
    Snapshot(SnapshotArgs),
    Graph(GraphArgs),
    Lock(LockArgs),
    Run(RunArgs),
    Init(InitArgs),
    Explain(ExplainArgs),
    Help(HelpArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    /// Print the manual page
    ///
    /// Read it with `jobc man | man -l -`.
    Man,
}

/// What a command is about, with how it judges problems of that.
enum Subject {
    /// The jobs of a workspace.
    Jobs(Strictness),
    /// Files that jobc did not make.
    Files(Strictness),
    /// jobc itself, and so nothing that has problems.
    Jobc,
}

impl Command {
    /// How it treats problems.
    pub(crate) fn manner(&self) -> Manner {
        let channel = match self {
            Self::Check(_) | Self::Validate(_) => Channel::Stdout,
            _ => Channel::Stderr,
        };
        let warnings = match self.subject() {
            Subject::Jobs(strictness) | Subject::Files(strictness) if strictness.deny_warnings => {
                Warnings::Denied
            }
            _ => Warnings::Allowed,
        };
        Manner { channel, warnings }
    }

    /// Whether it is about the jobs of a workspace.
    pub(crate) fn needs_workspace(&self) -> bool {
        matches!(self.subject(), Subject::Jobs(_))
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Build(args) => Subject::Jobs(args.strictness),
            Self::Push(args) => Subject::Jobs(args.strictness),
            Self::Check(args) => Subject::Jobs(args.strictness),
            Self::Validate(args) => Subject::Files(args.strictness),
            Self::Ready(args) => Subject::Jobs(args.strictness),
            Self::List(args) => Subject::Jobs(args.strictness),
            Self::Show(args) => Subject::Jobs(args.strictness),
            Self::Diff(args) => Subject::Jobs(args.strictness),
            Self::Why(args) => Subject::Jobs(args.strictness),
            Self::Snapshot(args) => Subject::Jobs(args.strictness),
            Self::Graph(args) => Subject::Jobs(args.strictness),
            Self::Lock(args) => Subject::Jobs(args.strictness),
            Self::Run(args) => Subject::Jobs(args.strictness),
            Self::Init(_)
            | Self::Explain(_)
            | Self::Help(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man => Subject::Jobc,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    /// Every command that tells problems lets warnings be denied, by the one option of all.
    #[test]
    fn warnings_can_be_denied() {
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            let mut needed = command.get_arguments().filter(|it| it.is_required_set());
            let needed: Vec<&str> = needed
                .by_ref()
                .flat_map(|it| match it.get_id().as_str() {
                    "to" => vec!["--to", "file:///srv/cache"],
                    "shell" => vec!["bash"],
                    _ => vec!["x"],
                })
                .collect();
            let words = || ["jobc", name].into_iter().chain(needed.iter().copied());
            let plain = Cli::try_parse_from(words()).expect("it has all that is required");
            let tells = plain.command.needs_workspace() || name == "validate";
            assert_eq!(
                !matches!(plain.command.subject(), Subject::Jobc),
                tells,
                "{name}"
            );
            assert_eq!(plain.command.manner().warnings, Warnings::Allowed, "{name}");
            let denied = Cli::try_parse_from(words().chain(["--deny-warnings"]));
            match denied {
                Ok(denied) => {
                    assert!(tells, "{name}");
                    assert_eq!(denied.command.manner().warnings, Warnings::Denied, "{name}");
                }
                Err(error) => assert!(!tells, "{name}: {error}"),
            }
        }
    }
}
