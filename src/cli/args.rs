//! What the command line may say.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cache::{CacheUrl, CacheUrlError};
use crate::target::{Form, Target};
use crate::validate::Binding;

use super::complete;
use super::help;
use super::snapshot::SnapshotArgs;
use super::why::WhyArgs;

/// Compiles job definitions into Apache Aurora's JSON, packages pinned by Nix store path
#[derive(Debug, Parser)]
#[command(
    name = "jobc",
    version,
    long_about = help::ABOUT,
    after_help = help::SHORT,
    after_long_help = help::long(),
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) global: Global,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// Take this directory for the workspace
    ///
    /// Without it, the workspace is the nearest directory upward that has a `jobc.toml`, or else
    /// the current directory. Names on the command line stay relative to the current directory.
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    pub(super) workspace: Option<PathBuf>,
    /// How problems are printed
    ///
    /// `text` and `short` are for people and go to standard error. The others are for programs: of
    /// `check` and `validate` they are the result, and go to standard output whether there are
    /// problems or not; of other commands they go to standard error.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(super) message_format: MessageFormat,
    /// Whether problems are printed in colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    /// With the lines of source that they are about
    Text,
    /// A line for each, as `FILE:LINE:COLUMN: error[CODE]: ...`
    Short,
    /// A JSON object on a line for each; `jobc schema messages` says of what kind
    Json,
    /// A workflow command for each, which GitHub shows beside the changes
    Github,
    /// A SARIF 2.1.0 log, for services that scan code
    Sarif,
    /// XML as JUnit writes it, with a test case for each job
    Junit,
}

/// When there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless the environment says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
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

/// Compile jobs and print where they are
///
/// Prints a line for each job: its key and the absolute path of the compiled file, the two words
/// that Aurora's client takes. The file is named by its contents and never changes; it lies in the
/// workspace's `.jobc/store`. When anything is wrong, nothing is written and nothing printed but
/// the problems.
#[derive(Debug, Args)]
#[command(after_long_help = help::BUILD)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    pub(super) jobs: Jobs,
    /// What jobs are compiled to (default: the workspace's setting `target`, or `aurora-json`)
    #[arg(long, value_name = "TARGET")]
    pub(super) target: Option<CompileTarget>,
    /// Print one of the two words only
    #[arg(long, value_name = "WORD")]
    pub(super) print: Option<Word>,
    /// Ask first whether the nodes can get what the jobs need, as `ready` does
    ///
    /// Unless they can get all of it, nothing is written and nothing printed but what is missing.
    #[arg(long)]
    pub(super) ready: bool,
    /// Print the compiled job itself and write no file
    #[arg(long, conflicts_with_all = ["print", "out"])]
    pub(super) stdout: bool,
    /// Write into this directory
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// Which jobs a command is for, where it may be any number.
#[derive(Debug, Args)]
pub(super) struct Jobs {
    /// The jobs: names, directories, files, keys, or patterns such as `*/*/prod/*` (default: all)
    #[arg(
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        long_help = format!("{} Without any, all jobs of the workspace.", help::NAMES.replace('\n', " ")),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(super) names: Vec<String>,
    /// All jobs of the workspace, as without names
    #[arg(long, conflicts_with = "names")]
    pub(super) all: bool,
}

/// How problems are judged.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Strictness {
    /// Take warnings for errors
    #[arg(long)]
    pub(super) deny_warnings: bool,
}

/// What jobs are compiled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CompileTarget {
    /// JSON for Aurora's client, read with `--read-json`; some choices do not fit into it
    AuroraJson,
    /// A config file for Aurora's client, `.aurora`; every job fits into it
    AuroraConfig,
}

impl From<CompileTarget> for Form {
    fn from(target: CompileTarget) -> Self {
        Self::Target(match target {
            CompileTarget::AuroraJson => Target::AuroraJson,
            CompileTarget::AuroraConfig => Target::AuroraConfig,
        })
    }
}

/// A word of a line that `build` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Word {
    /// The absolute path of the compiled file
    Path,
    /// The job's key, CLUSTER/ROLE/ENVIRONMENT/NAME
    Key,
}

