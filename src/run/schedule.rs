//! What to start and what to end, and when the task is done: Thermos's runner and planner as a state
//! machine, without processes and with whatever clock its caller has.
//!
//! ```text
//! active ------> cleaning ------> finalizing ------> done
//!    ordinary       they get         final             what still
//!    processes      SIGTERM          processes         runs is killed
//! ```
//!
//! The task leaves `active` when it is complete, when too many processes have failed, when nothing
//! can run any more, or when it is killed. From then on it has `finalization_wait`, or after a kill
//! [`KILL_WAIT`], for everything that is left.
//!
//! Where Thermos is better not followed: it starts what can be started before it looks whether the
//! task has failed or is complete, and then ends it again. Here that is never started.

use std::time::Duration;

use super::Task;

/// The most runs of a process, however they end.
pub const MOST_RUNS: usize = 100;

/// How long a killed task has, whatever its `finalization_wait` is.
pub const KILL_WAIT: Duration = Duration::from_secs(60);

/// The state of a task's run.
#[derive(Debug)]
pub struct Schedule<'t> {
    task: &'t Task,
    processes: Vec<State>,
    /// What each process waits for.
    before: Vec<Vec<usize>>,
    phase: Phase,
    /// When the time that is left for everything is over.
    end: Option<Duration>,
    killed: bool,
}

/// What is to be done next; processes by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Start a run of the process.
    Start(usize),
    /// Ask the process to end.
    Terminate(usize),
    /// Ask those to end that processes have left behind.
    TerminateOrphans,
    /// Kill the process and all that it has started.
    Kill(usize),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With an exit code.
    Exit(i32),
    /// By a signal.
    Signal(i32),
}

/// What became of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// All that had to has succeeded.
    Success,
    /// Too many processes have failed, or none can run.
    Failed,
    /// It was killed.
    Killed,
}

/// A run of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// What it is in or has come to.
    pub state: RunState,
    /// When it started.
    pub started: Duration,
    /// When it ended, if it has.
    pub ended: Option<Duration>,
}

/// What a run has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It has not ended.
    Running,
    /// It ended well.
    Success,
    /// It ended with this code.
    Failed(i32),
    /// A signal ended it; it does not count as a failure.
    Signal(i32),
    /// It was killed because its time was over.
    Killed,
}

impl Run {
    /// The code that Thermos writes down for it.
    pub fn return_code(&self) -> Option<i32> {
        match self.state {
            RunState::Running => None,
            RunState::Success => Some(0),
            RunState::Failed(code) => Some(code),
            RunState::Signal(signal) => Some(-signal),
            RunState::Killed => Some(-1),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Active,
    Cleaning,
    Finalizing,
    Done(Fate),
}

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Ordinary,
    Final,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Idle,
    Running,
    Finished,
    Failed,
}

#[derive(Debug)]
struct State {
    status: Status,
    failures: usize,
    last_end: Option<Duration>,
    runs: Vec<Run>,
    skipped: bool,
    /// Whether it waits for what is no part of the task.
    held: bool,
    /// Whether it takes none of the room that `max_concurrency` leaves.
    is_extra: bool,
}

impl<'t> Schedule<'t> {
    /// The run of `task`, nothing started; processes that `skips` holds for have succeeded already.
    pub fn new(task: &'t Task, skips: impl Fn(usize) -> bool) -> Self {
        let mut before = vec![Vec::new(); task.processes.len()];
        for &(first, second) in &task.order {
            before[second].push(first);
        }
        let state = |index| State {
            status: if skips(index) {
                Status::Finished
            } else {
                Status::Idle
            },
            failures: 0,
            last_end: None,
            runs: Vec::new(),
            skipped: skips(index),
            held: false,
            is_extra: false,
        };
        Self {
            task,
            processes: (0..task.processes.len()).map(state).collect(),
            before,
            phase: Phase::Active,
            end: None,
            killed: false,
        }
    }

    /// Lets no run of `process` start, until it is released.
    pub fn hold(&mut self, process: usize) {
        self.processes[process].held = true;
    }

    /// Lets runs of `process` start, when [`Self::advance`] is called.
    pub fn release(&mut self, process: usize) {
        self.processes[process].held = false;
    }

    /// Lets `process` run beside as many others as may run at once.
    pub fn set_extra(&mut self, process: usize) {
        self.processes[process].is_extra = true;
    }

    /// What is to be done at `now`: at the beginning, and whenever [`Self::deadline`] has come.
    pub fn advance(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        self.step(now, &mut actions);
        actions
    }

