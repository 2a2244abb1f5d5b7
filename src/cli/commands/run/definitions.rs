//! Jobs of definitions: compiled once to see which they are and what ports they have, and once more
//! where they refer to each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::jobs::right;
use crate::cli::ui::console::Console;
use crate::cli::ui::exit::{Ending, Exit};
use crate::compile::{Planned, Until};
use crate::diagnostic::{Diagnostic, Failure};
use crate::name::{JobKey, PortKey};
use crate::plan::When;
use crate::provide::Own;
use crate::query::{self, Findings, Search, Several};
use crate::reach::Local;
use crate::run::{Compiled, JobWait, Links, Problem};
use crate::shell::shell_word;
use crate::target::Form;
use crate::workspace::Workspace;

use super::ports::Numbers;

/// The jobs that words mean.
pub(super) struct Definitions<'w> {
    workspace: &'w Workspace,
    diagnostics: Vec<Diagnostic>,
    search: Search<'w>,
    /// What was found while jobs that they refer to were taken for ones that run as well.
    findings: Findings<Planned>,
    /// The words, with their places in the command line; after them the keys of jobs that others wait for.
    words: Vec<(usize, String)>,
}

/// A job as far as it is known before the numbers of ports are.
pub(super) struct Seen {
    /// The place of the word that means it.
    pub(super) place: usize,
    pub(super) compiled: Result<Compiled, Problem>,
    /// The ports that its definition declares.
    pub(super) declared: BTreeSet<String>,
    /// The numbers that its definition and the lock want for its ports.
    pub(super) wanted: Numbers,
    pub(super) key: JobKey,
    /// The jobs that it waits for until they are ready.
    ready: Vec<JobKey>,
}

/// A job as it runs.
pub(super) struct Defined {
    pub(super) compiled: Result<Compiled, Problem>,
    pub(super) own: Own,
    pub(super) links: Links,
}

impl<'w> Definitions<'w> {
    /// Looks for the jobs that `words` mean, and for those that they wait for, unless these are `given`.
    /// What is wrong with them is told.
    pub(super) fn find(
        workspace: &'w Workspace,
        diagnostics: Vec<Diagnostic>,
        mut words: Vec<(usize, String)>,
        given: &BTreeSet<String>,
        console: &Console,
    ) -> Result<Self, Ending> {
        loop {
            let only: Vec<String> = words.iter().map(|(_, word)| word.clone()).collect();
            let mut search = Search::new(workspace, &only)?;
            search.compiler.reach(Local::to_be_found());
            let findings = look(&search, console)?;
            let is_wrong = !findings.failures.is_empty()
                || console.refuses(&findings.diagnostics)
                || console.refuses(&diagnostics);
            if is_wrong {
                tell(findings, diagnostics, console)?;
                return Err(Ending::Told(Exit::Wrong));
            }
            let missing = missing(&findings, given);
            if missing.is_empty() {
                return Ok(Self {
                    workspace,
                    diagnostics,
                    search,
                    findings,
                    words,
                });
            }
            for (key, waiting) in missing {
                console.say(&format!("`{key}` runs as well: `{waiting}` waits for it"));
                words.push((usize::MAX, key.to_string()));
            }
        }
    }

    /// What is known of them, those of the first word first.
    pub(super) fn seen(&self, instance: u32) -> Vec<Seen> {
        let jobs = self.findings.jobs.iter();
        let by = jobs.map(|found| (&found.job.key, found.by.iter().min()));
        let by: BTreeMap<&JobKey, Option<&usize>> = by.collect();
        let jobs = self.findings.kept.iter().map(|planned| {
            let key = &planned.plan.key;
            let word = by.get(key).copied().flatten();
            let compiled = Compiled::of_plan(&planned.plan);
            Seen {
                place: word.map_or(usize::MAX, |&word| self.words[word].0),
                wanted: wanted(planned, &compiled, self.workspace, instance),
                compiled,
                declared: planned
                    .plan
                    .intent
                    .declared_ports()
                    .map(str::to_owned)
                    .collect(),
                key: key.clone(),
                ready: ready(planned),
            }
        });
        let mut seen: Vec<Seen> = jobs.collect();
        seen.sort_by(|a, b| (a.place, &a.key).cmp(&(b.place, &b.key)));
        seen
    }

    /// The only one of them, which runs alone.
    pub(super) fn alone(mut self, console: &Console) -> Result<Option<Defined>, Ending> {
        let own = self.findings.kept.first();
        let own = own.map(|planned| planned.plan.key.clone());
        if let Some(own) = own.filter(|own| self.search.compiler.has_stood_in(own)) {
            let mut local = Local::running();
            local.add(own, Numbers::new());
            self.search.compiler.reach(local);
            self.findings = look(&self.search, console)?;
        }
        let word = self.words.first().map(|(_, word)| word.clone());
        let planned = tell(self.findings, self.diagnostics, console)?.pop();
        let importer = self.search.compiler.importer();
        Ok(planned.zip(word).map(|(planned, word)| Defined {
            compiled: Compiled::of_plan(&planned.plan),
            own: Own::new(&word, planned.plan, importer.clone(), self.workspace),
            links: Links::default(),
        }))
    }

