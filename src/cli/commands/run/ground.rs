//! What the jobs of a run need of the store, brought here before anything starts.

use std::path::PathBuf;

use crate::cli::ui::console::Console;
use crate::diagnostic::Failure;
use crate::provide::{Ground, Listener, PrivateStore, UseOfNix, note, prepare};
use crate::run::Task;
use crate::run::world::{Job, Shown};

use super::arguments::{Realise, RunArgs};
use super::chosen::Chosen;

/// What each job stands on.
#[derive(Debug)]
pub(super) struct Grounds(Vec<Ground>);

impl Grounds {
    /// Brings what all jobs need. Those of several have labels.
    pub(super) fn prepare(
        tasks: &mut [Task],
        jobs: &[Chosen],
        labels: &[String],
        args: &RunArgs,
        console: &Console,
    ) -> Result<Self, Failure> {
        let use_of_nix = match args.realise {
            Realise::Auto => UseOfNix::IfUsable,
            Realise::Never => UseOfNix::Never,
            Realise::Always => return Ok(Self(tasks.iter().map(Ground::of_node).collect())),
        };
        note(jobs.iter().filter_map(|job| job.own.as_ref()), console);
        let mut grounds = Vec::with_capacity(tasks.len());
        for (index, (task, job)) in tasks.iter_mut().zip(jobs).enumerate() {
            let own = job.own.as_ref();
            grounds.push(match labels.get(index) {
                None => prepare(task, own, use_of_nix, console)?,
                Some(label) => {
                    let listener = OfJob { label, console };
                    let prepared = prepare(task, own, use_of_nix, &listener);
                    prepared.map_err(|failure| listener.named(failure))?
                }
            });
        }
        Ok(Self(grounds))
    }

    /// The jobs as they are run.
    pub(super) fn jobs<'t>(
        &self,
        tasks: &'t [Task],
        jobs: &[Chosen],
        shown: Vec<Vec<Shown>>,
        sandboxes: &[PathBuf],
    ) -> Vec<Job<'t>> {
        let each = tasks.iter().zip(jobs).zip(shown);
        let each = each.zip(sandboxes).zip(&self.0);
        let jobs = each.map(|((((task, job), shown), sandbox), ground)| {
            let Ground { private, skipped } = ground;
            let namespace = private.as_ref().and_then(|store| store.namespace().ok());
            Job {
                task,
                shown,
                sandbox: sandbox.clone(),
                before: namespace.map_or_else(Vec::new, |namespace| namespace.words().to_vec()),
                own: private.as_ref().map(|store| store.place().to_owned()),
                skipped: skipped.clone(),
                telling: job.links.telling(task),
            }
        });
        jobs.collect()
    }

    /// Removes what was put beside the store.
    pub(super) fn remove(self, console: &Console) {
        let stores = self.0.into_iter().filter_map(|ground| ground.private);
        for removed in stores.map(PrivateStore::remove) {
            if let Err(error) = removed {
                console.warn(&error.into());
            }
        }
    }
}

/// Says of which job it is what there is to know.
struct OfJob<'a> {
    label: &'a str,
    console: &'a Console,
}

impl OfJob<'_> {
    fn named(&self, failure: Failure) -> Failure {
        failure.note(format!("the job is `{}`", self.label))
    }
}

impl Listener for OfJob<'_> {
    fn say(&self, line: &str) {
        self.console.say(&format!("{}: {line}", self.label));
    }

    fn warn(&self, failure: &Failure) {
        self.console.warn(&self.named(failure.clone()));
    }

    fn is_watched(&self) -> bool {
        self.console.is_watched()
    }
}

impl Listener for Console {
    fn say(&self, line: &str) {
        self.say(line);
    }

    fn warn(&self, failure: &Failure) {
        self.warn(failure);
    }

    fn is_watched(&self) -> bool {
        self.is_watched()
    }
}