    /// The run of `process` has ended.
    pub fn ended(&mut self, process: usize, ending: Ending, now: Duration) -> Vec<Action> {
        if self.processes[process].status == Status::Running {
            let state = match ending {
                Ending::Exit(0) => RunState::Success,
                Ending::Exit(code) => RunState::Failed(code),
                Ending::Signal(signal) => RunState::Signal(signal),
            };
            self.record(process, state, now);
        }
        self.advance(now)
    }

    /// The task is to end, as when it is killed on a node.
    pub fn kill(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.fate().is_some() {
            return actions;
        }
        self.killed = true;
        self.end = Some(now + KILL_WAIT);
        match self.phase {
            Phase::Active | Phase::Cleaning => self.clean(&mut actions),
            // Thermos begins the finalisation anew: what runs is killed, and runs again.
            Phase::Finalizing => self.kill_running(now, &mut actions),
            Phase::Done(_) => {}
        }
        self.step(now, &mut actions);
        actions
    }

    /// The task is to end at once.
    pub fn abort(&mut self, now: Duration) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.fate().is_none() {
            self.killed = true;
            self.finish(now, &mut actions);
        }
        actions
    }

    /// When [`Self::advance`] has something to do, if nothing ends before.
    pub fn deadline(&self) -> Option<Duration> {
        match self.phase {
            Phase::Done(_) => None,
            Phase::Cleaning => self.end,
            Phase::Active => self.next_start(Turn::Ordinary),
            Phase::Finalizing => [self.next_start(Turn::Final), self.end]
                .into_iter()
                .flatten()
                .min(),
        }
    }

    /// What became of the task, once it is done.
    pub fn fate(&self) -> Option<Fate> {
        match self.phase {
            Phase::Done(fate) => Some(fate),
            Phase::Active | Phase::Cleaning | Phase::Finalizing => None,
        }
    }

    /// Whether the ordinary processes have their turn, and no end is near.
    pub fn is_active(&self) -> bool {
        self.phase == Phase::Active
    }

    /// Whether a process has succeeded, or may count as one that has.
    pub fn has_succeeded(&self, process: usize) -> bool {
        self.processes[process].status == Status::Finished
    }

    /// Whether a process has failed, and runs no more.
    pub fn has_failed(&self, process: usize) -> bool {
        self.processes[process].status == Status::Failed
    }

    /// Whether nothing runs and nothing will, unless a process is released.
    pub fn is_at_rest(&self) -> bool {
        !self.is_running() && self.deadline().is_none()
    }

    /// The runs of a process.
    pub fn runs(&self, process: usize) -> &[Run] {
        &self.processes[process].runs
    }

    /// Whether a process was taken for one that has succeeded.
    pub fn is_skipped(&self, process: usize) -> bool {
        self.processes[process].skipped
    }

    fn step(&mut self, now: Duration, actions: &mut Vec<Action>) {
        if self.phase == Phase::Active {
            if !self.is_complete(Turn::Ordinary) && self.is_healthy() {
                self.start(Turn::Ordinary, now, actions);
                return;
            }
            self.end = Some(now + self.task.finalization_wait);
            self.clean(actions);
        }
        let is_over = self.end.is_some_and(|end| now >= end);
        if self.phase == Phase::Cleaning {
            if is_over {
                self.finish(now, actions);
            } else if !self.is_running() {
                self.phase = Phase::Finalizing;
            }
        }
        if self.phase == Phase::Finalizing {
            if is_over || self.is_complete(Turn::Final) || self.is_stuck(Turn::Final) {
                self.finish(now, actions);
            } else {
                self.start(Turn::Final, now, actions);
            }
        }
    }

    fn clean(&mut self, actions: &mut Vec<Action>) {
        self.phase = Phase::Cleaning;
        actions.push(Action::TerminateOrphans);
        let running = self.indexes(|state| state.status == Status::Running);
        actions.extend(running.into_iter().map(Action::Terminate));
    }

    fn finish(&mut self, now: Duration, actions: &mut Vec<Action>) {
        let fate = if self.killed {
            Fate::Killed
        } else if self.is_healthy() {
            Fate::Success
        } else {
            Fate::Failed
        };
        self.kill_running(now, actions);
        self.phase = Phase::Done(fate);
    }

    fn kill_running(&mut self, now: Duration, actions: &mut Vec<Action>) {
        for process in self.indexes(|state| state.status == Status::Running) {
            self.record(process, RunState::Killed, now);
            actions.push(Action::Kill(process));
        }
    }

