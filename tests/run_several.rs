//! `jobc run` of several jobs together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};

use jobc::compile::{Compiler, Planned, Until, every};
use jobc::registry::CODES;
use jobc::run::Compiled;
use jobc::target::aurora::AddedStep;
use jobc::template::Agent;
use jobc::workspace::Workspace;

use crate::harness::{Run, Sandbox, small_key};
use crate::run::{FAMILY, command, jobc, kill_at, numbers, pid, start, wait_for, wait_until_gone};

/// What jobs have in common.
const DEFAULTS: &str = r#"
[defaults]
cluster = "c"
role = "r"
environment = "devel"
task.resources = { cpu = 1, ram = "64 MB", disk = "64 MB" }
"#;

/// A server, a job that fills it, and a job that serves what it has.
const SYSTEM: &str = r#"
[jobs.web]
service = true
ports.http = {}
[jobs.web.task.processes.web]
cmdline = "trap 'echo web ends; exit 0' TERM; echo web at ${ports.http}; while :; do sleep 0.05; done"
after = [{ job = "load", when = "succeeded" }]

[jobs.load.task.processes.load]
cmdline = "echo loading into ${jobs.db.address.sql}; test -e ../db/up"
after = [{ job = "db", when = "ready" }]

[jobs.db]
service = true
ports.sql = {}
[jobs.db.task.processes.db]
cmdline = "trap 'echo db ends; exit 0' TERM; sleep 0.3; touch up; echo db at ${ports.sql}; while :; do sleep 0.05; done"
ready = { command = "test -e up", within = "20s" }
"#;

/// A process that prints a line, and another one when it is asked to end.
fn server(line: &str) -> String {
    format!("trap 'echo end; exit 0' TERM; echo {line}; while :; do sleep 0.05; done")
}

/// A workspace with these jobs in `sys.job.toml`.
fn workspace(jobs: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .file("jobc.toml", "")
        .file("sys.job.toml", format!("{DEFAULTS}{jobs}"));
    sandbox
}

/// A small job with one process, called like it.
fn one(name: &str, cmdline: &str) -> String {
    format!("[jobs.{name}.task.processes.{name}]\ncmdline = \"\"\"{cmdline}\"\"\"\n")
}

/// Standard error without what differs each time: seconds, and the hashes of steps.
fn told(run: &Run) -> String {
    let mut told = String::new();
    for line in run.stderr.lines() {
        let line = match line.split_once(" after ") {
            Some((before, after)) => {
                let end = after.split_once(" s").map_or("", |(_, end)| end);
                format!("{before} after a while{end}")
            }
            None => line.to_owned(),
        };
        told.push_str(&line);
        told.push('\n');
    }
    told
}

/// Runs jobs and compares all of standard error and the status.
#[track_caller]
fn check(sandbox: &Sandbox, arguments: &[&str], stdout: &str, stderr: &str, status: i32) {
    let run = jobc(sandbox, [&["run"], arguments].concat());
    assert_eq!((run.stdout.as_str(), &*told(&run)), (stdout, stderr));
    assert_eq!(run.status, status);
}

/// A job `c/r/devel/n` with these processes.
fn job(processes: &str) -> String {
    format!(
        "cluster = \"c\"\nrole = \"r\"\nenvironment = \"devel\"\nname = \"n\"\n\
         task.resources = {{ cpu = 1, ram = \"64 MB\", disk = \"64 MB\" }}\n{processes}"
    )
}

