//! `jobc run`: a compiled job's task, run on this machine.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};

use crate::diagnostic::{MachineError, closest};
use crate::emit::Form;
use crate::run::world::{self, Printer, Sandbox, Setup, Style};
use crate::run::{
    Agent, Compiled, CompiledJob, Fate, Key, PortClash, Ports, Problem, Task, is_init,
};
use crate::workspace::DefinitionFile;

use super::args::{Color, Global, Realise, RunArgs};
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::open::{current_dir, open};
use super::search::{Depth, Search};
use super::settle::{Many, settle, table};
use super::summary;

/// The largest compiled file that is read.
const MOST_BYTES: u64 = 64 << 20;

pub(super) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let read = match compiled_file(&args.job, global)? {
        Some(path) => read_job(&path, args),
        None => match compile(&args.job, global, console)? {
            Ok(text) => job_of(&text, &args.job, args),
            Err(exit) => return Ok(exit),
        },
    };
    let job = match read {
        Ok(job) => job,
        Err(refusal) => return refusal.tell(console),
    };
    let key = match job.key() {
        Ok(key) => key,
        Err(problems) => return Refusal::Wrong(problems).tell(console),
    };
    let task = match bind(&job, &key, args) {
        Ok(task) => task,
        Err(refusal) => return refusal.tell(console),
    };
    let shell = world::find_shell().ok_or_else(|| {
        Failure::new("Thermos runs commands with `/bin/bash`, and this machine has no `bash`")
            .help("install bash")
    })?;
    let skipped = skipped(&task, args.realise, console);
    let sandbox = match &args.sandbox {
        Some(path) => Sandbox::at(path)?,
        None => Sandbox::temporary(&key)?,
    };
    let names = task.processes.iter().map(|process| process.name.as_str());
    let printer = Printer::new(names, style(global), io::stdout());
    let setup = Setup {
        shell,
        sandbox: sandbox.path().to_owned(),
        user: world::user_name(),
        skipped,
        printer: Arc::new(printer),
    };
    let outcome = world::run(&task, &setup, &|| {
        console.say("the task is ending; interrupt once more to kill it");
    });
    let path = sandbox.path().to_owned();
    let succeeded = matches!(&outcome, Ok(outcome) if outcome.fate == Fate::Success);
    let stays = args.keep || !succeeded || !sandbox.is_temporary();
    let removed = if stays {
        sandbox.keep();
        Ok(())
    } else {
        sandbox.remove()
    };
    let outcome = outcome.map_err(|error| {
        Failure::from(error).note(format!("the sandbox is `{}`", path.display()))
    })?;
    if let Some(trouble) = &outcome.log_trouble {
        console.warn(&Failure::new(format!(
            "log files are incomplete: {trouble}"
        )));
    }
    if let Err(error) = removed {
        console.warn(&error.into());
    }
    let result = summary::Result::new(&task, &outcome, stays.then_some(path.as_path()));
    console.tell(&result.text(), &result);
    Ok(match outcome.fate {
        Fate::Success => Exit::Done,
        Fate::Failed | Fate::Killed => Exit::Wrong,
    })
}

/// Why a job is not run.
enum Refusal {
    /// It cannot be.
    Wrong(Vec<Problem>),
    /// What was asked for makes no sense.
    Asked(Failure),
}

impl Refusal {
    fn tell(self, console: &Console) -> Result<Exit, Failure> {
        match self {
            Self::Asked(failure) => Err(failure),
            Self::Wrong(problems) => {
                for problem in problems {
                    console.fail(&Failure::new(problem.to_string()));
                }
                Ok(Exit::Wrong)
            }
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Asked(failure)
    }
}

impl From<MachineError> for Refusal {
    fn from(error: MachineError) -> Self {
        Self::Asked(error.into())
    }
}

impl From<Vec<Problem>> for Refusal {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Wrong(problems)
    }
}

/// The compiled file that `word` names: one that ends in `.json`, unless it is called as definitions
/// are and lies in the workspace.
fn compiled_file(word: &str, global: &Global) -> Result<Option<PathBuf>, Failure> {
    let path = Path::new(word);
    let Some(extension) = path.extension() else {
        return Ok(None);
    };
    let path = current_dir()?.join(path);
    let is_file = path.is_file();
    if extension == "aurora" && is_file {
        return Err(Failure::new(format!(
            "`{word}` is a config file, which jobc does not read"
        ))
        .help("name the job, or compile it with `--target aurora-json`"));
    }
    if extension != "json" {
        return Ok(None);
    }
    if DefinitionFile::of_path(&path).is_some() {
        // What is wrong with the workspace is told when the definition is compiled.
        let Some(workspace) = open(global)?.value else {
            return Ok(None);
        };
        let real = path.canonicalize();
        let is_outside = real.is_ok_and(|real| !real.starts_with(&workspace.root));
        return Ok((is_file && is_outside).then_some(path));
    }
    if is_file {
        return Ok(Some(path));
    }
    Err(Failure::new(format!("`{word}` is no file"))
        .help("name a job, or a compiled file that is there"))
}

