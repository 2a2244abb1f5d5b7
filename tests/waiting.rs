//! Waiting until a process is ready: the command that polls, in each shell that nodes have, and whole tasks
//! under `jobc run`. What the real Thermos makes of such tasks was tried by hand.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::suite::ignore;
use crate::harness::{Run, Sandbox, report};
use crate::init_command::{need_all_shells, shells};

/// The processes that a job with these comes to.
fn compiled(sandbox: &Sandbox, processes: &str) -> Vec<Value> {
    sandbox.file("job.toml", job(processes));
    let Run {
        stdout,
        stderr,
        status,
    } = sandbox.jobc(["build", "--stdout", "hello"]);
    assert_eq!(status, 0, "{stderr}");
    let job: Value = serde_json::from_str(&stdout).expect("it is JSON");
    job["task"]["processes"].as_array().expect("a list").clone()
}

fn job(processes: &str) -> String {
    format!(
        "cluster = \"devcluster\"\nrole = \"www\"\nenvironment = \"devel\"\nname = \"hello\"\n\
         {processes}\n[task.resources]\ncpu = 1\nram = \"64 MB\"\ndisk = \"64 MB\"\n"
    )
}

/// The command of the step that waits until a process with this `ready` is.
fn step(ready: &str) -> String {
    let sandbox = Sandbox::new();
    let processes = compiled(
        &sandbox,
        &format!(
            "[[task.processes]]\nname = \"it's db\"\ncmdline = \"x\"\nready = {{ {ready} }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"x\"\n\
             after = [{{ process = \"it's db\", when = \"ready\" }}]\n"
        ),
    );
    let name = processes[0]["name"].as_str().expect("a text");
    assert!(name.starts_with("await_ready_it's db-"), "{name}");
    let command = processes[0]["cmdline"].as_str().expect("a text");
    assert!(!command.contains("{{"), "{command}");
    command.to_owned()
}

fn run_in(shell: &[&str], directory: &Path, command: &str) -> Output {
    Command::new(shell[0])
        .args(&shell[1..])
        .args(["-c", command])
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .expect("the shell can be started")
}

/// Runs the step in every shell, and compares its exit code, all that it says, and how long it takes.
fn check(ready: &str, before: &str, status: i32, says: &str, seconds: std::ops::Range<u64>) {
    let command = step(ready);
    let mut failures = Vec::new();
    for shell in shells() {
        let sandbox = Sandbox::new();
        let start = Instant::now();
        let output = run_in(shell, sandbox.path(), &format!("{before}\n{command}"));
        let took = start.elapsed().as_secs();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if output.status.code() != Some(status) || said != says || !seconds.contains(&took) {
            failures.push(format!(
                "{shell:?}: {:?} after {took} s\n{said}",
                output.status
            ));
        }
    }
    report(&failures);
    need_all_shells();
}