/// What a job waits by, and what for: pairs of names, the hashes of steps taken off.
fn order_of(processes: &str, awaited: bool) -> Vec<String> {
    let sandbox = Sandbox::new();
    sandbox.file("n.job.toml", job(processes));
    let root = sandbox.path();
    let opened = Workspace::open_at(root, root, CODES).expect("it is there");
    let workspace = opened.value.expect("it is right");
    let mut compiler = Compiler::new(&workspace).expect("it is there");
    if awaited {
        compiler.find_out_when_ready(BTreeSet::from([small_key()]));
    }
    let definitions = workspace.definitions().expect("there is one");
    let source = workspace.read_source(&definitions[0].path);
    let source = source.expect("it can be read").value.expect("it is text");
    let keep = |planned: Planned| planned.plan;
    let until = Until::Planned(&keep);
    let report = compiler.compile(&definitions[0], &source, &until, every);
    let plan = report.expect("nothing is imported").value.expect("a job");
    let plan = &plan.kept[0];
    let ours = Compiled::of_plan(plan).expect("a job");
    let agent = Agent {
        instance: 0,
        hostname: "host".to_owned(),
        task_id: "id".to_owned(),
        ports: BTreeMap::new(),
    };
    let task = ours.jobs[0].task(&agent).expect("a task");
    let added = AddedStep::of_plan(plan);
    let name = |index: usize| {
        let name = task.processes[index].name.as_str();
        let step = added.iter().find(|step| step.name == name);
        step.map_or(name, |step| step.identity.as_str()).to_owned()
    };
    let mut order: Vec<String> = (task.order.iter())
        .map(|&(before, after)| format!("{} -> {}", name(before), name(after)))
        .collect();
    let waits: BTreeSet<usize> = task.order.iter().flat_map(|it| [it.0, it.1]).collect();
    let alone = (0..task.processes.len()).filter(|index| !waits.contains(index));
    order.extend(alone.map(name));
    order.sort();
    order
}

fn steps_tell_when_a_job_is_ready() {
    let processes = "
        [[task.processes]]
        name = 'migrate'
        cmdline = 'x'
        [[task.processes]]
        name = 'db'
        cmdline = 'x'
        after = ['migrate']
        daemon = true
        ready.command = 'true'
        [[task.processes]]
        name = 'web'
        cmdline = 'x'
        ephemeral = true
        ready.command = 'true'
        [[task.processes]]
        name = 'last'
        cmdline = 'x'
        final = true
        ready.command = 'true'
    ";
    assert_eq!(order_of(processes, false), ["last", "migrate -> db", "web"]);
    // They come after what their processes come after, and nothing comes after them.
    assert_eq!(
        order_of(processes, true),
        [
            "await_ready_web",
            "last",
            "migrate -> await_ready_db",
            "migrate -> db",
            "web"
        ]
    );
    let none = "[[task.processes]]\nname = 'a'\ncmdline = 'x'\n";
    assert_eq!(order_of(none, true), ["a"]);
}

fn a_system_runs_in_its_order_and_ends_in_the_reverse_one() {
    let sandbox = workspace(SYSTEM);
    let mut command = command(&sandbox);
    let ports = ["--port", "http=4001", "--port", "db:sql=4002"];
    command
        .args(["run", "web"])
        .args(ports)
        .args(["--sandbox", "s"]);
    let run = kill_at(&mut command, "| web at 4001", &[Signal::TERM]);
    let hash = fs::read_dir(sandbox.path().join("s/db/.logs")).expect("logs");
    let mut names = hash.map(|entry| entry.expect("an entry").file_name().display().to_string());
    let step = names.find(|name| name.starts_with("await_ready_db-"));
    let step = step.expect("a step waits");
    assert_eq!(
        run.stdout,
        "db/db     | db at 4002\n\
         load/load | loading into 127.0.0.1:4002\n\
         web/web   | web at 4001\n\
         web/web   | web ends\n\
         db/db     | db ends\n"
    );
    let expected = format!(
        "`c/r/devel/load` runs as well: `c/r/devel/web` waits for it\n\
         `c/r/devel/db` runs as well: `c/r/devel/load` waits for it\n\
         web: http 4001\n\
         db: sql 4002\n\
         the jobs are ending, the last one first; interrupt once more to kill them\n\
         job/process                 state    runs  exit codes\n\
         web                         killed\n\
         web/web                     success     1  0\n\
         db                          killed\n\
         db/{step}  success     1  0\n\
         db/db                       success     1  0\n\
         load                        success\n\
         load/load                   success     1  0\n\
         the run of 3 jobs was killed after a while\n\
         the sandboxes are in {}/s\n",
        sandbox.path().display()
    );
    assert_eq!((told(&run), run.status), (expected, 1));
}