    fn start(&mut self, turn: Turn, now: Duration, actions: &mut Vec<Action>) {
        let mut room = self.room(turn);
        let mut ready = Vec::new();
        for index in 0..self.processes.len() {
            let is_extra = self.processes[index].is_extra;
            let can_start = self.is_free(index, turn) && self.ready_at(index) <= now;
            if can_start && (is_extra || room > 0) {
                room -= usize::from(!is_extra);
                ready.push(index);
            }
        }
        for index in ready {
            let state = &mut self.processes[index];
            state.status = Status::Running;
            state.runs.push(Run {
                state: RunState::Running,
                started: now,
                ended: None,
            });
            actions.push(Action::Start(index));
        }
    }

    fn record(&mut self, index: usize, ending: RunState, now: Duration) {
        let process = &self.task.processes[index];
        let state = &mut self.processes[index];
        if let Some(run) = state.runs.last_mut() {
            run.state = ending;
            run.ended = Some(now);
        }
        state.last_end = Some(now);
        let failed = matches!(ending, RunState::Failed(_));
        state.failures += usize::from(failed);
        let used_up = process
            .max_failures
            .is_some_and(|most| state.failures >= most);
        state.status = if state.runs.len() >= MOST_RUNS {
            Status::Failed
        } else if ending == RunState::Success && !process.is_daemon {
            Status::Finished
        } else if !failed || !used_up {
            Status::Idle
        } else if process.is_ephemeral {
            Status::Finished
        } else {
            Status::Failed
        };
    }

    fn is_of(&self, index: usize, turn: Turn) -> bool {
        self.task.processes[index].is_final == (turn == Turn::Final)
    }

    /// Whether a process could run but for the time between runs.
    fn is_free(&self, index: usize, turn: Turn) -> bool {
        self.is_due(index, turn) && !self.processes[index].held
    }

    /// Whether no other process of the task keeps this one from running.
    fn is_due(&self, index: usize, turn: Turn) -> bool {
        let finished = |&other: &usize| self.processes[other].status == Status::Finished;
        self.is_of(index, turn)
            && self.processes[index].status == Status::Idle
            && self.before[index].iter().all(finished)
    }

    fn ready_at(&self, index: usize) -> Duration {
        let pause = self.task.processes[index].min_duration;
        let last_end = self.processes[index].last_end;
        last_end.map_or(Duration::ZERO, |end| end + pause)
    }

    /// How many more processes may start.
    fn room(&self, turn: Turn) -> usize {
        let Some(most) = self.task.max_concurrency else {
            return usize::MAX;
        };
        let is_running = |state: &State| state.status == Status::Running && !state.is_extra;
        let running = self.indexes(is_running).into_iter();
        most.saturating_sub(running.filter(|&index| self.is_of(index, turn)).count())
    }

    /// When the next process may start, unless that takes the end of another one.
    fn next_start(&self, turn: Turn) -> Option<Duration> {
        let has_room = self.room(turn) > 0;
        let may_start = |index: &usize| has_room || self.processes[*index].is_extra;
        let free = (0..self.processes.len()).filter(|&index| self.is_free(index, turn));
        let free = free.filter(may_start);
        free.map(|index| self.ready_at(index)).min()
    }

    fn is_complete(&self, turn: Turn) -> bool {
        let mut processes = (0..self.processes.len()).filter(|&index| self.is_of(index, turn));
        processes.all(|index| {
            let done = matches!(
                self.processes[index].status,
                Status::Finished | Status::Failed
            );
            done || self.task.processes[index].is_ephemeral
        })
    }

    /// Whether nothing runs nor ever will, with something left to be done.
    fn is_stuck(&self, turn: Turn) -> bool {
        let idle = (0..self.processes.len()).all(|index| {
            !self.is_of(index, turn)
                || self.processes[index].status != Status::Running && !self.is_due(index, turn)
        });
        idle && !self.is_complete(turn)
    }

    fn is_healthy(&self) -> bool {
        let failed = |&index: &usize| {
            self.is_of(index, Turn::Ordinary) && self.processes[index].status == Status::Failed
        };
        let failed = (0..self.processes.len()).filter(failed).count();
        let bears = self.task.max_failures.is_none_or(|most| failed < most);
        bears && !self.is_stuck(Turn::Ordinary)
    }

    fn is_running(&self) -> bool {
        let mut states = self.processes.iter();
        states.any(|state| state.status == Status::Running)
    }

    fn indexes(&self, wanted: impl Fn(&State) -> bool) -> Vec<usize> {
        let indexed = self.processes.iter().enumerate();
        let wanted = indexed.filter(|(_, state)| wanted(state));
        wanted.map(|(index, _)| index).collect()
    }
}
