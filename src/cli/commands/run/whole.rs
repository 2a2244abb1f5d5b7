//! What became of several jobs, in a table or as an object.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::run::world::Outcome;
use crate::run::{Cause, Fate, Task};

use super::ports::Numbers;
use super::report::{TaskReport, table};

/// What became of several jobs.
#[derive(Debug, Serialize)]
pub(super) struct WholeReport {
    run: &'static str,
    seconds: f64,
    /// Why all of them ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<Because>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<PathBuf>,
    jobs: Vec<JobReport>,
}

/// Why all jobs ended before they had come to an end by themselves.
#[derive(Debug, Serialize)]
struct Because {
    /// `FAILED`, `NEVER_READY`, `STUCK` or `KILLED`.
    what: &'static str,
    /// The job that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
    #[serde(skip)]
    label: Option<String>,
}

/// What became of a job of several.
#[derive(Debug, Serialize)]
struct JobReport {
    name: String,
    ports: Numbers,
    #[serde(flatten)]
    task: TaskReport,
}

impl WholeReport {
    /// Of jobs with these labels; `sandbox` is the directory of all if it stays.
    pub(super) fn new(
        tasks: &[Task],
        labels: &[String],
        ports: &[Numbers],
        outcome: &Outcome,
        sandbox: Option<&Path>,
    ) -> Self {
        let jobs = tasks
            .iter()
            .zip(&outcome.jobs)
            .zip(labels.iter().zip(ports));
        let jobs = jobs.map(|((task, outcome), (label, ports))| {
            let sandbox = sandbox.map(|sandbox| sandbox.join(label));
            JobReport {
                name: label.clone(),
                ports: ports.clone(),
                task: TaskReport::new(task, outcome, sandbox.as_deref()),
            }
        });
        let (what, job) = match outcome.cause {
            None => (None, None),
            Some(Cause::Killed) => (Some("KILLED"), None),
            Some(Cause::Stuck) => (Some("STUCK"), None),
            Some(Cause::Failed(job)) => (Some("FAILED"), Some(job)),
            Some(Cause::NeverReady(job)) => (Some("NEVER_READY"), Some(job)),
        };
        Self {
            run: match outcome.fate {
                Fate::Success => "SUCCESS",
                Fate::Failed => "FAILED",
                Fate::Killed => "KILLED",
            },
            seconds: outcome.took.as_secs_f64(),
            because: what.map(|what| Because {
                what,
                job: job.map(|job| tasks[job].key.to_string()),
                label: job.map(|job| labels[job].clone()),
            }),
            sandbox: sandbox.map(Path::to_owned),
            jobs: jobs.collect(),
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut rows = Vec::new();
        for JobReport { name, task, .. } in &self.jobs {
            rows.push([name.clone(), task.state(), String::new(), String::new()]);
            rows.extend(task.rows(&format!("{name}/")));
        }
        let mut text = table("job/process", &rows);
        let count = self.jobs.len();
        let ended = match self.run {
            "SUCCESS" => "succeeded",
            "FAILED" => "failed",
            _ => "was killed",
        };
        let seconds = self.seconds;
        text.push_str(&format!(
            "the run of {count} jobs {ended} after {seconds:.1} s"
        ));
        text.push_str(&self.because.as_ref().map_or(String::new(), Because::text));
        text.push('\n');
        if let Some(sandbox) = &self.sandbox {
            text.push_str(&format!("the sandboxes are in {}\n", sandbox.display()));
        }
        text
    }
}

impl Because {
    fn text(&self) -> String {
        let label = self.label.as_deref().unwrap_or_default();
        match self.what {
            "FAILED" => format!(": {label} failed"),
            "NEVER_READY" => format!(": {label} was never ready"),
            "STUCK" => ": those that are left wait for each other".to_owned(),
            _ => String::new(),
        }
    }
}
