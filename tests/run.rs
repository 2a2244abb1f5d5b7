//! `jobc run`: tasks for corner cases, with what became of them under the real Thermos runner.
//!
//! A case is a file of `tests/run/`: the task, and under `thermos` the states and exit codes that
//! Thermos 0.23 gave each run, recorded with its polling intervals shortened. Where jobc differs on
//! purpose, `differs` says why and `expected` what it does.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::{Value, json};

use jobc::run::Compiled;
use jobc::store::StoreDir;
use jobc::target::aurora::AddedStep;
use jobc::template::Agent;

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
    let task = table["task"].as_object_mut().expect("a table");
    task.entry("name").or_insert(json!("t"));
    task.entry("resources")
        .or_insert(json!({"cpu": 0.5, "ram": 64 << 20, "disk": 64 << 20}));
    sandbox.file("compiled.json", job.to_string());
    let mut command = command(&sandbox);
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
    if result["processes"].is_null() {
        return Err(format!("{status}: {stderr}"));
    }
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
            runs.truncate(1);
        }
    }
    let code = i32::from(fate.task != "SUCCESS");
    if (&fate.task, &fate.processes, code) != (&expected.task, &expected.processes, status) {
        return Err(format!(
            "expected {expected:?}\nfound {fate:?}\n{status} {stdout}"
        ));
    }
    if case.in_order {
        let order = order(&result);
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

/// The processes in the order in which they first started.
fn order(result: &Value) -> Vec<String> {
    let processes = result["processes"].as_array().expect("a list").iter();
    let mut started: Vec<_> = processes
        .filter_map(|process| {
            let started = process["runs"][0]["started"].as_f64()?;
            Some((started, process["name"].as_str()?.to_owned()))
        })
        .collect();
    started.sort_by(|a, b| a.0.total_cmp(&b.0));
    started.into_iter().map(|(_, name)| name).collect()
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
pub fn kill_at(command: &mut Command, line: &str, signals: &[Signal]) -> Run {
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

pub fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("jobc can be started")
}

pub fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a number")).expect("a process")
}

/// The command, with its temporary files in the directory that goes with the test.
pub fn command(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.command();
    command.env("TMPDIR", sandbox.path());
    command
}

pub fn jobc<S: AsRef<std::ffi::OsStr>>(
    sandbox: &Sandbox,
    arguments: impl IntoIterator<Item = S>,
) -> Run {
    sandbox.finish(command(sandbox).args(arguments))
}

/// A compiled job with these processes.
fn compiled(processes: &Value) -> String {
    job(&json!({"name": "t", "processes": processes}))
}

fn job(task: &Value) -> String {
    json!({
        "cluster": "devcluster", "role": "www", "environment": "devel", "name": "case",
        "task": task
    })
    .to_string()
}

/// Runs a compiled job and returns what was printed and how it ended.
fn run_compiled(text: &str, options: &[&str]) -> Run {
    let sandbox = Sandbox::new();
    sandbox.file("c.json", text);
    jobc(&sandbox, ["run", "c.json"].iter().chain(options))
}

/// The headlines of what is wrong with a compiled job.
#[track_caller]
fn wrong(text: &str, expected: &[&str]) {
    let run = run_compiled(text, &["--message-format", "short"]);
    let found: Vec<_> = run.stderr.lines().collect();
    assert_eq!(found, expected, "{text}");
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
}

fn what_cannot_be_run() {
    let process = |more: &str| {
        format!(
            r#"{{"cluster":"c","role":"r","environment":"e","name":"n","task":{{"name":"t",{more}}}}}"#
        )
    };
    wrong(
        "[",
        &["error: `c.json`: expected JSON: EOF while parsing a list at line 1 column 1"],
    );
    wrong("[]", &["error: `c.json`: expected a job, found no table"]);
    wrong(
        r#"{"jobs": []}"#,
        &["error: `c.json`: `jobs`: expected a list of jobs"],
    );
    wrong(
        r#"{"role": "a b", "environment": null, "task": {}}"#,
        &[
            "error: `cluster`: expected a text, found nothing",
            "error: `role`: expected letters, digits, `-`, `_` and `.`, found `a b`",
            "error: `environment`: expected a text, found null",
            "error: `name`: `{{processes[0].name}}` is unknown here",
        ],
    );
    wrong(
        &process("").replace(r#""t","#, r#""t""#),
        &["error: `task`: the task has no `processes`"],
    );
    wrong(
        &process(
            r#""processes":[{"name":"a/b","cmdline":"x"},{"cmdline":"{{a b}} {{x}}"},{"name":".a","cmdline":"{{task}} {{self.cmdline}}"},3]"#,
        ),
        &[
            "error: `task.processes[0].name`: expected a name without `/`, found `a/b`",
            "error: `task.processes[1].name`: expected a text, found nothing",
            "error: `task.processes[1].cmdline`: `{{a b}}` is no reference",
            "error: `task.processes[2].cmdline`: `{{task}}` is a table or a list, not text",
            "error: `task.processes[3]`: expected a process",
        ],
    );
    wrong(
        &process(
            r#""processes":[{"name":"a","cmdline":"{{b}}","max_failures":"x","daemon":"maybe","min_duration":-1,"logger":{"mode":"x","destination":"y"}}]"#,
        ),
        &[
            "error: `task.processes[0].cmdline`: `{{b}}` is unknown here",
            "error: `task.processes[0].max_failures`: expected a whole number, found `x`",
            "error: `task.processes[0].min_duration`: expected no negative number, found -1",
            "error: `task.processes[0].daemon`: expected true or false, found `maybe`",
            "error: `task.processes[0].logger.destination`: expected `file`, `console`, `both` or `none`, found `y`",
            "error: `task.processes[0].logger.mode`: expected `standard` or `rotate`, found `x`",
        ],
    );
    wrong(
        &process(r#""processes":[{"name":"a","cmdline":"{{cmdline}}"},{"name":"a","cmdline":""}]"#),
        &["error: `task.processes[0].cmdline`: the value of `{{cmdline}}` leads back to itself"],
    );
    wrong(
        &process(r#""processes":[{"name":"a","cmdline":""},{"name":"a","cmdline":""}]"#),
        &["error: `task.processes[1]`: two processes are called `a`"],
    );
    let order = |processes: &str, order: &str| {
        process(&format!(
            r#""processes":[{processes}],"constraints":[{order}]"#
        ))
    };
    let abc = r#"{"name":"a","cmdline":""},{"name":"b","cmdline":"","final":true},{"name":"c","cmdline":"","daemon":true},{"name":"d","cmdline":"","ephemeral":true}"#;
    wrong(
        &order(
            abc,
            r#"{"order":["a","x"]},{"order":["a","b"]},{"order":["c","a"]},{"order":["d","a"]},{"order":[]},{}"#,
        ),
        &[
            "error: `task.constraints[0].order`: no process is called `x`",
            "error: `task.constraints[1].order`: `a` and `b` cannot be ordered: one of them is final, the other is not",
            "error: `task.constraints[2].order`: `a` cannot wait for `c`, a daemon",
            "error: `task.constraints[3].order`: `a` cannot wait for `d`, which is ephemeral",
            "error: `task.constraints[4].order`: expected names of processes, found none",
            "error: `task.constraints[5].order`: expected a list of names",
        ],
    );
    wrong(
        &order(
            r#"{"name":"a","cmdline":""},{"name":"b","cmdline":""},{"name":"c","cmdline":""}"#,
            r#"{"order":["a","b","a"]},{"order":["a","c"]}"#,
        ),
        &["error: `task.constraints`: the order of processes is a circle: `a` -> `b` -> `a`"],
    );
}

fn what_makes_no_sense() {
    let text = compiled(&json!([{"name": "a", "cmdline": "echo {{thermos.ports[http]}}"}]));
    let check = |options: &[&str], expected: &str| {
        let run = run_compiled(&text, options);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    };
    check(
        &["--port", "htp=1"],
        "error: the job has no port `htp`\n |\n = help: did you mean `http`?",
    );
    check(
        &["--port", "http"],
        "expected NAME=N with a number from 1 to 65535",
    );
    check(
        &["--port", "http=1", "--port", "http=2"],
        "port `http` is given twice",
    );
    check(&["--key", "a/b/c/d"], "`c.json` holds no job `a/b/c/d`");
    check(&["--sandbox", "c.json"], "cannot use the sandbox `c.json`");
    let several = format!(r#"{{"jobs":[{text},{}]}}"#, text.replace("case", "other"));
    let run = run_compiled(&several, &[]);
    assert!(
        run.stderr.contains("`c.json` holds 2 jobs"),
        "{}",
        run.stderr
    );
    let run = run_compiled(
        &several,
        &["--key", "devcluster/www/devel/other", "--port", "http=7"],
    );
    assert_eq!((run.stdout.as_str(), run.status), ("a | 7\n", 0));
    let run = jobc(&Sandbox::new(), ["run", "missing.json"]);
    assert!(
        run.stderr.contains("error: `missing.json` is no file"),
        "{}",
        run.stderr
    );
}

fn what_is_printed() {
    let text = job(&json!({
        "name": "t",
        "processes": [
            {"name": "first", "cmdline": "echo out; printf 'no newline'"},
            {"name": "b", "cmdline": "echo err >&2; exit 3", "max_failures": 2, "min_duration": 0}
        ],
        "constraints": [{"order": ["first", "b"]}]
    }));
    let run = run_compiled(&text, &["--sandbox", "s"]);
    // Nobody promises that the last line of one process comes before the first one of the next.
    let lines = |name: &str| -> Vec<&str> {
        let lines = run.stdout.lines();
        lines.filter(|line| line.starts_with(name)).collect()
    };
    assert_eq!(lines("first "), ["first | out", "first | no newline"]);
    assert_eq!(lines("b "), ["b     ! err", "b     ! err"]);
    assert_eq!(run.stdout.lines().count(), 4, "{}", run.stdout);
    let (before, after) = run.stderr.split_once(" after ").expect("a time");
    assert_eq!(
        before,
        "process  state    runs  exit codes\n\
         first    success     1  0\n\
         b        failed      2  3 (2 times)\n\
         the task of devcluster/www/devel/case failed"
    );
    let (_, sandbox) = after.split_once('\n').expect("a line");
    assert_eq!((sandbox, run.status), ("the sandbox is [DIR]/s\n", 1));
}

fn sandboxes_go_after_a_success() {
    let check = |command: &str, options: &[&str], stays: bool| {
        let sandbox = Sandbox::new();
        sandbox.file("tmp/x", "");
        sandbox.file(
            "c.json",
            compiled(&json!([{"name": "a", "cmdline": command}])),
        );
        let mut jobc = sandbox.command();
        jobc.env("TMPDIR", sandbox.path().join("tmp"));
        let run = sandbox.finish(jobc.args(["run", "c.json"]).args(options));
        let left = fs::read_dir(sandbox.path().join("tmp")).expect("it is there");
        assert_eq!(left.count(), 1 + usize::from(stays), "{}", run.stderr);
        assert_eq!(
            run.stderr
                .contains("the sandbox is [DIR]/tmp/jobc-run-case-"),
            stays
        );
    };
    check("true", &[], false);
    check("false", &[], true);
    check("true", &["--keep"], true);
}

fn logs_of_another_task_are_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "c.json",
        compiled(&json!([{"name": "a", "cmdline": "true"}])),
    );
    let run = || jobc(&sandbox, ["run", "c.json", "--sandbox", "s"]);
    assert_eq!(run().status, 0);
    let again = run();
    assert_eq!(again.status, 2);
    assert_eq!(
        again.stderr,
        "error: cannot use the sandbox `s`: it has the logs of another task: remove its `.logs`\n"
    );
}

fn what_a_killed_run_has_left_is_removed() {
    let sandbox = Sandbox::new();
    let job = small_job("hello", "").replace("echo hello", "cat ${./hello.txt}");
    sandbox
        .file("jobc.toml", "")
        .file("job.toml", job)
        .file("hello.txt", "hello\n")
        .file("tmp/jobc-store-left/store/object/file", "")
        .file("tmp/jobc-storehouse/file", "");
    let object = sandbox.path().join("tmp/jobc-store-left/store/object");
    fs::set_permissions(object, fs::Permissions::from_mode(0o555)).expect("it is ours");
    let mut command = sandbox.command();
    command.env("TMPDIR", sandbox.path().join("tmp"));
    let run = sandbox.finish(command.args(["run", "hello", "--realise", "never"]));
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(sandbox.list("tmp"), ["jobc-storehouse/file"]);
}

fn a_second_interrupt_kills_at_once() {
    let deaf = "trap '' TERM; echo ready; while :; do sleep 1.3; echo again; done";
    let sandbox = Sandbox::new();
    sandbox.file(
        "c.json",
        compiled(&json!([
            {"name": "a", "cmdline": deaf},
            {"name": "f", "cmdline": "echo final", "final": true}
        ])),
    );
    let mut command = command(&sandbox);
    command.args(["run", "c.json", "--message-format", "json"]);
    let run = kill_at(&mut command, "| ready", &[Signal::INT, Signal::HUP]);
    let result: Value = serde_json::from_str(run.stderr.trim()).expect("a result");
    assert_eq!((result["task"].as_str(), run.status), (Some("KILLED"), 1));
    assert!(!run.stdout.contains("final"));
}

fn a_signal_that_arrives_twice_is_one() {
    let gentle = "trap 'sleep 0.3; echo clean; exit 1' TERM; echo ready; echo ready; \
                  while :; do sleep 0.05; done";
    let sandbox = Sandbox::new();
    sandbox.file(
        "c.json",
        compiled(&json!([
            {"name": "a", "cmdline": gentle},
            {"name": "f", "cmdline": "echo final", "final": true}
        ])),
    );
    let mut command = command(&sandbox);
    command.args(["run", "c.json"]);
    let run = kill_at(&mut command, "| ready", &[Signal::TERM, Signal::TERM]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    for line in ["clean", "final"] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
}

/// What a line of output says that a process has written: the numbers of processes.
pub fn numbers(
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
    count: usize,
) -> Vec<Pid> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        let line = lines.next().expect("more lines").expect("a line");
        let number = line.rsplit(' ').next().and_then(|word| word.parse().ok());
        numbers.extend(number.and_then(Pid::from_raw));
    }
    numbers
}

pub fn wait_until_gone(processes: &[Pid]) {
    let there = |pid: &Pid| {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
        // What has ended and whose end nobody has seen yet is gone.
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    };
    wait_for(|| !processes.iter().any(there));
}

pub fn wait_for(condition: impl Fn() -> bool) {
    for _ in 0..600 {
        if condition() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came to that");
}

pub const FAMILY: &str = "echo $$; (trap '' TERM; echo $BASHPID; sleep 600) & \
                      setsid sh -c 'trap \"\" TERM; echo $$; sleep 600' & wait";

fn nothing_is_left_behind() {
    let sandbox = Sandbox::new();
    let bad = "until [ -e go ]; do sleep 0.05; done; exit 1";
    sandbox.file(
        "c.json",
        job(&json!({
            "name": "t", "finalization_wait": 1,
            "processes": [{"name": "a", "cmdline": FAMILY}, {"name": "bad", "cmdline": bad}]
        })),
    );
    let mut child = start(command(&sandbox).args(["run", "c.json", "--sandbox", "s"]));
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let family = numbers(&mut lines, 3);
    sandbox.file("s/go", "");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    let there = |pid: &Pid| Path::new(&format!("/proc/{}", pid.as_raw_nonzero())).exists();
    let left: Vec<_> = family.iter().filter(|pid| there(pid)).collect();
    assert!(left.is_empty(), "{left:?}");
}

fn a_killed_jobc_takes_its_processes_along() {
    let sandbox = Sandbox::new();
    let family = "echo $$; (trap '' TERM HUP PIPE; echo $BASHPID; exec sleep 600) & wait";
    sandbox.file(
        "c.json",
        compiled(&json!([{"name": "a", "cmdline": family}])),
    );
    let mut child = start(command(&sandbox).args(["run", "c.json", "--sandbox", "s"]));
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let family = numbers(&mut lines, 2);
    kill_process(pid(&child), Signal::KILL).expect("it runs");
    child.wait().expect("it ends");
    wait_until_gone(&family);
}

fn many_lines_stay_whole() {
    let command =
        "for i in $(seq 300); do echo xxxxxxxxxxxxxxxxxxxx; echo yyyyyyyyyyyyyyyyyyyy >&2; done";
    let processes: Vec<_> = (0..8)
        .map(|index| json!({"name": format!("p{index}"), "cmdline": command}))
        .collect();
    let run = run_compiled(&compiled(&json!(processes)), &[]);
    assert_eq!((run.stdout.lines().count(), run.status), (4800, 0));
    for line in run.stdout.lines() {
        let (name, text) = line.split_at(2);
        assert!(name.starts_with('p'), "{line}");
        assert!(
            [" | xxxxxxxxxxxxxxxxxxxx", " ! yyyyyyyyyyyyyyyyyyyy"].contains(&text),
            "{line}"
        );
    }
}

fn a_reader_who_goes_away_ends_nothing() {
    let sandbox = Sandbox::new();
    let text = compiled(&json!([{"name": "a", "cmdline": "seq 100000; touch done"}]));
    sandbox.file("c.json", text);
    let mut child = start(command(&sandbox).args(["run", "c.json", "--sandbox", "s"]));
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(sandbox.path().join("s/done").exists());
}

fn jobs_are_compiled_to_be_run() {
    let sandbox = Sandbox::with_examples();
    let run = jobc(
        &sandbox,
        [
            "run",
            "hello_world",
            "--realise",
            "never",
            "--message-format",
            "json",
        ],
    );
    let last = run.stderr.lines().last().expect("a result");
    let result: Value = serde_json::from_str(last).expect("a result");
    let states: Vec<_> = result["processes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|process| {
            (
                process["state"].as_str(),
                process["runs"][0]["return_code"].as_i64(),
            )
        })
        .collect();
    assert_eq!(
        states,
        [(Some("SKIPPED"), None), (Some("FAILED"), Some(127))]
    );
    let built = jobc(&sandbox, ["build", "hello_world", "--print", "path"]);
    let path = built
        .stdout
        .trim()
        .replace("[DIR]", &sandbox.path().display().to_string());
    let again = jobc(&sandbox, ["run", &path, "--realise", "never"]);
    assert_eq!((again.status, again.stdout), (1, run.stdout));
}

fn a_compiled_file_may_have_the_name_of_a_definition() {
    let sandbox = Sandbox::new();
    let text = compiled(&json!([{"name": "a", "cmdline": "echo ran"}]));
    sandbox
        .file("w/jobc.toml", "")
        .file("elsewhere/job.json", text);
    let mut command = command(&sandbox);
    command.current_dir(sandbox.path().join("w"));
    let run = sandbox.finish(command.args(["run", "../elsewhere/job.json"]));
    assert_eq!((run.stdout.as_str(), run.status), ("a | ran\n", 0));
}

fn every_step_that_jobc_adds_is_known() {
    let agent = Agent {
        instance: 0,
        hostname: "host".to_owned(),
        task_id: "task".to_owned(),
        ports: BTreeMap::new(),
    };
    for settings in [
        "",
        "init = { names = \"process\" }",
        "init = { roots = \"job\" }",
        "init = { roots = \"job\", names = \"process\", profile_script = \"/a b\" }",
    ] {
        let sandbox = Sandbox::with_examples();
        sandbox.file("jobc.toml", settings);
        for job in ["hello_world", "prometheus", "devcluster/www/devel/webapp"] {
            let text = jobc(&sandbox, ["build", job, "--stdout"]).stdout;
            let jobs = Compiled::parse(&text).expect("a job").jobs;
            let task = jobs[0].task(&agent).expect("a task");
            let steps: Vec<_> = task
                .processes
                .iter()
                .filter(|it| it.name.starts_with("nix_"))
                .collect();
            assert!(!steps.is_empty(), "{job}, {settings}");
            for process in &task.processes {
                let is_added = process.name.starts_with("nix_");
                let (name, command) = (&process.name, &process.command);
                let step = AddedStep::of_foreign(name, command, &StoreDir::default());
                assert_eq!(step.is_some(), is_added, "{name}, {settings}");
                assert!(step.is_none_or(|step| step.realises.is_some()), "{name}");
            }
        }
    }
}

fn without_nix_nothing_is_fetched() {
    let sandbox = Sandbox::with_examples();
    let step = "path=/nix/store/x root=$PWD/.gc/a\necho ran";
    sandbox.file(
        "c.json",
        compiled(&json!([
            {"name": "nix_init_a", "cmdline": step},
            {"name": "nix_init_mine", "cmdline": "echo mine"}
        ])),
    );
    let always = jobc(&sandbox, ["run", "c.json", "--realise", "always"]);
    assert!(
        always.stdout.contains("nix_init_a    | ran"),
        "{}",
        always.stdout
    );
    if !Path::new("/nix/var/nix/profiles/default/bin/nix-store").exists() {
        let mut command = command(&sandbox);
        command.env("PATH", sandbox.path()).args(["run", "c.json"]);
        let auto = sandbox.finish(&mut command);
        assert_eq!(auto.stdout, "nix_init_mine | mine\n", "{}", auto.stderr);
    }
    let never = jobc(&sandbox, ["run", "c.json", "--realise", "never"]);
    assert_eq!(
        (never.stdout.as_str(), never.status),
        ("nix_init_mine | mine\n", 0)
    );
}

fn a_slow_reader_misses_nothing() {
    let sandbox = Sandbox::new();
    let text = compiled(&json!([{"name": "a", "cmdline": "seq 40000"}]));
    sandbox.file("c.json", text);
    let mut child = start(command(&sandbox).args(["run", "c.json", "--sandbox", "s"]));
    let log = sandbox.path().join("s/.logs/a/0/stdout");
    // What is printed of that fills a pipe, and nothing has been read.
    wait_for(|| fs::metadata(&log).is_ok_and(|log| log.len() > 1 << 15));
    let mut stdout = String::new();
    let mut pipe = child.stdout.take().expect("a pipe");
    pipe.read_to_string(&mut stdout).expect("text");
    assert_eq!(
        (stdout.lines().count(), stdout.lines().last()),
        (40000, Some("a | 40000"))
    );
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

tests! {
    as_thermos_does,
    what_cannot_be_run,
    what_makes_no_sense,
    what_is_printed,
    sandboxes_go_after_a_success,
    logs_of_another_task_are_left_alone,
    what_a_killed_run_has_left_is_removed,
    a_second_interrupt_kills_at_once,
    a_signal_that_arrives_twice_is_one,
    nothing_is_left_behind,
    a_killed_jobc_takes_its_processes_along,
    many_lines_stay_whole,
    a_reader_who_goes_away_ends_nothing,
    jobs_are_compiled_to_be_run,
    a_compiled_file_may_have_the_name_of_a_definition,
    every_step_that_jobc_adds_is_known,
    without_nix_nothing_is_fetched,
    a_slow_reader_misses_nothing,
}