/// Publish what jobs need into a binary cache
///
/// Writes the scripts and the imported files of the jobs into the cache that their nodes ask, as
/// Nix would, without Nix. Packages that neither this cache nor one that the nodes ask anyway has
/// are copied by `nix copy`, with all that they need at run time and nothing else; where one cannot
/// be, nothing is published. What is there already is left alone. Nothing is printed on standard output, except for what `--dry-run` would
/// do.
#[derive(Debug, Args)]
#[command(after_long_help = help::PUSH)]
pub(super) struct PushArgs {
    #[command(flatten)]
    pub(super) jobs: Jobs,
    /// The cache, as `nix copy --to` takes it: `file:///srv/cache`, `s3://bucket`, `ssh-ng://host`
    ///
    /// A directory is written by jobc itself and becomes a cache if it is new or empty. Its URL may
    /// have the parameters `compression`, `compression-level` and `secret-key`. Into all other
    /// stores, Nix copies what jobc made.
    #[arg(long, value_name = "URL", value_parser = cache)]
    pub(super) to: CacheUrl,
    /// How archives are packed (default: none, and packages as `zstd`)
    #[arg(long, value_name = "METHOD")]
    pub(super) compression: Option<Packed>,
    /// Sign with the secret key in this file
    ///
    /// Nodes need no signature for what jobc itself makes, because its contents are in its name. In a
    /// directory, what is there already gets a signature, too; of packages, those that are as the
    /// lock has them.
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// Compare all of each archive that is there, and write those anew that are wrong
    ///
    /// Without it, a narinfo is read and the size of the archive is compared: an archive of the right
    /// size is there already, whatever is in it. Archives that are packed with something else than
    /// `zstd` are compared by their sizes all the same. Takes a directory.
    #[arg(long)]
    pub(super) repair: bool,
    /// Publish only what jobc itself makes, and ask nothing about packages
    ///
    /// For nodes that get their packages in another way. Neither caches nor Nix are asked for them, and
    /// whether the nodes can get the packages is not known.
    #[arg(long)]
    pub(super) without_packages: bool,
    /// Print what would be done, and do nothing
    ///
    /// Each line has four words: `write`, `sign`, `copy` or `missing`; the size of the archive in
    /// bytes; the store path; and, to the end of the line, where it comes from. Where a package is
    /// missing, in every cache and here, that is who needs it, the size is 0 if nobody knows it, and
    /// the exit status is 2: nothing would be published.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// How the plan is printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        requires = "dry_run"
    )]
    pub(super) format: PlanFormat,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// How archives are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Packed {
    /// Not at all: fastest, and nothing to unpack on the nodes
    None,
    /// With Zstandard; the nodes need Nix 2.4
    Zstd,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// A line for each store path
    Text,
    /// An array of objects with `action`, `size`, `path` and `from`
    Json,
}

/// Check jobs without writing anything
///
/// Does all that `build` does except for writing, and says how much was checked, on standard error.
/// In a format for programs, the problems are printed on standard output.
#[derive(Debug, Args)]
#[command(after_long_help = help::CHECK)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) jobs: Jobs,
    /// Only jobs that may have changed since this git revision
    ///
    /// Those whose definition, settings, packages in the lock or imported files differ, be it
    /// committed or not.
    #[arg(
        long,
        value_name = "REVISION",
        conflicts_with_all = ["names", "all"],
        allow_hyphen_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub(super) changed: Option<String>,
    /// What jobs are compiled to (default: the workspace's setting `target`, or `aurora-json`)
    #[arg(long, value_name = "TARGET")]
    pub(super) target: Option<CompileTarget>,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// Check Aurora JSON that jobc did not make
