//! What plans say of how jobs of one run wait for each other, as places among these jobs.

use std::collections::BTreeMap;

use crate::plan::{Awaited, Plan, When};
use crate::target::aurora::AddedStep;

use super::{Key, Task, Wait};

/// What a plan says of other jobs, and for them.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The steps that find out when the job is ready.
    pub telling: Vec<Telling>,
    /// The processes that wait for other jobs.
    pub waits: Vec<JobWait>,
}

/// A step that finds out when a process is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// What it is called.
    pub step: String,
    /// The process.
    pub process: String,
}

/// A process that waits for another job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobWait {
    /// What the process is called.
    pub process: String,
    /// The key of the job that it waits for.
    pub of: String,
    /// What has to become of it.
    pub when: When,
}

impl Links {
    /// Those of a plan, whose processes wait for these jobs.
    pub fn of_plan(plan: &Plan, waits: Vec<JobWait>) -> Self {
        let mut telling = Vec::new();
        if plan.awaited == Awaited::Job {
            for step in AddedStep::of_plan(plan) {
                if step.is_waiting()
                    && let Some(process) = step.serves()
                {
                    let process = process.to_owned();
                    let step = step.name;
                    telling.push(Telling { step, process });
                }
            }
        }
        Self { telling, waits }
    }

    /// The places of the steps that have all succeeded when the job is ready. What the finalisation
    /// does comes after that.
    pub fn telling(&self, task: &Task) -> Vec<usize> {
        let tells = |name: &str| self.telling.iter().any(|it| it.step == name);
        let processes = task.processes.iter().enumerate();
        let telling = processes.filter(|(_, process)| !process.is_final && tells(&process.name));
        telling.map(|(index, _)| index).collect()
    }

    /// The process that a step waits with: what finds out when it is ready has no longer for that if it
    /// starts late.
    fn served<'n>(&'n self, name: &'n str) -> &'n str {
        let mut telling = self.telling.iter();
        let step = telling.find(|it| it.step == name);
        step.map_or(name, |step| &step.process)
    }
}

/// Who waits for whom among the jobs of a run. What no job of the run is is not waited for.
pub fn waits(jobs: &[(&Key, &Task, &Links)]) -> Vec<Wait> {
    let keys = jobs.iter().enumerate();
    let places: BTreeMap<String, usize> = keys
        .map(|(index, (key, ..))| (key.to_string(), index))
        .collect();
    let mut waits = Vec::new();
    for (job, (_, task, links)) in jobs.iter().enumerate() {
        for (process, named) in task.processes.iter().enumerate() {
            let served = links.served(&named.name);
            let own = links.waits.iter().filter(|wait| wait.process == served);
            waits.extend(own.filter_map(|wait| {
                Some(Wait {
                    job,
                    process,
                    of: *places.get(&wait.of)?,
                    when: wait.when,
                })
            }));
        }
    }
    waits
}
