//! One job as written, as rules see it, and what they found.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Holes, Place, Registry, Severity};
use crate::intent::Intent;
use crate::lint::{Levels, Waivers};
use crate::model::{Dialect, Job, PackageName, PackageSource, Settings, ValueOf};
use crate::source::Pointer;
use crate::template::{Address, Budget, port_reference};
use crate::vocabulary::Type;

use super::scope::Scopes;

/// The rules of a target of jobs as they are written.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Those of what a job asks for.
    pub jobs: &'static [fn(&mut Intended<'_, '_>)],
    /// Those of the references in its texts that can be filled in.
    pub references: &'static [ReferenceRule],
}

/// A rule of a reference, which it is told the place of.
pub type ReferenceRule = fn(&StandingReference<'_>, &dyn Fn() -> Place) -> Option<Diagnostic>;

/// A reference where it stands.
#[derive(Debug, Clone, Copy)]
pub struct StandingReference<'a> {
    /// The reference, with its braces.
    pub text: &'a str,
    /// What it names.
    pub address: &'a Address<'a>,
    /// The field of the job that it is in, a table around it or not.
    pub field: &'a str,
    /// What kind of text it is in.
    pub of: Type,
}

/// The most errors of one file that are told, and the most warnings. With aliases, a short text can
/// hold millions.
pub const MOST: usize = 100;

/// The most names of one job that are looked at for advice.
const MOST_COMPARED: usize = 200_000;

/// What a document is checked by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The workspace's settings.
    pub settings: &'a Settings,
    /// The program that reads the document.
    pub dialect: Dialect,
    /// All codes, for the names of lints.
    pub registry: Registry,
    /// The rules of the target that the document is for.
    pub rules: Rules,
}

/// What the jobs of one document have in common.
#[derive(Debug, Clone, Copy)]
pub struct Common<'a> {
    /// The places of values that are not the author's.
    pub holes: &'a Holes,
    /// What the document is checked by.
    pub terms: Terms<'a>,
    /// The packages that the jobs share.
    pub shared: Option<&'a BTreeMap<PackageName, PackageSource>>,
    /// What filling in their texts may still cost.
    pub budget: &'a Budget,
}

/// How many problems were found in a document so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// All that are told.
    pub problems: usize,
    /// The errors among them.
    pub errors: usize,
}

/// What the rules of one job need to know, and what they found.
#[derive(Debug)]
pub struct Context<'a> {
    /// The job.
    pub job: &'a Job,
    /// Where it stands in its document.
    pub at: &'a Pointer,
    /// The places of values that are not the author's.
    pub holes: &'a Holes,
    /// What the document is checked by.
    pub terms: Terms<'a>,
    /// The packages that all jobs of the document share.
    pub shared: Option<&'a BTreeMap<PackageName, PackageSource>>,
    /// The levels of lints.
    pub levels: Levels<'a>,
    /// What the job waives.
    pub waivers: Waivers,
    /// What was found.
    pub found: Vec<Diagnostic>,
    budget: &'a Budget,
    /// What was found in the jobs before this one.
    earlier: Tally,
    /// How many errors there are, those of the jobs before this one included.
    errors: usize,
    /// Whether there is one error more than are told.
    overflows: bool,
    /// How many names were looked at for advice.
    compared: usize,
}

/// What a target's rules see of a job as it is written, and what they report into.
#[derive(Debug)]
pub struct Intended<'c, 'a> {
    /// What the job asks for.
    pub intent: &'c Intent,
    /// The workspace's settings.
    pub settings: &'a Settings,
    context: &'c mut Context<'a>,
}

/// Why a job is not looked at to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// Filling in its texts costs too much.
    TooManyReferences,
    /// The file has more errors than are told.
    TooManyErrors,
}

impl<'a> Context<'a> {
    /// A job in which nothing was found yet.
    pub fn new(job: &'a Job, at: &'a Pointer, common: Common<'a>, earlier: Tally) -> Self {
        let Common {
            holes,
            terms,
            shared,
            budget,
        } = common;
        Self {
            job,
            at,
            holes,
            terms,
            shared,
            levels: Levels::new(terms.settings),
            waivers: Waivers::new(at),
            found: Vec::new(),
            budget,
            earlier,
            errors: earlier.errors,
            overflows: false,
            compared: 0,
        }
    }