fn a_system_is_told_to_programs() {
    let jobs = format!(
        "{}[jobs.b]\nports.http = 0\n{}",
        one("a", "exit 3"),
        one("b", &server("${ports.http}"))
    );
    let sandbox = workspace(&jobs.replace("ports.http = 0", "ports.http = {}"));
    let mut arguments = vec!["run", "b", "a", "--port", "http=4003"];
    arguments.extend(["--message-format", "json", "--sandbox", "s"]);
    let run = jobc(&sandbox, arguments);
    assert_eq!(run.stdout, "b/b | 4003\nb/b | end\n");
    let mut result: Value = serde_json::from_str(&run.stderr).expect("one object");
    for pointer in ["", "/jobs/0", "/jobs/1"] {
        let table = result.pointer_mut(pointer).expect("it is there");
        let seconds = table["seconds"].take();
        assert!(seconds.as_f64().is_some_and(|it| it > 0.0), "{seconds}");
    }
    for job in 0..2 {
        for time in ["started", "ended"] {
            result["jobs"][job]["processes"][0]["runs"][0][time] = Value::Null;
        }
    }
    let process = |name: &str, state: &str, code: i32| {
        let run = json!({"state": state, "return_code": code, "started": null, "ended": null});
        json!([{"name": name, "state": state, "runs": [run]}])
    };
    let expected = json!({
        "run": "FAILED", "seconds": null, "sandbox": "[DIR]/s",
        "because": {"what": "FAILED", "job": "c/r/devel/a"},
        "jobs": [
            {
                "name": "b", "ports": {"http": 4003}, "task": "KILLED", "key": "c/r/devel/b",
                "seconds": null, "sandbox": "[DIR]/s/b", "processes": process("b", "SUCCESS", 0)
            },
            {
                "name": "a", "ports": {}, "task": "FAILED", "key": "c/r/devel/a",
                "seconds": null, "sandbox": "[DIR]/s/a", "processes": process("a", "FAILED", 3)
            }
        ]
    });
    assert_eq!((result, run.status), (expected, 1));
}

fn one_that_fails_ends_the_others() {
    let jobs = [
        one("a", &server("a")),
        one(
            "b",
            "until [ -e ../a/.logs ]; do sleep 0.05; done; sleep 0.3; exit 7",
        ),
        one("c", "true"),
        one("d", &server("d")),
    ];
    let words = ["run", "a", "b", "c", "d", "--sandbox", "s"];
    let run = jobc(&workspace(&jobs.concat()), words);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    // Nobody promises which of them comes first.
    lines[..2].sort_unstable();
    assert_eq!(lines, ["a/a | a", "d/d | d", "d/d | end", "a/a | end"]);
    let expected = "job/process  state    runs  exit codes\n\
                    a            killed\n\
                    a/a          success     1  0\n\
                    b            failed\n\
                    b/b          failed      1  7\n\
                    c            success\n\
                    c/c          success     1  0\n\
                    d            killed\n\
                    d/d          success     1  0\n\
                    the run of 4 jobs failed after a while: b failed\n\
                    the sandboxes are in [DIR]/s\n";
    assert_eq!((&*told(&run), run.status), (expected, 1));
}

fn what_waits_for_one_that_fails_never_starts() {
    let waiting = "after = [{ job = 'a', when = 'succeeded' }]\n";
    let jobs = one("a", "exit 1") + &one("b", "echo ran") + waiting;
    check(
        &workspace(&jobs),
        &["b", "--sandbox", "s"],
        "",
        "`c/r/devel/a` runs as well: `c/r/devel/b` waits for it\n\
         job/process  state    runs  exit codes\n\
         b            killed\n\
         b/b          waiting     0\n\
         a            failed\n\
         a/a          failed      1  1\n\
         the run of 2 jobs failed after a while: a failed\n\
         the sandboxes are in [DIR]/s\n",
        1,
    );
}

fn one_that_is_never_ready_fails() {
    let jobs = format!(
        "{}ready = {{ command = \"echo no; false\", within = \"2s\" }}\n\
         {}after = [{{ job = \"a\", when = \"ready\" }}]\n",
        one("a", &server("up")),
        one("b", "echo ran")
    );
    let run = jobc(&workspace(&jobs), ["run", "a", "b"]);
    let texts = run.stdout.lines().map(|line| {
        let (_, text) = line.split_once(['|', '!']).expect("a mark");
        text.trim()
    });
    let mut texts: Vec<&str> = texts.collect();
    texts.sort_unstable();
    let step = "await_ready: a is not ready after 2 s";
    assert_eq!(texts, [step, "end", "no", "up"], "{}", run.stderr);
    assert!(run.stderr.contains(": a failed\n"), "{}", run.stderr);
    assert_eq!(run.status, 1);
}

