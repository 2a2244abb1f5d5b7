//! A compiled job's JSON made into a task, as Aurora's client and Thermos take it: with defaults,
//! with strings where numbers belong, and with unknown fields left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use crate::plan::Plan;
use crate::target::aurora::{self, Table};
use crate::template::{Agent, Json, OfFile};
use crate::vocabulary::{
    ANNOUNCER, CONSTRAINT, Completion, LOGGER, PROCESS, ROTATE_POLICY, Struct, TASK, TooManyTables,
};

use super::fields::Reader;
use super::order;
use super::problem::Problem;
use super::reading::{Reading, Scope, nobody};
use super::{Destination, Key, Logger, PortNames, Process, Rotation, Task};

/// A compiled file.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// Its jobs, in the order written.
    pub jobs: Vec<CompiledJob>,
}

/// A compiled job, defaults filled in.
#[derive(Debug, Clone)]
pub struct CompiledJob {
    pub(super) table: Table,
}

impl Compiled {
    /// Reads a file's text: one job, or `{"jobs": [...]}`.
    ///
    /// # Errors
    /// If it is no JSON, or holds no job.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let value = aurora::parse(text)
            .map_err(|error| Problem::new("", format!("expected JSON: {error}")))?;
        let Value::Object(table) = value else {
            return Err(Problem::new("", "expected a job, found no table"));
        };
        let Some(jobs) = table.get("jobs") else {
            return Self::of([&table]);
        };
        let tables: Option<Vec<&Table>> = jobs
            .as_array()
            .and_then(|jobs| jobs.iter().map(Value::as_object).collect());
        match tables.filter(|tables| !tables.is_empty()) {
            Some(tables) => Self::of(tables),
            None => Err(Problem::new("jobs", "expected a list of jobs")),
        }
    }

    /// The job of a plan, as a file with its text would hold it.
    ///
    /// # Errors
    /// If it has too many tables.
    pub fn of_plan(plan: &Plan) -> Result<Self, Problem> {
        Self::of([&aurora::tree(plan)])
    }

    fn of<'t>(tables: impl IntoIterator<Item = &'t Table>) -> Result<Self, Problem> {
        let mut completion = Completion::default();
        let job = |table: &Table| {
            let many =
                |TooManyTables| Problem::new("", "expected a job, found too many tables for one");
            let table = completion.complete(table).map_err(many)?;
            Ok(CompiledJob { table })
        };
        Ok(Self {
            jobs: tables.into_iter().map(job).collect::<Result<_, _>>()?,
        })
    }
}

impl CompiledJob {
    /// What identifies it.
    ///
    /// # Errors
    /// If it does not say so.
    pub fn key(&self) -> Result<Key, Vec<Problem>> {
        let agent = nobody();
        let reading = Reading::default();
        let mut reader = Reader::default();
        let scope = reading.scope(&self.table, &agent);
        let key = reader.key(&self.table, &scope);
        reader.finish(key)
    }

    /// The names of ports that the task refers to, and the announcer's map of them.
    ///
    /// # Errors
    /// If the task cannot be run.
    pub fn ports(&self) -> Result<PortNames, Vec<Problem>> {
        let agent = nobody();
        let reading = Reading::default();
        let mut reader = Reader::default();
        let scope = reading.scope(&self.table, &agent);
        let task = reader.task(&self.table, &scope);
        let portmap = reader.portmap(&self.table, &scope);
        reader.finish(task)?;
        let asked = reading.asked.into_inner();
        Ok(PortNames { asked, portmap })
    }

    /// Its task, run by `agent`.
    ///
    /// # Errors
    /// If it cannot be run.
    pub fn task(&self, agent: &Agent) -> Result<Task, Vec<Problem>> {
        let reading = Reading::default();
        let mut reader = Reader::default();
        let scope = reading.scope(&self.table, agent);
        let task = reader.task(&self.table, &scope);
        reader.finish(task)
    }
}

impl Reader {
    fn key(&mut self, job: &Table, scope: &Scope<'_>) -> Key {
        let mut word = |field: &str| {
            let word = self.required(job, scope, "", field);
            let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
            if let Some(word) = &word
                && !(word.chars().all(plain) && (1..=255).contains(&word.len()))
            {
                self.problem(
                    field,
                    format!("expected letters, digits, `-`, `_` and `.`, found `{word}`"),
                );
            }
            word.unwrap_or_default()
        };
        Key {
            cluster: word("cluster"),
            role: word("role"),
            environment: word("environment"),
            name: word("name"),
        }
    }