    /// Reports a problem, unless the settings or the job want to hear nothing of it.
    pub fn report(&mut self, problem: Diagnostic) {
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
    pub fn report_text(&mut self, problem: Diagnostic) {
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

    /// Whether an error was found in the job.
    pub fn has_errors(&self) -> bool {
        let mut severities = self.found.iter().map(|problem| problem.severity);
        severities.any(|severity| severity == Severity::Error)
    }

    /// What was found in the document, this job included.
    pub fn tally(&self) -> Tally {
        Tally {
            problems: self.earlier.problems + self.found.len(),
            errors: self.errors,
        }
    }

    /// Whether it is no use to look for other problems.
    pub fn is_given_up(&self) -> bool {
        self.given_up().is_some()
    }

    /// Why it is no use to look for other problems, if so.
    pub fn given_up(&self) -> Option<GivenUp> {
        if self.budget.is_spent() {
            Some(GivenUp::TooManyReferences)
        } else {
            self.overflows.then_some(GivenUp::TooManyErrors)
        }
    }

    /// Whether to look for advice that takes time: not where a definition has so many problems that
    /// a program must have written it.
    pub fn advises(&self) -> bool {
        const ADVISED: usize = 100;
        self.tally().problems < ADVISED
    }

    /// As [`Self::advises`], for advice that looks at this many names.
    pub fn advises_among(&mut self, names: usize) -> bool {
        let advises = self.advises() && self.compared <= MOST_COMPARED;
        if advises {
            self.compared += names;
        }
        advises
    }

    /// What the references in the job's texts mean.
    pub fn scopes(&self) -> Scopes<'a> {
        Scopes {
            job: self.job,
            budget: self.budget,
            dialect: self.terms.dialect,
        }
    }

    /// Whether the value at the pointer that `below` makes of the job's was made up.
    pub fn hole(&self, below: impl FnOnce(&Pointer) -> Pointer) -> bool {
        !self.holes.is_empty() && self.holes.touch(&below(self.at))
    }

    /// The place of a field of the process at `index`.
    pub fn process(&self, index: usize, field: &str) -> Pointer {
        process(self.at, index).key(field)
    }
}

impl<'c, 'a> Intended<'c, 'a> {
    /// What `context`'s job asks for.
    pub fn new(intent: &'c Intent, context: &'c mut Context<'a>) -> Self {
        Self {
            intent,
            settings: context.terms.settings,
            context,
        }
    }

    /// The rules of the target that the job is for.
    pub fn rules(&self) -> &'static [fn(&mut Intended<'_, '_>)] {
        self.context.terms.rules.jobs
    }

    /// Reports a problem, unless the settings or the job want to hear nothing of it.
    pub fn report(&mut self, problem: Diagnostic) {
        self.context.report(problem);
    }

    /// Whether the value at the pointer that `below` makes of the job's was made up.
    pub fn hole(&self, below: impl FnOnce(&Pointer) -> Pointer) -> bool {
        self.context.hole(below)
    }

    /// Whether the settings want to hear nothing of such problems, so that they need not be looked for.
    pub fn allows(&self, code: &Code) -> bool {
        self.context.levels.allow(code)
    }

    /// Whether an error was found in the job.
    pub fn has_errors(&self) -> bool {
        self.context.has_errors()
    }

    /// Whether it is no use to look for other problems.
    pub fn is_given_up(&self) -> bool {
        self.context.is_given_up()
    }

    /// How the document that the job is from writes the number of a port.
    pub fn port_reference(&self, name: &str) -> String {
        match self.context.terms.dialect {
            Dialect::Definition => port_reference(name),
            Dialect::Client => format!("{{{{thermos.ports[{name}]}}}}"),
        }
    }
}

/// The place of a value of the process at `process`.
pub fn value(process: &Pointer, of: ValueOf<'_>) -> Pointer {
    match of {
        ValueOf::Variable(name) => process.key("env").key(name.as_str()),
        ValueOf::File(name) => process.key("env").key(name.as_str()).key("file"),
        ValueOf::Path(index) => process.key("path").index(index),
        ValueOf::Directory => process.key("directory"),
    }
}

/// The place of the process at `index` of the job at `at`.
pub fn process(at: &Pointer, index: usize) -> Pointer {
    at.key("task").key("processes").index(index)
}