fn sandboxes_go_when_all_have_succeeded() {
    let sandbox = workspace(&(one("a", "pwd >out") + &one("b", "pwd >out")));
    sandbox.file("tmp/x", "");
    let mut command = sandbox.command();
    command.env("TMPDIR", sandbox.path().join("tmp"));
    command.args(["run", "*"]);
    let run = sandbox.finish(&mut command);
    assert_eq!(
        told(&run),
        "job/process  state    runs  exit codes\n\
         a            success\n\
         a/a          success     1  0\n\
         b            success\n\
         b/b          success     1  0\n\
         the run of 2 jobs succeeded after a while\n"
    );
    assert_eq!((run.stdout.as_str(), run.status), ("", 0));
    assert_eq!(sandbox.list("tmp"), ["x"]);
    let run = sandbox.finish(command.arg("--keep"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let left = sandbox.list("tmp");
    let below = |name: &&String| name.starts_with("jobc-run-jobs-") && name.ends_with("/out");
    assert_eq!(left.iter().filter(below).count(), 2, "{left:?}");
}

fn names_that_are_not_enough_are_longer() {
    let jobs = "
        [jobs.a.task.processes.p]
        cmdline = 'echo here'
        [jobs.a.environments.devel]
        [jobs.a.environments.prod]
    ";
    let sandbox = workspace(&jobs.replace("        ", ""));
    let text = format!("{DEFAULTS}{}", jobs.replace("        ", ""));
    sandbox.file(
        "sys.job.toml",
        text.replace("environment = \"devel\"\n", ""),
    );
    let run = jobc(&sandbox, ["run", "*/*/*/a", "--sandbox", "s"]);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["devel/a/p | here", "prod/a/p  | here"]);
    assert_eq!(
        told(&run),
        "job/process  state    runs  exit codes\n\
         devel/a      success\n\
         devel/a/p    success     1  0\n\
         prod/a       success\n\
         prod/a/p     success     1  0\n\
         the run of 2 jobs succeeded after a while\n\
         the sandboxes are in [DIR]/s\n"
    );
    let again = jobc(&sandbox, ["run", "*/*/*/a", "--sandbox", "s"]);
    assert_eq!(
        (again.stderr.as_str(), again.status),
        (
            "error: cannot use the sandbox `[DIR]/s/devel/a`: it has the logs of another task: \
             remove its `.logs`\n",
            2
        )
    );
    // Its file means all that is in it, and its name alone too much.
    let by_file = jobc(&sandbox, ["run", "sys"]);
    assert_eq!(by_file.status, 0, "{}", by_file.stderr);
    let by_name = jobc(&sandbox, ["run", "a"]);
    assert_eq!(
        (by_name.stderr.as_str(), by_name.status),
        (
            "error: `a` fits 2 jobs\n |\n = note: c/r/devel/a  sys.job.toml:7\n         c/r/prod/a   \
             sys.job.toml:7\n = help: name one of them by its key, or all of them by a pattern\n",
            2
        )
    );
}

/// Jobs `a` and `b` whose port `http` is to have this number, and which say what it has.
fn listening(number: &str) -> String {
    let job = |name: &str| {
        let one = one(name, "echo ${ports.http}");
        format!("[jobs.{name}]\nports.http = {number}\n{one}")
    };
    job("a") + &job("b").replace("c\"\n", "d\"\n")
}

fn numbers_that_are_wanted_and_free_are_given() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a port");
    let number = taken.local_addr().expect("it has one").port();
    let sandbox = workspace(&listening(&number.to_string()).replacen(
        "[jobs.b]\n",
        "[jobs.b]\ncluster = \"other\"\n",
        1,
    ));
    let listened = |run: &Run| -> BTreeMap<String, u16> {
        let lines = run.stdout.lines().filter_map(|line| line.split_once(" | "));
        lines
            .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
            .collect()
    };
    let run = jobc(&sandbox, ["run", "a", "b"]);
    let found = listened(&run);
    assert_eq!((found.len(), run.status), (2, 0), "{}", run.stderr);
    let (a, b) = (found["a/a"], found["b/b"]);
    assert!(a != b && a != number && b != number, "{found:?}");
    let expected = format!("a: http {a} ({number} is taken)\nb: http {b} ({number} is taken)\n");
    assert!(run.stderr.starts_with(&expected), "{}", run.stderr);
    drop(taken);
    // Of two that want the same, the first has it.
    let run = jobc(&sandbox, ["run", "b", "a"]);
    let found = listened(&run);
    assert_eq!(found["b/b"], number, "{}", run.stderr);
    assert_ne!(found["a/a"], number);
    // What the command line gives comes before what is wanted.
    let given = format!("a:http={number}");
    let run = jobc(&sandbox, ["run", "b", "a", "--port", &given]);
    let found = listened(&run);
    assert_eq!(found["a/a"], number, "{}", run.stderr);
    assert_ne!(found["b/b"], number);
}