    /// All of them, by their keys, which run together on this machine with these numbers of ports.
    pub(super) fn together(
        mut self,
        seen: &[Seen],
        local: Local,
        console: &Console,
    ) -> Result<BTreeMap<String, Defined>, Ending> {
        let ready = seen.iter().flat_map(|seen| seen.ready.iter().cloned());
        let ready: BTreeSet<JobKey> = ready.collect();
        let is_asking = |seen: &Seen| self.search.compiler.has_stood_in(&seen.key);
        if seen.iter().any(is_asking) || !ready.is_empty() {
            self.search.compiler.reach(local);
            self.search.compiler.find_out_when_ready(ready);
            self.findings = look(&self.search, console)?;
        }
        let words = self.words_of(seen);
        let importer = self.search.compiler.importer().clone();
        let planned = tell(self.findings, self.diagnostics, console)?.into_iter();
        let defined = planned.map(|planned| {
            let key = planned.plan.key.to_string();
            let word = words.get(&key).unwrap_or(&key);
            let defined = Defined {
                compiled: Compiled::of_plan(&planned.plan),
                links: links(&planned),
                own: Own::new(word, planned.plan, importer.clone(), self.workspace),
            };
            (key, defined)
        });
        Ok(defined.collect())
    }

    /// What `push` may call each job, by their keys.
    fn words_of(&self, seen: &[Seen]) -> BTreeMap<String, String> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for seen in seen {
            *counts.entry(seen.place).or_default() += 1;
        }
        let word = |seen: &Seen| {
            let mut words = self.words.iter();
            let (_, word) = words.find(|(place, _)| *place == seen.place)?;
            let is_its = is_pattern(word) || counts.get(&seen.place) == Some(&1);
            is_its.then(|| shell_word(word))
        };
        let named = seen.iter().map(|seen| {
            let key = seen.key.to_string();
            (key.clone(), word(seen).unwrap_or(key))
        });
        named.collect()
    }
}

/// Whether `push` takes a word for several jobs.
fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?', '['])
}

fn look(search: &Search<'_>, console: &Console) -> Result<Findings<Planned>, Failure> {
    let until = Until::Checked(Form::Complete, &|planned| planned);
    let progress = console.progress_of(0, "files");
    query::find(search, &until, Several::ByFile, &progress)
}

/// Tells what there is to say, and returns the jobs unless something is wrong.
fn tell(
    findings: Findings<Planned>,
    diagnostics: Vec<Diagnostic>,
    console: &Console,
) -> Result<Vec<Planned>, Ending> {
    for warning in &findings.warnings {
        console.warn(warning);
    }
    right(findings, diagnostics, console)
}

/// The jobs that others wait for and that are not among them, each with one that waits.
fn missing(findings: &Findings<Planned>, given: &BTreeSet<String>) -> BTreeMap<JobKey, JobKey> {
    let there: BTreeSet<&JobKey> = (findings.kept.iter())
        .map(|planned| &planned.plan.key)
        .collect();
    let mut missing = BTreeMap::new();
    for planned in &findings.kept {
        for wait in &planned.held {
            if !there.contains(&wait.job) && !given.contains(&wait.job.to_string()) {
                missing.insert(wait.job.clone(), planned.plan.key.clone());
            }
        }
    }
    missing
}

fn ready(planned: &Planned) -> Vec<JobKey> {
    let waits = planned.held.iter().filter(|wait| !wait.is_to_succeed);
    waits.map(|wait| wait.job.clone()).collect()
}

fn links(planned: &Planned) -> Links {
    let runs = &planned.plan.intent.runs;
    let waits = planned.held.iter().filter_map(|wait| {
        Some(JobWait {
            process: runs.get(wait.process)?.name.value.to_string(),
            of: wait.job.to_string(),
            when: if wait.is_to_succeed {
                When::Succeeded
            } else {
                When::Ready
            },
        })
    });
    Links::of_plan(&planned.plan, waits.collect())
}

/// The numbers that the definition of a job wants for its ports, or else the lock.
fn wanted(
    planned: &Planned,
    compiled: &Result<Compiled, Problem>,
    workspace: &Workspace,
    instance: u32,
) -> Numbers {
    let intent = &planned.plan.intent;
    let is_one_of_several = intent.instance_count() > 1;
    let locked = |name: &str| {
        let port = PortKey {
            job: planned.plan.key.clone(),
            port: name.parse().ok()?,
            instance: is_one_of_several.then_some(instance),
        };
        workspace.lock.ports().get(&port).copied()
    };
    let jobs = compiled.iter().flat_map(|compiled| &compiled.jobs);
    let names = jobs.filter_map(|job| job.ports().ok());
    let mut wanted = Numbers::new();
    for name in names.flat_map(|names| names.asked) {
        if let Some(number) = locked(&name) {
            wanted.insert(name, number);
        }
    }
    for (name, number) in &intent.ports {
        let number = number.value.or_else(|| locked(name.as_str()));
        wanted.extend(number.map(|number| (name.to_string(), number)));
    }
    wanted
}
