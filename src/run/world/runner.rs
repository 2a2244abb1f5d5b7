//! The loop that does what the schedule says and tells it what has come of that.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::diagnostic::MachineError;

use super::super::{Action, Destination, Ending, Fate, Process, Run, Schedule, Task};
use super::children;
use super::event::Event;
use super::guard::Guard;
use super::launch::Launcher;
use super::logs::Log;
use super::sandbox::LOGS;
use super::signals;
use super::stream::{Lines, Printer};

/// How long what was killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// How to run a task.
#[derive(Debug)]
pub struct Setup {
    /// The shell for the commands.
    pub shell: PathBuf,
    /// The directory to run in.
    pub sandbox: PathBuf,
    /// The user's name.
    pub user: String,
    /// What stands before the words of every command, to start it in other surroundings.
    pub before: Vec<OsString>,
    /// A directory that goes with the task, even if this process is killed.
    pub own: Option<PathBuf>,
    /// Which processes are taken for ones that have succeeded.
    pub skipped: Vec<bool>,
    /// Where lines go.
    pub printer: Arc<Printer>,
}

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Of the whole.
    pub fate: Fate,
    /// The runs of each process; none if it was skipped.
    pub runs: Vec<Option<Vec<Run>>>,
    /// How long it took.
    pub took: Duration,
    /// What went wrong with log files, if something did.
    pub log_trouble: Option<String>,
}

/// What a signal to end the task says.
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

/// A run that has not ended.
#[derive(Debug)]
struct Live {
    process: usize,
    /// How the shell ended.
    ending: Option<Ending>,
    /// How many outputs are open.
    open: usize,
    /// Whether the run lasts until its outputs have ended.
    lasts_with_output: bool,
}

/// Runs `task` to its end; calls `interrupted` when someone wants it to end.
///
/// # Errors
/// If a process cannot be started at all. Whatever was started is gone then.
pub fn run(task: &Task, setup: &Setup, interrupted: &dyn Fn()) -> Result<Outcome, MachineError> {
    let (sender, events) = mpsc::channel();
    let cannot = |what: &str, error: io::Error| MachineError::new(format!("cannot {what}"), error);
    signals::watch(&sender).map_err(|error| cannot("watch for signals", error))?;
    children::adopt_orphans();
    let guard =
        Guard::start(setup.own.as_deref()).map_err(|error| cannot("start `/bin/sh`", error))?;
    let schedule = Schedule::new(task, |index| setup.skipped[index]);
    let mut runner = Runner {
        task,
        setup,
        interrupted,
        launcher: Launcher {
            shell: setup.shell.clone(),
            sandbox: setup.sandbox.clone(),
            user: setup.user.clone(),
            before: setup.before.clone(),
        },
        schedule,
        guard,
        since: Instant::now(),
        sender,
        events,
        live: BTreeMap::new(),
        outputs: 0,
        interrupted_at: None,
        log_trouble: None,
    };
    let result = runner.until_done();
    runner.sweep();
    let took = runner.since.elapsed();
    let fate = result?;
    let runs = (0..task.processes.len()).map(|index| {
        let skipped = runner.schedule.is_skipped(index);
        (!skipped).then(|| runner.schedule.runs(index).to_vec())
    });
    Ok(Outcome {
        fate,
        runs: runs.collect(),
        took,
        log_trouble: runner.log_trouble.take(),
    })
}

struct Runner<'t> {
    task: &'t Task,
    setup: &'t Setup,
    interrupted: &'t dyn Fn(),
    launcher: Launcher,
    schedule: Schedule<'t>,
    guard: Guard,
    since: Instant,
    sender: Sender<Event>,
    events: Receiver<Event>,
    live: BTreeMap<i32, Live>,
    /// How many outputs are still read.
    outputs: usize,
    /// When a signal last asked the task to end.
    interrupted_at: Option<Duration>,
    log_trouble: Option<String>,
}