fn numbers_of_the_lock_are_wanted() {
    let sandbox = workspace(&listening("{}"));
    let range = TcpListener::bind("0.0.0.0:0").expect("a port");
    let number = range.local_addr().expect("it has one").port();
    drop(range);
    sandbox.file(
        "jobc.toml",
        format!(
            "[ports]\nassign = \"always\"\nrange = \"{number}-{}\"\n",
            number + 1
        ),
    );
    let locked = jobc(&sandbox, ["lock"]);
    assert_eq!(locked.status, 0, "{}", locked.stderr);
    let run = jobc(&sandbox, ["run", "a", "b"]);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    let lock = fs::read_to_string(sandbox.path().join("jobc.lock")).expect("it is there");
    let locked = |job: &str| {
        let key = format!("c/r/devel/{job}");
        let mut words = lock.split(&key);
        let after = words.nth(1).expect("the lock has it");
        let mut digits = after.split(|c: char| !c.is_ascii_digit());
        let number = digits.find_map(|it| it.parse::<u16>().ok());
        number.expect("a number")
    };
    let (a, b) = (locked("a"), locked("b"));
    assert!(a != b && a >= number && b >= number, "{lock}");
    let expected = [format!("a/a | {a}"), format!("b/b | {b}")];
    assert_eq!(lines, expected, "{}", run.stderr);
}

fn numbers_that_cannot_be() {
    let sandbox = workspace(&listening("{}"));
    let check = |ports: &[&str], expected: &str| {
        let options = ports.iter().flat_map(|port| ["--port", port]);
        let run = jobc(&sandbox, ["run", "a", "b"].into_iter().chain(options));
        assert_eq!(
            (run.stderr.as_str(), run.stdout.as_str(), run.status),
            (expected, "", 2)
        );
    };
    check(
        &["http=4004"],
        "error: 2 jobs have a port `http`\n |\n = help: name one of them: `--port a:http=N`\n",
    );
    check(
        &["a:http=4004", "b:http=4004"],
        "error: ports `a:http` and `b:http` cannot both be 4004\n |\n = help: give one of them \
         another number\n",
    );
    check(
        &["a:http=4004", "c/r/devel/a:http=4005"],
        "error: port `a:http` is given twice\n",
    );
    check(
        &["c:http=4004"],
        "error: no job of the run is called `c`\n |\n = note: they are `a`, `b`\n",
    );
    check(
        &["a:htp=4004"],
        "error: `a` has no port `htp`\n |\n = help: did you mean `a:http`?\n",
    );
    check(
        &["htp=4004"],
        "error: no job of the run has a port `htp`\n |\n = help: did you mean `http`?\n",
    );
    check(
        &["metrics=4004"],
        "error: no job of the run has a port `metrics`\n |\n = note: they have `a:http`, `b:http`\n",
    );
    let taken = TcpListener::bind("0.0.0.0:0").expect("a port");
    let number = taken.local_addr().expect("it has one").port();
    check(
        &[&format!("b:http={number}")],
        &format!(
            "error: port `b:http` cannot be {number}: another process listens there\n |\n = help: \
             end that one, or pass a free number: `--port b:http=N`\n"
        ),
    );
}

/// A compiled job.
fn compiled(name: &str, cmdline: &str) -> String {
    json!({
        "cluster": "c", "role": "r", "environment": "devel", "name": name,
        "task": {"name": "t", "processes": [{"name": "p", "cmdline": cmdline}]}
    })
    .to_string()
}

fn compiled_files_run_beside_definitions() {
    let sandbox = workspace(&one("a", "echo a"));
    sandbox.file("x.json", compiled("x", "echo x; sleep 0.5"));
    let mut command = command(&sandbox);
    let child = command
        .args(["run", "x.json", "-", "a"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("jobc can be started");
    let mut pipe = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut pipe, compiled("y", "echo y").as_bytes()).expect("it is read");
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let mut lines: Vec<&str> = stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["a/a | a", "x/p | x", "y/p | y"]);
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(
        stderr.starts_with(
            "job/process  state    runs  exit codes\nx            success\nx/p          success     \
             1  0\ny            success\n"
        ),
        "{stderr}"
    );
    assert_eq!(output.status.code(), Some(0));
}

