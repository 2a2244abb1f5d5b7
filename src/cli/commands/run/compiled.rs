//! Jobs of compiled files, and what the workspace has of what they need.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::arguments::Global;
use crate::cli::ui::console::Console;
use crate::cli::workspace::{current_dir, read};
use crate::compile::Until;
use crate::diagnostic::{Failure, MachineError};
use crate::provide::Own;
use crate::query::{self, Search, Several};
use crate::registry::CODES;
use crate::run::{Compiled, CompiledJob, Problem};
use crate::target::Form;
use crate::workspace::{Conflicts, DefinitionFile, OWN_DIRECTORY, Workspace};

use super::arguments::RunArgs;
use super::refusal::Refusal;

/// The largest compiled file that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What a word of the command line names.
pub(super) enum Word {
    /// Standard input.
    Standard,
    /// A compiled file, by its path.
    File(PathBuf),
    /// Jobs of definitions.
    Jobs,
}

/// What `word` names.
pub(super) fn meaning(word: &str, global: &Global) -> Result<Word, Failure> {
    if word == "-" {
        return Ok(Word::Standard);
    }
    Ok(match compiled_file(word, global)? {
        Some(path) => Word::File(path),
        None => Word::Jobs,
    })
}

/// The job of standard input.
pub(super) fn read_standard(args: &RunArgs) -> Result<CompiledJob, Refusal> {
    let read = read_job(io::stdin(), "<stdin>", args);
    read.map(|(job, _)| job)
}

/// The job of a compiled file, and what the workspace that it is of has for it.
pub(super) fn read_file(
    word: &str,
    path: &Path,
    args: &RunArgs,
    global: &Global,
    console: &Console,
) -> Result<(CompiledJob, Option<Own>), Refusal> {
    let file = File::open(path).map_err(|error| cannot_read(word, error))?;
    let (job, text) = read_job(file, word, args)?;
    let own = own_of_file(path, &job, &text, global, console);
    Ok((job, own))
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
        Ok(text) => Ok((
            one_of(Compiled::parse(&text), name, args.key.as_ref())?,
            text,
        )),
        Err(_) => Err(cannot(io::Error::other("it is not UTF-8")).into()),
    }
}

/// The one job of what is called `name`, or the one that was asked for.
pub(super) fn one_of(
    compiled: Result<Compiled, Problem>,
    name: &str,
    key: Option<&String>,
) -> Result<CompiledJob, Refusal> {
    let mut jobs = compiled
        .map_err(|problem| vec![problem.of_file(name)])?
        .jobs;
    let Some(wanted) = key else {
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