fn ready_at_once() {
    check("command = \"echo noise; true\"", "", 0, "", 0..2);
    check("command = \"exec true\"", "", 0, "", 0..2);
    // Neither what quotes mean nor what the step calls its own reaches the command.
    let ready = r#"command = """
test "$probe$awaited$within" = '' && test "it's" = 'it'"'"'s' && test '{ {' = "{"' {' # comment \
""""#;
    check(
        &ready.replace('\n', "\\n").replace("\"\"\"\\n", "\"\"\"\n"),
        "",
        0,
        "",
        0..2,
    );
}

fn ready_late() {
    check(
        "command = \"test -e up\", within = 9",
        "(sleep 2; : >up) & ",
        0,
        "",
        1..6,
    );
    check(
        "command = \"echo a >>tries; test $(wc -l <tries) -ge 3\"",
        "",
        0,
        "",
        1..5,
    );
}

fn never_ready() {
    let end = "await_ready: it's db is not ready after 2 s\n";
    check(
        "command = \"echo why; exit 3\", within = 2",
        "",
        1,
        &format!("why\n{end}"),
        1..5,
    );
    // It is not killed by what kills the try, and does not take it for its own doing.
    for probe in ["kill -9 $$", "kill $$", "kill 0", "kill -9 0", "exit 137"] {
        check(
            &format!("command = \"{probe}\", within = 2"),
            "",
            1,
            end,
            1..5,
        );
    }
}

fn a_try_that_hangs() {
    let says =
        "await_ready: the try took longer than 1 s\nawait_ready: it's db is not ready after 3 s\n";
    // Neither a shell with children, nor a program that ignores signals outlives its time.
    let sleep = format!("sleep 77.{}", std::process::id());
    let ready = format!(
        "command = \"trap '' TERM; (trap '' TERM; {sleep} | cat); true\", timeout = 1, within = 3"
    );
    check(&ready, "", 1, says, 2..9);
    let left = Command::new("pgrep")
        .args(["-f", &format!("^{sleep}")])
        .output();
    if let Ok(left) = left {
        assert_eq!(String::from_utf8_lossy(&left.stdout), "");
    }
}

/// Listens, and answers each request with a text; the port, and the requests so far.
fn server(answer: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has one").port();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            seen.lock().expect("no panic").push(request.join("\n"));
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
    (port, requests)
}

/// Runs the step in bash alone, which opens connections.
fn check_in_bash(ready: &str, status: i32, says: &str) {
    let sandbox = Sandbox::new();
    let output = run_in(&["bash"], sandbox.path(), &step(ready));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{ready}: {said}");
    assert!(
        said.contains(says) && (says.is_empty() == said.is_empty()),
        "{ready}: {said}"
    );
}

fn connections() {
    let (port, _) = server("");
    check_in_bash(&format!("tcp = {port}"), 0, "");
    check_in_bash(&format!("tcp = \"127.0.0.1:{port}\""), 0, "");
    check_in_bash("tcp = \"localhost:1\", within = 2", 1, "Connection refused");
}

fn requests() {
    for (answer, status, says) in [
        ("HTTP/1.1 200 OK\r\n\r\nx", 0, ""),
        ("HTTP/1.0 204\r\n\r\n", 0, ""),
        ("HTTP/1.1 302 Found\r\n\r\n", 0, ""),
        ("HTTP/1.1 200\r\n", 0, ""),
        (
            "HTTP/1.1 503 Busy\r\n\r\n",
            1,
            "answers HTTP/1.1 503 Busy\n",
        ),
        ("HTTP/1.1 2000\r\n\r\n", 1, "answers HTTP/1.1 2000\n"),
        ("SSH-2.0 200 x\r\n", 1, "answers SSH-2.0 200 x\n"),
        ("", 1, "answers nothing\n"),
    ] {
        let (port, requests) = server(answer);
        let ready = format!("http = \":{port}/a?b=c%20d&e='f\", within = 2");
        check_in_bash(&ready, status, says);
        let requests = requests.lock().expect("no panic");
        let expected = format!(
            "GET /a?b=c%20d&e='f HTTP/1.1\nHost: localhost:{port}\nUser-Agent: jobc\nConnection: close"
        );
        assert_eq!(requests.first(), Some(&expected));
    }
}

fn other_shells_say_that_they_open_no_connection() {
    let command = step("tcp = 1, within = 2");
    for shell in shells()
        .iter()
        .filter(|shell| matches!(shell[0], "dash" | "busybox"))
    {
        let sandbox = Sandbox::new();
        let output = run_in(shell, sandbox.path(), &command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{shell:?}: {said}");
        let expected = "await_ready: no connection to localhost:1: it takes bash, and this shell is \
                        another one\nawait_ready: it's db is not ready after 2 s\n";
        assert_eq!(said, expected, "{shell:?}");
    }
    need_all_shells();
}

fn shellcheck_is_content() {
    if !Path::new("/usr/bin/shellcheck").exists() {
        ignore("there is no shellcheck on this machine");
    }
    let mut failures = Vec::new();
    for (ready, dialects) in [
        ("command = \"true\"", &["sh", "bash", "dash"][..]),
        ("tcp = 80", &["bash"]),
        ("http = \":80/\"", &["bash"]),
    ] {
        let sandbox = Sandbox::new();
        sandbox.file("step.sh", step(ready));
        for dialect in dialects {
            let output = Command::new("shellcheck")
                // A try is called in the background.
                .args(["-s", dialect, "-e", "SC2317"])
                .arg(sandbox.path().join("step.sh"))
                .output();
            let output = output.expect("shellcheck can be started");
            if !output.status.success() {
                failures.push(String::from_utf8_lossy(&output.stdout).into_owned());
            }
        }
    }
    report(&failures);
}

/// A task, and what `jobc run` says became of each process: its state and the number of its runs.
fn check_run(processes: &str, task: &str, expected: &[(&str, &str)]) -> (String, Duration) {
    let sandbox = Sandbox::new();
    sandbox.file("job.toml", job(processes));
    let start = Instant::now();
    let mut command = sandbox.command();
    command
        .env("TMPDIR", sandbox.path())
        .args(["run", "hello", "--message-format", "json"]);
    let Run {
        stdout,
        stderr,
        status,
    } = sandbox.finish(&mut command);
    let last = stderr.lines().last().unwrap_or_default();
    let result: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("{status}: {stderr}"));
    let processes = result["processes"].as_array().expect("a list").iter();
    let found: Vec<(String, &str)> = processes
        .map(|process| {
            let name = process["name"].as_str().expect("a text");
            let name = match name.strip_prefix("await_ready_") {
                Some(rest) => format!("await {}", &rest[..rest.len() - 9]),
                None => name.to_owned(),
            };
            (name, process["state"].as_str().expect("a text"))
        })
        .collect();
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(name, state)| (&**name, *state))
        .collect();
    assert_eq!(
        (result["task"].as_str(), &found[..]),
        (Some(task), expected),
        "{stdout}{stderr}"
    );
    (stdout, start.elapsed())
}

const DB: &str = "[[task.processes]]\nname = \"db\"\ndaemon = true\nephemeral = true\n";
const AFTER_DB: &str = "after = [{ process = \"db\", when = \"ready\" }]\n";

fn a_daemon_that_is_ready_late() {
    let (stdout, took) = check_run(
        &format!(
            "{DB}cmdline = \"sleep 2; : >up; exec sleep 100\"\nready = {{ command = \"test -e up\" }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"test -e up && echo web\"\n{AFTER_DB}\
             [[task.processes]]\nname = \"api\"\ncmdline = \"test -e up && echo api\"\n{AFTER_DB}"
        ),
        "SUCCESS",
        &[
            ("await db", "SUCCESS"),
            ("db", "KILLED"),
            ("web", "SUCCESS"),
            ("api", "SUCCESS"),
        ],
    );
    assert!(
        stdout.contains("| web") && stdout.contains("| api"),
        "{stdout}"
    );
    assert!(took > Duration::from_secs(2), "{took:?}");
}

fn a_daemon_that_is_never_ready() {
    let (stdout, _) = check_run(
        &format!(
            "{DB}cmdline = \"exec sleep 100\"\nready = {{ command = \"echo not yet; false\", within = 2 }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"echo web\"\n{AFTER_DB}"
        ),
        "FAILED",
        &[("await db", "FAILED"), ("db", "KILLED"), ("web", "WAITING")],
    );
    assert_eq!(stdout.matches("not yet").count(), 1, "{stdout}");
    assert!(
        stdout.contains("await_ready: db is not ready after 2 s"),
        "{stdout}"
    );
}

fn a_process_that_dies() {
    check_run(
        &format!(
            "[[task.processes]]\nname = \"db\"\ncmdline = \"sleep 1; exit 7\"\nready = {{ command = \"false\" }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"echo web\"\n{AFTER_DB}"
        ),
        "FAILED",
        &[("await db", "KILLED"), ("db", "FAILED"), ("web", "WAITING")],
    );
}

fn an_ephemeral_process_waits_itself() {
    let wait = |within| {
        format!(
            "{DB}cmdline = \"sleep 1; : >up; exec sleep 100\"\n\
             ready = {{ command = \"test -e up && test {within} -gt 2\", within = {within} }}\n\
             [[task.processes]]\nname = \"watch\"\nephemeral = true\n\
             cmdline = \"test -e up && echo watching; exec sleep 100\"\n{AFTER_DB}\
             [[task.processes]]\nname = \"work\"\ncmdline = \"sleep 4\"\n"
        )
    };
    let (stdout, _) = check_run(
        &wait(9),
        "SUCCESS",
        &[("db", "KILLED"), ("watch", "KILLED"), ("work", "SUCCESS")],
    );
    assert!(stdout.contains("| watching"), "{stdout}");
    // It never starts unready, and the task goes on without it.
    let (stdout, _) = check_run(
        &wait(2),
        "SUCCESS",
        &[("db", "KILLED"), ("watch", "FAILED"), ("work", "SUCCESS")],
    );
    assert!(!stdout.contains("| watching"), "{stdout}");
}

fn a_chain() {
    let (stdout, _) = check_run(
        &format!(
            "{DB}cmdline = \"sleep 1; : >db.up; exec sleep 100\"\nready = {{ command = \"test -e db.up\" }}\n\
             [[task.processes]]\nname = \"api\"\ncmdline = \"test -e db.up && sleep 1 && : >api.up; exec sleep 100\"\n\
             daemon = true\nephemeral = true\n{AFTER_DB}ready = {{ command = \"test -e api.up\", within = 3 }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"test -e api.up && echo web\"\n\
             after = [{{ process = \"api\", when = \"ready\" }}]\n"
        ),
        "SUCCESS",
        &[
            ("await db", "SUCCESS"),
            ("await api", "SUCCESS"),
            ("db", "KILLED"),
            ("api", "KILLED"),
            ("web", "SUCCESS"),
        ],
    );
    assert!(stdout.contains("| web"), "{stdout}");
}

/// What waits begins when that what it waits for may start.
fn time_begins_when_the_process_may_start() {
    check_run(
        &format!(
            "[[task.processes]]\nname = \"prepare\"\ncmdline = \"sleep 3\"\n\
             {DB}cmdline = \": >up; exec sleep 100\"\nafter = [\"prepare\"]\n\
             ready = {{ command = \"test -e up\", within = 2 }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"echo web\"\n{AFTER_DB}"
        ),
        "SUCCESS",
        &[
            ("await db", "SUCCESS"),
            ("prepare", "SUCCESS"),
            ("db", "KILLED"),
            ("web", "SUCCESS"),
        ],
    );
}

/// A compiled file says of its steps what its definition says of its processes.
fn compiled_files_are_compared_by_what_is_tried() {
    let sandbox = Sandbox::new();
    let processes = |within: i64| {
        format!(
            "{DB}cmdline = \"x\"\nready = {{ command = \"it's \\u00e9 ${{ports.db}}\", within = {within} }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"echo web\"\n{AFTER_DB}"
        )
    };
    sandbox.file("job.toml", job(&processes(20)));
    let old = sandbox.jobc(["build", "--stdout", "hello"]).stdout;
    sandbox.file("old.json", old);
    let diff = || sandbox.jobc(["diff", "old.json", "."]);
    let same = diff();
    assert_eq!((same.status, &*same.stdout), (0, ""), "{same:?}");
    sandbox.file("job.toml", job(&processes(30)));
    let other = diff();
    let told = "    ~ process db\n        ready.within: 20 -> 30\n    so 1 step of jobc has";
    assert!(other.stdout.contains(told), "{other:?}");
}

fn connections_of_ports() {
    if fs::metadata("/usr/bin/python3").is_err() {
        ignore("there is no python3 that listens");
    }
    check_run(
        &format!(
            "{DB}cmdline = \"sleep 1; exec python3 -m http.server {{{{thermos.ports[http]}}}}\"\n\
             ready = {{ http = \":${{ports.http}}/\" }}\n\
             [[task.processes]]\nname = \"web\"\ncmdline = \"echo web\"\n{AFTER_DB}"
        ),
        "SUCCESS",
        &[
            ("await db", "SUCCESS"),
            ("db", "KILLED"),
            ("web", "SUCCESS"),
        ],
    );
}

tests! {
    ready_at_once,
    ready_late,
    never_ready,
    a_try_that_hangs,
    connections,
    requests,
    other_shells_say_that_they_open_no_connection,
    shellcheck_is_content,
    a_daemon_that_is_ready_late,
    a_daemon_that_is_never_ready,
    a_process_that_dies,
    an_ephemeral_process_waits_itself,
    a_chain,
    time_begins_when_the_process_may_start,
    compiled_files_are_compared_by_what_is_tried,
    connections_of_ports,
}
