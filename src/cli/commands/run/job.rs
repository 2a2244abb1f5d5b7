//! The job that is to be run: compiled for that, or read from a compiled file; and what the
//! workspace has of what it needs.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::arguments::Global;
use crate::cli::jobs::{find, right};
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::Ending;
use crate::cli::workspace::{current_dir, open, read};
use crate::compile::Until;
use crate::diagnostic::{Failure, MachineError};
use crate::provide::Own;
use crate::query::{self, Search, Several, table};
use crate::registry::CODES;
use crate::run::{Compiled, CompiledJob, Problem};
use crate::target::Form;
use crate::workspace::{Conflicts, DefinitionFile, OWN_DIRECTORY, Workspace};

use super::arguments::RunArgs;
use super::refusal::Refusal;

/// The largest compiled file that is read.
const MOST_BYTES: u64 = 64 << 20;

/// The job that is to be run.
pub(super) struct Chosen {
    pub(super) job: CompiledJob,
    /// What the workspace that defines it has for it.
    pub(super) own: Option<Own>,
}

/// The job that the command line names; how the run ended if there is none.
pub(super) fn chosen(args: &RunArgs, global: &Global, console: &Console) -> Result<Chosen, Ending> {
    let (read, own) = if args.job == "-" {
        let read = read_job(io::stdin(), "<stdin>", args);
        (read.map(|(job, _)| job), None)
    } else if let Some(path) = compiled_file(&args.job, global)? {
        let read = File::open(&path)
            .map_err(|error| cannot_read(&args.job, error).into())
            .and_then(|file| read_job(file, &args.job, args));
        match read {
            Ok((job, text)) => {
                let own = own_of_file(&path, &job, &text, global, console);
                (Ok(job), own)
            }
            Err(refusal) => (Err(refusal), None),
        }
    } else {
        let (compiled, own) = compile(&args.job, global, console)?;
        (one_of(compiled, &args.job, args), Some(own))
    };
    match read {
        Ok(job) => Ok(Chosen { job, own }),
        Err(refusal) => Err(refusal.told(console)),
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
        let Some(workspace) = read(global, Conflicts::Refuse)?.value else {
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

fn cannot_read(name: &str, error: io::Error) -> MachineError {
    MachineError::new(format!("cannot read `{name}`"), error)
}

/// The job in a compiled text, and the text.
fn read_job(
    source: impl Read,
    name: &str,
    args: &RunArgs,
) -> Result<(CompiledJob, String), Refusal> {
    let cannot = |error: io::Error| cannot_read(name, error);
    let mut text = Vec::new();
    source
        .take(MOST_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(cannot)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(cannot(io::Error::other("it is larger than 64 MiB")).into());
    }
    match String::from_utf8(text) {
        Ok(text) => Ok((one_of(Compiled::parse(&text), name, args)?, text)),
        Err(_) => Err(cannot(io::Error::other("it is not UTF-8")).into()),
    }
}

/// The one job of what is called `name`, or the one that was asked for.
fn one_of(
    compiled: Result<Compiled, Problem>,
    name: &str,
    args: &RunArgs,
) -> Result<CompiledJob, Refusal> {
    let mut jobs = compiled
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

/// The one job that `word` means, compiled, and what its workspace has for it.
fn compile(
    word: &str,
    global: &Global,
    console: &Console,
) -> Result<(Result<Compiled, Problem>, Own), Ending> {
    let (workspace, diagnostics) = open(global, console)?;
    let words = [word.to_owned()];
    let search = Search::new(&workspace, &words)?;
    let until = Until::Checked(Form::Complete, &|planned| planned);
    let mut findings = find(&search, &until, Several::Never, console)?;
    let count = findings.selected().count();
    if findings.failures.is_empty() && count > 1 {
        let failure = Failure::new(format!("`run` is for one job, and {count} are selected"));
        findings.failures.push(
            failure
                .note(table(findings.selected()))
                .help("name one of them by its key"),
        );
    }
    match right(findings, diagnostics, console)?.pop() {
        Some(planned) => {
            let compiled = Compiled::of_plan(&planned.plan);
            let importer = search.compiler.importer().clone();
            Ok((compiled, Own::new(word, planned.plan, importer, &workspace)))
        }
        None => Err(Failure::new(format!("no job is called `{word}`")).into()),
    }
}

/// What the workspace that a compiled file is of has for its job. Where that cannot be told, there is
/// nothing.
fn own_of_file(
    path: &Path,
    job: &CompiledJob,
    text: &str,
    global: &Global,
    console: &Console,
) -> Option<Own> {
    let key = job.key().ok()?.to_string();
    let mut above = path.ancestors();
    let own = above.find(|directory| directory.ends_with(OWN_DIRECTORY));
    let workspace = match own.and_then(Path::parent) {
        Some(root) => {
            Workspace::open_at(root, &current_dir().ok()?, CODES)
                .ok()?
                .value?
        }
        None => read(global, Conflicts::Refuse).ok()?.value?,
    };
    let words = [key];
    let search = Search::new(&workspace, &words).ok()?;
    let until = Until::Checked(Form::Complete, &|planned| planned);
    let progress = console.progress_of(0, "files");
    let mut findings = query::find(&search, &until, Several::Never, &progress).ok()?;
    drop(progress);
    let planned = findings.kept.pop().filter(|_| findings.kept.is_empty())?;
    let importer = search.compiler.importer().clone();
    let [word] = &words;
    Some(Own::new(word, planned.plan, importer, &workspace).mentioned_in(text))
}
