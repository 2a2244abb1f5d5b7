//! `jobc run`: tasks for corner cases, with what became of them under the real Thermos runner.
//!
//! A case is a file of `tests/run/`: the task, and under `thermos` the states and exit codes that
//! Thermos 0.23 gave each run, recorded with its polling intervals shortened. Where jobc differs on
//! purpose, `differs` says why and `expected` what it does.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::harness::{Run, Sandbox, report, repository, small_job};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows.
    #[expect(dead_code, reason = "for readers")]
    about: String,
    task: Value,
    /// More fields of the job.
    #[serde(default)]
    job: serde_json::Map<String, Value>,
    #[serde(default)]
    options: Vec<String>,
    /// The line of output on which the task is killed.
    kill: Option<String>,
    #[expect(dead_code, reason = "for the recording")]
    thermos_kill_after: Option<f64>,
    /// Whether the order in which processes start is the only one.
    #[serde(default)]
    in_order: bool,
    /// Processes whose number of runs is a matter of time.
    #[serde(default)]
    at_least: Vec<String>,
    #[serde(default)]
    logs: bool,
    differs: Option<String>,
    expected: Option<Fate>,
    thermos: Fate,
}

/// What became of a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Fate {
    task: String,
    processes: BTreeMap<String, Vec<(String, Option<i32>)>>,
    #[serde(default)]
    order: Vec<String>,
    #[serde(default)]
    logs: BTreeMap<String, String>,
}

fn cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(repository().join("tests/run")).expect("there are cases") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").display().to_string();
        let text = fs::read_to_string(&path).expect("a text");
        let case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        cases.push((name, case));
    }
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    cases
}

#[test]
fn as_thermos_does() {
    let cases = cases();
    assert!(cases.len() > 80);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some((name, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = check(case) {
                        let mut failures = failures.lock().expect("no panic");
                        failures.push(format!("{name}: {failure}"));
                    }
                }
            });
        }
    });
    report(&failures.into_inner().expect("no panic"));
}

fn check(case: &Case) -> Result<(), String> {
    let sandbox = Sandbox::new();
    let mut job = json!({
        "cluster": "devcluster", "role": "www", "environment": "devel", "name": "case"
    });
    let table = job.as_object_mut().expect("a table");
    table.extend(case.job.clone());
    table.insert("task".to_owned(), case.task.clone());
    if table["task"].get("name").is_none() {
        table["task"]["name"] = json!("t");
    }
    sandbox.file("compiled.json", job.to_string());
    let mut command = sandbox.command();
    command
        .args([
            "run",
            "compiled.json",
            "--sandbox",
            "sandbox",
            "--message-format",
            "json",
        ])
        .args(&case.options);
    let Run {
        stdout,
        stderr,
        status,
    } = match &case.kill {
        None => sandbox.finish(&mut command),
        Some(line) => {
            let line = format!("| {line}");
            kill_at(&mut command, &line, &[Signal::TERM])
        }
    };
    let last = stderr.lines().last().unwrap_or_default();
    let result: Value = serde_json::from_str(last).map_err(|_| format!("{status}: {stderr}"))?;
    let mut expected = case
        .expected
        .clone()
        .unwrap_or_else(|| case.thermos.clone());
    if case.expected.is_some() != case.differs.is_some() {
        return Err("a difference needs a reason".to_owned());
    }
    // What Thermos has prepared and never started.
    for runs in expected.processes.values_mut() {
        runs.retain(|run| run.1.is_some());
    }
    expected.processes.retain(|_, runs| !runs.is_empty());
    let mut fate = fate(&result);
    fate.processes.retain(|_, runs| !runs.is_empty());
    for name in &case.at_least {
        for runs in [&mut fate, &mut expected] {
            let runs = runs
                .processes
                .get_mut(name)
                .ok_or(format!("`{name}` never ran"))?;
            runs.dedup();
        }
    }
    let code = i32::from(fate.task != "SUCCESS");
    if (&fate.task, &fate.processes, code) != (&expected.task, &expected.processes, status) {
        return Err(format!(
            "expected {expected:?}\nfound {fate:?}\n{status} {stdout}"
        ));
    }
    if case.in_order {
        let order = order(&sandbox.path().join("sandbox/.logs"));
        if order != expected.order {
            return Err(format!(
                "expected order {:?}, found {order:?}",
                expected.order
            ));
        }
    }
    if case.logs {
        let logs = logs(&sandbox);
        if logs != expected.logs {
            return Err(format!("expected {:?}\nfound {logs:?}", expected.logs));
        }
    }
    Ok(())
}

fn fate(result: &Value) -> Fate {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let processes = result["processes"].as_array().expect("a list").iter();
    let processes = processes.map(|process| {
        let runs = process["runs"].as_array().expect("a list").iter();
        let runs = runs.map(|run| {
            let code = run["return_code"].as_i64();
            let code = code.map(|code| i32::try_from(code).expect("a code"));
            (text(&run["state"]), code)
        });
        (text(&process["name"]), runs.collect())
    });
    Fate {
        task: text(&result["task"]),
        processes: processes.collect(),
        order: Vec::new(),
        logs: BTreeMap::new(),
    }
}

/// The processes in the order in which the directories of their logs were made.
fn order(logs: &Path) -> Vec<String> {
    let mut made: Vec<_> = fs::read_dir(logs)
        .expect("logs")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let first = fs::metadata(entry.path().join("0")).expect("a first run");
            let created = first.created().or_else(|_| first.modified());
            let name = entry.file_name().display().to_string();
            (created.expect("a time"), name)
        })
        .collect();
    made.sort();
    made.into_iter().map(|(_, name)| name).collect()
}

fn logs(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let names = sandbox.list("sandbox/.logs").into_iter();
    let read = |name: String| {
        let path = sandbox.path().join("sandbox/.logs").join(&name);
        (name, fs::read_to_string(path).expect("a text"))
    };
    names.map(read).collect()
}

/// Runs the command and sends it signals, the first when `line` has come, each further one at the
/// next line.
fn kill_at(command: &mut Command, line: &str, signals: &[Signal]) -> Run {
    let mut child = start(command);
    let pid = pid(&child);
    let mut signals = signals.iter();
    let mut stdout = String::new();
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut started = false;
    while let Some(Ok(text)) = lines.next() {
        stdout.push_str(&text);
        stdout.push('\n');
        started |= text.ends_with(line);
        if started && let Some(&signal) = signals.next() {
            kill_process(pid, signal).expect("it runs");
        }
    }
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    pipe.read_to_string(&mut stderr).expect("text");
    let status = child.wait().expect("it ends").code().unwrap_or(-1);
    Run {
        stdout,
        stderr,
        status,
    }
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("jobc can be started")
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a number")).expect("a process")
}

fn compiled(processes: &Value) -> String {
    json!({
        "cluster": "devcluster", "role": "www", "environment": "devel", "name": "case",
        "task": {"name": "t", "processes": processes}
    })
    .to_string()
}
