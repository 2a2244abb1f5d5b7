//! Whether a definition makes sense: everything that one of Aurora's layers would refuse, and
//! mistakes that all of them would let pass.
//!
//! `Document` in, [`Checked`] out. One file for each kind of rule; none of them stops at the first
//! problem, and none reports what follows from another problem.

mod codes;
pub(crate) mod commands;
mod cron;
mod cron_words;
pub(crate) mod execution;
mod grace_period;
pub(crate) mod imports;
pub(crate) mod labels;
mod lookalikes;
mod mistaken;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod packages;
pub(crate) mod placement;
mod ports;
mod quoting;
mod reach;
pub(crate) mod resources;
mod rollout;
mod rules;
pub(crate) mod schedule;
mod scheduler;
mod scope;
pub(crate) mod secrets;
mod sockets;
pub(crate) mod templates;
pub(crate) mod updates;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::templates::ENDLESS_TEMPLATE;
use crate::diagnostic::TOO_MANY_ERRORS;
use crate::diagnostic::{Diagnostic, Holes, Place, Registry, Report, Severity};
use crate::lint::{Levels, Waivers};
use crate::model::{Dialect, Document, Job, JobKey, PackageName, PackageSource, Settings};
use crate::source::Pointer;
use crate::template::Budget;

use scope::Scopes;

pub use codes::CODES;
pub use cron_words::cron_in_words;
pub use lookalikes::lookalikes_in_file;
pub use rules::RESOLVED;
pub use scope::{Binding, Scope, bind};
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
    task_name: String,
    order: BTreeSet<(usize, usize)>,
    waivers: Waivers,
}

impl Checked {
    /// The jobs, in the order written.
    pub fn jobs(&self) -> &[CheckedJob] {
        &self.jobs
    }

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

    /// The job as written.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The job as written.
    pub fn into_job(self) -> Job {
        self.job
    }

    /// What identifies the job.
    pub fn key(&self) -> &JobKey {
        &self.key
    }

    /// The task's name: as written, or that of its first process.
    pub fn task_name(&self) -> &str {
        &self.task_name
    }

    /// Which process (by its index) has to succeed before which other one starts: all `order`
    /// lists and all `after` together.
    pub fn order(&self) -> &BTreeSet<(usize, usize)> {
        &self.order
    }

    /// What the job waives, and what of it was needed so far.
    pub fn waivers(&self) -> &Waivers {
        &self.waivers
    }
}

/// What a document is checked by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The workspace's settings.
    pub settings: &'a Settings,
    /// Who reads the document.
    pub dialect: Dialect,
    /// All codes, for the names of lints.
    pub registry: Registry,
}

/// So many errors of one file are told, and so many warnings. With aliases, a short text can hold
/// millions.
const MOST: usize = 100;

/// So many names of one job are looked at for advice.
const MOST_COMPARED: usize = 200_000;

/// Checks a document. `holes` are the places of values that are not the author's; `texts` is what was
/// found about how its values are written, see [`crate::front::surprises`].
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
    let mut errors = 0;
    let effort = Budget::default();
    let levels = Levels::new(terms.settings);
    let many = matches!(document, Document::Many(_));
    let (jobs, shared) = match document {
        Document::One(job) => (vec![*job], None),
        Document::Many(list) => (list.jobs, list.packages),
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
        let mut ctx = Ctx {
            job: &job,
            at: &pointer,
            holes,
            terms,
            shared: shared.as_ref(),
            effort: &effort,
            levels,
            waivers: Waivers::new(&pointer),
            found: Vec::new(),
            earlier: found.len(),
            errors,
            overflows: false,
            compared: 0,
        };
        let own = |problem: &mut Diagnostic| problem.place().is_in(&pointer);
        for problem in texts.extract_if(.., own) {
            ctx.text(problem);
        }
        let order = ctx.run(&mut used);
        let key = names::key(&mut ctx);
        if let Some(key) = &key {
            keys.add(&mut ctx, key);
        }
        errors = ctx.errors;
        let stop = ctx.stop();
        let problems = ctx.found;
        let waivers = ctx.waivers;
        let healthy = !has_errors(&problems) && !holes.touch(&pointer);
        found.extend(problems);
        if let Some(problem) = stop {
            found.push(problem);
            // Nobody knows what the other jobs name.
            used.unclear();
            break;
        }
        if let Some(key) = key
            && healthy
        {
            checked.push(CheckedJob {
                task_name: names::task_name(&job),
                pointer,
                job,
                key,
                order,
                waivers,
            });
        }
    }
    let shared = shared.unwrap_or_default();
    if many {
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

/// What the rules of one job need to know, and what they found.
struct Ctx<'a> {
    job: &'a Job,
    at: &'a Pointer,
    holes: &'a Holes,
    terms: Terms<'a>,
    shared: Option<&'a BTreeMap<PackageName, PackageSource>>,
    effort: &'a Budget,
    levels: Levels<'a>,
    waivers: Waivers,
    found: Vec<Diagnostic>,
    /// How many problems the jobs before this one have.
    earlier: usize,
    /// How many errors there are, those of the jobs before this one included.
    errors: usize,
    /// Whether there is one error more than are told.
    overflows: bool,
    /// How many names were looked at for advice.
    compared: usize,
}