fn read_job(path: &Path, args: &RunArgs) -> Result<CompiledJob, Refusal> {
    let cannot = |error: io::Error| MachineError::new(format!("cannot read `{}`", args.job), error);
    let mut text = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(cannot)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(cannot(io::Error::other("it is larger than 64 MiB")).into());
    }
    match String::from_utf8(text) {
        Ok(text) => job_of(&text, &args.job, args),
        Err(_) => Err(cannot(io::Error::other("it is not UTF-8")).into()),
    }
}

/// The one job of a compiled text, or the one that was asked for.
fn job_of(text: &str, name: &str, args: &RunArgs) -> Result<CompiledJob, Refusal> {
    let mut jobs = Compiled::parse(text)
        .map_err(|problem| vec![problem.of_file(name)])?
        .jobs;
    let Some(wanted) = &args.key else {
        return match jobs.len() {
            1 => Ok(jobs.remove(0)),
            count => Err(Failure::new(format!("`{name}` holds {count} jobs"))
                .note(keys(&jobs).join("\n"))
                .help("pick one by `--key CLUSTER/ROLE/ENVIRONMENT/NAME`")
                .into()),
        };
    };
    let keys = keys(&jobs);
    match keys.iter().position(|key| key == wanted) {
        Some(index) => Ok(jobs.remove(index)),
        None => Err(Failure::new(format!("`{name}` holds no job `{wanted}`"))
            .note(keys.join("\n"))
            .into()),
    }
}

fn keys(jobs: &[CompiledJob]) -> Vec<String> {
    let key = |job: &CompiledJob| match job.key() {
        Ok(key) => key.to_string(),
        Err(_) => "(a job without a key)".to_owned(),
    };
    jobs.iter().map(key).collect()
}

/// The text of the one job that `word` means, compiled; how the run ended if there is none.
fn compile(
    word: &str,
    global: &Global,
    console: &Console,
) -> Result<Result<String, Exit>, Failure> {
    let mut diagnostics = Vec::new();
    let Some(workspace) = open(global)?.unpack(&mut diagnostics) else {
        return Ok(Err(console.close(diagnostics, None, &[])));
    };
    let words = [word.to_owned()];
    let search = Search::new(&workspace, &words, Depth::KeepText)?.written_as(Some(Form::Complete));
    let mut findings = search.run(console)?;
    let mut failures = settle(&search, &mut findings, Many::Refused, console)?;
    let count = findings.selected().count();
    if failures.is_empty() && count > 1 {
        let failure = Failure::new(format!("`run` is for one job, and {count} are selected"));
        failures.push(
            failure
                .note(table(findings.selected()))
                .help("name one of them by its key"),
        );
    }
    diagnostics.append(&mut findings.diagnostics);
    let exit = console.close(diagnostics, None, &failures);
    if exit != Exit::Done {
        return Ok(Err(exit));
    }
    match findings.compiled.pop() {
        Some(job) => Ok(Ok(job.artifact.text)),
        None => Err(Failure::new(format!("no job is called `{word}`"))),
    }
}

/// The task with all that a node would add to it.
fn bind(job: &CompiledJob, key: &Key, args: &RunArgs) -> Result<Task, Refusal> {
    let names = job.ports()?;
    let mut given = BTreeMap::new();
    for (name, number) in &args.ports {
        if given.insert(name.clone(), *number).is_some() {
            return Err(Failure::new(format!("port `{name}` is given twice")).into());
        }
    }
    let ports = Ports::new(&names, &given).map_err(|clash| match clash {
        PortClash::Circle(name) => Failure::new(format!(
            "`announce.portmap`: port `{name}` leads back to itself"
        )),
        PortClash::Twice(name, one, other) => Failure::new(format!(
            "port `{name}` cannot be both {one} and {other}: the names are those of one port"
        )),
    })?;
    if let Some(unknown) = given.keys().find(|name| !ports.has(name)) {
        let failure = Failure::new(format!("the job has no port `{unknown}`"));
        let failure = match closest(unknown, ports.names()) {
            Some(meant) => failure.help(format!("did you mean `{meant}`?")),
            None => failure.note(match ports.names().collect::<Vec<_>>().join("`, `") {
                none if none.is_empty() => "it has no ports".to_owned(),
                names => format!("it has `{names}`"),
            }),
        };
        return Err(failure.into());
    }
    let allocated = world::allocate(ports.open())?;
    let agent = Agent {
        instance: args.instance,
        hostname: world::hostname(),
        task_id: world::new_task_id(key, args.instance)?,
        ports: ports.bind(allocated),
    };
    Ok(job.task(&agent)?)
}

/// Which processes are taken for done.
fn skipped(task: &Task, realise: Realise, console: &Console) -> Vec<bool> {
    let inits: Vec<bool> = task.processes.iter().map(is_init).collect();
    let nothing = || vec![false; inits.len()];
    match realise {
        Realise::Always => nothing(),
        Realise::Never => inits,
        Realise::Auto if world::nix_store().is_some() => nothing(),
        Realise::Auto => {
            if inits.contains(&true) {
                let warning = Failure::new("nothing is fetched: this machine has no `nix-store`")
                    .note("a command in a store path that is not there will fail")
                    .help("install Nix, or say `--realise never`");
                console.warn(&warning);
            }
            inits
        }
    }
}

fn style(global: &Global) -> Style {
    let stdout = io::stdout();
    let color = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => stdout.is_terminal() && AutoStream::choice(&stdout) != ColorChoice::Never,
    };
    if color { Style::Color } else { Style::Plain }
}
