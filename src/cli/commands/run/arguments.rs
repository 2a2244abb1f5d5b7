//! What may stand behind `jobc run`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::cli::arguments::{Strictness, complete};

/// Run jobs on this machine, as nodes would
///
/// Runs the processes of compiled jobs as Thermos, Aurora's executor, runs them, but as the user
/// who starts jobc, and without health checks or limits of resources: order, repeated runs,
/// daemons, ephemeral and final processes, limits, ports, logs. What they print comes to standard
/// output, a line at a time, as `NAME | LINE`, or `NAME ! LINE` for standard error; at the end,
/// standard error tells what became of them. Several jobs run together, each in a sandbox of its own, and
/// their processes are called `JOB/PROCESS`.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub(crate) struct RunArgs {
    /// The jobs: what `build` takes, or compiled files, whose names end in `.json`; `-` reads one from
    /// standard input
    #[arg(
        value_name = "JOB",
        required = true,
        value_parser = NonEmptyStringValueParser::new(),
        add = ArgValueCompleter::new(complete::job_or_file)
    )]
    pub(crate) jobs: Vec<String>,
    /// Which job of a compiled file that holds several: CLUSTER/ROLE/ENVIRONMENT/NAME
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Run as this one of the job's instances: `${job.instance}`
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true,
        value_parser = instance
    )]
    pub(crate) instance: u32,
    /// The number of a named port, of several jobs `JOB:NAME=N`; may be repeated
    ///
    /// The default is any that is free. Of several jobs, it is the one that the definition wants, or else
    /// `jobc.lock`, if that is free.
    #[arg(long = "port", value_name = "NAME=N", value_parser = port)]
    pub(crate) ports: Vec<(String, u16)>,
    /// Whether Nix brings what processes need
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) realise: Realise,
    /// Run the processes of a job that has a container on this machine as it is
    #[arg(long)]
    pub(crate) without_container: bool,
    /// Run in this directory and leave it there (default: a temporary one)
    ///
    /// Of several jobs, each runs in a directory below that is called like the job. It is made if it is not
    /// there. A temporary one is removed after a success, and left after a
    /// failure.
    #[arg(long, value_name = "DIR")]
    pub(crate) sandbox: Option<PathBuf>,
    /// Leave the temporary directory after a success, too
    #[arg(long)]
    pub(crate) keep: bool,
    #[command(flatten)]
    pub(crate) strictness: Strictness,
}

/// Whether Nix is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Realise {
    /// If this machine has a Nix that can be used
    Auto,
    /// As on a node: the steps that jobc adds fetch all of it from caches
    Always,
    /// No: what the workspace has is put beside the store, the rest is taken to be there
    Never,
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

/// After `run --help`.
const AFTER_HELP: &str = "\
The logs are where Thermos puts them, DIR/.logs/PROCESS/RUN/{stdout,stderr}. An interrupt (Ctrl-C),
SIGTERM or SIGHUP ends the task as a kill on a node does: processes get SIGTERM, final processes
run, and what is left after a minute is killed. Another one, a second later or more, kills at once.

Several jobs start at once, but for processes that wait for other jobs: `after = [{ job = JOB, when =
\"ready\" }]`, or `\"succeeded\"`. A job that one of them waits for runs as well. Texts that refer to the ports
and addresses of another one have those of this run. A job that succeeds ends no other; one that fails, and an
interrupt, end all of them, those that wait before those that they wait for, each with its minute.

What commands name of the store is there before anything starts. The files of the workspace are
added to the store by Nix, where this user can use one, and packages that are absent are fetched.
Otherwise the files go into a private directory, which processes see at the store's path in a mount
namespace of their own, next to all that the store has; where the kernel grants none, commands are
given the directory's path. A package that is absent then is an error, unless no command names it.
No cache is asked for what the workspace has. Steps that fetch, `nix_init_...` and `nix_fetch_...`,
count as done where nothing is left for them.

Processes end with jobc, also if it is killed itself; only what has then left its process group
stays.

Exit status:
  0  all tasks succeeded
  1  a task failed or was killed, or the definitions are wrong
  2  the machine could not, or the command line made no sense

Examples:
  jobc run hello
  jobc run hello --realise never --port http=8080 --instance 2
  jobc run database web --port web:http=8080
  jobc run '*/*/devel/*' --message-format json
  jobc run compiled/hello.json --sandbox /tmp/hello";