    fn portmap(&mut self, job: &Table, scope: &Scope<'_>) -> BTreeMap<String, String> {
        let Some(announce) = job.get("announce").and_then(Value::as_object) else {
            return BTreeMap::new();
        };
        let scope = inside(scope, announce, &ANNOUNCER);
        let Some(portmap) = announce.get("portmap").and_then(Value::as_object) else {
            self.problem("announce.portmap", "expected a table of ports");
            return BTreeMap::new();
        };
        let mut ports = BTreeMap::new();
        for (name, value) in portmap {
            let at = format!("announce.portmap.{name}");
            if let Some(value) = self.text(value, &scope, &at) {
                ports.insert(name.clone(), value);
            }
        }
        ports
    }

    fn task(&mut self, job: &Table, scope: &Scope<'_>) -> Task {
        let key = self.key(job, scope);
        let empty = Table::new();
        let task = match job.get("task") {
            Some(Value::Object(task)) => task,
            Some(_) => {
                self.problem("task", "expected a table");
                &empty
            }
            None => {
                self.problem("", "the job has no `task`");
                &empty
            }
        };
        let scope = inside(scope, task, &TASK);
        let processes = if self.problems.iter().any(|problem| problem.at == "task")
            || !job.contains_key("task")
        {
            Vec::new()
        } else {
            self.processes(task, &scope)
        };
        let mut number = |field: &str| self.number(task, &scope, "task", field);
        let max_failures = number("max_failures");
        let max_concurrency = number("max_concurrency");
        let finalization_wait = number("finalization_wait");
        let order = self.order(task, &scope, &processes);
        Task {
            key,
            processes,
            order,
            max_failures: unlimited(max_failures),
            max_concurrency: unlimited(max_concurrency),
            finalization_wait: seconds(finalization_wait),
        }
    }

    fn processes(&mut self, task: &Table, scope: &Scope<'_>) -> Vec<Process> {
        let list = match task.get("processes") {
            Some(Value::Array(list)) => list.as_slice(),
            Some(_) => {
                self.problem("task.processes", "expected a list of processes");
                &[]
            }
            None => {
                self.problem("task", "the task has no `processes`");
                &[]
            }
        };
        let mut processes: Vec<Process> = Vec::new();
        let mut names = BTreeSet::new();
        for (index, value) in list.iter().enumerate() {
            let at = format!("task.processes[{index}]");
            let Some(table) = value.as_object() else {
                self.problem(at, "expected a process");
                continue;
            };
            let Some(process) = self.process(table, &inside(scope, table, &PROCESS), &at) else {
                continue;
            };
            if !names.insert(process.name.clone()) {
                self.problem(at, format!("two processes are called `{}`", process.name));
                continue;
            }
            processes.push(process);
        }
        processes
    }

    fn process(&mut self, table: &Table, scope: &Scope<'_>, at: &str) -> Option<Process> {
        let name = self.required(table, scope, at, "name");
        let command = self.required(table, scope, at, "cmdline");
        let mut number = |field: &str| self.number(table, scope, at, field);
        let max_failures = number("max_failures");
        let min_duration = number("min_duration");
        let mut flag = |field: &str| self.flag(table, scope, at, field);
        let (is_daemon, is_ephemeral, is_final) =
            (flag("daemon"), flag("ephemeral"), flag("final"));
        let logger = self.logger(table, scope, at);
        let (name, command) = (name?, command?);
        let wrong = if name.is_empty() || name.starts_with('.') {
            Some("a name that does not begin with a full stop")
        } else if name.contains(['/', '\0']) {
            Some("a name without `/`")
        } else if name.len() > 255 {
            Some("a name of 255 bytes at most")
        } else {
            None
        };
        if let Some(expected) = wrong {
            self.problem(
                format!("{at}.name"),
                format!("expected {expected}, found `{name}`"),
            );
        }
        if command.contains('\0') {
            self.problem(format!("{at}.cmdline"), "expected no NUL character");
        }
        Some(Process {
            name,
            command,
            max_failures: unlimited(max_failures),
            min_duration: seconds(min_duration),
            is_daemon,
            is_ephemeral,
            is_final,
            logger,
        })
    }