impl<'a> Ctx<'a> {
    fn run(&mut self, used: &mut packages::Used) -> BTreeSet<(usize, usize)> {
        waivers::check(self);
        let index = names::check(self);
        let order = order::check(self, &index);
        commands::check(self, used);
        templates::check(self);
        resources::check(self);
        schedule::check(self);
        placement::check(self);
        updates::check(self);
        scheduler::check(self);
        execution::check(self);
        labels::check(self);
        rollout::check(self);
        ports::check(self);
        reach::check(self, &order);
        secrets::check(self);
        sockets::check(self);
        order
    }

    /// Whether it is no use to look for other problems.
    fn is_given_up(&self) -> bool {
        self.overflows || self.effort.is_spent()
    }

    /// Why neither this job nor the rest of the file is looked at to the end, if so.
    fn stop(&mut self) -> Option<Diagnostic> {
        if self.effort.is_spent() {
            // They may follow from what was not filled in.
            self.found.clear();
            let headline = "the references in this job lead to too many others";
            let place = Place::opening(self.at.clone());
            let problem = Diagnostic::new(&ENDLESS_TEMPLATE, headline, place);
            return Some(problem.help("write some of the values out"));
        }
        self.overflows.then(|| {
            let headline = format!("more than {MOST} errors in one file");
            let place = Place::opening(Pointer::root());
            Diagnostic::new(&TOO_MANY_ERRORS, headline, place)
        })
    }

    fn scopes(&self) -> Scopes<'a> {
        Scopes {
            job: self.job,
            effort: self.effort,
            dialect: self.terms.dialect,
        }
    }

    fn report(&mut self, problem: Diagnostic) {
        let Some(problem) = self.waivers.judge(self.levels, problem) else {
            return;
        };
        if problem.severity == Severity::Error {
            if self.errors == MOST {
                self.overflows = true;
                return;
            }
            self.errors += 1;
        }
        self.found.push(problem);
    }

    /// Reports something about how a value is written, unless the value is not the author's.
    fn text(&mut self, problem: Diagnostic) {
        if self.holes.explain(&problem) {
            return;
        }
        let before = self.found.len();
        self.report(problem);
        // Waivers are found by the value; what is to be seen is the text that is cut off.
        if let Some(told) = self.found.get_mut(before)
            && told.annotations.len() > 1
        {
            told.annotations.remove(0);
        }
    }

    /// Whether to look for advice that takes time. Whoever has that many problems generated them.
    fn advises(&self) -> bool {
        const ADVISED: usize = 100;
        self.earlier + self.found.len() < ADVISED
    }

    /// As [`Self::advises`], for advice that looks at so many names.
    fn advises_among(&mut self, names: usize) -> bool {
        let advises = self.advises() && self.compared <= MOST_COMPARED;
        if advises {
            self.compared += names;
        }
        advises
    }

    /// Whether the value at the pointer that `below` makes of the job's was made up.
    fn hole(&self, below: impl FnOnce(&Pointer) -> Pointer) -> bool {
        !self.holes.is_empty() && self.holes.touch(&below(self.at))
    }

    /// The place of a field of the process at `index`.
    fn process(&self, index: usize, field: &str) -> Pointer {
        process(self.at, index).key(field)
    }
}

/// The place of the process at `index` of the job at `at`.
fn process(at: &Pointer, index: usize) -> Pointer {
    at.key("task").key("processes").index(index)
}

#[cfg(test)]
mod tests;