///
/// Reads each file as Aurora's client does with `--read-json`, one job or `{"jobs": [...]}`, and checks
/// it by the rules of `check`. Nothing that the client, the planner or the scheduler would refuse is
/// valid; what the client converts, such as a number given as a string, is a warning. What jobc adds
/// to definitions means nothing here. Of the workspace, only the settings matter.
#[derive(Debug, Args)]
#[command(after_long_help = help::VALIDATE)]
pub(super) struct ValidateArgs {
    /// The files: `-` is standard input, and a directory all `.json` files in it and below
    ///
    /// Hidden files and directories are left out.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Take for an error only what Aurora's client refuses
    ///
    /// Everything else is a warning: what only the scheduler would refuse when the job is submitted,
    /// and what all let pass though it does not work.
    #[arg(long)]
    pub(super) as_client: bool,
    /// Say what `{{NAME}}` stands for where a job does not say it itself
    ///
    /// The same as `--bind` of Aurora's client, and as often as needed: `{{NAME}}` becomes VALUE,
    /// wherever no field around it has that name. NAME is written as in a reference, `CPUS` or
    /// `cluster.zone[a]`; of several for one name the last counts.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) bind: Vec<Binding>,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// Ask whether the nodes can get what jobs need
///
/// Every store path of the jobs' closures is asked of the binary caches that the nodes ask: those
/// of `[init]` and `[nodes]` in `jobc.toml`, not those of this machine. What the nodes would not
/// take, because nobody signed it whom they trust or its archive is broken, is there and of no use:
/// signing it or writing it anew helps. Where versions of Nix differ, the strictest one counts.
#[derive(Debug, Args)]
#[command(after_long_help = help::READY)]
pub(super) struct ReadyArgs {
    #[command(flatten)]
    pub(super) jobs: Jobs,
    /// List what is present, too
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ReadyFormat,
    /// Believe servers that say to have a path, and do not ask for its archive
    ///
    /// Takes half as long. Otherwise the head of each archive is asked for that a node would
    /// download, or its first bytes, and its size is compared. Directories are always looked at.
    #[arg(long)]
    pub(super) trust_narinfo: bool,
    /// Stop asking a server the same question after so long
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        value_parser = seconds
    )]
    pub(super) timeout: u16,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// How the answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReadyFormat {
    /// By what came of asking, for people
    Text,
    /// An object with `summary`, `caches` and `paths`
    Json,
}

/// List jobs with their files and processes
///
/// Definitions in which something is wrong cannot be listed: their problems are printed, and the
/// exit code is 1.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    pub(super) jobs: Jobs,
    /// How the list is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ListFormat,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// Columns: key, place, processes
    Text,
    /// An array of objects with `key`, `file`, `line` and `processes`
    Json,
}

/// Show everything about a job on one screen
///
/// Where it is defined, what it may use, its processes in their order with what they need from the
/// store, ports and who has to do with them, what health checks and updates come to in seconds,
/// and what is only filled in on the node. Sizes are those of archives, as the lock has them.
#[derive(Debug, Args)]
#[command(after_long_help = help::SHOW)]
pub(super) struct ShowArgs {
    /// The job: a name, a directory, a file, or a key
    #[arg(
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        long_help = help::NAMES.replace('\n', " "),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(super) job: String,
    /// How it is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ShowFormat,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// How a job is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowFormat {
    /// For people
    Text,
    /// An object, as `jobc schema show` describes it
    Json,
}

/// Show what changes in compiled jobs, and what that does to the cluster
///
/// Compares two sides job by job: the last commit with the working tree, unless others are named. A
/// side is a git revision, a workspace, a compiled file, a directory of compiled files or of
/// snapshots, or `-` for compiled jobs on standard input. Revisions are compiled from a checkout of
/// their own; the working tree and the index stay as they are.
#[derive(Debug, Args)]
#[command(after_long_help = help::DIFF)]
pub(super) struct DiffArgs {
    /// The old side (default: HEAD)
    #[arg(value_name = "OLD", value_parser = NonEmptyStringValueParser::new())]
    pub(super) old: Option<String>,
    /// The new side (default: the workspace as it is)
    #[arg(value_name = "NEW", value_parser = NonEmptyStringValueParser::new())]
    pub(super) new: Option<String>,
    /// Only jobs of this name, key or pattern (may be repeated)
    #[arg(
        long = "job",
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(super) jobs: Vec<String>,
    /// All jobs, as without `--job`
    #[arg(long, conflicts_with = "jobs")]
    pub(super) all: bool,
    /// How the changes are printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: DiffFormat,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// How changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people, in colour on a terminal
    Text,
    /// An object, as `jobc schema diff` has it
    Json,
    /// For a comment of a pull request
    Markdown,
}