    fn logger(&mut self, process: &Table, scope: &Scope<'_>, at: &str) -> Logger {
        let default = Logger {
            destination: Destination::File,
            rotation: None,
        };
        let at = format!("{at}.logger");
        let table = match process.get("logger") {
            None => return default,
            Some(Value::Object(table)) => table,
            Some(_) => {
                self.problem(at, "expected a table");
                return default;
            }
        };
        let scope = inside(scope, table, &LOGGER);
        let destination = match self.required(table, &scope, &at, "destination").as_deref() {
            Some("file") | None => Destination::File,
            Some("console") => Destination::Console,
            Some("both") => Destination::Both,
            Some("none") => Destination::None,
            Some(other) => {
                let expected = "`file`, `console`, `both` or `none`";
                self.problem(
                    format!("{at}.destination"),
                    format!("expected {expected}, found `{other}`"),
                );
                Destination::File
            }
        };
        let rotates = match self.required(table, &scope, &at, "mode").as_deref() {
            Some("standard") | None => false,
            Some("rotate") => true,
            Some(other) => {
                let what = format!("expected `standard` or `rotate`, found `{other}`");
                self.problem(format!("{at}.mode"), what);
                false
            }
        };
        let empty = Table::new();
        let rotate = table
            .get("rotate")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let inside = inside(&scope, rotate, &ROTATE_POLICY);
        let at = format!("{at}.rotate");
        let mut number = |field: &str| {
            if rotate.contains_key(field) {
                self.number(rotate, &inside, &at, field)
            } else {
                ROTATE_POLICY.count(field)
            }
        };
        let (size, backups) = (number("log_size"), number("backups"));
        if rotates && (size == 0 || backups == 0) {
            self.problem(at, "expected a size and backups of one at least");
        }
        Logger {
            destination,
            rotation: rotates.then(|| Rotation {
                size,
                backups: u32::try_from(backups).unwrap_or(u32::MAX).min(1000),
            }),
        }
    }

    fn order(
        &mut self,
        task: &Table,
        scope: &Scope<'_>,
        processes: &[Process],
    ) -> Vec<(usize, usize)> {
        let Some(Value::Array(constraints)) = task.get("constraints") else {
            self.problem("task.constraints", "expected a list of constraints");
            return Vec::new();
        };
        // Names of processes that could not be read would be missed here.
        let complete = self.problems.is_empty();
        let indexes = order::indexes(processes);
        let mut order = Vec::new();
        for (index, constraint) in constraints.iter().enumerate() {
            let at = format!("task.constraints[{index}].order");
            let names = constraint.as_object().and_then(|table| {
                let names = table.get("order")?.as_array()?;
                Some((inside(scope, table, &CONSTRAINT), names))
            });
            let Some((scope, names)) = names else {
                self.problem(at, "expected a list of names");
                continue;
            };
            let names: Vec<_> = names
                .iter()
                .filter_map(|name| self.text(name, &scope, &at))
                .collect();
            if !complete {
                continue;
            }
            match order::pairs(&names, processes, &indexes) {
                Ok(pairs) => order.extend(pairs),
                Err(problems) => {
                    for what in problems {
                        self.problem(at.clone(), what);
                    }
                }
            }
        }
        if complete && let Some(circle) = order::circle(processes.len(), &order) {
            let names: Vec<_> = circle
                .into_iter()
                .map(|index| format!("`{}`", processes[index].name))
                .collect();
            let what = format!("the order of processes is a circle: {}", names.join(" -> "));
            self.problem("task.constraints", what);
        }
        order
    }
}

/// `scope` around a field of a table inside.
fn inside<'a>(scope: &Scope<'a>, table: &'a Table, of: &'static Struct) -> Scope<'a> {
    let table = OfFile::table(Json::Table(table), of);
    scope.clone().inside(table)
}

fn unlimited(number: u64) -> Option<usize> {
    (number != 0).then(|| usize::try_from(number).unwrap_or(usize::MAX))
}

/// Waiting this long is as good as waiting for ever.
fn seconds(number: u64) -> Duration {
    Duration::from_secs(number.min(u64::from(u32::MAX)))
}