fn what_makes_no_sense() {
    let sandbox = workspace(&(one("a", "true") + &one("b", "true")));
    sandbox
        .file("a.json", compiled("a", "true"))
        .file("x.json", compiled("..", "true"))
        .file(
            "two.json",
            format!(
                "{{\"jobs\": [{}, {}]}}",
                compiled("x", ""),
                compiled("y", "")
            ),
        )
        .file("bad.json", compiled("x", "{{y}}"));
    let check = |words: &[&str], status: i32, expected: &str| {
        let run = jobc(&sandbox, [&["run"], words].concat());
        assert_eq!((run.stderr.as_str(), run.stdout.as_str()), (expected, ""));
        assert_eq!(run.status, status);
    };
    check(
        &["a", "nothing"],
        2,
        "error: no job is called `nothing`\n |\n = note: c/r/devel/a  sys.job.toml:7\n         \
         c/r/devel/b  sys.job.toml:9\n",
    );
    check(
        &["a", "a.json"],
        2,
        "error: the job `c/r/devel/a` is named twice, once by `a.json`\n |\n = help: leave one of \
         them out\n",
    );
    check(
        &["a.json", "two.json", "--key", "c/r/devel/x"],
        2,
        "error: `--key` picks a job of one compiled file, and 2 are named\n |\n = help: run a file of \
         several jobs without other files\n",
    );
    check(
        &["sys", "--key", "c/r/devel/a"],
        2,
        "error: `--key` picks a job of a compiled file, and 2 jobs are selected\n |\n = help: name \
         the one by its key\n",
    );
    check(
        &["a", "x.json"],
        2,
        "error: no directory can be called like the job `..`\n |\n = help: run it alone\n",
    );
    check(
        &["a", "two.json"],
        2,
        "error: `two.json` holds 2 jobs\n |\n = note: c/r/devel/x\n         c/r/devel/y\n = help: pick one \
         by `--key CLUSTER/ROLE/ENVIRONMENT/NAME`\n",
    );
    check(
        &["a", "bad.json"],
        1,
        "error: `x`: `task.processes[0].cmdline`: `{{y}}` is unknown here\n",
    );
    check(
        &["a", "b", "--instance", "1"],
        2,
        "error: `a` has no instance 1\n |\n = help: leave `--instance` out: the only one is 0\n",
    );
    check(
        &["-", "-"],
        2,
        "error: standard input is read once, and `-` is given twice\n",
    );
    check(
        &["-", "a"],
        1,
        "error: `<stdin>`: expected JSON: EOF while parsing a value at line 1 column 0\n",
    );
    let picked = jobc(&sandbox, ["run", "b", "two.json", "--key", "c/r/devel/y"]);
    assert_eq!(picked.status, 0, "{}", picked.stderr);
    let none = jobc(&sandbox, ["run"]);
    assert!(none.stderr.contains("<JOB>..."), "{}", none.stderr);
    // A job that is compiled already tells nobody when it is ready.
    sandbox.file(
        "w.job.toml",
        format!(
            "{DEFAULTS}{}after = [{{ job = 'a', when = 'ready' }}]\n",
            one("w", "true")
        ),
    );
    sandbox.file(
        "sys.job.toml",
        format!("{DEFAULTS}{}ready.command = 'true'\n", one("a", "true")),
    );
    check(
        &["w", "a.json"],
        2,
        "error: `w` waits until `a` is ready, and nothing of it tells when it is\n |\n = help: give an \
         ordinary process of it a `ready`, and name its definition, no compiled file\n",
    );
}

