//! The tasks of several jobs that run at once: which process waits for which job, and how all of them
//! end.
//!
//! ```text
//! running -------> ending: the last one, when it is done the one before it, ...
//!    one has failed, or can never get where another waits for it, or all are to end
//! ```
//!
//! Like a [`Schedule`], without processes and with whatever clock its caller has. A job that ends well
//! ends no other. Those that wait start after those that they wait for, and end before them.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::plan::When;

use super::{Action, Ending, Fate, Schedule, Task};

/// A process that waits for another job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The job that the process is of, by its place among the jobs.
    pub job: usize,
    /// The process, by its place in the job's task.
    pub process: usize,
    /// The job that is waited for.
    pub of: usize,
    /// What has to become of it.
    pub when: When,
}

/// A job among those that run.
#[derive(Debug, Clone, Copy)]
pub struct Member<'t> {
    /// What it runs.
    pub task: &'t Task,
    /// Which of its processes are taken for ones that have succeeded.
    pub skipped: &'t [bool],
    /// The processes that have all succeeded when the job is ready; one without any never is.
    pub telling: &'t [usize],
}

/// Why all jobs end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// They were asked to.
    Killed,
    /// This one has failed.
    Failed(usize),
    /// This one is waited for and can be ready no more.
    NeverReady(usize),
    /// Those that are left wait for each other.
    Stuck,
}

/// The state of a run of several tasks.
#[derive(Debug)]
pub struct Together<'t> {
    jobs: Vec<Job<'t>>,
    /// What is still waited for.
    waits: Vec<Wait>,
    /// The jobs in the order in which they start.
    order: Vec<usize>,
    cause: Option<Cause>,
    /// Whether someone wants it to end, whatever else is a reason to.
    killed: bool,
}

#[derive(Debug)]
struct Job<'t> {
    schedule: Schedule<'t>,
    telling: &'t [usize],
    /// Whether it has been ready.
    ready: bool,
    killed: bool,
}

/// What is to be done for a job.
pub type Act = (usize, Action);

impl<'t> Together<'t> {
    /// The run of all `members`, nothing started.
    pub fn new(members: &[Member<'t>], waits: &[Wait]) -> Self {
        let job = |member: &Member<'t>| Job {
            schedule: Schedule::new(member.task, |index| member.skipped[index]),
            telling: member.telling,
            ready: false,
            killed: false,
        };
        let mut jobs: Vec<Job<'t>> = members.iter().map(job).collect();
        for job in &mut jobs {
            for &process in job.telling {
                // It is none of the definition's processes.
                job.schedule.set_extra(process);
            }
        }
        for wait in waits {
            jobs[wait.job].schedule.hold(wait.process);
        }
        Self {
            order: order(jobs.len(), waits),
            jobs,
            waits: waits.to_vec(),
            cause: None,
            killed: false,
        }
    }

    /// What is to be done at `now`: at the beginning, and whenever [`Self::deadline`] has come.
    pub fn advance(&mut self, now: Duration) -> Vec<Act> {
        let mut acts = Vec::new();
        for index in 0..self.order.len() {
            self.step(self.order[index], now, &mut acts);
        }
        self.settle(now, &mut acts);
        acts
    }

    /// The run of a job's process has ended.
    pub fn ended(&mut self, job: usize, process: usize, ending: Ending, now: Duration) -> Vec<Act> {
        let actions = self.jobs[job].schedule.ended(process, ending, now);
        let mut acts: Vec<Act> = actions.into_iter().map(|action| (job, action)).collect();
        self.settle(now, &mut acts);
        acts
    }

    /// All are to end, one after the other, as when they are killed on a node.
    pub fn kill(&mut self, now: Duration) -> Vec<Act> {
        let mut acts = Vec::new();
        if !self.is_done() {
            self.killed = true;
            self.cause = self.cause.or(Some(Cause::Killed));
            self.settle(now, &mut acts);
        }
        acts
    }

    /// All are to end at once.
    pub fn abort(&mut self, now: Duration) -> Vec<Act> {
        let mut acts = Vec::new();
        if !self.is_done() {
            self.cause = self.cause.or(Some(Cause::Killed));
        }
        for &job in self.order.iter().rev() {
            let actions = self.jobs[job].schedule.abort(now).into_iter();
            acts.extend(actions.map(|action| (job, action)));
        }
        acts
    }

    /// When [`Self::advance`] has something to do, if nothing ends before.
    pub fn deadline(&self) -> Option<Duration> {
        let jobs = self.jobs.iter();
        jobs.filter_map(|job| job.schedule.deadline()).min()
    }

    /// Whether all that there was to do has been done.
    pub fn is_done(&self) -> bool {
        self.jobs.iter().all(|job| job.schedule.fate().is_some())
    }

    /// What became of all of it, once it is done.
    pub fn fate(&self) -> Option<Fate> {
        let is_done = self.is_done();
        is_done.then_some(match self.cause {
            None => Fate::Success,
            Some(Cause::Killed) => Fate::Killed,
            Some(Cause::Failed(_) | Cause::NeverReady(_) | Cause::Stuck) => Fate::Failed,
        })
    }

