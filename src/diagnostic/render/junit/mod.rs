//! A run as a JUnit report, which most services for continuous integration take: a suite for each
//! file, and in it a case for each job and one for what is wrong with the file itself.
//!
//! ```text
//! testsuites = (testsuite (testcase (failure | error)? system-out?)*)*
//! ```
//!
//! A case fails with all of its errors in one `failure`, since readers expect one at most; warnings
//! are its output. What no definition is to blame for is the `error` of a case of its own.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use crate::diagnostic::{Diagnostic, Failure, Place, Severity};

use super::failure;
use super::lines::Lines;
use super::outcome::Outcome;
use super::root::Root;
use super::summary::counted;
use super::text::{TextOptions, render};
use super::{visible, xml};

/// The suite and the case of what has no file.
const OWN: &str = "jobc";
/// A case is to blame for this.
const FAILURE: &str = "failure";
/// The machine is to blame for this.
const MACHINE: &str = "error";

/// Writes the run as a document.
///
/// # Errors
/// Those of `out`.
pub fn junit(outcome: &Outcome<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let suites = Suites::of(outcome);
    out.write_all(suites.text(outcome.root).as_bytes())
}

/// By the name of the file, and by the start of the job; what is about no job comes first.
#[derive(Default)]
struct Suites<'a>(BTreeMap<&'a str, BTreeMap<Option<u32>, Case<'a>>>);

/// A job, or the rest of a file.
struct Case<'a> {
    name: &'a str,
    line: Option<usize>,
    /// The element for its errors.
    kind: &'static str,
    errors: Vec<Told>,
    warnings: Vec<Told>,
}

/// A problem.
struct Told {
    code: &'static str,
    headline: String,
    rendered: String,
}

impl<'a> Suites<'a> {
    fn of(outcome: &Outcome<'a>) -> Self {
        let mut suites = Self::default();
        for job in outcome.jobs {
            let case = suites.case(&job.file, Some(job.start), &job.key);
            case.line = Some(job.line);
        }
        let mut lines = Lines::default();
        for problem in outcome.diagnostics {
            suites.add(problem, &mut lines);
        }
        for failure in outcome.failures {
            suites.add_failure(failure);
        }
        suites
    }

    fn case(&mut self, file: &'a str, start: Option<u32>, name: &'a str) -> &mut Case<'a> {
        let cases = self.0.entry(file).or_default();
        cases.entry(start).or_insert_with(|| Case {
            name,
            line: None,
            kind: FAILURE,
            errors: Vec::new(),
            warnings: Vec::new(),
        })
    }

    fn add(&mut self, problem: &'a Diagnostic, lines: &mut Lines<'a>) {
        let told = Told {
            code: problem.code.id,
            headline: visible::line(&problem.headline),
            rendered: render(problem, lines, &TextOptions::default()),
        };
        let subject = problem.subject.as_ref();
        let job = subject.and_then(|subject| subject.job.as_ref());
        let case = match (job, problem.place()) {
            (Some(job), _) => {
                let (file, start) = (&job.location.file, job.location.span.start);
                let line = lines.of(file).position(start as usize).line;
                let case = self.case(file.name(), Some(start), &job.name);
                case.line = Some(line);
                case
            }
            (None, Place::Span(location)) => {
                let file = location.file.name();
                // What is about a whole job points at its beginning.
                let start = Some(location.span.start);
                let is_job = |cases: &BTreeMap<_, _>| cases.contains_key(&start);
                let start = start.filter(|_| self.0.get(file).is_some_and(is_job));
                self.case(file, start, file)
            }
            (None, Place::File(name)) => self.case(name, None, name),
            (None, Place::Document(..)) => self.case(OWN, None, OWN),
        };
        match problem.severity {
            Severity::Error => case.errors.push(told),
            Severity::Warning => case.warnings.push(told),
        }
    }

    fn add_failure(&mut self, failure: &Failure) {
        let told = Told {
            code: OWN,
            headline: failure.headline().to_owned(),
            rendered: failure::rendered(failure, &TextOptions::default()),
        };
        let case = self.case(OWN, None, OWN);
        match failure.severity() {
            Severity::Error => {
                case.kind = MACHINE;
                case.errors.push(told);
            }
            Severity::Warning => case.warnings.push(told),
        }
    }

    fn text(&self, root: &Root) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let all = self.0.values().flat_map(BTreeMap::values);
        open(&mut text, "<testsuites", OWN, &Counts::of(all));
        for (file, cases) in &self.0 {
            let name = match *file {
                OWN => OWN.to_owned(),
                file => root.name(file),
            };
            open(
                &mut text,
                "  <testsuite",
                &name,
                &Counts::of(cases.values()),
            );
            for (start, case) in cases {
                case.push(start.map_or(&*name, |_| case.name), &name, &mut text);
            }
            text.push_str("  </testsuite>\n");
        }
        text.push_str("</testsuites>\n");
        text
    }
}

/// What the elements around cases say of them.
#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Counts {
    fn of<'c>(cases: impl Iterator<Item = &'c Case<'c>>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            counts.tests += 1;
            match case.kind {
                _ if case.errors.is_empty() => {}
                MACHINE => counts.errors += 1,
                _ => counts.failures += 1,
            }
        }
        counts
    }
}

fn open(text: &mut String, element: &str, name: &str, counts: &Counts) {
    let Counts {
        tests,
        failures,
        errors,
    } = counts;
    let name = attribute(name);
    writeln!(
        text,
        "{element} name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    )
    .expect("a string takes all");
}

impl Case<'_> {
    fn push(&self, name: &str, suite: &str, text: &mut String) {
        let (name, class) = (attribute(name), attribute(suite));
        write!(text, "    <testcase name=\"{name}\" classname=\"{class}\"")
            .expect("a string takes all");
        if class != OWN {
            write!(text, " file=\"{class}\"").expect("a string takes all");
        }
        if let Some(line) = self.line {
            write!(text, " line=\"{line}\"").expect("a string takes all");
        }
        if self.errors.is_empty() && self.warnings.is_empty() {
            text.push_str("/>\n");
            return;
        }
        text.push_str(">\n");
        if let Some(first) = self.errors.first() {
            let more = match self.errors.len() - 1 {
                0 => String::new(),
                more => format!(" (and {})", counted(more, "more error")),
            };
            let message = attribute(&format!("{}{more}", first.headline));
            let (kind, code, all) = (self.kind, first.code, rendered(&self.errors));
            writeln!(
                text,
                "      <{kind} message=\"{message}\" type=\"{code}\">{all}</{kind}>"
            )
            .expect("a string takes all");
        }
        if !self.warnings.is_empty() {
            let all = rendered(&self.warnings);
            writeln!(text, "      <system-out>{all}</system-out>").expect("a string takes all");
        }
        text.push_str("    </testcase>\n");
    }
}

fn attribute(text: &str) -> String {
    xml::attribute(&visible::line(text))
}

fn rendered(problems: &[Told]) -> String {
    let texts: Vec<&str> = problems.iter().map(|told| &*told.rendered).collect();
    xml::contents(&texts.join("\n"))
}

#[cfg(test)]
mod tests;
