//! What jobs and processes are called.

use std::collections::HashMap;

use crate::diagnostic::codes::names;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::{Job, JobKey, JobName, Process};
use crate::source::Pointer;

use super::Ctx;
use super::scope::{Scope, expand};

/// A file name has at most so many bytes.
const MAX_BYTES: usize = 255;

/// Finds a task's processes by name.
pub(super) struct ProcessIndex<'a> {
    processes: &'a [Process],
    by_name: Option<HashMap<&'a str, usize>>,
    /// Whether some name is not the author's, or two are the same.
    pub(super) unreliable: bool,
}

impl<'a> ProcessIndex<'a> {
    /// With so few processes, looking at each is faster than any table.
    const FEW: usize = 16;

    fn new(processes: &'a [Process]) -> Self {
        let by_name = (processes.len() > Self::FEW).then(|| {
            let mut by_name = HashMap::with_capacity(processes.len());
            for (index, process) in processes.iter().enumerate() {
                by_name.entry(process.name.as_str()).or_insert(index);
            }
            by_name
        });
        Self {
            processes,
            by_name,
            unreliable: false,
        }
    }

    /// The first process called `name`.
    pub(super) fn get(&self, name: &str) -> Option<usize> {
        match &self.by_name {
            Some(by_name) => by_name.get(name).copied(),
            None => self
                .processes
                .iter()
                .position(|process| process.name.as_str() == name),
        }
    }

    /// The names, in the order written.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.processes.iter().map(|process| process.name.as_str())
    }
}

/// Checks the processes' names.
pub(super) fn check<'a>(ctx: &mut Ctx<'a>) -> ProcessIndex<'a> {
    let processes = &ctx.job.task.processes;
    let mut index = ProcessIndex::new(processes);
    if processes.is_empty() && !ctx.hole(|at| at.key("task").key("processes")) {
        let place = Place::value(ctx.at.key("task").key("processes"));
        let problem = Diagnostic::new(&names::NO_PROCESSES, "the task has no processes", place);
        ctx.report(problem.help("add a process with a `name` and a `cmdline`"));
    }
    for (position, process) in processes.iter().enumerate() {
        let name = process.name.as_str();
        if ctx.hole(|at| super::process(at, position).key("name")) {
            index.unreliable = true;
            continue;
        }
        let place = || Place::value(super::process(ctx.at, position).key("name"));
        if name.len() > MAX_BYTES {
            let headline = format!("the name of a process is {} bytes long", name.len());
            let problem = Diagnostic::new(&names::LONG_PROCESS_NAME, headline, place());
            ctx.report(problem.note(format!(
                "the agent makes a directory of it, and such names have at most {MAX_BYTES} bytes"
            )));
        } else if let Some(first) = index.get(name).filter(|&first| first < position) {
            index.unreliable = true;
            let headline = format!("two processes are called `{name}`");
            let problem = Diagnostic::new(&names::DUPLICATE_PROCESS, headline, place())
                .also(
                    Place::value(ctx.process(first, "name")),
                    "first called so here",
                )
                .help("give one of them another name");
            ctx.report(problem);
        }
    }
    index
}

/// The task's name, the default written out.
pub(super) fn task_name(job: &Job) -> String {
    match (&job.task.name, job.task.processes.first()) {
        (Some(name), _) => name.as_str().to_owned(),
        (None, Some(process)) => process.name.as_str().to_owned(),
        (None, None) => String::new(),
    }
}

/// The job's key, the name's default written out.
pub(super) fn key(ctx: &mut Ctx<'_>) -> Option<JobKey> {
    let job = ctx.job;
    let name = match &job.name {
        Some(name) => name.clone(),
        None => derived_name(ctx)?,
    };
    Some(JobKey {
        cluster: job.cluster.clone(),
        role: job.role.clone(),
        environment: job.environment.clone(),
        name,
    })
}

fn derived_name(ctx: &mut Ctx<'_>) -> Option<JobName> {
    let task = &ctx.job.task;
    let (source, pointer) = match (&task.name, task.processes.first()) {
        (Some(_), _) => ("task", ctx.at.key("task").key("name")),
        (None, Some(_)) => ("first process", ctx.process(0, "name")),
        (None, None) => return None,
    };
    if ctx.hole(|_| pointer.clone()) || ctx.hole(|at| at.key("name")) {
        return None;
    }
    let written = task_name(ctx.job);
    let bound = expand("{{task.name}}", &Scope::job(ctx.job));
    let reason = match bound.as_ref().map(|name| name.parse::<JobName>()) {
        Some(Ok(name)) => return Some(name),
        Some(Err(error)) => error.to_string(),
        None => "is only known on the node".to_owned(),
    };
    let headline = format!("the job has no name, and that of its {source} is no job name");
    let problem = Diagnostic::new(&names::UNNAMED_JOB, headline, Place::value(pointer))
        .label(reason)
        .help("write a `name` for the job")
        .note(format!(
            "without one, it is called like its {source}: `{written}`"
        ));
    ctx.report(problem);
    None
}

/// The keys of the jobs seen so far, with their places in the list.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<JobKey, Pointer>);

impl Keys {
    /// Checks that no job before this one has the same key.
    pub(super) fn add(&mut self, ctx: &mut Ctx<'_>, key: &JobKey) {
        let made_up = ["cluster", "role", "environment"]
            .iter()
            .any(|field| ctx.hole(|at| at.key(*field)));
        if made_up || ctx.hole(|at| at.key("name")) {
            return;
        }
        let place = |at: &Pointer| Place::opening(at.clone());
        match self.0.get(key) {
            Some(first) => {
                let headline = format!("two jobs have the key `{key}`");
                let problem = Diagnostic::new(&names::DUPLICATE_JOB, headline, place(ctx.at))
                    .also(place(first), "the first of them")
                    .help("give one of them another `name` or `environment`");
                ctx.report(problem);
            }
            None => {
                self.0.insert(key.clone(), ctx.at.clone());
            }
        }
    }
}
