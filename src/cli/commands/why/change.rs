//! `jobc why JOB OLD NEW`: why the steps of jobs have other hashes than before.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::arguments::Global;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::cli::ui::output;
use crate::cli::workspace;
use crate::compare::{Extent, JobFilter, Operand, Purpose, Reader, Side, Sides};
use crate::diff::{ComparedJob, JobChange};
use crate::shell::shell_word;
use crate::why::change::{Before, JobSteps, WhyChanged};

use super::arguments::{WhyArgs, WhyFormat};

/// Answers for the jobs that `args` name.
pub(super) fn run(args: &WhyArgs, global: &Global, console: &Console) -> Result<Exit, Ending> {
    let current_dir = workspace::current_dir()?;
    let root = workspace::root(global, &current_dir)?;
    let wanted = JobFilter::new(std::slice::from_ref(&args.what))?;
    let after = format!("jobc why {}", shell_word(&args.what));
    let reader = Reader {
        current_dir: &current_dir,
        root: &root,
        wanted: &wanted,
        purpose: Purpose::Side { after: &after },
    };
    let words = [args.old.as_deref(), args.new.as_deref()];
    let [old, new] = Operand::pair(words, &root, &current_dir);
    // What is the same on both sides may be wrong, or large.
    let (mut sides, mut diagnostics) = reader.read(&old, &new, Extent::Differing)?;
    let is_same = |sides: &Sides| {
        let jobs = sides.old.jobs.len() + sides.new.jobs.len();
        jobs == 0 && sides.same > 0
    };
    let unmatched = reader.unmatched(&old, &new)?;
    if !unmatched.is_empty() {
        console.close(diagnostics, None, &unmatched);
        return Ok(Exit::Failed);
    }
    if is_same(&sides) {
        (sides, diagnostics) = reader.read(&old, &new, Extent::Everything)?;
    }
    for note in sides.notes() {
        console.warn(&note);
    }
    let answer = answer(&sides);
    output::print(&match args.format {
        WhyFormat::Text => answer.text(args.extent()),
        WhyFormat::Json => answer.json(),
    })?;
    let exit = console.close(diagnostics, None, &sides.troubles);
    Ok(if sides.is_partial() || exit != Exit::Done {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn answer(sides: &Sides) -> WhyChanged {
    let comparison = sides.compare();
    let changes = comparison.jobs.iter();
    let changes: BTreeMap<&str, &JobChange> = changes
        .map(|change| (change.key.as_str(), change))
        .collect();
    let hidden = comparison.not_compared.iter().flat_map(|it| &it.jobs);
    let hidden: BTreeSet<&String> = hidden.collect();
    let keys = sides.old.jobs.keys().chain(sides.new.jobs.keys());
    let keys: BTreeSet<&String> = keys.filter(|key| !hidden.contains(key)).collect();
    let both = [&sides.old, &sides.new];
    let jobs = keys.into_iter().map(|key| {
        let before = both.map(|side| before(side, side.jobs.get(key).map(|job| &job.compiled)));
        JobSteps::new(key, before, changes.get(key.as_str()).copied())
    });
    WhyChanged {
        jobs: jobs.collect(),
        old: comparison.old.clone(),
        new: comparison.new.clone(),
        not_compared: comparison.not_compared.clone(),
    }
}

fn before<'s>(side: &'s Side, job: Option<&'s ComparedJob>) -> Before<'s> {
    Before {
        job,
        store_dir: &side.store_dir,
        lock: side.lock.as_ref(),
    }
}
