//! What became of a task, in a table or as an object.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::diagnostic::render::visible;
use crate::run::world::JobOutcome;
use crate::run::{Fate, Run, RunState, Task};

/// The most endings of a process that are listed one by one.
const MOST: usize = 8;

/// What became of a task.
#[derive(Debug, Serialize)]
pub(super) struct TaskReport {
    task: &'static str,
    key: String,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<PathBuf>,
    processes: Vec<Process>,
}

/// What became of a process.
#[derive(Debug, Serialize)]
struct Process {
    name: String,
    /// `SKIPPED`, `WAITING` if it never ran, or the state of its last run.
    state: &'static str,
    runs: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    state: &'static str,
    return_code: Option<i32>,
    /// In seconds since the task started.
    started: f64,
    ended: Option<f64>,
    #[serde(skip)]
    shown: String,
}

impl TaskReport {
    pub(super) fn new(task: &Task, outcome: &JobOutcome, sandbox: Option<&Path>) -> Self {
        let processes = task.processes.iter().zip(&outcome.runs);
        let processes = processes.map(|(process, runs)| {
            let ended: Vec<Line> = runs.iter().flatten().map(Line::new).collect();
            let state = match (runs, ended.last()) {
                (None, _) => "SKIPPED",
                (Some(_), None) => "WAITING",
                (Some(_), Some(last)) => last.state,
            };
            Process {
                name: process.name.clone(),
                state,
                runs: ended,
            }
        });
        Self {
            task: match outcome.fate {
                Fate::Success => "SUCCESS",
                Fate::Failed => "FAILED",
                Fate::Killed => "KILLED",
            },
            key: task.key.to_string(),
            seconds: outcome.took.as_secs_f64(),
            sandbox: sandbox.map(Path::to_owned),
            processes: processes.collect(),
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = table("process", &self.rows(""));
        let what = self.ended();
        text.push_str(&format!(
            "the task of {} {what} after {:.1} s\n",
            self.key, self.seconds
        ));
        if let Some(sandbox) = &self.sandbox {
            text.push_str(&format!("the sandbox is {}\n", sandbox.display()));
        }
        text
    }

    /// What it came to, as a verb.
    pub(super) fn ended(&self) -> &'static str {
        match self.task {
            "SUCCESS" => "succeeded",
            "FAILED" => "failed",
            _ => "was killed",
        }
    }

    /// What it came to, as the state of a process is told.
    pub(super) fn state(&self) -> String {
        self.task.to_lowercase()
    }

    /// A row for each process, whose name begins so.
    pub(super) fn rows(&self, prefix: &str) -> Vec<Row> {
        let row = |process: &Process| {
            [
                visible::line(&format!("{prefix}{}", process.name)),
                process.state.to_lowercase(),
                process.runs.len().to_string(),
                codes(&process.runs),
            ]
        };
        self.processes.iter().map(row).collect()
    }
}

/// The name of a process, its state, how often it ran, and how these runs ended.
pub(super) type Row = [String; 4];

/// A table of processes, called `what`.
pub(super) fn table(what: &str, processes: &[Row]) -> String {
    let head = [what, "state", "runs", "exit codes"].map(str::to_owned);
    let rows = || std::iter::once(&head).chain(processes);
    let width = |column: usize| {
        let cells = rows().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let [first, second, third] = [width(0), width(1), width(2)];
    let mut text = String::new();
    for [name, state, runs, codes] in rows() {
        let line = format!("{name:first$}  {state:second$}  {runs:>third$}  {codes}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

impl Line {
    fn new(run: &Run) -> Self {
        let (state, shown) = match run.state {
            RunState::Running => ("RUNNING", "-".to_owned()),
            RunState::Success => ("SUCCESS", "0".to_owned()),
            RunState::Failed(code) => ("FAILED", code.to_string()),
            RunState::Signal(signal) => ("KILLED", signal_name(signal)),
            RunState::Killed => ("KILLED", "killed".to_owned()),
        };
        Self {
            state,
            return_code: run.return_code(),
            started: run.started.as_secs_f64(),
            ended: run.ended.map(|ended| ended.as_secs_f64()),
            shown,
        }
    }
}

/// How the runs ended, the same endings in a row counted.
fn codes(runs: &[Line]) -> String {
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for run in runs {
        match groups.last_mut() {
            Some((shown, count)) if *shown == run.shown => *count += 1,
            _ => groups.push((&run.shown, 1)),
        }
    }
    let hidden = groups.len().saturating_sub(MOST);
    let listed = groups
        .iter()
        .skip(hidden)
        .map(|(shown, count)| match count {
            1 => (*shown).to_owned(),
            count => format!("{shown} ({count} times)"),
        });
    let listed: Vec<_> = listed.collect();
    let before = if hidden > 0 { "..., " } else { "" };
    format!("{before}{}", listed.join(", "))
}

fn signal_name(signal: i32) -> String {
    match signal_hook::low_level::signal_name(signal) {
        Some(name) => name.to_owned(),
        None => format!("signal {signal}"),
    }
}