fn a_job_that_runs_alone_is_not_concerned_with_what_others_ask() {
    let sandbox = workspace(SYSTEM);
    let mut command = command(&sandbox);
    command.args(["run", "db", "--port", "sql=4006", "--sandbox", "s"]);
    let run = kill_at(&mut command, "| db at 4006", &[Signal::TERM]);
    assert_eq!(run.stdout, "db | db at 4006\ndb | db ends\n");
    let expected = format!(
        "the task is ending; interrupt once more to kill it\n\
         process  state    runs  exit codes\n\
         db       success     1  0\n\
         the task of c/r/devel/db was killed after a while\n\
         the sandbox is {}/s\n",
        sandbox.path().display()
    );
    assert_eq!((told(&run), run.status), (expected, 1));
    // What it asks itself has to be there.
    let asking = "cmdline = \"echo ${jobs.db.ports.sql}\"\n";
    let lone = SYSTEM.replace("after = [{ job = \"load\", when = \"succeeded\" }]\n", "")
        + &format!("[jobs.asking.task.processes.asking]\n{asking}");
    let sandbox = workspace(&lone);
    let run = jobc(&sandbox, ["run", "asking", "--message-format", "short"]);
    let found: Vec<&str> = run.stderr.lines().collect();
    let expected = "sys.job.toml:25:17: error[unreachable-value]: `${jobs.db.ports.sql}` is not known \
                    before the job runs";
    assert_eq!(found, [expected, "error: 1 error in 1 file"]);
    assert_eq!(run.status, 1);
}

fn what_is_waived_for_a_target_is_no_waste_here() {
    let sandbox = workspace(
        "[jobs.db]\nports.sql = {}\n[jobs.db.task.processes.db]\ncmdline = 'echo ${ports.sql}; sleep 1'\n\
         ready.command = 'true'\n\
         [jobs.web.task.processes.web]\ncmdline = 'echo ${jobs.db.address.sql}'\n\
         after = [{ job = 'db', when = 'ready', address = 'db:1' }]\n\
         waive.approximated-wait = 'it is ready when it listens'\n",
    );
    let run = jobc(
        &sandbox,
        ["run", "web", "--deny-warnings", "--port", "sql=4008"],
    );
    assert_eq!(
        run.stdout, "db/db   | 4008\nweb/web | 127.0.0.1:4008\n",
        "{}",
        run.stderr
    );
    assert_eq!(run.status, 0);
}

fn what_cannot_be_tried_is_told_before_anything_starts() {
    let sandbox = workspace(&format!(
        "[jobs.db]\nports.sql = {{}}\n{}ready.http = 'https://127.0.0.1:${{ports.sql}}/'\n\
         {}after = [{{ job = 'db', when = 'ready' }}]\n",
        one("db", "echo ${ports.sql}"),
        one("web", "echo web")
    ));
    let alone = jobc(&sandbox, ["run", "db", "--port", "sql=4009"]);
    assert_eq!((alone.stdout.as_str(), alone.status), ("db | 4009\n", 0));
    let run = jobc(&sandbox, ["run", "web", "--message-format", "short"]);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "`c/r/devel/db` runs as well: `c/r/devel/web` waits for it",
            "sys.job.toml:11:14: error[https-probe]: a probe cannot ask by `https`: what waits has no TLS",
            "error: 1 error in 1 file"
        ]
    );
    assert_eq!((run.stdout.as_str(), run.status), ("", 1));
}

fn files_of_the_workspace_are_there_for_all() {
    let sandbox = workspace(&(one("a", "cat ${./own.txt}") + &one("b", "cat ${./own.txt}; true")));
    sandbox.file("own.txt", "of several\n").file("tmp/x", "");
    let mut command = sandbox.command();
    command.env("TMPDIR", sandbox.path().join("tmp"));
    command.args(["run", "sys", "--realise", "never"]);
    let run = sandbox.finish(&mut command);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    let found: Vec<(&str, &str)> = lines
        .iter()
        .filter_map(|line| line.split_once(" | "))
        .collect();
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(name, text)| (name.trim(), *text))
        .collect();
    assert_eq!(found, [("a/a", "of several"), ("b/b", "of several")]);
    let first = "a node would need 3 store paths of this workspace: `jobc push c/r/devel/a c/r/devel/b --to \
                 CACHE` publishes them";
    assert_eq!(run.stderr.lines().next(), Some(first));
    assert_eq!(sandbox.list("tmp"), ["x"]);
}

fn a_second_interrupt_kills_all_at_once() {
    let deaf = "trap '' TERM; echo up; while :; do sleep 1.3; echo again; done";
    let sandbox = workspace(&(one("a", deaf) + &one("b", deaf)));
    let mut command = command(&sandbox);
    command.args(["run", "a", "b", "--message-format", "json"]);
    let run = kill_at(&mut command, "b/b | up", &[Signal::INT, Signal::HUP]);
    let result: Value = serde_json::from_str(run.stderr.trim()).expect("a result");
    let fates: Vec<_> = (0..2)
        .map(|job| result["jobs"][job]["task"].as_str())
        .collect();
    assert_eq!(fates, [Some("KILLED"), Some("KILLED")]);
    assert_eq!(run.status, 1);
}

