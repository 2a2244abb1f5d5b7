//! The loop that does what the schedules say and tells them what has come of that.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::process::Child;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::diagnostic::MachineError;

use super::super::{Act, Action, Destination, Ending, Fate, Member, Together};
use super::children;
use super::event::Event;
use super::guard::Guard;
use super::launch::Launcher;
use super::logs::Log;
use super::output::Output;
use super::sandbox::LOGS;
use super::setup::{Job, JobOutcome, Outcome, Setup};
use super::signals;
use super::strays::Strays;
use super::stream::Lines;

/// How long what was killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a signal to end all says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interrupt {
    /// It is the first one.
    First,
    /// It is the last one over again.
    Again,
    /// The user asked again for an end, and waits no longer.
    More,
}

/// Signals that follow each other faster are one: `timeout` signals its child and then the group, and
/// a supervisor signals what a terminal has signalled already.
const SAME_INTERRUPT: Duration = Duration::from_secs(1);

/// A run of a process that has not ended.
#[derive(Debug)]
struct Live {
    job: usize,
    process: usize,
    /// How the shell ended.
    ending: Option<Ending>,
    /// How many outputs are open.
    open: usize,
    /// Whether the run lasts until its outputs have ended.
    lasts_with_output: bool,
}

/// Runs all `jobs` to their end; calls `interrupted` when someone wants that.
///
/// # Errors
/// If a process cannot be started at all. Whatever was started is gone then.
pub fn run(
    jobs: &[Job<'_>],
    setup: &Setup,
    interrupted: &dyn Fn(),
) -> Result<Outcome, MachineError> {
    let (sender, events) = mpsc::channel();
    let cannot = |what: &str, error: io::Error| MachineError::new(format!("cannot {what}"), error);
    signals::watch(&sender).map_err(|error| cannot("watch for signals", error))?;
    children::adopt_orphans();
    let own = jobs.iter().filter_map(|job| job.own.as_deref());
    let guard = Guard::start(own).map_err(|error| cannot("start `/bin/sh`", error))?;
    let members: Vec<Member<'_>> = jobs.iter().map(Job::member).collect();
    let sandboxes = jobs.iter().map(|job| job.sandbox.clone());
    let mut runner = Runner {
        jobs,
        setup,
        interrupted,
        launchers: jobs.iter().map(|job| job.launcher(setup)).collect(),
        together: Together::new(&members, &setup.waits),
        guard,
        since: Instant::now(),
        sender,
        events,
        live: BTreeMap::new(),
        strays: Strays::new(sandboxes.collect()),
        took: vec![None; jobs.len()],
        outputs: 0,
        interrupted_at: None,
        log_trouble: None,
    };
    let result = runner.until_done();
    runner.sweep();
    let fate = result?;
    Ok(runner.outcome(fate))
}

struct Runner<'t> {
    jobs: &'t [Job<'t>],
    setup: &'t Setup,
    interrupted: &'t dyn Fn(),
    launchers: Vec<Launcher>,
    together: Together<'t>,
    guard: Guard,
    since: Instant,
    sender: Sender<Event>,
    events: Receiver<Event>,
    live: BTreeMap<i32, Live>,
    strays: Strays,
    /// How long each job took, once it is done.
    took: Vec<Option<Duration>>,
    /// How many outputs are still read.
    outputs: usize,
    /// When a signal last asked for an end.
    interrupted_at: Option<Duration>,
    log_trouble: Option<String>,
}

