//! `jobc why JOB OLD NEW`: why the steps of jobs have other hashes than before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::cli::args::Global;
use crate::cli::console::Console;
use crate::cli::diff::{fits, patterns};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::side::{Reach, Reader, Side, Sides, Word};
use crate::cli::{open, output};
use crate::diagnostic::closest;
use crate::diff::{Job, JobChange};
use crate::why::change::{Before, JobSteps, WhyChanged};

use super::{WhyArgs, WhyFormat, extent};

/// Answers for the jobs that `args` name.
pub(super) fn run(args: &WhyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let current_dir = open::current_dir()?;
    let root = open::root(global, &current_dir)?;
    let patterns = patterns(std::slice::from_ref(&args.what))?;
    let seen = Mutex::new(BTreeSet::new());
    let wanted = |key: &str| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(key.to_owned());
        patterns.iter().any(|pattern| fits(pattern, key))
    };
    let reader = Reader {
        current_dir: &current_dir,
        root: &root,
        wanted: &wanted,
    };
    let words = [args.old.as_deref(), args.new.as_deref()];
    let [old, new] = Word::pair(words, &root, &current_dir);
    // What is the same on both sides may be wrong, or large.
    let mut report = reader.read(&old, &new, Reach::Differing)?;
    let is_same = |sides: &Sides| {
        let jobs = sides.old.jobs.len() + sides.new.jobs.len();
        jobs == 0 && sides.same > 0
    };
    if report.value.as_ref().is_some_and(is_same) {
        report = reader.read(&old, &new, Reach::Everything)?;
    }
    let Some(sides) = report.value else {
        console.close(report.diagnostics, None, &[]);
        return Ok(Exit::Failed);
    };
    for note in sides.notes() {
        console.warn(note);
    }
    let answer = answer(&sides);
    if answer.jobs.is_empty() {
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        return Err(unknown(&args.what, &sides, &seen));
    }
    output::print(&match args.format {
        WhyFormat::Text => answer.text(extent(args)),
        WhyFormat::Json => answer.json(),
    })?;
    Ok(Exit::Done)
}

fn answer(sides: &Sides) -> WhyChanged {
    let comparison = sides.compare();
    let changes = comparison.jobs.iter();
    let changes: BTreeMap<&str, &JobChange> = changes
        .map(|change| (change.key.as_str(), change))
        .collect();
    let keys: BTreeSet<&String> = sides.old.jobs.keys().chain(sides.new.jobs.keys()).collect();
    let both = [&sides.old, &sides.new];
    let jobs = keys.into_iter().map(|key| {
        let tables = both.map(|side| side.jobs.get(key).map(|job| job.form.table()));
        let [old, new] = &tables;
        let before = [
            before(both[0], old.as_deref()),
            before(both[1], new.as_deref()),
        ];
        JobSteps::new(key, before, changes.get(key.as_str()).copied())
    });
    WhyChanged {
        jobs: jobs.collect(),
        old: comparison.old.clone(),
        new: comparison.new.clone(),
    }
}

fn before<'s>(side: &'s Side, job: Option<&'s Job>) -> Before<'s> {
    Before {
        job,
        store_dir: &side.store_dir,
        lock: side.lock.as_ref(),
    }
}

fn unknown(word: &str, sides: &Sides, keys: &BTreeSet<String>) -> Failure {
    let (old, new) = (&sides.old.name, &sides.new.name);
    let failure = Failure::new(format!("no job is called `{word}` in {old} or {new}"));
    let names = keys.iter().filter_map(|key| key.rsplit('/').next());
    match closest(word, keys.iter().map(String::as_str).chain(names)) {
        Some(other) => failure.help(format!("did you mean `{other}`?")),
        None => failure,
    }
}