fn a_killed_jobc_takes_all_processes_along() {
    let family = "echo $$; (trap '' TERM HUP PIPE; echo $BASHPID; exec sleep 600) & wait";
    let sandbox = workspace(&(one("a", family) + &one("b", family)));
    let mut child = start(command(&sandbox).args(["run", "a", "b"]));
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let family = numbers(&mut lines, 4);
    kill_process(pid(&child), Signal::KILL).expect("it runs");
    child.wait().expect("it ends");
    wait_until_gone(&family);
}

fn a_job_that_is_done_leaves_nothing_behind_while_others_run() {
    let bad = "until [ -e go ]; do sleep 0.05; done";
    let mut jobs = one("a", FAMILY).replace("wait", "until [ -e go ]; do sleep 0.05; done; exit 0");
    jobs.push_str(&one("b", FAMILY));
    jobs.push_str(&one("c", bad).replace("done", "done; exit 1"));
    let sandbox = workspace(&jobs);
    let mut child = start(command(&sandbox).args(["run", "a", "b", "c", "--sandbox", "s"]));
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let (mut own, mut others) = (Vec::new(), Vec::new());
    while own.len() < 3 || others.len() < 3 {
        let line = lines.next().expect("more lines").expect("a line");
        let found = numbers(&mut std::iter::once(Ok(line.clone())), 1);
        if line.starts_with("a/a") {
            own.extend(found);
        } else {
            others.extend(found);
        }
    }
    sandbox.file("s/a/go", "");
    wait_until_gone(&own);
    // Those of the other job are alive: they are not taken for the first one's.
    let is_there = |pid: &rustix::process::Pid| {
        std::path::Path::new(&format!("/proc/{}", pid.as_raw_nonzero())).exists()
    };
    assert!(others.iter().all(is_there), "{others:?}");
    sandbox.file("s/c/go", "");
    // The one that is left is deaf.
    while child.try_wait().expect("it can be asked").is_none() {
        kill_process(pid(&child), Signal::INT).expect("it runs");
        thread::sleep(Duration::from_millis(1200));
    }
    wait_until_gone(&others);
}

fn a_slow_reader_misses_nothing_of_any_job() {
    let sandbox = workspace(&(one("a", "seq 40000") + &one("b", "seq 40000")));
    let mut child = start(command(&sandbox).args(["run", "a", "b", "--sandbox", "s"]));
    let full = |job: &str| {
        let log = sandbox.path().join(format!("s/{job}/.logs/{job}/0/stdout"));
        fs::metadata(log).is_ok_and(|log| log.len() > 1 << 15)
    };
    wait_for(|| full("a") && full("b"));
    let mut stdout = String::new();
    let mut pipe = child.stdout.take().expect("a pipe");
    pipe.read_to_string(&mut stdout).expect("text");
    for job in ["a", "b"] {
        let last = format!("{job}/{job} | 40000");
        let mut lines = stdout.lines().filter(|line| line.starts_with(job));
        assert_eq!(
            (lines.clone().count(), lines.next_back()),
            (40000, Some(&*last))
        );
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

tests! {
    steps_tell_when_a_job_is_ready,
    a_system_runs_in_its_order_and_ends_in_the_reverse_one,
    a_system_is_told_to_programs,
    one_that_fails_ends_the_others,
    what_waits_for_one_that_fails_never_starts,
    one_that_is_never_ready_fails,
    sandboxes_go_when_all_have_succeeded,
    names_that_are_not_enough_are_longer,
    numbers_that_are_wanted_and_free_are_given,
    numbers_of_the_lock_are_wanted,
    numbers_that_cannot_be,
    compiled_files_run_beside_definitions,
    what_makes_no_sense,
    a_job_that_runs_alone_is_not_concerned_with_what_others_ask,
    what_is_waived_for_a_target_is_no_waste_here,
    what_cannot_be_tried_is_told_before_anything_starts,
    files_of_the_workspace_are_there_for_all,
    a_second_interrupt_kills_all_at_once,
    a_killed_jobc_takes_all_processes_along,
    a_job_that_is_done_leaves_nothing_behind_while_others_run,
    a_slow_reader_misses_nothing_of_any_job,
}