impl Runner<'_> {
    fn until_done(&mut self) -> Result<Fate, MachineError> {
        let mut actions = self.schedule.advance(self.now());
        loop {
            for action in actions {
                self.act(action)?;
            }
            if let Some(fate) = self.schedule.fate() {
                return Ok(fate);
            }
            actions = match self.next(self.schedule.deadline()) {
                None => self.schedule.advance(self.now()),
                Some(event) => self.take(event),
            };
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

    fn take(&mut self, event: Event) -> Vec<Action> {
        match event {
            Event::Interrupt => match self.interrupt() {
                Interrupt::Again => Vec::new(),
                Interrupt::First => {
                    (self.interrupted)();
                    self.schedule.kill(self.now())
                }
                Interrupt::More => self.schedule.abort(self.now()),
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
        for stranger in self.strangers() {
            children::reap(stranger);
        }
    }

    /// Tells the schedule of runs that have ended.
    fn settle(&mut self) -> Vec<Action> {
        let is_over = |live: &Live| {
            live.ending
                .filter(|_| live.open == 0 || !live.lasts_with_output)
        };
        let over: Vec<_> = self
            .live
            .iter()
            .filter_map(|(&group, live)| Some((group, live.process, is_over(live)?)))
            .collect();
        let mut actions = Vec::new();
        for (group, process, ending) in over {
            if let Some(group) = Pid::from_raw(group) {
                self.end(group);
            }
            let now = self.now();
            actions.extend(self.schedule.ended(process, ending, now));
        }
        actions
    }

    fn act(&mut self, action: Action) -> Result<(), MachineError> {
        match action {
            Action::Start(process) => self.start(process)?,
            Action::Terminate(process) => {
                // To the shell alone, as Thermos does it; it may or may not pass it on.
                if let Some(group) = self.group(process) {
                    let _ = kill_process(group, Signal::TERM);
                }
            }
            Action::TerminateOrphans => children::signal(&self.strangers(), Signal::TERM),
            Action::Kill(process) => {
                if let Some(group) = self.group(process) {
                    self.end(group);
                }
            }
        }
        Ok(())
    }

    fn start(&mut self, index: usize) -> Result<(), MachineError> {
        let process = &self.task.processes[index];
        let run = self.schedule.runs(index).len() - 1;
        let directory = self.setup.sandbox.join(LOGS).join(&process.name);
        let directory = directory.join(run.to_string());
        let logs = fs::create_dir_all(&directory).and_then(|()| {
            let log = |name| Log::open(&directory, name, &process.logger);
            Ok([log("stdout")?, log("stderr")?])
        });
        let logs = logs.map_err(|error| {
            MachineError::new(format!("cannot write `{}`", directory.display()), error)
        })?;
        let started = self.launcher.start(&process.command).map_err(|error| {
            MachineError::new(format!("cannot start process `{}`", process.name), error)
        })?;
        let group = i32::try_from(started.id()).ok().and_then(Pid::from_raw);
        let Some(group) = group else {
            return Ok(());
        };
        self.guard.add(group);
        self.live.insert(
            number(group),
            Live {
                process: index,
                ending: None,
                open: 2,
                lasts_with_output: process.logger.lasts_with_output(),
            },
        );
        self.follow(started, group, index, logs)
            .map_err(|error| MachineError::new("cannot start a thread", error))
    }

    fn follow(
        &mut self,
        mut started: Child,
        group: Pid,
        index: usize,
        [stdout, stderr]: [Log; 2],
    ) -> io::Result<()> {
        let process = &self.task.processes[index];
        if let Some(pipe) = started.stdout.take() {
            self.read(pipe, group, stdout, self.lines(index, process, '|'))?;
        }
        if let Some(pipe) = started.stderr.take() {
            self.read(pipe, group, stderr, self.lines(index, process, '!'))?;
        }
        Ok(())
    }

    fn lines(&self, index: usize, process: &Process, mark: char) -> Option<Lines> {
        let is_shown = process.logger.destination != Destination::None;
        is_shown.then(|| self.setup.printer.lines(index, &process.name, mark))
    }

    fn read(
        &mut self,
        pipe: impl Read + Send + 'static,
        group: Pid,
        log: Log,
        lines: Option<Lines>,
    ) -> io::Result<()> {
        let sender = self.sender.clone();
        let printer = Arc::clone(&self.setup.printer);
        thread::Builder::new().spawn(move || {
            let trouble = copy(pipe, log, lines, &printer);
            // The receiver is gone when the task is done.
            let _ = sender.send(Event::Closed(group, trouble));
        })?;
        self.outputs += 1;
        Ok(())
    }

    fn group(&self, process: usize) -> Option<Pid> {
        let mut live = self.live.iter();
        let (&group, _) = live.find(|(_, live)| live.process == process)?;
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

/// Reads all of an output; why not all of it is in the log, if it is not.
fn copy(
    mut pipe: impl Read,
    mut log: Log,
    mut lines: Option<Lines>,
    printer: &Printer,
) -> Option<String> {
    let mut buffer = vec![0; 1 << 16];
    let mut trouble = None;
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                let bytes = &buffer[..length];
                if trouble.is_none() {
                    trouble = log.write(bytes).err().map(|error| error.to_string());
                }
                if let Some(lines) = &mut lines {
                    lines.push(bytes, printer);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    if let Some(lines) = &mut lines {
        lines.close(printer);
    }
    trouble
}

fn number(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}
