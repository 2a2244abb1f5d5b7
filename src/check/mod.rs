//! Whether a definition makes sense, for whatever scheduler. The rules of the target that it is for
//! run here, too, but are not listed here.
//!
//! `Document` in, [`Checked`] out. One file for each kind of rule; none of them stops at the first
//! problem, and none reports what follows from another problem.

mod codes;
pub(crate) mod commands;
pub(crate) mod imports;
mod lookalikes;
mod mistaken;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod packages;
mod ports;
mod quoting;
pub(crate) mod ready;
pub(crate) mod resources;
mod rules;
pub(crate) mod secrets;
pub(crate) mod templates;
pub(crate) mod values;
mod waivers;

use std::collections::BTreeMap;

use crate::diagnostic::TOO_MANY_ERRORS;
use crate::diagnostic::{Diagnostic, Holes, Place, Report, Severity};
use crate::intent::Intent;
use crate::lint::{Levels, Waivers};
use crate::model::{Document, Job, JobKey, PackageName, PackageSource};
use crate::rule::{Common, Context, GivenUp, Intended, MOST, Tally, Terms};
use crate::source::Pointer;
use crate::template::Budget;

pub use codes::CODES;
pub use lookalikes::lookalikes_in_file;
pub use rules::{PLANNED, RESOLVED};
pub use templates::examine;

/// A definition in which nothing is wrong; only [`check`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    jobs: Vec<CheckedJob>,
    shared_packages: BTreeMap<PackageName, PackageSource>,
}

/// A job in which nothing is wrong, with what the rules found out about it.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedJob {
    pointer: Pointer,
    job: Job,
    key: JobKey,
    intent: Intent,
    waivers: Waivers,
}

impl Checked {
    /// The jobs, in the order written.
    pub fn into_jobs(self) -> Vec<CheckedJob> {
        self.jobs
    }

    /// The packages that all jobs of the document share.
    pub fn shared_packages(&self) -> &BTreeMap<PackageName, PackageSource> {
        &self.shared_packages
    }
}

impl CheckedJob {
    /// Where the job stands in its document.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Where it is written what the job is called.
    pub fn name_pointer(&self) -> Pointer {
        names::name_pointer(&self.job, &self.pointer)
    }

    /// The job as written, but for names of processes, which are in Aurora's words.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What identifies the job.
    pub fn key(&self) -> &JobKey {
        &self.key
    }

    /// What it asks for.
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// What identifies it, the job as written, and what it asks for.
    pub fn into_parts(self) -> (JobKey, Job, Intent) {
        (self.key, self.job, self.intent)
    }

    /// What the job waives, and what of it was needed so far.
    pub fn waivers(&self) -> &Waivers {
        &self.waivers
    }
}

/// Checks a document. `holes` are the places of values that are not the author's; `texts` is what was
/// found about how its values are written, and what is filled into them.
///
/// The value holds the jobs in which nothing is wrong, those of them that have problems being left
/// out, so that later stages have something to say about the others in the same run.
pub fn check(
    document: Document,
    holes: &Holes,
    terms: Terms<'_>,
    mut texts: Vec<Diagnostic>,
) -> Report<Checked> {
    let mut found = Vec::new();
    let mut tally = Tally::default();
    let budget = Budget::default();
    let many = matches!(document, Document::Many(_));
    let (jobs, shared) = match document {
        Document::One(job) => (vec![*job], None),
        Document::Many(list) => (list.jobs, list.packages),
    };
    let common = Common {
        holes,
        terms,
        shared: shared.as_ref(),
        budget: &budget,
    };
    let mut keys = names::Keys::default();
    let mut used = packages::Used::default();
    let mut checked = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.into_iter().enumerate() {
        let pointer = if many {
            Pointer::root().key(Document::LIST_FIELD).index(index)
        } else {
            Pointer::root()
        };
        let mut ctx = Context::new(&job, &pointer, common, tally);
        waivers::check(&mut ctx);
        let own = |problem: &mut Diagnostic| problem.place().is_in(&pointer);
        for problem in texts.extract_if(.., own) {
            ctx.report_text(problem);
        }
        let intent = run(&mut ctx, &mut used);
        let key = names::key(&mut ctx);
        if let Some(key) = &key {
            keys.add(&mut ctx, key);
        }
        tally = ctx.tally();
        let stop = ctx.given_up();
        if stop == Some(GivenUp::TooManyReferences) {
            // They may follow from what was not filled in.
            ctx.found.clear();
        }
        let stop = stop.map(|given_up| told(given_up, &pointer));
        let Context {
            found: problems,
            waivers,
            ..
        } = ctx;
        let healthy = !has_errors(&problems) && !holes.touch(&pointer);
        found.extend(problems);
        if let Some(problem) = stop {
            found.push(problem);
            // What the other jobs name is unknown.
            used.unclear();
            break;
        }
        if let (Some(key), Some(intent)) = (key, intent)
            && healthy
        {
            checked.push(CheckedJob {
                pointer,
                job: names::in_auroras_words(job),
                key,
                intent,
                waivers,
            });
        }
    }
    let shared = shared.unwrap_or_default();
    if many {
        let levels = Levels::new(terms.settings);
        used.report_shared(&shared, holes, |problem| {
            found.extend(levels.judge(problem));
        });
    }
    shorten(&mut found);
    let value = (!checked.is_empty() || !has_errors(&found)).then_some(Checked {
        jobs: checked,
        shared_packages: shared,
    });
    Report {
        value,
        diagnostics: found,
    }
}

fn has_errors(found: &[Diagnostic]) -> bool {
    found
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}

fn shorten(found: &mut Vec<Diagnostic>) {
    let (mut errors, mut warnings) = (0, 0);
    let all = found.len();
    found.retain(|problem| {
        let (count, most) = match problem.severity {
            // That there are too many of them is one more.
            Severity::Error => (&mut errors, MOST + 1),
            Severity::Warning => (&mut warnings, MOST),
        };
        *count += 1;
        *count <= most
    });
    if found.len() < all
        && let Some(last) = found.last_mut()
    {
        let note = "the file has more problems, which are not shown";
        last.notes.push(note.to_owned());
    }
}

/// Runs all rules. Returns what the job asks for, unless its texts cost too much.
fn run(ctx: &mut Context<'_>, used: &mut packages::Used) -> Option<Intent> {
    let index = names::check(ctx);
    let order = order::check(ctx, &index);
    ready::check(ctx);
    used.start_job();
    commands::check(ctx, used);
    values::check(ctx, used);
    used.report(ctx);
    templates::check(ctx);
    resources::check(ctx);
    // Whatever they find is dropped.
    if ctx.given_up() == Some(GivenUp::TooManyReferences) {
        return None;
    }
    let intent = Intent::new(ctx.job, ctx.at, order);
    let mut intended = Intended::new(&intent, ctx);
    for rule in intended.rules() {
        rule(&mut intended);
    }
    ports::check(ctx, &intent);
    secrets::check(ctx);
    Some(intent)
}

/// Tells why neither the job nor the rest of the file is looked at to the end.
fn told(given_up: GivenUp, at: &Pointer) -> Diagnostic {
    match given_up {
        GivenUp::TooManyReferences => {
            let headline = "the references in this job lead to too many others";
            let place = Place::opening(at.clone());
            let problem = Diagnostic::new(&templates::ENDLESS_TEMPLATE, headline, place);
            problem.help("write some of the values out")
        }
        GivenUp::TooManyErrors => {
            let headline = format!("more than {MOST} errors in one file");
            let place = Place::opening(Pointer::root());
            Diagnostic::new(&TOO_MANY_ERRORS, headline, place)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
