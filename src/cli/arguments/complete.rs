//! What may stand in a command line, for shells that ask while it is typed.
//!
//! Only reads, runs nothing, and stays silent: of a workspace in which something is wrong, it offers
//! what can be read. Of very many definitions, it offers the names that their paths say.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};

use crate::compile::{Compiler, Until, every};
use crate::model::Job;
use crate::parallel::in_parallel;
use crate::registry::CODES;
use crate::workspace::{DefinitionFile, Workspace};

/// The most definitions that are read: more take longer than a key may.
const MOST: usize = 400;

/// What may stand there, each with what it is.
pub(crate) type Offers = BTreeMap<String, String>;

/// The jobs of the workspace, by their names and keys.
pub(crate) fn jobs(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, job_names())
}

/// Jobs, and compiled files.
pub(crate) fn job_or_file(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut offered = jobs(current);
    let is_compiled = |path: &std::path::Path| path.extension().is_some_and(|it| it == "json");
    offered.extend(PathCompleter::any().filter(is_compiled).complete(current));
    offered
}

/// The packages of the workspace, by their names.
pub(crate) fn packages(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, package_names())
}

/// Packages and jobs.
pub(crate) fn packages_and_jobs(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut offers = package_names();
    offers.extend(job_names());
    candidates(current, offers)
}

/// The codes of problems.
pub(crate) fn codes(current: &OsStr) -> Vec<CompletionCandidate> {
    let codes = CODES
        .codes()
        .map(|code| (code.id.to_owned(), code.summary.to_owned()));
    candidates(current, codes.collect())
}

/// Those of the offers that begin as the word does.
pub(crate) fn candidates(current: &OsStr, offers: Offers) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy();
    let fitting = offers
        .into_iter()
        .filter(|(word, _)| word.starts_with(&*current));
    fitting
        .map(|(word, help)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(word).help(help)
        })
        .collect()
}

/// The workspace that the command line being typed is about, if it can be read.
fn workspace() -> Option<Workspace> {
    let current_dir = std::env::current_dir().ok()?;
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(2);
    let mut named: Option<OsString> = None;
    while let Some(word) = words.next() {
        if word == "-C" || word == "--workspace" {
            named = words.next();
        } else if let Some(value) = word
            .to_str()
            .and_then(|word| word.strip_prefix("--workspace="))
        {
            named = Some(value.into());
        }
    }
    let report = match named {
        Some(named) => {
            let root = current_dir.join(PathBuf::from(named)).canonicalize().ok()?;
            Workspace::open_at(&root, &current_dir, CODES)
        }
        None => Workspace::open(&current_dir, CODES),
    };
    report.ok()?.value
}

fn job_names() -> Offers {
    let mut offers = Offers::new();
    let Some(workspace) = workspace() else {
        return offers;
    };
    let (Ok(definitions), Ok(compiler)) = (workspace.definitions(), Compiler::new(&workspace))
    else {
        return offers;
    };
    if definitions.len() > MOST {
        let names = definitions
            .iter()
            .filter_map(|definition| definition.short_name());
        offers.extend(names.map(|name| (name.to_owned(), String::new())));
        return offers;
    }
    let read = |definition: &DefinitionFile| {
        let source = workspace.read_source(&definition.path).ok()?.value?;
        let until: Until<'_, ()> = Until::Listed(&|_, _| ());
        let report = compiler.compile(definition, &source, &until, every).ok()?;
        let jobs = report.value?.listed.into_iter();
        Some(jobs.map(|job| job.key).collect::<Vec<_>>())
    };
    let keys = in_parallel(&definitions, read, |_| {});
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for key in keys.iter().flatten().flatten() {
        offers.insert(key.to_string(), String::new());
        *names.entry(key.name.to_string()).or_default() += 1;
    }
    // A name that fits several jobs would be refused.
    let single = names.into_iter().filter(|&(_, count)| count == 1);
    offers.extend(single.map(|(name, _)| (name, String::new())));
    // What cannot be read has a name all the same.
    for (definition, keys) in definitions.iter().zip(&keys) {
        if let (None, Some(name)) = (keys, definition.short_name()) {
            offers.insert(name.to_owned(), "cannot be read".to_owned());
        }
    }
    offers
}

fn package_names() -> Offers {
    let mut offers = Offers::new();
    let Some(workspace) = workspace() else {
        return offers;
    };
    let shared = workspace.settings.packages.iter().flatten();
    offers.extend(shared.map(|(name, _)| (name.to_string(), String::new())));
    let (Ok(definitions), Ok(compiler)) = (workspace.definitions(), Compiler::new(&workspace))
    else {
        return offers;
    };
    let few = &definitions[..definitions.len().min(MOST)];
    let read = |definition: &DefinitionFile| {
        let source = workspace.read_source(&definition.path).ok()?.value?;
        let until: Until<'_, Vec<String>> = Until::Listed(&|job: &Job, _| {
            let packages = job.packages.iter().flatten();
            packages.map(|(name, _)| name.to_string()).collect()
        });
        let report = compiler.compile(definition, &source, &until, every).ok()?;
        let found = report.value?;
        let mut names: BTreeSet<String> = found.kept.into_iter().flatten().collect();
        names.extend(found.shared_packages.keys().map(ToString::to_string));
        Some(names)
    };
    for name in in_parallel(few, read, |_| {})
        .into_iter()
        .flatten()
        .flatten()
    {
        offers.insert(name, String::new());
    }
    offers
}