impl Runner<'_> {
    fn until_done(&mut self) -> Result<Fate, MachineError> {
        let mut acts = self.together.advance(self.now());
        loop {
            for act in acts {
                self.act(act)?;
            }
            if let Some(fate) = self.together.fate() {
                return Ok(fate);
            }
            self.note_done();
            acts = match self.next(self.together.deadline()) {
                None => self.together.advance(self.now()),
                Some(event) => self.take(event),
            };
        }
    }

    /// Ends what jobs that are done have left behind while others run on.
    fn note_done(&mut self) {
        let now = self.now();
        let jobs = self.took.iter_mut().enumerate();
        let is_done = |job: usize| self.together.of(job).fate().is_some();
        let done = jobs.filter(|(job, took)| took.is_none() && is_done(*job));
        let mut news = false;
        for (_, took) in done {
            *took = Some(now);
            news = true;
        }
        if news {
            self.kill_left_behind();
        }
    }

    fn kill_left_behind(&self) {
        let mut left = self.strangers();
        let is_done = |job: usize| self.together.of(job).fate().is_some();
        left.retain(|&stray| self.strays.job_of(stray).is_some_and(is_done));
        children::signal(&left, Signal::KILL);
    }

    fn outcome(&mut self, fate: Fate) -> Outcome {
        let took = self.since.elapsed();
        let jobs = self.jobs.iter().enumerate().map(|(index, job)| {
            let schedule = self.together.of(index);
            let runs = (0..job.task.processes.len()).map(|process| {
                let skipped = schedule.is_skipped(process);
                (!skipped).then(|| schedule.runs(process).to_vec())
            });
            JobOutcome {
                fate: schedule.fate().unwrap_or(fate),
                runs: runs.collect(),
                took: self.took[index].unwrap_or(took),
            }
        });
        Outcome {
            fate,
            cause: self.together.cause(),
            jobs: jobs.collect(),
            took,
            log_trouble: self.log_trouble.take(),
        }
    }

    fn now(&self) -> Duration {
        self.since.elapsed()
    }

    /// The next event; none if there is none until `deadline`.
    fn next(&self, deadline: Option<Duration>) -> Option<Event> {
        let Some(deadline) = deadline else {
            return self.events.recv().ok();
        };
        let left = deadline.saturating_sub(self.now());
        self.events.recv_timeout(left).ok()
    }

    fn take(&mut self, event: Event) -> Vec<Act> {
        match event {
            Event::Interrupt => match self.interrupt() {
                Interrupt::Again => Vec::new(),
                Interrupt::First => {
                    (self.interrupted)();
                    self.together.kill(self.now())
                }
                Interrupt::More => self.together.abort(self.now()),
            },
            Event::Child => {
                self.look();
                self.settle()
            }
            Event::Closed(group, trouble) => {
                self.closed(group, trouble);
                self.settle()
            }
        }
    }

    fn interrupt(&mut self) -> Interrupt {
        let now = self.now();
        match self.interrupted_at {
            Some(last) if now.saturating_sub(last) < SAME_INTERRUPT => Interrupt::Again,
            last => {
                self.interrupted_at = Some(now);
                if last.is_none() {
                    Interrupt::First
                } else {
                    Interrupt::More
                }
            }
        }
    }

    fn closed(&mut self, group: Pid, trouble: Option<String>) {
        self.outputs -= 1;
        self.log_trouble = self.log_trouble.take().or(trouble);
        if let Some(live) = self.live.get_mut(&number(group)) {
            live.open -= 1;
        }
    }

    /// Finds out which children have ended.
    fn look(&mut self) {
        for (&group, live) in &mut self.live {
            if live.ending.is_none()
                && let Some(group) = Pid::from_raw(group)
            {
                live.ending = children::ending(group);
            }
        }
        let mut strangers = self.strangers();
        strangers.retain(|&stranger| !children::reap(stranger));
        // What has ended may have had children, which are orphans now.
        if self.jobs.len() > 1 && !strangers.is_empty() {
            self.kill_left_behind();
        }
    }

    /// Tells the schedules of runs that have ended.
    fn settle(&mut self) -> Vec<Act> {
        let is_over = |live: &Live| {
            live.ending
                .filter(|_| live.open == 0 || !live.lasts_with_output)
        };
        let over: Vec<_> = self
            .live
            .iter()
            .filter_map(|(&group, live)| Some((group, live.job, live.process, is_over(live)?)))
            .collect();
        let mut acts = Vec::new();
        for (group, job, process, ending) in over {
            if let Some(group) = Pid::from_raw(group) {
                self.end(group);
            }
            let now = self.now();
            acts.extend(self.together.ended(job, process, ending, now));
        }
        acts
    }

    fn act(&mut self, (job, action): Act) -> Result<(), MachineError> {
        match action {
            Action::Start(process) => self.start(job, process)?,
            Action::Terminate(process) => {
                // To the shell alone, as Thermos does it; it may or may not pass it on.
                if let Some(group) = self.group(job, process) {
                    let _ = kill_process(group, Signal::TERM);
                }
            }
            Action::TerminateOrphans => {
                let mut orphans = self.strangers();
                orphans.retain(|&orphan| self.strays.job_of(orphan) == Some(job));
                children::signal(&orphans, Signal::TERM);
            }
            Action::Kill(process) => {
                if let Some(group) = self.group(job, process) {
                    self.end(group);
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, job: usize, index: usize) -> Result<(), MachineError> {
        let process = &self.jobs[job].task.processes[index];
        let run = self.together.of(job).runs(index).len() - 1;
        let directory = self.jobs[job].sandbox.join(LOGS).join(&process.name);
        let directory = directory.join(run.to_string());
        let logs = fs::create_dir_all(&directory).and_then(|()| {
            let log = |name| Log::open(&directory, name, &process.logger);
            Ok([log("stdout")?, log("stderr")?])
        });
        let logs = logs.map_err(|error| {
            MachineError::new(format!("cannot write `{}`", directory.display()), error)
        })?;
        let started = self.launchers[job].start(&process.command);
        let started = started.map_err(|error| {
            MachineError::new(format!("cannot start process `{}`", process.name), error)
        })?;
        let group = i32::try_from(started.id()).ok().and_then(Pid::from_raw);
        let Some(group) = group else {
            return Ok(());
        };
        self.guard.add(group);
        self.strays.add(group, job);
        self.live.insert(
            number(group),
            Live {
                job,
                process: index,
                ending: None,
                open: 2,
                lasts_with_output: process.logger.lasts_with_output(),
            },
        );
        let lines = ['|', '!'].map(|mark| self.lines(job, index, mark));
        self.follow(started, group, logs, lines)
            .map_err(|error| MachineError::new("cannot start a thread", error))
    }

    fn follow(
        &mut self,
        mut started: Child,
        group: Pid,
        logs: [Log; 2],
        lines: [Option<Lines>; 2],
    ) -> io::Result<()> {
        let [stdout, stderr] = logs;
        let [shown_stdout, shown_stderr] = lines;
        let output = |log, lines| Output { group, log, lines };
        let (printer, sender) = (&self.setup.printer, &self.sender);
        if let Some(pipe) = started.stdout.take() {
            output(stdout, shown_stdout).read(pipe, printer, sender)?;
            self.outputs += 1;
        }
        if let Some(pipe) = started.stderr.take() {
            output(stderr, shown_stderr).read(pipe, printer, sender)?;
            self.outputs += 1;
        }
        Ok(())
    }

    fn lines(&self, job: usize, index: usize, mark: char) -> Option<Lines> {
        let job = &self.jobs[job];
        let is_shown = job.task.processes[index].logger.destination != Destination::None;
        is_shown.then(|| self.setup.printer.lines(&job.shown[index], mark))
    }

    fn group(&self, job: usize, process: usize) -> Option<Pid> {
        let mut live = self.live.iter();
        let (&group, _) = live.find(|(_, live)| (live.job, live.process) == (job, process))?;
        Pid::from_raw(group)
    }

    /// Kills all of a run that is left, and forgets it.
    fn end(&mut self, group: Pid) {
        // As long as its leader is not reaped, no other group can have its number.
        let _ = kill_process_group(group, Signal::KILL);
        self.live.remove(&number(group));
        self.guard.remove(group);
        children::reap(group);
    }

    fn strangers(&self) -> Vec<Pid> {
        let guard = self.guard.pid();
        children::strangers(|child| Some(child) == guard || self.live.contains_key(&number(child)))
    }

    /// Leaves nothing behind: neither processes nor output that was not read.
    fn sweep(&mut self) {
        let groups: Vec<_> = self.live.keys().copied().collect();
        for group in groups.into_iter().filter_map(Pid::from_raw) {
            self.end(group);
        }
        let mut end = self.now() + PATIENCE;
        loop {
            let mut left = self.strangers();
            left.retain(|&stranger| !children::reap(stranger));
            if left.is_empty() && self.outputs == 0 {
                break;
            }
            // What they have started becomes this process' when they are gone.
            children::signal(&left, Signal::KILL);
            match self.next(Some(end)) {
                Some(Event::Closed(group, trouble)) => self.closed(group, trouble),
                Some(Event::Interrupt)
                    if left.is_empty() && self.interrupt() != Interrupt::Again =>
                {
                    break;
                }
                Some(Event::Child | Event::Interrupt) => {}
                // The reader of the lines may take a while.
                None if self.setup.printer.is_busy() => end = self.now() + PATIENCE,
                None => break,
            }
        }
    }
}

impl<'t> Job<'t> {
    fn member(&'t self) -> Member<'t> {
        Member {
            task: self.task,
            skipped: &self.skipped,
            telling: &self.telling,
        }
    }

    fn launcher(&self, setup: &Setup) -> Launcher {
        Launcher {
            shell: setup.shell.clone(),
            sandbox: self.sandbox.clone(),
            user: setup.user.clone(),
            before: self.before.clone(),
        }
    }
}

fn number(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}