/// Draw a job's processes and their order
///
/// Draws what the job's task does on a node: its processes, the steps that jobc adds before them,
/// and what waits for what. What other edges imply is not drawn. Final processes, which run when
/// all others are done, stand in a part of their own.
#[derive(Debug, Args)]
#[command(after_long_help = help::GRAPH)]
pub(super) struct GraphArgs {
    /// The job: a name, a directory, a file, or a key
    #[arg(
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        long_help = help::NAMES.replace('\n', " "),
        add = ArgValueCompleter::new(complete::jobs)
    )]
    pub(super) job: String,
    /// What is drawn
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: GraphFormat,
    /// Show what each process needs from the store, with sizes from the lock
    #[arg(long)]
    pub(super) closures: bool,
    /// Draw text with ASCII only (default: where the locale has no more)
    #[arg(long)]
    pub(super) ascii: bool,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// Lines of text for a terminal
    Text,
    /// Graphviz's language, which its `dot` draws
    Dot,
    /// Mermaid's language, which Markdown on many sites draws
    Mermaid,
    /// A picture for documents and browsers, light or dark as the reader likes
    Svg,
}

/// Write down which store paths packages are, asking Nix
///
/// Every package that a definition or `jobc.toml` names by an installable gets an entry in
/// `jobc.lock` with its store path, and the lock has the closures of all of them, with the hash and
/// size of each archive. What is in the lock already stays as it is, unless the workspace's files that
/// say what it is have changed; what is missing is added, and what nobody names any more is removed.
/// Nix builds or fetches packages that are not in this machine's store. Prints a line for each entry that was added, changed or removed. Unless all
/// packages have an answer, nothing is written.
#[derive(Debug, Args)]
#[command(after_long_help = help::LOCK)]
pub(super) struct LockArgs {
    /// The packages, by name or installable (default: all); other entries stay as they are
    ///
    /// With `--from-cache`, `PACKAGE=STORE-PATH` says which store path a package is; the path may
    /// be whole, `HASH-NAME`, or the hash alone.
    #[arg(
        value_name = "PACKAGE",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::packages)
    )]
    pub(super) names: Vec<String>,
    /// All packages, as without names
    #[arg(long, conflicts_with = "names")]
    pub(super) all: bool,
    /// Ask Nix again for what is locked already
    #[arg(short, long)]
    pub(super) update: bool,
    /// Write nothing; say what is not current, with exit code 1
    ///
    /// By itself this compares the definitions, and the files of the workspace that say what packages
    /// are, with the lock, without Nix. With `--update`, Nix is asked for all packages, and what it
    /// says is compared with the lock.
    #[arg(long)]
    pub(super) check: bool,
    /// Lock for this system (may be repeated)
    ///
    /// The default is the setting `system` and every system that the lock has entries for. Entries
    /// for other systems stay.
    #[arg(long = "system", value_name = "SYSTEM", value_parser = system)]
    pub(super) systems: Vec<String>,
    /// Ask this binary cache for closures, and not Nix for anything (may be repeated)
    ///
    /// Caches know store paths: of packages that are locked, are given by their store paths, or
    /// are named here as `PACKAGE=STORE-PATH`. The first cache that has a path is right about it;
    /// signatures are not looked at, `jobc ready` does that.
    #[arg(long = "from-cache", value_name = "URL", value_parser = cache)]
    pub(super) caches: Vec<CacheUrl>,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

fn cache(text: &str) -> Result<CacheUrl, String> {
    text.parse().map_err(|error: CacheUrlError| {
        let help = error.help().map(|help| format!("; {help}"));
        format!("{error}{}", help.unwrap_or_default())
    })
}

/// A system as Nix names them, `x86_64-linux`.
fn system(text: &str) -> Result<String, String> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let (cpu, kernel) = text.split_once('-').unwrap_or_default();
    if cpu.is_empty() || kernel.is_empty() || !text.bytes().all(legal) {
        return Err("expected a system such as `x86_64-linux`".to_owned());
    }
    Ok(text.to_owned())
}

