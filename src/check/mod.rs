//! stub
use crate::diagnostic::Report;
use crate::model::{Document, Job, JobKey, PackageName, PackageSource, Settings};
use crate::source::Pointer;
use std::collections::{BTreeMap, BTreeSet};
pub struct Holes;
impl Holes {
    pub fn new(_: Vec<Pointer>) -> Self {
        Self
    }
}
pub struct Checked {
    jobs: Vec<CheckedJob>,
    shared_packages: BTreeMap<PackageName, PackageSource>,
}
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedJob {
    pointer: Pointer,
    job: Job,
    key: JobKey,
    task_name: String,
    order: BTreeSet<(usize, usize)>,
}
impl Checked {
    pub fn into_jobs(self) -> Vec<CheckedJob> {
        self.jobs
    }
    pub fn shared_packages(&self) -> &BTreeMap<PackageName, PackageSource> {
        &self.shared_packages
    }
}
impl CheckedJob {
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }
    pub fn job(&self) -> &Job {
        &self.job
    }
    pub fn key(&self) -> &JobKey {
        &self.key
    }
    pub fn task_name(&self) -> &str {
        &self.task_name
    }
    pub fn order(&self) -> &BTreeSet<(usize, usize)> {
        &self.order
    }
    pub fn into_job(self) -> Job {
        self.job
    }
}
pub fn check(document: Document, _: &Holes, _: &Settings) -> Report<Checked> {
    let many = matches!(document, Document::Many(_));
    let mut jobs = Vec::new();
    for (i, job) in document.jobs().iter().enumerate() {
        let mut order = BTreeSet::new();
        let find =
            |n: &crate::model::ProcessName| job.task.processes.iter().position(|p| p.name == *n);
        for c in job.task.constraints.iter().flatten() {
            for w in c.order.windows(2) {
                if let (Some(a), Some(b)) = (find(&w[0]), find(&w[1])) {
                    order.insert((a, b));
                }
            }
        }
        for (b, p) in job.task.processes.iter().enumerate() {
            for a in p.after.iter().flatten() {
                if let Some(a) = find(a) {
                    order.insert((a, b));
                }
            }
        }
        let task_name = job
            .task
            .name
            .as_ref()
            .map_or_else(|| job.task.processes[0].name.to_string(), |t| t.to_string());
        jobs.push(CheckedJob {
            pointer: if many {
                Pointer::root().key("jobs").index(i)
            } else {
                Pointer::root()
            },
            key: JobKey {
                cluster: job.cluster.clone(),
                role: job.role.clone(),
                environment: job.environment.clone(),
                name: job
                    .name
                    .clone()
                    .unwrap_or_else(|| task_name.parse().unwrap()),
            },
            job: job.clone(),
            task_name,
            order,
        });
    }
    Report::ok(Checked {
        jobs,
        shared_packages: document.shared_packages().cloned().unwrap_or_default(),
    })
}
pub enum Binding {
    AtLoad(String),
    ByAgent,
    Unbound,
}
pub struct Scope;
impl Scope {
    pub fn process(_: &Job, _: usize) -> Self {
        Self
    }
}
pub fn bind(a: &crate::model::Address<'_>, _: &Scope) -> Binding {
    match a.head() {
        Some("thermos" | "mesos") => Binding::ByAgent,
        Some("name") => Binding::AtLoad("x".into()),
        _ => Binding::Unbound,
    }
}