    /// Why all end before they have come to an end by themselves, if they do.
    pub fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// The run of a job's task.
    pub fn of(&self, job: usize) -> &Schedule<'t> {
        &self.jobs[job].schedule
    }

    fn step(&mut self, job: usize, now: Duration, acts: &mut Vec<Act>) {
        let actions = self.jobs[job].schedule.advance(now).into_iter();
        acts.extend(actions.map(|action| (job, action)));
    }

    /// Draws the consequences for others from what has become of each job.
    fn settle(&mut self, now: Duration, acts: &mut Vec<Act>) {
        loop {
            for job in &mut self.jobs {
                job.note_ready();
            }
            self.cause = self.cause.or_else(|| self.trouble());
            if self.cause.is_some() {
                self.end_next(now, acts);
                return;
            }
            let freed = self.release();
            if freed.is_empty() {
                if self.is_done() || !self.is_at_rest() {
                    return;
                }
                self.cause = Some(Cause::Stuck);
            }
            for job in freed {
                self.step(job, now, acts);
            }
        }
    }

    /// What keeps the jobs from getting where they are to get.
    fn trouble(&self) -> Option<Cause> {
        let failed = |job: &Job<'_>| matches!(job.schedule.fate(), Some(Fate::Failed));
        if let Some(job) = self.jobs.iter().position(failed) {
            return Some(Cause::Failed(job));
        }
        let mut awaited = self.waits.iter().filter(|wait| wait.when == When::Ready);
        let lost = awaited.find(|wait| self.jobs[wait.of].is_never_ready());
        lost.map(|wait| Cause::NeverReady(wait.of))
    }

    /// Lets processes start whose waits are over; returns the jobs that they are of.
    fn release(&mut self) -> BTreeSet<usize> {
        let jobs = &self.jobs;
        let is_over = |wait: &Wait| match wait.when {
            When::Ready => jobs[wait.of].ready,
            When::Succeeded => jobs[wait.of].schedule.fate() == Some(Fate::Success),
        };
        let (over, left): (Vec<Wait>, Vec<Wait>) = self.waits.drain(..).partition(is_over);
        self.waits = left;
        let still: BTreeSet<(usize, usize)> = self.waits.iter().map(waiter).collect();
        let mut freed = BTreeSet::new();
        for wait in over.iter().filter(|wait| !still.contains(&waiter(wait))) {
            self.jobs[wait.job].schedule.release(wait.process);
            freed.insert(wait.job);
        }
        freed
    }

    /// Ends the last of the jobs that are left, and no other before it is done.
    fn end_next(&mut self, now: Duration, acts: &mut Vec<Act>) {
        for &index in self.order.iter().rev() {
            let job = &mut self.jobs[index];
            // One whose end has begun has its own time for it, unless someone waits.
            let is_asked = self.killed || job.schedule.is_active();
            if job.schedule.fate().is_none() && is_asked && !job.killed {
                job.killed = true;
                let actions = job.schedule.kill(now).into_iter();
                acts.extend(actions.map(|action| (index, action)));
            }
            if job.schedule.fate().is_none() {
                return;
            }
        }
    }

    fn is_at_rest(&self) -> bool {
        let mut left = self.jobs.iter().map(|job| &job.schedule);
        left.all(|schedule| schedule.fate().is_some() || schedule.is_at_rest())
    }
}

impl Job<'_> {
    fn note_ready(&mut self) {
        let mut telling = self.telling.iter();
        let tells = |&process: &usize| self.schedule.has_succeeded(process);
        self.ready |= !self.telling.is_empty() && telling.all(tells);
    }

    /// Whether it is not ready and cannot get so. One that is about to fail has failed soon.
    fn is_never_ready(&self) -> bool {
        if self.ready {
            return false;
        }
        if self.schedule.fate().is_some() || self.telling.is_empty() {
            return true;
        }
        let mut telling = self.telling.iter();
        self.schedule.is_active() && telling.any(|&process| self.schedule.has_failed(process))
    }
}

fn waiter(wait: &Wait) -> (usize, usize) {
    (wait.job, wait.process)
}

/// The jobs, each after those that it waits for, otherwise in their own order. Where they wait in a
/// circle, the first of them comes first.
fn order(count: usize, waits: &[Wait]) -> Vec<usize> {
    let arrows: BTreeSet<(usize, usize)> = waits.iter().map(|wait| (wait.of, wait.job)).collect();
    let arrows = arrows.into_iter().filter(|(of, job)| of != job);
    let mut after = vec![Vec::new(); count];
    let mut left = vec![0; count];
    for (of, job) in arrows {
        after[of].push(job);
        left[job] += 1;
    }
    let mut free: BTreeSet<usize> = (0..count).filter(|&job| left[job] == 0).collect();
    let mut rest: BTreeSet<usize> = (0..count).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(job) = free.pop_first().or_else(|| rest.first().copied()) {
        if !rest.remove(&job) {
            continue;
        }
        order.push(job);
        for &next in &after[job] {
            left[next] -= 1;
            if left[next] == 0 {
                free.insert(next);
            }
        }
    }
    order
}