/// Run a job's task on this machine, as a node would
///
/// Runs the processes of a compiled job as Thermos, Aurora's executor, runs them, but as the user
/// who asks for it and without health checks or limits of resources: order, repeated
/// runs, daemons, ephemeral and final processes, limits, ports, logs. What they print comes to
/// standard output, a line at a time, as `NAME | LINE`, or `NAME ! LINE` for standard error; what
/// became of them is printed to standard error at the end.
#[derive(Debug, Args)]
#[command(after_long_help = help::RUN)]
pub(super) struct RunArgs {
    /// The job: what `build` takes, or a compiled file, whose name ends in `.json`; `-` reads one from
    /// standard input
    #[arg(
        value_name = "JOB",
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::job_or_file)
    )]
    pub(super) job: String,
    /// Which job of a compiled file that holds several: CLUSTER/ROLE/ENVIRONMENT/NAME
    #[arg(long, value_name = "KEY")]
    pub(super) key: Option<String>,
    /// Which of the job's instances to be: `{{mesos.instance}}`
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true,
        value_parser = instance
    )]
    pub(super) instance: u32,
    /// The number of a named port (default: any that is free); may be repeated
    #[arg(long = "port", value_name = "NAME=N", value_parser = port)]
    pub(super) ports: Vec<(String, u16)>,
    /// Whether Nix brings what processes need
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) realise: Realise,
    /// Run the processes of a job that has a container on this machine as it is
    #[arg(long)]
    pub(super) without_container: bool,
    /// Run in this directory and leave it there (default: a temporary one)
    ///
    /// It is made if it is not there. A temporary one is removed after a success, and left after a
    /// failure.
    #[arg(long, value_name = "DIR")]
    pub(super) sandbox: Option<PathBuf>,
    /// Leave the temporary directory after a success, too
    #[arg(long)]
    pub(super) keep: bool,
    #[command(flatten)]
    pub(super) strictness: Strictness,
}

/// Whether Nix is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Realise {
    /// If this machine has a Nix that can be used
    Auto,
    /// As on a node: the steps that jobc adds fetch all of it from caches
    Always,
    /// No: what the workspace has is put beside the store, the rest is taken to be there
    Never,
}

fn seconds(text: &str) -> Result<u16, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "expected a number of seconds from 1 to 65535".to_owned())
}

fn instance(text: &str) -> Result<u32, String> {
    let number = text.parse();
    number.map_err(|_| "expected the number of an instance, from 0 on".to_owned())
}

fn port(text: &str) -> Result<(String, u16), String> {
    let expected = || "expected NAME=N with a number from 1 to 65535".to_owned();
    let (name, number) = text.split_once('=').ok_or_else(expected)?;
    match number.parse() {
        Ok(number) if number > 0 && !name.is_empty() => Ok((name.to_owned(), number)),
        _ => Err(expected()),
    }
}

/// Start a workspace with a job that builds
///
/// Writes a commented definition with the settings and schemas around it. If one of the files is
/// there already, nothing is written.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The directory, made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub(super) directory: PathBuf,
}

/// Explain a problem by its code
///
/// Takes what `help` takes as well.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code, as messages have it in brackets (default: list all codes)
    #[arg(value_name = "CODE", add = ArgValueCompleter::new(complete::codes))]
    pub(super) code: Option<String>,
}

/// Print help on a command, a topic, or the code of a problem
#[derive(Debug, Args)]
#[command(after_help = help::topics())]
pub(super) struct HelpArgs {
    /// What about (default: jobc as a whole)
    #[arg(value_name = "COMMAND|TOPIC|CODE", add = ArgValueCompleter::new(complete::topics))]
    pub(super) topic: Option<String>,
}

/// Print the JSON schema of a document
///
/// Editors complete and check definitions by it.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Which document
    #[arg(value_name = "WHICH", default_value = "definition")]
    pub(super) which: Which,
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Which {
    /// What you write: `job.toml` and its like
    Definition,
    /// The workspace's settings, `jobc.toml`
    Settings,
    /// The lock, `jobc.lock`
    Lock,
    /// What `build` writes for Aurora
    Aurora,
    /// What `show --format json` prints
    Show,
    /// What `diff` prints with `--format json`
    Diff,
    /// What `why --format json` prints of a path or package
    Why,
    /// What `why --format json` prints of a job
    WhyChanged,
    /// A line of `--message-format json`
    Messages,
}

/// Print a script that completes command lines in a shell
#[derive(Debug, Args)]
#[command(after_long_help = help::COMPLETIONS)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: Shell,
}

/// A shell that completes command lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}
